// SPDX-License-Identifier: Apache-2.0
#include "ice/stun.hpp"

#include <netinet/in.h>
#include <stun/stunagent.h>
#include <stun/stunmessage.h>

#include <algorithm>
#include <cstring>

namespace sfu::ice::stun {
namespace {

constexpr std::uint32_t kMagicCookie = 0x2112A442;
constexpr std::size_t kHeaderSize = 20;
constexpr std::size_t kAttributeHeaderSize = 4;

// Comprehension-required attributes that may be in a Binding message. MESSAGE-INTEGRITY-SHA256 (RFC 8489 14.6) may
// stand beside MESSAGE-INTEGRITY, which then counts.
constexpr std::uint16_t kIntegritySha256 = 0x001C;
constexpr std::uint16_t kKnownAttributes[] = {STUN_ATTRIBUTE_MAPPED_ADDRESS,     STUN_ATTRIBUTE_USERNAME,
                                              STUN_ATTRIBUTE_MESSAGE_INTEGRITY,  STUN_ATTRIBUTE_ERROR_CODE,
                                              STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, kIntegritySha256,
                                              STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, STUN_ATTRIBUTE_PRIORITY,
                                              STUN_ATTRIBUTE_USE_CANDIDATE,      0};

StunMessage nice_message(const std::uint8_t* bytes, std::size_t size) {
  StunMessage message{};
  message.buffer = const_cast<std::uint8_t*>(bytes);  // libnice writes to it only where we ask it to
  message.buffer_len = size;
  return message;
}

bool give_password(StunAgent*, StunMessage*, std::uint8_t*, std::uint16_t, std::uint8_t** password, std::size_t* size,
                   void* user) {
  const auto& text = *static_cast<const std::string_view*>(user);
  *password = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  *size = text.size();
  return true;
}

// What libnice's agent says of the datagram. The agent lives on the stack: it holds no state that we need.
StunValidationStatus validate(ByteView datagram, unsigned flags, std::string_view password) {
  StunAgent agent;
  stun_agent_init(&agent, kKnownAttributes, STUN_COMPATIBILITY_RFC5389, static_cast<StunAgentUsageFlags>(flags));
  StunMessage message = nice_message(datagram.data(), datagram.size());
  const StunClass message_class = stun_message_get_class(&message);
  if (message_class == STUN_RESPONSE || message_class == STUN_ERROR) {
    // libnice takes a response only for a request that it remembers to have sent; matching is the caller's affair here.
    StunAgentSavedIds& sent = agent.sent_ids[0];
    stun_message_id(&message, sent.id);
    sent.method = stun_message_get_method(&message);
    sent.key = reinterpret_cast<std::uint8_t*>(const_cast<char*>(password.data()));
    sent.key_len = password.size();
    sent.long_term_valid = false;
    sent.valid = true;
  }
  return stun_agent_validate(&agent, &message, datagram.data(), datagram.size(), give_password, &password);
}

bool is_valid(StunValidationStatus status) {
  return status == STUN_VALIDATION_SUCCESS || status == STUN_VALIDATION_UNKNOWN_ATTRIBUTE ||
         status == STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE;
}

ByteView find_attribute(const StunMessage& message, int type) {
  std::uint16_t size = 0;
  const auto* value =
      static_cast<const std::uint8_t*>(stun_message_find(&message, static_cast<StunAttribute>(type), &size));
  return value == nullptr ? ByteView() : ByteView(value, size);
}

std::optional<std::uint32_t> find_u32(const StunMessage& message, int type) {
  std::uint32_t value = 0;
  if (stun_message_find32(&message, static_cast<StunAttribute>(type), &value) != STUN_MESSAGE_RETURN_SUCCESS) {
    return std::nullopt;
  }
  return value;
}

bool has_flag(const StunMessage& message, int type) {
  return stun_message_has_attribute(&message, static_cast<StunAttribute>(type));
}

std::optional<SocketAddress> find_mapped_address(const StunMessage& message) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (stun_message_find_xor_addr(&message, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &storage, &size) !=
      STUN_MESSAGE_RETURN_SUCCESS) {
    return std::nullopt;
  }
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &storage, sizeof v4);
    std::array<std::uint8_t, 4> bytes;
    std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
    return SocketAddress{IpAddress::v4(bytes), ntohs(v4.sin_port)};
  }
  sockaddr_in6 v6;
  std::memcpy(&v6, &storage, sizeof v6);
  std::array<std::uint8_t, 16> bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return SocketAddress{IpAddress::v6(bytes), ntohs(v6.sin6_port)};
}

