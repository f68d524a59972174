// SPDX-License-Identifier: Apache-2.0
// Counters of 16 and 32 bits that wrap (RFC 3550 5.1, A.1): order, and a line of 64 bits that does not wrap.
#pragma once

#include <cstdint>
#include <type_traits>

namespace sfu::rtp {

using Ssrc = std::uint32_t;

// How far `to` is ahead of `from` by the short way round; negative if behind. Half the range away counts as behind.
template <typename T>
constexpr std::make_signed_t<T> distance(T from, T to) {
  return static_cast<std::make_signed_t<T>>(static_cast<T>(to - from));
}
template <typename T>
constexpr bool is_newer(T value, T than) {
  return distance(than, value) > 0;
}

// Puts a wrapping counter on a 64-bit line. The first value stands for itself; later ones are taken nearest to the
// highest seen, so a reordered packet lands in its place (which may be below zero) and does not move the line back.
template <typename T>
class Unwrapper {
 public:
  // Where `value` is, and the line moves on if it is ahead.
  std::int64_t unwrap(T value) {
    const std::int64_t position = peek(value);
    if (!started_ || position > highest_) highest_ = position;
    started_ = true;
    return position;
  }
  // The same without a change.
  std::int64_t peek(T value) const {
    if (!started_) return value;
    return highest_ + distance(static_cast<T>(highest_), value);
  }
  bool started() const { return started_; }
  std::int64_t highest() const { return highest_; }
  // Forgets the line; or continues it at `position`, of which the next value is near.
  void reset() { *this = Unwrapper(); }
  void restart_at(std::int64_t position) {
    highest_ = position;
    started_ = true;
  }

 private:
  std::int64_t highest_ = 0;
  bool started_ = false;
};

using SequenceUnwrapper = Unwrapper<std::uint16_t>;
using TimestampUnwrapper = Unwrapper<std::uint32_t>;

}  // namespace sfu::rtp
