// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "config/testing.hpp"

namespace sfu::config {
namespace {

using namespace testing;
using namespace std::chrono_literals;

TEST_CASE("webhooks are read, and are none by default") {
  CHECK(parsed("").webhooks.urls.empty());
  CHECK(parsed("").webhooks.max_age == 30s);
  CHECK(parsed("").webhooks.max_depth == 200);
  const Settings settings = parsed(R"(
webhook:
  urls: [http://127.0.0.1:8000/hook, "https://example.com/?a=1"]
  api_key: key1
  resource_url_notifier: {max_age: 1m30s, max_depth: 5}
  filter_params:
    include_events: [room_started, participant_left]
    exclude_events: [egress_updated]
room: {enable_full_room_in_webhooks: true}
)");
  const WebhookOptions& webhooks = settings.webhooks;
  CHECK(webhooks.urls == std::vector<std::string>{"http://127.0.0.1:8000/hook", "https://example.com/?a=1"});
  CHECK(webhooks.api_key == "key1");
  CHECK(webhooks.max_age == 90s);
  CHECK(webhooks.max_depth == 5);
  CHECK(webhooks.include_events == std::vector<std::string>{"room_started", "participant_left"});
  CHECK(webhooks.exclude_events == std::vector<std::string>{"egress_updated"});
  CHECK(webhooks.full_room_in_track_events);
  CHECK(settings.warnings.empty());
}

TEST_CASE("0 stands for the defaults of webhooks") {
  const Settings settings = parsed("webhook: {resource_url_notifier: {max_age: 0, max_depth: 0}}");
  CHECK(settings.webhooks.max_age == 30s);
  CHECK(settings.webhooks.max_depth == 200);
}

TEST_CASE("what webhooks cannot be is refused; what has no effect is warned of") {
  CHECK(refused("webhook:\n  urls: [ftp://x]\n") ==
        "config.yaml:2: webhook.urls[0] must begin with http:// or https://, not ftp://x");
  CHECK(refused("webhook:\n  urls: http://x\n") == "config.yaml:2: webhook.urls must be a list");
  CHECK(refused("webhook:\n  resource_url_notifier: {max_age: soon}\n") ==
        "config.yaml:2: webhook.resource_url_notifier.max_age must be a time such as 500ms or 1m30s, not soon");
  CHECK(refused("webhook:\n  api_kee: x\n") ==
        "config.yaml:2: unknown key webhook.api_kee; did you mean webhook.api_key?");
  CHECK(parsed("webhook:\n  url_notifier: {num_workers: 10}\n  filter_params: {exclude_events: [room_begun]}\n")
            .warnings ==
        std::vector<std::string>{
            "config.yaml:2: webhook.url_notifier.num_workers has no effect: see webhook.resource_url_notifier",
            "config.yaml:3: webhook.filter_params.exclude_events names room_begun, which is no event"});
}

}  // namespace
}  // namespace sfu::config
