// SPDX-License-Identifier: Apache-2.0
// What came of one stream, by sequence numbers: each number once, however often it is repeated, and those that are
// missing.
#pragma once

#include <bitset>
#include <cstdint>

#include "rtp/sequence.hpp"

namespace sfu::load {

class SequenceLog {
 public:
  // Counts from the next number on; what is older is of no interest any more.
  void begin() {
    expecting_ = 0;
    received_ = 0;
    base_ = line_.started() ? line_.highest() + 1 : 0;
    based_ = line_.started();
  }

  // False: it was here before, or is older than the beginning, or too old to tell.
  bool add(std::uint16_t sequence_number) {
    const bool first = !line_.started();
    const std::int64_t before = line_.highest();
    const std::int64_t number = line_.unwrap(sequence_number);
    if (first) {
      seen_.reset();
    } else if (number > before) {
      for (std::int64_t i = before + 1; i < number && i <= before + kWindow; ++i) seen_.reset(place(i));
      seen_.reset(place(number));
    } else if (before - number >= kWindow || seen_.test(place(number))) {
      return false;
    }
    seen_.set(place(number));
    if (!based_) {
      base_ = number;
      based_ = true;
    }
    if (number < base_) return false;
    expecting_ = std::uint64_t(line_.highest() - base_ + 1);
    ++received_;
    return true;
  }

  std::uint64_t expected() const { return expecting_; }
  std::uint64_t received() const { return received_; }
  std::uint64_t lost() const { return expecting_ - received_; }

 private:
  static constexpr std::int64_t kWindow = 1024;
  static std::size_t place(std::int64_t number) { return static_cast<std::uint64_t>(number) % kWindow; }

  rtp::SequenceUnwrapper line_;
  std::bitset<kWindow> seen_;
  std::int64_t base_ = 0;
  bool based_ = false;
  std::uint64_t expecting_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace sfu::load
