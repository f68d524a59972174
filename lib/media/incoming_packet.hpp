// SPDX-License-Identifier: Apache-2.0
// A received packet with everything that is computed once, however many forwarders look at it. Borrows its bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "codec/codec.hpp"
#include "codec/red.hpp"
#include "codec/vp8.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/extension.hpp"

namespace sfu::media {

struct LayeredFrame;

struct IncomingPacket {
  struct CarriedExtension {
    rtp::Extension kind{};
    ByteView bytes;
  };
  static constexpr std::size_t kMaxCarried = 6;
  // Of Opus: what goes before it in RED. Bit n of the mask: the packet n + 1 before it is in blocks[n].
  struct Redundancy {
    static constexpr std::uint8_t kAll = 3;
    std::uint8_t mask = 0;
    std::array<codec::RedBlock, 2> blocks;
  };

  ByteView payload;
  std::int64_t sequence = 0;   // unwrapped, by stream and generation
  std::int64_t timestamp = 0;  // the same
  Instant arrival{};
  std::uint8_t layer = 0;         // which of the encodings; 0 if there is only one
  std::uint8_t generation = 0;    // of the stream's numbers
  std::uint8_t payload_type = 0;  // the publisher's
  rtp::Codec codec = rtp::Codec::kUnknown;
  bool marker = false;
  bool newest = true;              // the highest sequence number so far
  bool recovered = false;          // came by RTX
  bool brought_back = false;       // late, and RedRecovery was first: the store and who lacks RED have what it brings
  ByteView dependency_descriptor;  // as the publisher sent it, whether it goes on or not
  codec::PayloadInfo info;
  const LayeredFrame* frame = nullptr;  // its place among the layers inside the stream, where that is told
  bool has_vp8 = false;
  codec::Vp8Descriptor vp8;
  std::array<CarriedExtension, kMaxCarried> extensions;  // what forwarders carry over
  std::uint8_t extension_count = 0;
  Redundancy redundancy;
};

}  // namespace sfu::media
