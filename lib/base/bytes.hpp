// SPDX-License-Identifier: Apache-2.0
// Network-order reading and writing over borrowed bytes. Nothing here allocates or throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace sfu {

using ByteView = std::span<const std::uint8_t>;
using ByteSpan = std::span<std::uint8_t>;

constexpr std::uint16_t load_be16(const std::uint8_t* p) {
  return static_cast<std::uint16_t>(p[0] << 8 | p[1]);
}
constexpr std::uint32_t load_be24(const std::uint8_t* p) {
  return std::uint32_t{p[0]} << 16 | std::uint32_t{p[1]} << 8 | p[2];
}
constexpr std::uint32_t load_be32(const std::uint8_t* p) {
  return std::uint32_t{p[0]} << 24 | load_be24(p + 1);
}
constexpr std::uint64_t load_be64(const std::uint8_t* p) {
  return std::uint64_t{load_be32(p)} << 32 | load_be32(p + 4);
}
constexpr void store_be16(std::uint8_t* p, std::uint16_t value) {
  p[0] = static_cast<std::uint8_t>(value >> 8);
  p[1] = static_cast<std::uint8_t>(value);
}
constexpr void store_be24(std::uint8_t* p, std::uint32_t value) {
  p[0] = static_cast<std::uint8_t>(value >> 16);
  store_be16(p + 1, static_cast<std::uint16_t>(value));
}
constexpr void store_be32(std::uint8_t* p, std::uint32_t value) {
  store_be16(p, static_cast<std::uint16_t>(value >> 16));
  store_be16(p + 2, static_cast<std::uint16_t>(value));
}
constexpr void store_be64(std::uint8_t* p, std::uint64_t value) {
  store_be32(p, static_cast<std::uint32_t>(value >> 32));
  store_be32(p + 4, static_cast<std::uint32_t>(value));
}

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Reads forward. A read past the end gives zero and makes ok() false for good, so a parser checks once at its end.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  std::size_t position() const { return position_; }

  std::uint8_t u8() { return has(1) ? bytes_[position_++] : std::uint8_t{0}; }
  std::uint16_t u16() { return has(2) ? load_be16(take(2)) : std::uint16_t{0}; }
  std::uint32_t u24() { return has(3) ? load_be24(take(3)) : 0; }
  std::uint32_t u32() { return has(4) ? load_be32(take(4)) : 0; }
  std::uint64_t u64() { return has(8) ? load_be64(take(8)) : 0; }
  ByteView bytes(std::size_t count) { return has(count) ? ByteView(take(count), count) : ByteView(); }
  ByteView rest() { return bytes(remaining()); }
  void skip(std::size_t count) { (void)bytes(count); }

 private:
  bool has(std::size_t count) {
    if (ok_ && remaining() >= count) return true;
    ok_ = false;
    return false;
  }
  const std::uint8_t* take(std::size_t count) {
    const std::uint8_t* at = bytes_.data() + position_;
    position_ += count;
    return at;
  }

  ByteView bytes_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

// Writes forward into a fixed buffer. A write past the end is dropped and makes ok() false for good.
class ByteWriter {
 public:
  explicit ByteWriter(ByteSpan buffer) : buffer_(buffer) {}

  bool ok() const { return ok_; }
  std::size_t size() const { return position_; }
  std::size_t remaining() const { return buffer_.size() - position_; }
  ByteSpan written() const { return buffer_.first(position_); }

  void u8(std::uint8_t value) {
    if (has(1)) buffer_[position_++] = value;
  }
  void u16(std::uint16_t value) {
    if (has(2)) store_be16(take(2), value);
  }
  void u24(std::uint32_t value) {
    if (has(3)) store_be24(take(3), value);
  }
  void u32(std::uint32_t value) {
    if (has(4)) store_be32(take(4), value);
  }
  void u64(std::uint64_t value) {
    if (has(8)) store_be64(take(8), value);
  }
  void bytes(ByteView source) {
    if (has(source.size()) && !source.empty()) std::memcpy(take(source.size()), source.data(), source.size());
  }
  void fill(std::size_t count, std::uint8_t value) {
    if (has(count) && count > 0) std::memset(take(count), value, count);
  }
  // Rewrites a 16-bit field already written, for lengths known only at the end.
  void patch_u16(std::size_t position, std::uint16_t value) {
    if (position + 2 <= position_) store_be16(buffer_.data() + position, value);
  }

 private:
  bool has(std::size_t count) {
    if (ok_ && remaining() >= count) return true;
    ok_ = false;
    return false;
  }
  std::uint8_t* take(std::size_t count) {
    std::uint8_t* at = buffer_.data() + position_;
    position_ += count;
    return at;
  }

  ByteSpan buffer_;
  std::size_t position_ = 0;
  bool ok_ = true;
};

}  // namespace sfu
