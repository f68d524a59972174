// SPDX-License-Identifier: Apache-2.0
#include "opus_packet.hpp"

namespace {

// Of one frame, by the first byte (RFC 6716 table 2).
std::int64_t frame_duration(std::uint8_t first) {
  const unsigned config = first >> 3;
  constexpr std::int64_t kSilk[] = {480, 960, 1920, 2880};
  constexpr std::int64_t kCelt[] = {120, 240, 480, 960};
  if (config < 12) return kSilk[config % 4];
  if (config < 16) return config % 2 == 0 ? 480 : 960;
  return kCelt[config % 4];
}

}  // namespace

std::int64_t opus_duration(std::span<const std::uint8_t> packet) {
  if (packet.empty()) return 0;
  std::int64_t frames = 1;
  switch (packet[0] & 3) {
    case 0: break;
    case 1:
    case 2: frames = 2; break;
    default: frames = packet.size() > 1 ? packet[1] & 0x3f : 0;
  }
  constexpr std::int64_t kMost = 5760;  // 120 ms
  const std::int64_t duration = frames * frame_duration(packet[0]);
  return duration <= kMost ? duration : 0;
}

OpusFiller opus_filler(std::uint8_t previous, std::int64_t gap) {
  // In the mode of what was before, as long as its frames fit.
  const auto alike = static_cast<std::uint8_t>(previous & ~3U);
  if (gap >= frame_duration(alike)) return {alike, frame_duration(alike)};
  for (const unsigned config : {31U, 30U, 29U, 28U}) {  // CELT of the full band: 20, 10, 5, 2.5 ms
    const auto shorter = static_cast<std::uint8_t>(config << 3 | (previous & 4U));
    if (gap >= frame_duration(shorter)) return {shorter, frame_duration(shorter)};
  }
  return {};
}

std::array<std::uint8_t, 19> opus_head() {
  return {'O',  'p',  'u', 's', 'H', 'e', 'a', 'd', 1, kOpusChannels, kOpusPreSkip & 0xff, kOpusPreSkip >> 8,
          0x80, 0xbb, 0,   0,  // 48000
          0,    0,    0};
}
