// SPDX-License-Identifier: Apache-2.0
// STUN messages (RFC 8489) with the attributes of ICE (RFC 8445 16.1), read and written through libnice's stun library.
// Plain values: a Message borrows the datagram it was parsed from.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sfu/address.hpp"

namespace sfu::ice::stun {

enum class Class : std::uint8_t { kRequest, kIndication, kSuccess, kError };

inline constexpr std::uint16_t kBinding = 0x001;
using TransactionId = std::array<std::uint8_t, 12>;

// Comprehension-required attributes of a message that this library does not know (RFC 8489 14), the first few.
struct UnknownAttributes {
  std::array<std::uint16_t, 8> types{};
  std::uint8_t count = 0;
};

struct Message {
  ByteView bytes;  // the whole datagram, borrowed
  Class message_class = Class::kRequest;
  std::uint16_t method = 0;
  TransactionId transaction{};

  std::string_view username;   // empty: absent
  bool has_integrity = false;  // MESSAGE-INTEGRITY is there; verify() tells whether it is right
  bool has_fingerprint = false;
  bool use_candidate = false;
  bool ice_controlled = false;
  bool ice_controlling = false;
  std::optional<std::uint32_t> priority;
  // Renomination (draft-thatcher-ice-renomination): a 24-bit value that grows with each nomination.
  std::optional<std::uint32_t> nomination;
  std::optional<SocketAddress> xor_mapped_address;
  int error_code = 0;  // 0: absent
  UnknownAttributes unknown;

  // Checks the structure and, where there is a FINGERPRINT, that it is right. Errors: kMalformed.
  static Result<Message> parse(ByteView datagram);
  // Whether MESSAGE-INTEGRITY was made with `password` (short-term credential, RFC 8489 9.1).
  bool verify(std::string_view password) const;
  // USERNAME is "receiver's ufrag:sender's ufrag" (RFC 8445 7.2.2).
  std::string_view local_ufrag() const;
  std::string_view remote_ufrag() const;
};

// Writes one message into a buffer. Attributes go out in the order of the calls; what does not fit makes finish() 0.
class Writer {
 public:
  Writer(ByteSpan buffer, Class message_class, std::uint16_t method, const TransactionId& transaction);

  void username(std::string_view text);
  void priority(std::uint32_t value);
  void use_candidate();
  void nomination(std::uint32_t value);
  void ice_controlling(std::uint64_t tie_breaker);
  void ice_controlled(std::uint64_t tie_breaker);
  void xor_mapped_address(const SocketAddress& address);
  void xor_address(std::uint16_t type, const SocketAddress& address);  // of another attribute in that form
  void error(int code);
  void unknown_attributes(const UnknownAttributes& unknown);
  void attribute(std::uint16_t type, ByteView value);  // any other

  // Closes the message with MESSAGE-INTEGRITY, unless `password` is empty, and FINGERPRINT. Its size; 0: did not fit.
  std::size_t finish(std::string_view password);

 private:
  ByteSpan buffer_;
  bool ok_ = true;
};

}  // namespace sfu::ice::stun
