// SPDX-License-Identifier: Apache-2.0
#include "base/random.hpp"

#include <sys/random.h>

#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace sfu {
namespace {

void fill_from_kernel(ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) std::abort();  // a system without randomness cannot make keys
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
}

std::uint64_t split_mix(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

std::uint16_t Random::u16() {
  return static_cast<std::uint16_t>(u32());
}

std::uint32_t Random::u32() {
  std::uint8_t bytes[4];
  fill(bytes);
  return load_be32(bytes);
}

std::uint64_t Random::u64() {
  std::uint8_t bytes[8];
  fill(bytes);
  return load_be64(bytes);
}

std::uint32_t Random::below(std::uint32_t bound) {
  // Rejecting the uneven tail keeps every value equally likely.
  const std::uint32_t limit = static_cast<std::uint32_t>(-bound) % bound;
  std::uint32_t value = u32();
  while (value < limit) value = u32();
  return value % bound;
}

std::string Random::text(std::size_t length, std::string_view alphabet) {
  std::string out(length, '\0');
  for (char& c : out) c = alphabet[below(static_cast<std::uint32_t>(alphabet.size()))];
  return out;
}

void SystemRandom::fill(ByteSpan bytes) {
  if (bytes.size() > sizeof buffer_ / 2) return fill_from_kernel(bytes);
  if (sizeof buffer_ - used_ < bytes.size()) {
    fill_from_kernel(buffer_);
    used_ = 0;
  }
  std::memcpy(bytes.data(), buffer_ + used_, bytes.size());
  std::memset(buffer_ + used_, 0, bytes.size());
  used_ += bytes.size();
}

SeededRandom::SeededRandom(std::uint64_t seed) {
  for (auto& word : state_) word = split_mix(seed);
}

std::uint64_t SeededRandom::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::fill(ByteSpan bytes) {
  for (std::size_t i = 0; i < bytes.size(); i += 8) {
    const std::uint64_t word = next();
    std::memcpy(bytes.data() + i, &word, std::min<std::size_t>(8, bytes.size() - i));
  }
}

std::string make_sid(Random& random, std::string_view prefix) {
  return std::string(prefix) + random.text(12, "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
}

std::string make_uuid(Random& random) {
  std::array<std::uint8_t, 16> bytes;
  random.fill(bytes);
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    constexpr const char* kDigits = "0123456789abcdef";
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace sfu
