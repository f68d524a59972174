// SPDX-License-Identifier: Apache-2.0
#include "codec/bit_reader.hpp"

#include <algorithm>
#include <bit>

namespace sfu::codec {

bool BitReader::load() {
  if (form_ == Form::kNalUnit && zeros_ >= 2 && position_ < bytes_.size() && bytes_[position_] == 3) {
    ++position_;
    zeros_ = 0;
  }
  if (!ok_ || position_ >= bytes_.size()) {
    ok_ = false;
    return false;
  }
  current_ = bytes_[position_++];
  zeros_ = current_ == 0 ? zeros_ + 1 : 0;
  left_ = 8;
  return true;
}

std::uint32_t BitReader::bits(unsigned count) {
  std::uint32_t value = 0;
  while (count > 0) {
    if (left_ == 0 && !load()) return 0;
    const unsigned take = std::min(count, left_);
    value = value << take | (static_cast<std::uint32_t>(current_ >> (left_ - take)) & ((1U << take) - 1));
    left_ -= take;
    count -= take;
  }
  return value;
}

void BitReader::skip(std::size_t count) {
  for (; count > 0 && ok_; count -= std::min<std::size_t>(count, 32)) {
    (void)bits(static_cast<unsigned>(std::min<std::size_t>(count, 32)));
  }
}

std::uint32_t BitReader::ue() {
  unsigned zeros = 0;
  while (ok_ && !bit()) ++zeros;
  if (zeros > 31) ok_ = false;
  if (!ok_ || zeros == 0) return 0;
  return (1U << zeros) - 1 + bits(zeros);
}

std::int32_t BitReader::se() {
  const std::uint32_t code = ue();
  const auto half = static_cast<std::int32_t>((code >> 1) + (code & 1));
  return (code & 1) != 0 ? half : -half;
}

std::uint32_t BitReader::below(std::uint32_t bound) {
  const auto width = static_cast<unsigned>(std::bit_width(bound));
  const std::uint32_t short_codes = (1U << width) - bound;
  const std::uint32_t value = bits(width - 1);
  if (value < short_codes) return value;
  return (value << 1) - short_codes + bits(1);
}

}  // namespace sfu::codec
