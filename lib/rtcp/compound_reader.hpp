// SPDX-License-Identifier: Apache-2.0
// The blocks of a compound RTCP packet, one after the other (RFC 3550 6.1; reduced size too: RFC 5506).
#pragma once

#include <cstdint>
#include <variant>

#include "base/bytes.hpp"
#include "rtcp/messages.hpp"
#include "rtcp/transport_feedback.hpp"

namespace sfu::rtcp {

using Message =
    std::variant<SenderReport, ReceiverReport, Sdes, Bye, Nack, TransportFeedback, Pli, Fir, Remb, ExtendedReport>;

// A block of unknown type is skipped; one that contradicts itself is skipped and counted, and those after it are still
// read, since its length tells where they are. Only a broken length or version ends the packet.
//
//   CompoundReader reader(plaintext);
//   while (reader.next(message)) std::visit(handler, message);
class CompoundReader {
 public:
  explicit CompoundReader(ByteView compound) : rest_(compound) {}

  // The message borrows the compound's bytes.
  bool next(Message& out);

  std::uint32_t malformed() const { return malformed_; }
  std::uint32_t unknown() const { return unknown_; }

 private:
  ByteView rest_;
  std::uint32_t malformed_ = 0;
  std::uint32_t unknown_ = 0;
};

}  // namespace sfu::rtcp
