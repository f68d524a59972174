// SPDX-License-Identifier: Apache-2.0
// What a server tells of a call: to the sink of its host, and as webhooks, which the library's own receiver reads.
#include "sfu/webhooks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "host.hpp"
#include "http/http.hpp"
#include "people.hpp"
#include "sfu/server.hpp"
#include "sfu/webhook_receiver.hpp"

using namespace sfu;
using namespace sfu::engine_test;

namespace {

const std::map<std::string, std::string> kKeys = {{"devkey", "secret"}, {"hooks", "another secret"}};

// An HTTP server that takes webhooks and keeps them.
class Hook {
 public:
  Hook() {
    http::Handlers handlers;
    handlers.on_request = [this](const http::Request& request, const http::Responder& respond) {
      const std::string* authorization = request.header("Authorization");
      auto event = receiver_.receive(request.body, authorization != nullptr ? *authorization : "");
      respond({.status = event ? 200 : 401});
      const std::lock_guard lock(mutex_);
      if (event) {
        events_.push_back(*std::move(event));
      } else {
        errors_.push_back(event.error().message);
      }
    };
    http::Config config;
    config.addresses = {{kLoopback, 0}};
    server_ = *http::Server::create(std::move(config), std::move(handlers));
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->addresses()[0].port) + "/hook"; }
  std::vector<WebhookEvent> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::vector<std::string> errors() const {
    const std::lock_guard lock(mutex_);
    return errors_;
  }

 private:
  WebhookReceiver receiver_{kKeys};
  mutable std::mutex mutex_;
  std::vector<WebhookEvent> events_;
  std::vector<std::string> errors_;
  std::unique_ptr<http::Server> server_;
};

// Keeps what a host is told, as it is.
class Ledger final : public EventSink {
 public:
  void on_event(const Event& event) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
  }
  std::vector<Event> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Event> events_;
};

ServerOptions options() {
  ServerOptions options;
  options.bind_addresses = options.engine.bind_addresses = {kLoopback};
  options.port = 0;
  options.keys = kKeys;
  options.engine.udp_port_first = options.engine.udp_port_last = free_udp_port();
  return options;
}

std::ptrdiff_t count(const std::vector<Event>& events, EventKind kind, const std::string& participant_sid) {
  return std::ranges::count_if(
      events, [&](const Event& event) { return event.kind == kind && event.participant.sid == participant_sid; });
}

}  // namespace

TEST_CASE("host and receiver are told the same, and whoever joined leaves once, also when the server stops") {
  Hook hook;
  Ledger ledger;
  ServerOptions wanted = options();
  wanted.engine.events = &ledger;
  wanted.webhooks.urls = {hook.url()};
  wanted.webhooks.api_key = "hooks";
  auto server = Server::create(std::move(wanted));
  REQUIRE_MESSAGE(server, server.error().message);
  People people;
  auto [alice, bob] = people.call((*server)->engine(), "hall");
  alice.leave();
  REQUIRE(people.run_until([&] { return alice.closed().has_value(); }));
  people.join((*server)->engine(), "hall", "carol");
  REQUIRE(people.run_until([&] {
    const Event last = ledger.events().back();
    return last.kind == EventKind::kParticipantJoined && last.participant.identity == "carol";
  }));
  (*server)->stop();

  const std::vector<Event> told = ledger.events();
  REQUIRE(told.size() >= 10);
  CHECK(told.front().kind == EventKind::kRoomStarted);
  CHECK(told.back().kind == EventKind::kRoomFinished);
  std::size_t joined = 0;
  for (std::size_t i = 0; i < told.size(); ++i) {
    CHECK(told[i].sequence == i + 1);
    CHECK(told[i].room.sid == told.front().room.sid);
    if (told[i].kind != EventKind::kParticipantJoined) continue;
    ++joined;
    CHECK(count(told, EventKind::kParticipantJoined, told[i].participant.sid) == 1);
    CHECK(count(told, EventKind::kParticipantLeft, told[i].participant.sid) == 1);
  }
  CHECK(joined == 3);

  CHECK(hook.errors().empty());
  const std::vector<WebhookEvent> received = hook.events();
  REQUIRE(received.size() == told.size());
  for (std::size_t i = 0; i < told.size(); ++i) {
    CHECK(received[i].id == told[i].id);
    CHECK(received[i].event == to_string(told[i].kind));
    REQUIRE(received[i].room);
    CHECK(received[i].room->name == "hall");
    if (received[i].track) CHECK(received[i].track->sid == told[i].track.sid);
  }
  CHECK(received.back().room->empty_timeout == std::chrono::seconds(300));
  const WebhookCounters counters = (*server)->webhook_counters();
  CHECK(counters.delivered == told.size());
  CHECK(counters.queue_length == 0);
}

TEST_CASE("webhooks need a key that the server has, and URLs that can be posted to") {
  ServerOptions wanted = options();
  wanted.webhooks.urls = {"http://127.0.0.1:1/"};
  for (const char* key : {"", "stranger"}) {
    ServerOptions without = wanted;
    without.webhooks.api_key = key;
    const auto server = Server::create(std::move(without));
    REQUIRE_FALSE(server);
    CHECK(server.error().message == "api_key is required to use webhooks");
  }
  wanted.webhooks.api_key = "hooks";
  wanted.webhooks.urls = {"http://user:word@127.0.0.1/?secret"};
  const auto server = Server::create(std::move(wanted));
  REQUIRE_FALSE(server);
  CHECK(server.error().message == "webhooks go to http:// and https:// URLs without user names: URL 1 is none");
}

TEST_CASE("[C-069] what a host tells of its egresses is read by the receivers of one egress, without other webhooks") {
  Hook hook;
  auto server = Server::create(options());
  REQUIRE_MESSAGE(server, server.error().message);
  EgressInfo egress;
  egress.egress_id = "EG_1";
  egress.room_name = "hall";
  egress.webhooks = {{hook.url(), "hooks"}};
  for (const EgressStatus status : {EgressStatus::kStarting, EgressStatus::kActive, EgressStatus::kComplete}) {
    egress.status = status;
    REQUIRE((*server)->announce(egress));
  }
  (*server)->stop();
  CHECK((*server)->announce(egress).error().code == Errc::kClosed);

  CHECK(hook.errors().empty());
  const std::vector<WebhookEvent> received = hook.events();
  REQUIRE(received.size() == 3);
  CHECK(received[0].event == "egress_started");
  CHECK(received[1].event == "egress_updated");
  CHECK(received[2].event == "egress_ended");
  CHECK(received[2].room->name == "hall");
  CHECK(received[2].egress_info.find(R"("status":"EGRESS_COMPLETE")") != std::string::npos);
  CHECK((*server)->webhook_counters().delivered == 3);
}
