// SPDX-License-Identifier: Apache-2.0
// Writing an RTP packet into a slot of the send arena, front to back: header, extensions, payload, padding.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.hpp"
#include "rtp/sequence.hpp"

namespace sfu::rtp {

struct Header {
  bool marker = false;
  std::uint8_t payload_type = 0;
  std::uint16_t sequence_number = 0;
  std::uint32_t timestamp = 0;
  Ssrc ssrc = 0;
};

// What does not fit makes ok() false for good and writes nothing beyond the slot. Calls go in the order in which they
// are declared; each may be left out.
class PacketWriter {
 public:
  // Starts the packet: no CSRCs.
  PacketWriter(ByteSpan slot, const Header& header);

  // Begins in the one-byte form, and turns what is written into the two-byte form at the first element that needs it:
  // an id above 14, no bytes, or more than 16 (RFC 8285 4.1.2). Such a peer must have agreed to extmap-allow-mixed.
  // An id of 0 (not negotiated) is left out silently, so a caller need not ask first.
  void extension(std::uint8_t id, ByteView value);
  // Appends to the payload; may be called more than once (a new payload descriptor, then the rest).
  void payload(ByteView bytes);
  // The room that is left for a payload, to be written in place and then taken with commit_payload().
  ByteSpan payload_space();
  void commit_payload(std::size_t size);
  // RFC 3550 5.1: `count` bytes of padding, the last of which tells the count. 0 does nothing.
  void padding(std::uint8_t count);

  bool ok() const { return ok_; }
  // The size of the packet so far; 0 if it did not fit.
  std::size_t size() const { return ok_ ? size_ : 0; }
  ByteSpan packet() const { return slot_.first(size()); }

 private:
  bool reserve(std::size_t count);
  void to_two_byte_form();
  void pad_extensions();

  ByteSpan slot_;
  std::size_t size_ = 0;
  std::size_t elements_end_ = 0;  // before padding to a word; 0: no extension block
  std::size_t element_count_ = 0;
  bool two_byte_ = false;
  bool ok_ = true;
};

}  // namespace sfu::rtp
