// SPDX-License-Identifier: Apache-2.0
#include "ice/controlling_agent.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::ice;
using namespace std::chrono_literals;

namespace {

const Path kPath{{IpAddress::v4({10, 0, 0, 1}), 1000}, {IpAddress::v4({10, 0, 0, 2}), 2000}};

struct Fixture {
  SeededRandom random{1};
  ControllingAgent agent{
      {.local = {"clientufrag", "clientpasswordclientpass"}, .addresses = {kPath.local}, .random = &random}};
  SendBatch datagrams;
  std::vector<Event> events;
  Output out{datagrams, events};
  Instant now{1s};

  // A check of a full agent at the other end.
  void check(std::string_view username, std::string_view password) {
    std::uint8_t buffer[200];
    stun::Writer writer(buffer, stun::Class::kRequest, stun::kBinding, {7, 7, 7});
    writer.username(username);
    writer.priority(1);
    writer.ice_controlled(5);
    const std::size_t size = writer.finish(password);
    REQUIRE(size > 0);
    agent.receive(now, ByteView(buffer, size), kPath, out);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "RFC 8445 7.3: the checks of a full agent are answered, so that it accepts our nomination") {
  check("clientufrag:serverufrag", "clientpasswordclientpass");
  REQUIRE(datagrams.size() == 1);
  const auto answer = stun::Message::parse(datagrams.datagrams()[0].bytes);
  REQUIRE(answer);
  CHECK(answer->message_class == stun::Class::kSuccess);
  CHECK(answer->transaction == stun::TransactionId{7, 7, 7});
  CHECK(answer->verify("clientpasswordclientpass"));
  CHECK(answer->xor_mapped_address == kPath.remote);
  CHECK(datagrams.datagrams()[0].path == kPath);
  CHECK(agent.state() == State::kNew);  // it proves nothing about the way there
  CHECK_FALSE(agent.is_proven(kPath));
}

TEST_CASE_FIXTURE(Fixture, "checks for another ufrag or with a wrong password are not answered") {
  check("another:serverufrag", "clientpasswordclientpass");
  check("clientufrag:serverufrag", "wrongpasswordwrongpassword");
  CHECK(datagrams.empty());
}