// The structure is valid when this is called. What follows MESSAGE-INTEGRITY is to be ignored (RFC 8489 14.5).
UnknownAttributes find_unknown(ByteView datagram) {
  UnknownAttributes unknown;
  ByteReader reader(datagram);
  reader.skip(kHeaderSize);
  while (reader.remaining() >= kAttributeHeaderSize && unknown.count < unknown.types.size()) {
    const std::uint16_t type = reader.u16();
    const std::uint16_t size = reader.u16();
    reader.skip((size + 3u) & ~3u);
    if (type == STUN_ATTRIBUTE_MESSAGE_INTEGRITY) break;
    const bool required = type < 0x8000;
    if (required && std::ranges::find(kKnownAttributes, type) == std::end(kKnownAttributes)) {
      unknown.types[unknown.count++] = type;
    }
  }
  return unknown;
}

}  // namespace

Result<Message> Message::parse(ByteView datagram) {
  if (datagram.size() < kHeaderSize || load_be32(datagram.data() + 4) != kMagicCookie ||
      stun_message_validate_buffer_length(datagram.data(), datagram.size(), true) !=
          static_cast<int>(datagram.size())) {
    return fail(Errc::kMalformed);
  }
  const StunMessage nice = nice_message(datagram.data(), datagram.size());
  Message message;
  message.bytes = datagram;
  message.message_class = static_cast<Class>(stun_message_get_class(&nice));
  message.method = static_cast<std::uint16_t>(stun_message_get_method(&nice));
  std::copy_n(datagram.data() + 8, message.transaction.size(), message.transaction.begin());

  message.has_fingerprint = has_flag(nice, STUN_ATTRIBUTE_FINGERPRINT);
  if (message.has_fingerprint) {
    // FINGERPRINT comes last (RFC 8489 14.7). libnice compares it against all that precedes the last eight bytes.
    const ByteView value = find_attribute(nice, STUN_ATTRIBUTE_FINGERPRINT);
    constexpr unsigned kFlags = STUN_AGENT_USAGE_USE_FINGERPRINT | STUN_AGENT_USAGE_IGNORE_CREDENTIALS;
    if (value.size() != 4 || value.data() + 4 != datagram.data() + datagram.size() ||
        !is_valid(validate(datagram, kFlags, {}))) {
      return fail(Errc::kMalformed);
    }
  }
  message.has_integrity = has_flag(nice, STUN_ATTRIBUTE_MESSAGE_INTEGRITY);
  if (message.has_integrity && find_attribute(nice, STUN_ATTRIBUTE_MESSAGE_INTEGRITY).size() != 20) {
    return fail(Errc::kMalformed);
  }
  message.username = as_text(find_attribute(nice, STUN_ATTRIBUTE_USERNAME));
  message.use_candidate = has_flag(nice, STUN_ATTRIBUTE_USE_CANDIDATE);
  message.ice_controlled = has_flag(nice, STUN_ATTRIBUTE_ICE_CONTROLLED);
  message.ice_controlling = has_flag(nice, STUN_ATTRIBUTE_ICE_CONTROLLING);
  message.priority = find_u32(nice, STUN_ATTRIBUTE_PRIORITY);
  if (const auto value = find_u32(nice, STUN_ATTRIBUTE_NOMINATION)) message.nomination = *value & 0xFFFFFF;
  message.xor_mapped_address = find_mapped_address(nice);
  if (stun_message_find_error(&nice, &message.error_code) != STUN_MESSAGE_RETURN_SUCCESS) message.error_code = 0;
  message.unknown = find_unknown(datagram);
  return message;
}

bool Message::verify(std::string_view password) const {
  if (!has_integrity || password.empty()) return false;
  const unsigned flags = has_fingerprint ? STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT
                                         : static_cast<unsigned>(STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS);
  return is_valid(validate(bytes, flags, password));
}

std::string_view Message::local_ufrag() const {
  return username.substr(0, username.find(':'));
}

std::string_view Message::remote_ufrag() const {
  const std::size_t colon = username.find(':');
  return colon == std::string_view::npos ? std::string_view() : username.substr(colon + 1);
}

Writer::Writer(ByteSpan buffer, Class message_class, std::uint16_t method, const TransactionId& transaction)
    : buffer_(buffer), ok_(buffer.size() >= kHeaderSize) {
  if (!ok_) return;
  StunMessage message = nice_message(buffer_.data(), buffer_.size());
  StunTransactionId id;
  store_be32(id, kMagicCookie);
  std::copy(transaction.begin(), transaction.end(), id + 4);
  ok_ = stun_message_init(&message, static_cast<StunClass>(message_class), static_cast<StunMethod>(method), id);
}

