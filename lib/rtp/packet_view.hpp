// SPDX-License-Identifier: Apache-2.0
// Reading an RTP packet (RFC 3550 5.1) without copying it. Parsing also notes where each header extension of id 1..14
// is (RFC 8285), so that a lookup is one table read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "rtp/sequence.hpp"

namespace sfu::rtp {

inline constexpr std::size_t kFixedHeaderSize = 12;

// RFC 5761 4: what shares the port with RTP and is RTCP. Needs two bytes.
constexpr bool is_rtcp(ByteView packet) {
  return packet.size() >= 2 && packet[1] >= 192 && packet[1] <= 223;
}

class PacketView {
 public:
  PacketView() = default;  // an empty packet: all zero

  // The view borrows `bytes` and is valid as long as they are. Errors, without text: kTruncated, kMalformed (wrong
  // version, impossible padding). A broken element inside the extension block ends the block, not the packet.
  static Result<PacketView> parse(ByteView bytes);

  ByteView bytes() const { return bytes_; }
  bool marker() const { return marker_; }
  std::uint8_t payload_type() const { return payload_type_; }
  std::uint16_t sequence_number() const { return sequence_number_; }
  std::uint32_t timestamp() const { return timestamp_; }
  Ssrc ssrc() const { return ssrc_; }
  std::size_t csrc_count() const { return csrc_count_; }
  Ssrc csrc(std::size_t index) const { return load_be32(bytes_.data() + kFixedHeaderSize + 4 * index); }

  // Header with CSRCs and extensions; what is left without header and padding; the padding with its count byte.
  ByteView header() const { return bytes_.first(header_size_); }
  ByteView payload() const { return bytes_.subspan(header_size_, bytes_.size() - header_size_ - padding_size_); }
  std::size_t header_size() const { return header_size_; }
  std::size_t padding_size() const { return padding_size_; }
  bool is_padding_only() const { return header_size_ + padding_size_ == bytes_.size(); }

  // The value of the extension with this id; empty if it is not there or id is 0 (not negotiated).
  ByteView extension(std::uint8_t id) const {
    if (id == 0 || id > kTableIds) return id == 0 ? ByteView() : find_extension(id);
    const std::uint16_t at = extension_at_[id - 1];
    return at == 0 ? ByteView() : bytes_.subspan(at, element_size(at));
  }
  // Tells an element of no bytes (two-byte form) from an absent one.
  bool has_extension(std::uint8_t id) const { return extension(id).data() != nullptr; }
  // visit(id, value) for every element, in the order they are in.
  template <typename Visit>
  void for_each_extension(Visit&& visit) const {
    std::size_t at = extensions_begin_;
    std::uint8_t id = 0;
    ByteView value;
    while (next_element(at, id, value)) visit(id, value);
  }

 private:
  static constexpr std::uint8_t kTableIds = 14;

  void index_extensions(std::uint16_t profile);
  bool next_element(std::size_t& at, std::uint8_t& id, ByteView& value) const;
  ByteView find_extension(std::uint8_t id) const;
  // Either form keeps the length in the byte before the value.
  std::size_t element_size(std::size_t at) const {
    return two_byte_ ? bytes_[at - 1] : std::size_t{1} + (bytes_[at - 1] & 0x0f);
  }

  ByteView bytes_;
  std::uint32_t timestamp_ = 0;
  Ssrc ssrc_ = 0;
  std::uint16_t sequence_number_ = 0;
  std::uint16_t header_size_ = 0;
  std::uint16_t extensions_begin_ = 0;
  std::uint16_t extensions_end_ = 0;
  std::uint8_t padding_size_ = 0;
  std::uint8_t payload_type_ = 0;
  std::uint8_t csrc_count_ = 0;
  bool marker_ = false;
  bool two_byte_ = false;
  std::array<std::uint16_t, kTableIds> extension_at_{};  // offset of the value; 0: absent
};

// Where an extension's value is in a packet being sent, to stamp it at the last moment. Empty if it is not there.
ByteSpan mutable_extension(ByteSpan packet, std::uint8_t id);

}  // namespace sfu::rtp
