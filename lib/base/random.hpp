// SPDX-License-Identifier: Apache-2.0
// Randomness is handed in, so that a simulated call repeats from its seed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace sfu {

class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(ByteSpan bytes) = 0;

  std::uint16_t u16();
  std::uint32_t u32();
  std::uint64_t u64();
  // Uniform in [0, bound); bound > 0.
  std::uint32_t below(std::uint32_t bound);
  // `length` characters drawn uniformly from `alphabet` (at most 256 long).
  std::string text(std::size_t length, std::string_view alphabet);
};

// The kernel's generator (getrandom). One per thread: it keeps a buffer.
class SystemRandom final : public Random {
 public:
  void fill(ByteSpan bytes) override;

 private:
  std::uint8_t buffer_[256];
  std::size_t used_ = sizeof buffer_;
};

// xoshiro256**: for tests and simulation only, never for keys.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(ByteSpan bytes) override;
  std::uint64_t next();
  // Uniform in [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_[4];
};

// An identifier as the protocol writes it: prefix and 12 characters (signalling spec 3.1), e.g. "PA_", "RM_", "TR_VC".
std::string make_sid(Random& random, std::string_view prefix);
// A random UUID (RFC 9562 5.4) in its text form.
std::string make_uuid(Random& random);

}  // namespace sfu
