// SPDX-License-Identifier: Apache-2.0
#include "signal/user_agent.hpp"

#include <doctest/doctest.h>

using sfu::signal::parse_user_agent;

namespace {

struct KnownAgent {
  const char* header;
  const char* browser;
  const char* browser_version;
  const char* os;
  const char* os_version;
  const char* device_model;
};

const KnownAgent kKnown[] = {
    {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36", "Chrome",
     "140.0.0.0", "Linux", "", ""},
    {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.7000.1 Safari/537.36",
     "Chrome", "140.0.7000.1", "Linux", "", ""},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 "
     "Edg/140.0.0.0",
     "Edge", "140.0.0.0", "Windows", "10.0", ""},
    {"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "140.0", "Linux", "",
     ""},
    {"Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox", "140.0", "Android", "14", ""},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 "
     "Safari/605.1.15",
     "Safari", "18.4", "Mac OS X", "10.15.7", "Mac"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_3_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.3 "
     "Mobile/15E148 Safari/604.1",
     "Safari", "18.3", "iOS", "18.3.1", "iPhone"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_3 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.1 "
     "Mobile/15E148 Safari/604.1",
     "Chrome Mobile iOS", "140.0.1", "iOS", "18.3", "iPhone"},
    {"Mozilla/5.0 (Linux; Android 13; Xiaomi 2201117TI Build/TKQ1) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/120.0.0.0 Mobile Safari/537.36",
     "Chrome", "120.0.0.0", "Android", "13", "Xiaomi 2201117TI"},
    {"curl/8.5.0", "", "", "", "", ""},
    {"", "", "", "", "", ""},
};

}  // namespace

TEST_CASE("User-Agent headers as browsers write them") {
  for (const auto& known : kKnown) {
    CAPTURE(known.header);
    const auto agent = parse_user_agent(known.header);
    CHECK(agent.browser == known.browser);
    CHECK(agent.browser_version == known.browser_version);
    CHECK(agent.os == known.os);
    CHECK(agent.os_version == known.os_version);
    CHECK(agent.device_model == known.device_model);
  }
}
