// SPDX-License-Identifier: Apache-2.0
// Encoded media out of files, as a headless client publishes it: IVF (VP8, VP9, AV1), H264 byte streams (H.264 annex
// B) and Opus in Ogg (RFC 3533, 7845). A reader is given the whole file and borrows it; nothing here opens one. What a
// file says may be wrong in every way: a reader ends there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "rtp/codec_name.hpp"

namespace sfu::container {

// One frame, as payload::Packetizer takes it.
struct Sample {
  ByteView bytes;
  Duration at{};        // since the beginning
  Duration duration{};  // until the next is due
};

class Reader {
 public:
  virtual ~Reader() = default;
  virtual rtp::Codec codec() const = 0;
  // Bytes are valid until the next call; nothing after the last.
  virtual std::optional<Sample> next() = 0;
  virtual void rewind() = 0;
  // As far as the file's header tells, else 0.
  virtual std::uint16_t width() const { return 0; }
  virtual std::uint16_t height() const { return 0; }
};

// Which it is, is seen from the bytes. `frame_interval` is for byte streams, which have no times. Errors: kUnsupported.
Result<std::unique_ptr<Reader>> open(ByteView file, Duration frame_interval = std::chrono::microseconds(33'333));

// Errors: kMalformed, kUnsupported (a codec that is not read).
Result<std::unique_ptr<Reader>> open_ivf(ByteView file);
Result<std::unique_ptr<Reader>> open_ogg_opus(ByteView file);
Result<std::unique_ptr<Reader>> open_annexb(ByteView file, Duration frame_interval);

// How long an Opus packet plays (RFC 6716 3.1, 3.2); zero if it is malformed.
Duration opus_duration(ByteView packet);

}  // namespace sfu::container
