// SPDX-License-Identifier: Apache-2.0
#include "http/sessions.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sfu;
using namespace sfu::http;

namespace {

struct Named final : Session {
  explicit Named(std::string of) : name(std::move(of)) {}
  void shut_down() override {}
  void abort() override {}
  std::string name;
};

struct Crowd {
  const void* add(const std::string& name, const char* address) {
    const auto session = std::make_shared<Named>(name);
    sessions.add(session.get(), session, Sessions::origin_of(*IpAddress::parse(address)));
    return session.get();
  }
  std::string crowd_out() {
    const auto gone = sessions.crowd_out();
    return gone != nullptr ? static_cast<const Named&>(*gone).name : "";
  }
  Sessions sessions;
};

}  // namespace

TEST_CASE("who has most connections that wait loses the one that waited longest") {
  Crowd crowd;
  crowd.add("a friend's", "192.0.2.1");
  crowd.add("first", "192.0.2.2");
  const void* second = crowd.add("second", "192.0.2.2");
  crowd.add("third", "192.0.2.2");
  CHECK(crowd.crowd_out() == "first");
  crowd.sessions.set_waiting(second, false);  // its request is being answered
  crowd.add("fourth", "192.0.2.2");
  CHECK(crowd.crowd_out() == "third");
  crowd.sessions.set_waiting(second, true);
  CHECK(crowd.crowd_out() == "fourth");
  CHECK(crowd.sessions.size() == 2);
}

TEST_CASE("connections that are busy, and WebSockets, are not crowded out") {
  Crowd crowd;
  const void* busy = crowd.add("busy", "192.0.2.1");
  crowd.sessions.set_waiting(busy, false);
  const void* upgraded = crowd.add("upgraded", "192.0.2.1");
  const auto socket = std::make_shared<Named>("socket");
  crowd.sessions.replace(upgraded, socket.get(), socket);
  CHECK(crowd.crowd_out().empty());
  CHECK(crowd.sessions.size() == 2);
  CHECK(crowd.sessions.remove(busy) != nullptr);
  CHECK(crowd.sessions.remove(busy) == nullptr);
}

TEST_CASE("addresses of one IPv6 network are one origin, and of IPv4 each is its own") {
  Crowd crowd;
  crowd.add("one", "2001:db8:0:1::1");
  crowd.add("the same", "2001:db8:0:1:ffff::2");
  crowd.add("another", "2001:db8:0:2::1");
  crowd.add("v4", "192.0.2.1");
  crowd.add("v4 too", "192.0.2.2");
  CHECK(crowd.crowd_out() == "one");
}
