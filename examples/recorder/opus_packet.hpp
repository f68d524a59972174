// SPDX-License-Identifier: Apache-2.0
// What a file of Opus needs to know of its packets (RFC 6716 3). Durations are in samples of 48 kHz.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

// 0: not a packet.
std::int64_t opus_duration(std::span<const std::uint8_t> packet);

struct OpusFiller {
  std::uint8_t packet = 0;  // its one byte
  std::int64_t duration = 0;
};
// The packet that fills a gap, or the beginning of it, by asking for concealment (RFC 7845 4.1); `previous` is the
// first byte of the last packet before. Duration 0: the gap is shorter than any packet.
OpusFiller opus_filler(std::uint8_t previous, std::int64_t gap);

// The header packet (RFC 7845 5.1), of two channels, which takes packets of one too.
inline constexpr int kOpusChannels = 2;
inline constexpr int kOpusPreSkip = 312;  // what encoders look ahead: 6.5 ms
std::array<std::uint8_t, 19> opus_head();
