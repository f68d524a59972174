// SPDX-License-Identifier: Apache-2.0
// What is inside the header extensions. Each value has parse() (nullopt if the bytes are not one) and bytes().
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace sfu::rtp {

// RFC 6464. `level` is -dBov: 0 is the loudest, 127 is silence.
struct AudioLevel {
  std::uint8_t level = 127;
  bool voice = false;

  static std::optional<AudioLevel> parse(ByteView value);
  std::array<std::uint8_t, 1> bytes() const;
};

// abs-send-time: seconds in 6.18 fixed point, so it wraps every 64 s.
struct AbsSendTime {
  std::uint32_t units = 0;  // 24 bits

  static std::optional<AbsSendTime> parse(ByteView value);
  static AbsSendTime at(Instant now);
  std::array<std::uint8_t, 3> bytes() const;
};

// draft-holmer-rmcat-transport-wide-cc-extensions-01 2.
struct TransportSequence {
  std::uint16_t value = 0;

  static std::optional<TransportSequence> parse(
      ByteView value);  // also the 4-byte second version; its flags are ignored
  std::array<std::uint8_t, 2> bytes() const;
};

// playout-delay: 12 bits each, in units of 10 ms.
struct PlayoutDelay {
  Duration min{};
  Duration max{};

  static std::optional<PlayoutDelay> parse(ByteView value);
  std::array<std::uint8_t, 3> bytes() const;  // clamped to what 12 bits hold
};

// abs-capture-time: 8 bytes, or 16 with the estimated clock offset of the capturer.
struct AbsCaptureTime {
  std::uint64_t ntp = 0;                     // UQ32.32
  std::optional<std::int64_t> clock_offset;  // Q32.32

  static std::optional<AbsCaptureTime> parse(ByteView value);
  // Writes 8 or 16 bytes into `out` and returns how many.
  std::size_t write(std::array<std::uint8_t, 16>& out) const;
};

// 3GPP TS 26.114 7.4.5: clockwise rotation in quarter turns, flip, and which camera.
struct VideoOrientation {
  std::uint8_t quarter_turns = 0;
  bool flip = false;
  bool back_camera = false;

  static std::optional<VideoOrientation> parse(ByteView value);
  std::array<std::uint8_t, 1> bytes() const;
};

// RFC 5450: signed 24 bits, in units of the RTP clock.
struct TransmissionOffset {
  std::int32_t units = 0;

  static std::optional<TransmissionOffset> parse(ByteView value);
  std::array<std::uint8_t, 3> bytes() const;
};

// MID, RID and repaired RID are text (RFC 8843 16.2, RFC 8852 3.2). Empty if the bytes are not such a token. Some
// senders end it with zero bytes: these are cut off.
std::string_view sdes_text(ByteView value);

}  // namespace sfu::rtp
