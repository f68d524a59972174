// SPDX-License-Identifier: Apache-2.0
#include "rtp/packet_writer.hpp"

#include <cassert>
#include <cstring>

#include "rtp/packet_view.hpp"

namespace sfu::rtp {
namespace {

constexpr std::size_t kBlockHeader = kFixedHeaderSize;  // profile and length; no CSRCs are written
constexpr std::size_t kElements = kBlockHeader + 4;

constexpr std::size_t round_up_to_word(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

}  // namespace

PacketWriter::PacketWriter(ByteSpan slot, const Header& header) : slot_(slot) {
  if (!reserve(kFixedHeaderSize)) return;
  slot_[0] = 0x80;
  slot_[1] = static_cast<std::uint8_t>((header.marker ? 0x80 : 0) | (header.payload_type & 0x7f));
  store_be16(&slot_[2], header.sequence_number);
  store_be32(&slot_[4], header.timestamp);
  store_be32(&slot_[8], header.ssrc);
  size_ = kFixedHeaderSize;
}

bool PacketWriter::reserve(std::size_t count) {
  if (ok_ && slot_.size() - size_ >= count) return true;
  ok_ = false;
  return false;
}

void PacketWriter::extension(std::uint8_t id, ByteView value) {
  if (id == 0 || !ok_) return;
  assert(size_ == kFixedHeaderSize || size_ == round_up_to_word(elements_end_));  // extensions precede the payload
  const bool needs_two = id > 14 || value.empty() || value.size() > 16;
  const std::size_t elements_end = elements_end_ == 0 ? kElements : elements_end_;
  const std::size_t conversion = needs_two && !two_byte_ ? element_count_ : 0;
  const std::size_t element = (needs_two || two_byte_ ? 2 : 1) + value.size();
  if (value.size() > 255 || round_up_to_word(elements_end + conversion + element) > slot_.size()) {
    ok_ = false;
    return;
  }
  elements_end_ = elements_end;
  if (needs_two && !two_byte_) to_two_byte_form();
  if (two_byte_) {
    slot_[elements_end_++] = id;
    slot_[elements_end_++] = static_cast<std::uint8_t>(value.size());
  } else {
    slot_[elements_end_++] = static_cast<std::uint8_t>(id << 4 | (value.size() - 1));
  }
  if (!value.empty()) std::memcpy(&slot_[elements_end_], value.data(), value.size());
  elements_end_ += value.size();
  ++element_count_;
  pad_extensions();
}

// Each element grows by the byte that its length gets.
void PacketWriter::to_two_byte_form() {
  std::size_t at = kElements;
  for (std::size_t i = 0; i < element_count_; ++i) {
    const std::uint8_t id = slot_[at] >> 4;
    const std::size_t size = std::size_t{1} + (slot_[at] & 0x0f);
    std::memmove(&slot_[at + 2], &slot_[at + 1], elements_end_ - (at + 1));
    slot_[at] = id;
    slot_[at + 1] = static_cast<std::uint8_t>(size);
    at += 2 + size;
    ++elements_end_;
  }
  two_byte_ = true;
}

// Kept finished after every element, so that size() is right at any time.
void PacketWriter::pad_extensions() {
  size_ = round_up_to_word(elements_end_);
  std::memset(slot_.data() + elements_end_, 0, size_ - elements_end_);
  slot_[0] |= 0x10;
  store_be16(&slot_[kBlockHeader], two_byte_ ? 0x1000 : 0xbede);
  store_be16(&slot_[kBlockHeader + 2], static_cast<std::uint16_t>((size_ - kElements) / 4));
}

void PacketWriter::payload(ByteView bytes) {
  if (!reserve(bytes.size()) || bytes.empty()) return;
  std::memcpy(&slot_[size_], bytes.data(), bytes.size());
  size_ += bytes.size();
}

ByteSpan PacketWriter::payload_space() {
  return ok_ ? slot_.subspan(size_) : ByteSpan();
}

void PacketWriter::commit_payload(std::size_t size) {
  if (reserve(size)) size_ += size;
}

void PacketWriter::padding(std::uint8_t count) {
  if (count == 0 || !reserve(count)) return;
  slot_[0] |= 0x20;
  std::memset(&slot_[size_], 0, count);
  size_ += count;
  slot_[size_ - 1] = count;
}

}  // namespace sfu::rtp
