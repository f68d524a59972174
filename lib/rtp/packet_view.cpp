// SPDX-License-Identifier: Apache-2.0
#include "rtp/packet_view.hpp"

#include <limits>

namespace sfu::rtp {
namespace {

constexpr std::uint16_t kOneByteProfile = 0xbede;
constexpr bool is_two_byte_profile(std::uint16_t profile) {
  return (profile & 0xfff0) == 0x1000;  // the low four bits are for applications (RFC 8285 4.3)
}

}  // namespace

Result<PacketView> PacketView::parse(ByteView bytes) {
  if (bytes.size() < kFixedHeaderSize || bytes.size() > std::numeric_limits<std::uint16_t>::max()) {
    return fail(Errc::kTruncated);
  }
  if (bytes[0] >> 6 != 2) return fail(Errc::kMalformed);

  PacketView view;
  view.bytes_ = bytes;
  view.marker_ = (bytes[1] & 0x80) != 0;
  view.payload_type_ = bytes[1] & 0x7f;
  view.sequence_number_ = load_be16(&bytes[2]);
  view.timestamp_ = load_be32(&bytes[4]);
  view.ssrc_ = load_be32(&bytes[8]);
  view.csrc_count_ = bytes[0] & 0x0f;

  std::size_t header = kFixedHeaderSize + std::size_t{4} * view.csrc_count_;
  if (header > bytes.size()) return fail(Errc::kTruncated);
  if ((bytes[0] & 0x10) != 0) {
    if (header + 4 > bytes.size()) return fail(Errc::kTruncated);
    const std::uint16_t profile = load_be16(&bytes[header]);
    const std::size_t length = std::size_t{4} * load_be16(&bytes[header + 2]);
    header += 4;
    if (header + length > bytes.size()) return fail(Errc::kTruncated);
    view.extensions_begin_ = static_cast<std::uint16_t>(header);
    header += length;
    view.extensions_end_ = static_cast<std::uint16_t>(header);
    view.index_extensions(profile);
  }
  view.header_size_ = static_cast<std::uint16_t>(header);

  if ((bytes[0] & 0x20) != 0) {
    view.padding_size_ = bytes.back();
    if (view.padding_size_ == 0 || header + view.padding_size_ > bytes.size()) return fail(Errc::kMalformed);
  }
  return view;
}

void PacketView::index_extensions(std::uint16_t profile) {
  two_byte_ = is_two_byte_profile(profile);
  if (!two_byte_ && profile != kOneByteProfile) {
    extensions_end_ = extensions_begin_;  // another profile's block (RFC 3550 5.3.1): nothing in it to know
    return;
  }
  std::size_t at = extensions_begin_;
  std::uint8_t id = 0;
  ByteView value;
  while (next_element(at, id, value)) {
    if (id > kTableIds || extension_at_[id - 1] != 0) continue;  // of two with one id the first counts
    extension_at_[id - 1] = static_cast<std::uint16_t>(value.data() - bytes_.data());
  }
}

// RFC 8285 4.2 and 4.3. Both forms pad with zero bytes, anywhere between elements.
bool PacketView::next_element(std::size_t& at, std::uint8_t& id, ByteView& value) const {
  while (at < extensions_end_ && bytes_[at] == 0) ++at;
  std::size_t size = 0;
  if (two_byte_) {
    if (at + 2 > extensions_end_) return false;
    id = bytes_[at];
    size = bytes_[at + 1];
    at += 2;
  } else {
    if (at + 1 > extensions_end_) return false;
    id = bytes_[at] >> 4;
    // 15 is reserved, and 0 with a length is no padding: both end the whole block.
    if (id == 15 || id == 0) return false;
    size = std::size_t{1} + (bytes_[at] & 0x0f);
    at += 1;
  }
  if (at + size > extensions_end_) return false;
  value = bytes_.subspan(at, size);
  at += size;
  return true;
}

ByteView PacketView::find_extension(std::uint8_t id) const {
  ByteView found;
  for_each_extension([&](std::uint8_t element, ByteView value) {
    if (element == id && found.data() == nullptr) found = value;
  });
  return found;
}

ByteSpan mutable_extension(ByteSpan packet, std::uint8_t id) {
  const auto view = PacketView::parse(packet);
  if (!view) return {};
  const ByteView value = view->extension(id);
  if (value.data() == nullptr) return {};
  return packet.subspan(static_cast<std::size_t>(value.data() - packet.data()), value.size());
}

}  // namespace sfu::rtp
