// SPDX-License-Identifier: Apache-2.0
// What a host tells of its egresses, at the configured receivers and at those of one egress.
#include <doctest/doctest.h>

#include "auth/auth.hpp"
#include "auth/body_digest.hpp"
#include "base/time.hpp"
#include "webhook/notifier.hpp"
#include "webhook/testing.hpp"

using namespace sfu;
using namespace sfu::webhook;
using namespace sfu::webhook::testing;

namespace {

using Texts = std::vector<std::string>;

const SystemClock kClock;
const auth::KeyMap kKeys({{"key", "secret"}, {"other", "another secret"}});

EgressInfo egress_with(EgressStatus status, const std::string& id = "EG_1") {
  EgressInfo egress;
  egress.egress_id = id;
  egress.room_id = "RM_1";
  egress.room_name = "hall";
  egress.status = status;
  return egress;
}

std::string body_of(EgressInfo egress) {
  const Signer signer{.api_key = "key", .secret = "secret"};
  return signer.sign({.id = "EV_1", .egress = std::move(egress), .at = kAt}, kAt).body;
}

std::unique_ptr<Notifier> notifier_for(const WebhookOptions& options, Logger* logger = nullptr) {
  return *Notifier::create(options, kKeys, kClock, Log(logger));
}

livekit::WebhookEvent parse(const std::string& body) {
  livekit::WebhookEvent event;
  CHECK(google::protobuf::util::JsonStringToMessage(body, &event).ok());
  return event;
}

// "<event> <egress>" of each.
Texts told(const std::vector<http::Request>& requests) {
  Texts all;
  for (const http::Request& request : requests) {
    const auto event = parse(request.body);
    all.push_back(event.event() + ' ' + event.egress_info().egress_id());
  }
  return all;
}

// The key that a request is signed with.
std::string signer_of(const http::Request& request) {
  const auto claims = auth::verify(*request.header("Authorization"), kKeys, kClock.wall_now());
  REQUIRE(claims);
  CHECK(claims->sha256 == auth::body_digest(request.body));
  return claims->api_key;
}

// Keeps the errors, as "<message> <key>=<value> ...".
class Errors final : public Logger {
 public:
  bool enabled(LogLevel level) const override { return level == LogLevel::kError; }
  void log(LogLevel, std::string_view message, std::span<const LogField> fields) override {
    const std::lock_guard lock(mutex_);
    std::string line(message);
    for (const LogField& field : fields) {
      line.append(" ").append(field.key).append("=").append(field.value);
    }
    lines_.push_back(std::move(line));
  }
  Texts lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  Texts lines_;
};

}  // namespace

TEST_CASE("[C-069] an egress has the names of the protocol's JSON, its status as text and its times in nanoseconds") {
  EgressInfo egress = egress_with(EgressStatus::kActive);
  egress.started_at = kAt + 1ns;
  egress.files.push_back({.filename = "a.ogg",
                          .started_at = kAt,
                          .ended_at = kAt + 2s,
                          .duration = 2s,
                          .size = 5'000'000'000,
                          .location = "/recordings/a.ogg"});
  egress.streams.push_back(
      {.url = "rtmp://example.com/live", .status = EgressStream::Status::kFailed, .error = "gone"});
  egress.webhooks = {{"http://127.0.0.1/", "other"}};
  CHECK(body_of(egress) ==
        R"({"event":"egress_updated","room":{"sid":"RM_1","name":"hall"},"id":"EV_1","createdAt":"1700000000",)"
        R"("egressInfo":{"egressId":"EG_1","roomId":"RM_1","status":"EGRESS_ACTIVE","startedAt":"1700000000000000001",)"
        R"("roomName":"hall","streamResults":[{"url":"rtmp://example.com/live","status":"FAILED","error":"gone"}],)"
        R"("fileResults":[{"filename":"a.ogg","startedAt":"1700000000000000000","endedAt":"1700000002000000000",)"
        R"("size":"5000000000","location":"/recordings/a.ogg","duration":"2000000000"}]}})");
}

TEST_CASE("[C-069] the status says which event it is") {
  using enum EgressStatus;
  const std::vector<std::pair<EgressStatus, std::string>> expected = {
      {kStarting, "egress_started"},  {kActive, "egress_updated"}, {kEnding, "egress_updated"},
      {kComplete, "egress_ended"},    {kFailed, "egress_ended"},   {kAborted, "egress_ended"},
      {kLimitReached, "egress_ended"}};
  for (const auto& [status, name] : expected) {
    const auto event = parse(body_of(egress_with(status)));
    CHECK(event.event() == name);
    CHECK(static_cast<int>(event.egress_info().status()) == static_cast<int>(status));
  }
}

TEST_CASE("[C-069] an egress is told to the configured URLs and to its own, each signed with its key") {
  Receiver configured;
  Receiver named;
  Receiver unnamed;
  const auto notifier = notifier_for(options_for(configured.url()));
  EgressInfo egress = egress_with(EgressStatus::kStarting);
  egress.webhooks = {{named.url(), "other"}, {unnamed.url(), ""}};
  REQUIRE(notifier->announce(egress));
  const auto at_configured = configured.requests(1).front();
  const auto at_named = named.requests(1).front();
  const auto at_unnamed = unnamed.requests(1).front();
  CHECK(signer_of(at_configured) == "key");
  CHECK(signer_of(at_named) == "other");
  CHECK(signer_of(at_unnamed) == "key");
  CHECK(at_named.body == at_configured.body);
  CHECK(at_unnamed.body == at_configured.body);
  CHECK(parse(at_named.body).id().starts_with("EV_"));
  CHECK(at_named.header("Sfu-Sequence") == nullptr);  // which counts the events of a room
}

