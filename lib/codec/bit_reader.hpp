// SPDX-License-Identifier: Apache-2.0
// Reads the bit fields of codec headers, most significant bit first. A read past the end gives zero and makes ok()
// false for good.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"

namespace sfu::codec {

class BitReader {
 public:
  enum class Form {
    kPlain,
    kNalUnit,  // emulation prevention bytes are left out (H.264 7.4.1.1, H.265 7.4.2)
  };

  explicit BitReader(ByteView bytes, Form form = Form::kPlain) : bytes_(bytes), form_(form) {}

  bool ok() const { return ok_; }
  // Bits read so far.
  std::size_t position() const { return position_ * 8 - left_; }
  // At most 32.
  std::uint32_t bits(unsigned count);
  bool bit() { return bits(1) != 0; }
  void skip(std::size_t count);
  // Exp-Golomb (H.264 9.1).
  std::uint32_t ue();
  std::int32_t se();
  // A value below `bound` in as few bits as it takes (AV1 4.10.7, "ns(n)"); bound > 0.
  std::uint32_t below(std::uint32_t bound);

 private:
  bool load();

  ByteView bytes_;
  Form form_;
  std::size_t position_ = 0;
  unsigned zeros_ = 0;  // zero bytes in a row before position_
  std::uint8_t current_ = 0;
  unsigned left_ = 0;  // bits of current_
  bool ok_ = true;
};

}  // namespace sfu::codec
