// SPDX-License-Identifier: Apache-2.0
#include "net/interfaces.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace sfu::net {
namespace {

const std::vector<InterfaceAddress> kMachine = {
    {"lo", *IpAddress::parse("127.0.0.1")},       {"eth0", *IpAddress::parse("203.0.113.7")},
    {"eth0", *IpAddress::parse("2001:db8::7")},   {"eth1", *IpAddress::parse("10.1.2.3")},
    {"docker0", *IpAddress::parse("172.17.0.1")},
};

std::string taken(const InterfaceFilter& filter, const std::vector<InterfaceAddress>& machine = kMachine) {
  std::string list;
  for (const IpAddress& address : filtered(machine, filter)) list += (list.empty() ? "" : " ") + address.to_string();
  return list;
}

std::vector<IpNetwork> networks(std::initializer_list<const char*> written) {
  std::vector<IpNetwork> parsed;
  for (const char* one : written) parsed.push_back(*IpNetwork::parse(one));
  return parsed;
}

TEST_CASE("all addresses take media but loopback, unless there is no other or it is asked for") {
  CHECK(taken({}) == "203.0.113.7 2001:db8::7 10.1.2.3 172.17.0.1");
  CHECK(taken({}, {kMachine[0]}) == "127.0.0.1");
  CHECK(taken({.loopback = true}) == "203.0.113.7 2001:db8::7 10.1.2.3 172.17.0.1 127.0.0.1");
}

TEST_CASE("interfaces are included or excluded by name, and inclusion wins") {
  CHECK(taken({.included_interfaces = {"eth1", "none"}}) == "10.1.2.3");
  CHECK(taken({.excluded_interfaces = {"docker0", "eth0"}}) == "10.1.2.3");
  CHECK(taken({.included_interfaces = {"eth1"}, .excluded_interfaces = {"eth1"}}) == "10.1.2.3");
  CHECK(taken({.included_interfaces = {"none"}}).empty());
}

TEST_CASE("addresses are included or excluded by range, and inclusion wins") {
  CHECK(taken({.included_addresses = networks({"10.0.0.0/8", "2001:db8::/32"})}) == "2001:db8::7 10.1.2.3");
  CHECK(taken({.excluded_addresses = networks({"172.16.0.0/12", "2000::/3"})}) == "203.0.113.7 10.1.2.3");
  CHECK(taken({.included_addresses = networks({"10.1.2.3/32"}), .excluded_addresses = networks({"0.0.0.0/0"})}) ==
        "10.1.2.3");
  CHECK(taken({.included_interfaces = {"eth0"}, .excluded_addresses = networks({"2001:db8::/32"})}) == "203.0.113.7");
}

TEST_CASE("this machine has a loopback address") {
  CHECK(std::ranges::any_of(interface_addresses(), [](const auto& one) { return one.address.is_loopback(); }));
}

}  // namespace
}  // namespace sfu::net