void Writer::attribute(std::uint16_t type, ByteView value) {
  if (!ok_) return;
  StunMessage message = nice_message(buffer_.data(), buffer_.size());
  const std::size_t padded = (value.size() + 3) & ~std::size_t{3};
  // Checked here, because libnice leaves the padding out of its own check.
  ok_ = stun_message_length(&message) + kAttributeHeaderSize + padded <= buffer_.size();
  if (!ok_) return;
  void* target = stun_message_append(&message, static_cast<StunAttribute>(type), value.size());
  ok_ = target != nullptr;
  if (ok_ && !value.empty()) std::memcpy(target, value.data(), value.size());
}

void Writer::username(std::string_view text) {
  attribute(STUN_ATTRIBUTE_USERNAME, as_bytes(text));
}

void Writer::priority(std::uint32_t value) {
  std::uint8_t bytes[4];
  store_be32(bytes, value);
  attribute(STUN_ATTRIBUTE_PRIORITY, bytes);
}

void Writer::use_candidate() {
  attribute(STUN_ATTRIBUTE_USE_CANDIDATE, {});
}

void Writer::nomination(std::uint32_t value) {
  std::uint8_t bytes[4];
  store_be32(bytes, value & 0xFFFFFF);
  attribute(STUN_ATTRIBUTE_NOMINATION, bytes);
}

void Writer::ice_controlling(std::uint64_t tie_breaker) {
  std::uint8_t bytes[8];
  store_be64(bytes, tie_breaker);
  attribute(STUN_ATTRIBUTE_ICE_CONTROLLING, bytes);
}

void Writer::ice_controlled(std::uint64_t tie_breaker) {
  std::uint8_t bytes[8];
  store_be64(bytes, tie_breaker);
  attribute(STUN_ATTRIBUTE_ICE_CONTROLLED, bytes);
}

void Writer::xor_mapped_address(const SocketAddress& address) {
  xor_address(STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, address);
}

void Writer::xor_address(std::uint16_t type, const SocketAddress& address) {
  if (!ok_) return;
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (address.ip.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    std::memcpy(&v4.sin_addr, address.ip.bytes().data() + 12, 4);
    std::memcpy(&storage, &v4, size = sizeof v4);
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    std::memcpy(&v6.sin6_addr, address.ip.bytes().data(), 16);
    std::memcpy(&storage, &v6, size = sizeof v6);
  }
  StunMessage message = nice_message(buffer_.data(), buffer_.size());
  ok_ = stun_message_length(&message) + kAttributeHeaderSize + 20u <= buffer_.size() &&
        stun_message_append_xor_addr(&message, static_cast<StunAttribute>(type), &storage, size) ==
            STUN_MESSAGE_RETURN_SUCCESS;
}

void Writer::error(int code) {
  const std::string_view reason = stun_strerror(static_cast<StunError>(code));
  std::uint8_t bytes[4 + 128] = {0, 0, static_cast<std::uint8_t>(code / 100), static_cast<std::uint8_t>(code % 100)};
  const std::size_t size = std::min<std::size_t>(reason.size(), 128);
  std::copy_n(reason.begin(), size, bytes + 4);
  attribute(STUN_ATTRIBUTE_ERROR_CODE, ByteView(bytes, 4 + size));
}

void Writer::unknown_attributes(const UnknownAttributes& unknown) {
  std::uint8_t bytes[2 * std::tuple_size_v<decltype(unknown.types)>];
  for (std::size_t i = 0; i < unknown.count; ++i) store_be16(bytes + 2 * i, unknown.types[i]);
  attribute(STUN_ATTRIBUTE_UNKNOWN_ATTRIBUTES, ByteView(bytes, 2u * unknown.count));
}

std::size_t Writer::finish(std::string_view password) {
  constexpr std::size_t kIntegrityAndFingerprint = 24 + 8;
  if (!ok_) return 0;
  StunMessage message = nice_message(buffer_.data(), buffer_.size());
  if (stun_message_length(&message) + kIntegrityAndFingerprint > buffer_.size()) return 0;
  StunAgent agent;
  stun_agent_init(&agent, kKnownAttributes, STUN_COMPATIBILITY_RFC5389, STUN_AGENT_USAGE_USE_FINGERPRINT);
  message.agent = &agent;
  const auto* key = password.empty() ? nullptr : reinterpret_cast<const std::uint8_t*>(password.data());
  return stun_agent_finish_message(&agent, &message, key, password.size());
}

}  // namespace sfu::ice::stun
