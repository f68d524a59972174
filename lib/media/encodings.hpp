// SPDX-License-Identifier: Apache-2.0
// The encodings of one published track with what was negotiated about them: everything that a forwarder may look at.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "media/incoming_packet.hpp"
#include "media/media.hpp"
#include "media/receive_stream.hpp"
#include "media/stream_layers.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/extension.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::media {

inline constexpr std::uint8_t kNoPayloadType = 0xff;

// A payload type as negotiated with the publisher.
struct ReceivePayload {
  std::uint8_t payload_type = 0;
  rtp::Codec codec = rtp::Codec::kUnknown;
  std::uint32_t clock_rate = 90000;
  std::uint8_t rtx = kNoPayloadType;  // the payload type whose apt is this one
};

class Encodings {
 public:
  // `store`: of each stream.
  Encodings(rtp::MediaKind kind, PacketStore::Limits store) : kind_(kind), store_(store) {}

  void configure(std::span<const ReceivePayload> payloads, const rtp::ExtensionMap& extensions);
  ReceiveStream& add(const ReceiveStreamConfig& config);

  // From the publisher's clock to ours (PropagationDelay); nothing before it is known.
  void set_clock_shift(Duration shift) { clock_shift_ = shift; }
  std::optional<Duration> clock_shift() const { return clock_shift_; }

  rtp::MediaKind kind() const { return kind_; }
  const PacketStore::Limits& store_limits() const { return store_; }
  ReceiveStream* stream(std::uint8_t layer) { return layer < kMaxLayers ? streams_[layer].get() : nullptr; }
  const ReceiveStream* stream(std::uint8_t layer) const { return layer < kMaxLayers ? streams_[layer].get() : nullptr; }
  // Of a stream of video that is there; nullptr for others.
  StreamLayers* layers(std::uint8_t layer) { return layer < kMaxLayers ? layers_[layer].get() : nullptr; }
  const StreamLayers* layers(std::uint8_t layer) const { return layer < kMaxLayers ? layers_[layer].get() : nullptr; }
  // The only stream, if it has several spatial layers, which then take the place of encodings; nullptr otherwise.
  const StreamLayers* svc() const;
  const ReceivePayload* payload(std::uint8_t payload_type) const;
  // The media payload type that this RTX payload type repeats; kNoPayloadType if it is none.
  std::uint8_t repeated_by(std::uint8_t rtx_payload_type) const;
  // Bit per encoding: being sent.
  std::uint8_t live() const;
  // The same of spatial layers where they are inside one stream.
  std::uint8_t live_layers() const;
  // The same; if none is, those heard of in the last second; if none was, those ever heard of (a shared screen that
  // stands still may be silent).
  std::uint8_t usable(Instant now) const;

  // Reads a packet once for all forwarders; numbers and arrival are the caller's. False: not a payload type of this
  // track.
  bool describe(const rtp::PacketView& view, IncomingPacket& packet) const;
  // A packet that is still in its layer's store, as it was forwarded; used for replay and retransmission. Without a
  // payload: a filter dropped it.
  bool recall(std::uint8_t layer, std::int64_t sequence, IncomingPacket& packet) const;

 private:
  struct Carried {
    std::uint8_t id = 0;
    rtp::Extension kind{};
  };

  rtp::MediaKind kind_;
  PacketStore::Limits store_;
  std::array<std::unique_ptr<ReceiveStream>, kMaxLayers> streams_;
  std::array<std::unique_ptr<StreamLayers>, kMaxLayers> layers_;
  std::vector<ReceivePayload> payloads_;
  std::array<Carried, IncomingPacket::kMaxCarried> carried_{};
  std::size_t carried_count_ = 0;
  std::uint8_t dependency_descriptor_id_ = 0;
  std::optional<Duration> clock_shift_;
};

}  // namespace sfu::media
