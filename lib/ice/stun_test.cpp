// SPDX-License-Identifier: Apache-2.0
#include "ice/stun.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/random.hpp"

namespace sfu::ice::stun {
namespace {

std::vector<std::uint8_t> from_hex(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  std::string digits;
  for (const char c : text) {
    if (c != ' ' && c != '\n') digits += c;
  }
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

// RFC 5769 2.
constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";
constexpr TransactionId kTransaction = {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};
constexpr std::uint16_t kSoftware = 0x8022;
const auto kRequest = from_hex(
    "00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae 80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65"
    "6e 74 00 24 00 04 6e 00 01 ff 80 29 00 08 93 2f f9 b1 51 26 3b 36 00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20"
    "00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2 80 28 00 04 e5 7a 3b cf");
const auto kIpv4Response = from_hex(
    "01 01 00 3c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae 80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20"
    "00 20 00 08 00 01 a1 47 e1 12 a6 43 00 08 00 14 2b 91 f5 99 fd 9e 90 c3 8c 74 89 f9 2a f9 ba 53 f0 6b e7 d7"
    "80 28 00 04 c0 7d 4c 96");
const auto kIpv6Response = from_hex(
    "01 01 00 48 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae 80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20"
    "00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9 00 08 00 14 a3 82 95 4e 4b e6 7b f1 17 84"
    "c9 7c 82 92 c2 75 bf e3 ed 41 80 28 00 04 c8 fb 0b 4c");

SocketAddress address(const char* ip, std::uint16_t port) {
  return {IpAddress::parse(ip).value(), port};
}

TEST_CASE("[M-001] RFC 5769 2.1: the sample request parses and verifies") {
  const auto message = Message::parse(kRequest);
  REQUIRE(message);
  CHECK(message->message_class == Class::kRequest);
  CHECK(message->method == kBinding);
  CHECK(message->transaction == kTransaction);
  CHECK(message->username == "evtj:h6vY");
  CHECK(message->local_ufrag() == "evtj");
  CHECK(message->remote_ufrag() == "h6vY");
  CHECK(message->priority == 0x6e0001ff);
  CHECK(message->ice_controlled);
  CHECK_FALSE(message->ice_controlling);
  CHECK_FALSE(message->use_candidate);
  CHECK(message->has_fingerprint);
  CHECK(message->unknown.count == 0);
  CHECK(message->verify(kPassword));
  CHECK_FALSE(message->verify("VOkJxbRl1RmTxUk/WvJxBT"));
  CHECK_FALSE(message->verify(""));
}

TEST_CASE("[M-001] RFC 5769 2.2 and 2.3: the sample responses parse and verify") {
  const auto ipv4 = Message::parse(kIpv4Response);
  REQUIRE(ipv4);
  CHECK(ipv4->message_class == Class::kSuccess);
  CHECK(ipv4->xor_mapped_address == address("192.0.2.1", 32853));
  CHECK(ipv4->verify(kPassword));
  CHECK_FALSE(ipv4->verify("another"));

  const auto ipv6 = Message::parse(kIpv6Response);
  REQUIRE(ipv6);
  CHECK(ipv6->xor_mapped_address == address("2001:db8:1234:5678:11:2233:4455:6677", 32853));
  CHECK(ipv6->verify(kPassword));
}

TEST_CASE("[M-001] RFC 5769: the writer makes the samples byte by byte") {
  std::uint8_t buffer[256];
  Writer request(buffer, Class::kRequest, kBinding, kTransaction);
  request.attribute(kSoftware, as_bytes("STUN test client"));
  request.priority(0x6e0001ff);
  request.ice_controlled(0x932ff9b151263b36);
  request.username("evtj:h6vY");
  std::size_t size = request.finish(kPassword);
  CHECK(std::vector<std::uint8_t>(buffer, buffer + size) == kRequest);

  Writer ipv4(buffer, Class::kSuccess, kBinding, kTransaction);
  ipv4.attribute(kSoftware, as_bytes("test vector"));
  ipv4.xor_mapped_address(address("192.0.2.1", 32853));
  size = ipv4.finish(kPassword);
  CHECK(std::vector<std::uint8_t>(buffer, buffer + size) == kIpv4Response);

  Writer ipv6(buffer, Class::kSuccess, kBinding, kTransaction);
  ipv6.attribute(kSoftware, as_bytes("test vector"));
  ipv6.xor_mapped_address(address("2001:db8:1234:5678:11:2233:4455:6677", 32853));
  size = ipv6.finish(kPassword);
  CHECK(std::vector<std::uint8_t>(buffer, buffer + size) == kIpv6Response);
}

TEST_CASE("every single-bit change of a message is noticed by FINGERPRINT or as bad structure") {
  for (std::size_t bit = 0; bit < kRequest.size() * 8; ++bit) {
    auto bytes = kRequest;
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] ^ 1u << bit % 8);
    const auto message = Message::parse(bytes);
    CAPTURE(bit);
    CHECK((!message || !message->has_fingerprint));
  }
}

TEST_CASE("every truncation is malformed") {
  for (std::size_t size = 0; size < kRequest.size(); ++size) {
    CHECK_FALSE(Message::parse(ByteView(kRequest).first(size)));
  }
}

TEST_CASE("attributes behind MESSAGE-INTEGRITY are not believed") {
  std::uint8_t buffer[256];
  Writer writer(buffer, Class::kRequest, kBinding, kTransaction);
  writer.username("a:b");
  writer.attribute(0x0008, std::vector<std::uint8_t>(20));
  writer.use_candidate();
  writer.attribute(0x7777, {});
  const std::size_t size = writer.finish({});
  const auto message = Message::parse(ByteView(buffer, size));
  // FINGERPRINT is found behind MESSAGE-INTEGRITY only if nothing else stands between them.
  if (message) {
    CHECK_FALSE(message->use_candidate);
    CHECK(message->unknown.count == 0);
    CHECK_FALSE(message->verify(kPassword));
  }
}

TEST_CASE("attributes of ICE survive a round trip") {
  std::uint8_t buffer[256];
  Writer writer(buffer, Class::kRequest, kBinding, kTransaction);
  writer.username("server:client");
  writer.ice_controlling(42);
  writer.use_candidate();
  writer.nomination(7);
  writer.attribute(0x7001, as_bytes("abc"));
  writer.attribute(0xC057, as_bytes("optional"));  // GOOG-NETWORK-INFO, as Chrome sends it
  const auto message = Message::parse(ByteView(buffer, writer.finish("secret")));
  REQUIRE(message);
  CHECK(message->ice_controlling);
  CHECK(message->use_candidate);
  CHECK(message->nomination == 7);
  CHECK_FALSE(message->priority);
  REQUIRE(message->unknown.count == 1);
  CHECK(message->unknown.types[0] == 0x7001);
  CHECK(message->verify("secret"));
}

TEST_CASE("a message that does not fit its buffer is not finished, and nothing is written past the end") {
  for (std::size_t room = 0; room < 100; ++room) {
    std::vector<std::uint8_t> buffer(room + 8, 0xEE);
    Writer writer(ByteSpan(buffer).first(room), Class::kError, kBinding, kTransaction);
    writer.error(401);
    writer.xor_mapped_address(address("2001:db8::1", 1));
    const std::size_t size = writer.finish("secret");
    CHECK(size <= room);
    for (std::size_t i = room; i < buffer.size(); ++i) CHECK(buffer[i] == 0xEE);
  }
}

TEST_CASE("random bytes with a STUN header never parse into something that verifies") {
  constexpr std::uint64_t kSeed = 5769;
  CAPTURE(kSeed);
  SeededRandom random(kSeed);
  for (int i = 0; i < 20'000; ++i) {
    std::vector<std::uint8_t> bytes(20 + 4 * random.below(30));
    random.fill(bytes);
    store_be16(bytes.data(), 1);
    store_be16(bytes.data() + 2, static_cast<std::uint16_t>(bytes.size() - 20));
    store_be32(bytes.data() + 4, 0x2112A442);
    const auto message = Message::parse(bytes);
    if (message) CHECK_FALSE(message->verify(kPassword));
  }
}

}  // namespace
}  // namespace sfu::ice::stun
