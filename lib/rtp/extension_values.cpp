// SPDX-License-Identifier: Apache-2.0
#include "rtp/extension_values.hpp"

#include <algorithm>

namespace sfu::rtp {
namespace {

using namespace std::chrono_literals;

constexpr Duration kPlayoutDelayUnit = 10ms;

std::array<std::uint8_t, 3> three_bytes(std::uint32_t value) {
  std::array<std::uint8_t, 3> out{};
  store_be24(out.data(), value);
  return out;
}

}  // namespace

std::optional<AudioLevel> AudioLevel::parse(ByteView value) {
  if (value.empty()) return std::nullopt;
  return AudioLevel{static_cast<std::uint8_t>(value[0] & 0x7f), (value[0] & 0x80) != 0};
}

std::array<std::uint8_t, 1> AudioLevel::bytes() const {
  return {static_cast<std::uint8_t>((voice ? 0x80 : 0) | (level & 0x7f))};
}

std::optional<AbsSendTime> AbsSendTime::parse(ByteView value) {
  if (value.size() != 3) return std::nullopt;
  return AbsSendTime{load_be24(value.data())};
}

AbsSendTime AbsSendTime::at(Instant now) {
  constexpr std::int64_t kWrap = 64'000'000'000;
  const std::int64_t within = (now.time_since_epoch().count() % kWrap + kWrap) % kWrap;
  return {static_cast<std::uint32_t>((within << 18) / 1'000'000'000) & 0xffffff};
}

std::array<std::uint8_t, 3> AbsSendTime::bytes() const {
  return three_bytes(units);
}

std::optional<TransportSequence> TransportSequence::parse(ByteView value) {
  if (value.size() != 2 && value.size() != 4) return std::nullopt;
  return TransportSequence{load_be16(value.data())};
}

std::array<std::uint8_t, 2> TransportSequence::bytes() const {
  return {static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
}

std::optional<PlayoutDelay> PlayoutDelay::parse(ByteView value) {
  if (value.size() != 3) return std::nullopt;
  const std::uint32_t both = load_be24(value.data());
  return PlayoutDelay{(both >> 12) * kPlayoutDelayUnit, (both & 0xfff) * kPlayoutDelayUnit};
}

std::array<std::uint8_t, 3> PlayoutDelay::bytes() const {
  const auto units = [](Duration delay) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(delay / kPlayoutDelayUnit, 0, 0xfff));
  };
  return three_bytes(units(min) << 12 | units(max));
}

std::optional<AbsCaptureTime> AbsCaptureTime::parse(ByteView value) {
  if (value.size() != 8 && value.size() != 16) return std::nullopt;
  AbsCaptureTime time{load_be64(value.data()), std::nullopt};
  if (value.size() == 16) time.clock_offset = static_cast<std::int64_t>(load_be64(value.data() + 8));
  return time;
}

std::size_t AbsCaptureTime::write(std::array<std::uint8_t, 16>& out) const {
  store_be64(out.data(), ntp);
  if (!clock_offset) return 8;
  store_be64(out.data() + 8, static_cast<std::uint64_t>(*clock_offset));
  return 16;
}

std::optional<VideoOrientation> VideoOrientation::parse(ByteView value) {
  if (value.size() != 1) return std::nullopt;
  return VideoOrientation{static_cast<std::uint8_t>(value[0] & 3), (value[0] & 4) != 0, (value[0] & 8) != 0};
}

std::array<std::uint8_t, 1> VideoOrientation::bytes() const {
  return {static_cast<std::uint8_t>((back_camera ? 8 : 0) | (flip ? 4 : 0) | (quarter_turns & 3))};
}

std::optional<TransmissionOffset> TransmissionOffset::parse(ByteView value) {
  if (value.size() != 3) return std::nullopt;
  const auto units = static_cast<std::int32_t>(load_be24(value.data()) << 8) >> 8;  // sign extended
  return TransmissionOffset{units};
}

std::array<std::uint8_t, 3> TransmissionOffset::bytes() const {
  return three_bytes(static_cast<std::uint32_t>(units) & 0xffffff);
}

std::string_view sdes_text(ByteView value) {
  while (!value.empty() && value.back() == 0) value = value.first(value.size() - 1);
  const bool is_token = std::all_of(value.begin(), value.end(), [](std::uint8_t c) { return c > 0x20 && c < 0x7f; });
  return is_token ? as_text(value) : std::string_view();
}

}  // namespace sfu::rtp
