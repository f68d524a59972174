// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "config/testing.hpp"

namespace sfu::config {

using namespace testing;

TEST_CASE("ICE over TCP is on LiveKit's port unless it is put elsewhere, or off") {
  const Settings usual = parsed("");
  CHECK(usual.tcp_port == 7881);
  CHECK_FALSE(usual.force_tcp);
  CHECK(usual.tcp_fallback);
  CHECK(parsed("development: true").tcp_port == 7881);
  const Settings set = parsed("rtc: {tcp_port: 443, force_tcp: true, allow_tcp_fallback: false}");
  CHECK(set.tcp_port == 443);
  CHECK(set.force_tcp);
  CHECK_FALSE(set.tcp_fallback);
  CHECK(set.warnings.empty());
  CHECK(parsed("rtc: {tcp_port: 0}").tcp_port == 0);
}

}  // namespace sfu::config
