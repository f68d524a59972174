// SPDX-License-Identifier: Apache-2.0
#include "sctp/dcep.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::sctp;
using namespace std::chrono_literals;

namespace {

std::vector<std::uint8_t> open_message(const ChannelOptions& options) {
  auto message = dcep::write_open(options);
  REQUIRE(message.has_value());
  return *message;
}

}  // namespace

TEST_CASE("an OPEN is written byte for byte as RFC 8832 5.1 lays it out") {
  ChannelOptions options;
  options.label = "ab";
  options.protocol = "c";
  options.ordered = false;
  options.max_retransmits = 0x01020304;
  options.priority = 0x0506;
  const std::vector<std::uint8_t> expected = {0x03, 0x81, 0x05, 0x06, 1, 2, 3, 4, 0, 2, 0, 1, 'a', 'b', 'c'};
  CHECK(open_message(options) == expected);
}

TEST_CASE("[M-020] OPEN carries all six reliability types there and back") {
  struct Case {
    std::uint8_t type;
    ChannelOptions options;
  };
  ChannelOptions reliable{.label = "l", .protocol = "p"};
  ChannelOptions retransmits = reliable;
  retransmits.max_retransmits = 7;
  ChannelOptions lifetime = reliable;
  lifetime.max_lifetime = 250ms;
  for (const bool ordered : {true, false}) {
    for (Case one : {Case{0x00, reliable}, Case{0x01, retransmits}, Case{0x02, lifetime}}) {
      one.options.ordered = ordered;
      const auto message = open_message(one.options);
      CHECK(message[1] == (ordered ? one.type : one.type | 0x80));
      const auto parsed = dcep::parse_open(message);
      REQUIRE(parsed.has_value());
      CHECK(*parsed == one.options);
    }
  }
}

TEST_CASE("an OPEN cut short anywhere is refused") {
  const auto message = open_message({.label = "label", .protocol = "protocol"});
  for (std::size_t size = 0; size < message.size(); ++size) {
    CHECK_FALSE(dcep::parse_open(ByteView(message).first(size)).has_value());
  }
  CHECK(dcep::parse_open(message).has_value());
}

TEST_CASE("an OPEN of an unknown channel type, or with a label that is not UTF-8, is refused") {
  auto message = open_message({.label = "ab", .protocol = ""});
  message[1] = 0x03;
  CHECK(dcep::parse_open(message).error().code == Errc::kUnsupported);
  message[1] = 0x00;
  for (const char* bad : {"\xC0\x80", "\x80z", "z\xE2", "\xFFz"}) {
    message[12] = static_cast<std::uint8_t>(bad[0]);
    message[13] = static_cast<std::uint8_t>(bad[1]);
    CHECK(dcep::parse_open(message).error().code == Errc::kMalformed);
  }
  CHECK(dcep::parse_open(open_message({.label = "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"}))->label ==
        "gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80");
}

TEST_CASE("a channel limits retransmissions or lifetime, and its label has a 16-bit length") {
  ChannelOptions both;
  both.max_retransmits = 1;
  both.max_lifetime = 1s;
  CHECK(dcep::write_open(both).error().code == Errc::kInvalidArgument);
  CHECK(dcep::write_open({.label = std::string(65536, 'x')}).error().code == Errc::kInvalidArgument);
  CHECK(dcep::write_open({.label = std::string(65535, 'x')}).has_value());
}

TEST_CASE("an ACK is one byte, and what follows it is ignored") {
  CHECK(dcep::is_ack(dcep::write_ack()));
  const std::uint8_t longer[] = {0x02, 0x55};
  CHECK(dcep::is_ack(longer));
  CHECK_FALSE(dcep::is_ack({}));
}
