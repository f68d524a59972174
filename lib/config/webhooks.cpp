// SPDX-License-Identifier: Apache-2.0
// webhook: where events are posted to, and which (control-plane spec 3).
#include <algorithm>
#include <array>
#include <string_view>

#include "config/readers.hpp"

namespace sfu::config {
namespace {

// Those of the protocol; an SFU sends those of rooms, participants and tracks, and of egresses if its host has some.
constexpr std::array<std::string_view, 14> kEvents = {
    "room_started",    "room_finished",     "participant_joined", "participant_left", "participant_connection_aborted",
    "track_published", "track_unpublished", "egress_started",     "egress_updated",   "egress_ended",
    "ingress_started", "ingress_ended",     "agent_job_started",  "agent_job_ended"};

Result<void> read_events(const Value& value, Draft& draft, std::vector<std::string>& to) {
  SFU_TRY(to, value.texts());
  for (const std::string& event : to) {
    if (std::ranges::find(kEvents, event) != kEvents.end()) continue;
    draft.settings.warnings.push_back(value.message("names " + event + ", which is no event"));
  }
  return {};
}

}  // namespace

Result<void> read_webhook_urls(const Value& value, Draft& draft) {
  SFU_TRY(const auto urls, value.list());
  for (const Value& item : urls) {
    SFU_TRY(auto url, item.text());
    if (!url.starts_with("http://") && !url.starts_with("https://")) {
      return item.failure("must begin with http:// or https://, not " + url);
    }
    draft.settings.webhooks.urls.push_back(std::move(url));
  }
  return {};
}

// Of the next two, 0 stands for the default.
Result<void> read_webhook_max_age(const Value& value, Draft& draft) {
  SFU_TRY(const auto age, value.time());
  if (age != Duration::zero()) draft.settings.webhooks.max_age = age;
  return {};
}

Result<void> read_webhook_max_depth(const Value& value, Draft& draft) {
  SFU_TRY(const auto depth, value.number(0, kMaxNumber));
  if (depth != 0) draft.settings.webhooks.max_depth = static_cast<std::size_t>(depth);
  return {};
}

Result<void> read_webhook_include_events(const Value& value, Draft& draft) {
  return read_events(value, draft, draft.settings.webhooks.include_events);
}

Result<void> read_webhook_exclude_events(const Value& value, Draft& draft) {
  return read_events(value, draft, draft.settings.webhooks.exclude_events);
}

// As in LiveKit's servers.
Result<void> read_webhook_url_notifier(const Value& value, Draft& draft) {
  draft.settings.warnings.push_back(value.message("has no effect: see webhook.resource_url_notifier"));
  return {};
}

}  // namespace sfu::config