TEST_CASE("[C-069] a URL whose key is not known gets nothing, and the log says so; the others get theirs") {
  Errors errors;
  Receiver configured;
  Receiver stranger;
  Receiver after;
  const auto notifier = notifier_for(options_for(configured.url()), &errors);
  EgressInfo egress = egress_with(EgressStatus::kStarting);
  egress.webhooks = {{stranger.url() + "?token=1", "stranger"}, {after.url(), "other"}};
  REQUIRE(notifier->announce(egress));
  CHECK(told(configured.requests(1)) == Texts{"egress_started EG_1"});
  CHECK(told(after.requests(1)) == Texts{"egress_started EG_1"});
  notifier->stop();
  CHECK(stranger.ids(0).empty());
  CHECK(errors.lines() == Texts{"a webhook of an egress is not sent: its key is none of the server's egress=EG_1 "
                                "event=egress_started url=" +
                                stranger.url() + " signing_key=stranger"});
}

TEST_CASE("[C-069] the filter is for the configured URLs, not for an egress's own") {
  Receiver configured;
  Receiver own;
  auto options = options_for(configured.url());
  options.include_events = {"egress_ended"};
  const auto notifier = notifier_for(options);
  for (const EgressStatus status : {EgressStatus::kStarting, EgressStatus::kActive, EgressStatus::kComplete}) {
    EgressInfo egress = egress_with(status);
    egress.webhooks = {{own.url(), ""}};
    REQUIRE(notifier->announce(egress));
  }
  notifier->stop();
  CHECK(told(own.requests(3)) == Texts{"egress_started EG_1", "egress_updated EG_1", "egress_ended EG_1"});
  CHECK(told(configured.requests(1)) == Texts{"egress_ended EG_1"});
}

TEST_CASE("[C-069] without configured URLs an egress's own get it, and what has nowhere to go is no error") {
  Receiver own;
  WebhookOptions options;
  options.api_key = "other";
  const auto notifier = notifier_for(options);
  CHECK(notifier->announce(egress_with(EgressStatus::kStarting)));
  EgressInfo egress = egress_with(EgressStatus::kActive);
  egress.webhooks = {{own.url(), ""}};
  REQUIRE(notifier->announce(egress));
  const auto requests = own.requests(1);
  CHECK(told(requests) == Texts{"egress_updated EG_1"});
  CHECK(signer_of(requests.front()) == "other");
  notifier->stop();
  CHECK(notifier->counters().delivered == 1);
}

TEST_CASE("[C-069] the events of an egress come in order, and wait neither for another's nor for those of the room") {
  bool other_came = false;
  Receiver receiver([&](const auto& event) {
    other_came |= event.egress_info().egress_id() == "EG_2";
    return other_came ? 200 : 500;
  });
  const auto notifier = notifier_for(options_for(receiver.url()));
  notifier->on_event(event_of(EventKind::kRoomStarted));
  REQUIRE(notifier->announce(egress_with(EgressStatus::kStarting, "EG_1")));
  (void)receiver.requests(2);
  REQUIRE(notifier->announce(egress_with(EgressStatus::kActive, "EG_1")));
  REQUIRE(notifier->announce(egress_with(EgressStatus::kComplete, "EG_1")));
  REQUIRE(notifier->announce(egress_with(EgressStatus::kStarting, "EG_2")));
  notifier->stop();
  Texts first = told(receiver.requests(7));
  std::erase_if(first, [](const std::string& each) { return !each.ends_with("EG_1"); });
  CHECK(first == Texts{"egress_started EG_1", "egress_started EG_1", "egress_updated EG_1", "egress_ended EG_1"});
  CHECK(notifier->counters().delivered == 5);
}

TEST_CASE("[C-069] what cannot be told is an error, and nothing is sent") {
  Receiver own;
  const auto notifier = notifier_for({});
  EgressInfo egress = egress_with(EgressStatus::kFailed);
  egress.webhooks = {{own.url(), "key"}, {"ftp://example.com/", "key"}};
  auto announced = notifier->announce(egress);
  REQUIRE_FALSE(announced);
  CHECK(announced.error().code == Errc::kInvalidArgument);
  CHECK(announced.error().message == "webhooks go to http:// and https:// URLs without user names: URL 2 is none");
  egress.webhooks.pop_back();
  egress.egress_id.clear();
  CHECK(notifier->announce(egress).error().code == Errc::kInvalidArgument);
  egress.egress_id = "EG_1";
  egress.files.emplace_back().filename = "\xff.ogg";
  CHECK(notifier->announce(egress).error().code == Errc::kInvalidArgument);
  egress.files.clear();
  notifier->stop();
  CHECK(notifier->announce(egress).error().code == Errc::kClosed);
  CHECK(own.ids(0).empty());
}
