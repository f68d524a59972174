// SPDX-License-Identifier: Apache-2.0
// For the tests of this layer: an event, and the other end of webhooks, over real sockets.
#pragma once

#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>
#include <livekit_webhook.pb.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "http/http.hpp"
#include "room/output.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/webhooks.hpp"

namespace sfu::webhook::testing {

using namespace std::chrono_literals;

inline constexpr WallTime kAt{std::chrono::seconds(1'700'000'000)};

inline Event event_of(EventKind kind, std::uint64_t sequence = 1, const std::string& room = "hall") {
  room::Event details;
  details.room.set_sid("RM_1");
  details.room.set_name(room);
  details.room.set_empty_timeout(300);
  details.room.set_creation_time(1'700'000'000);
  details.participant.set_sid("PA_1");
  details.participant.set_identity("alice");
  details.participant.set_name("Alice");
  details.participant.set_state(livekit::ParticipantInfo::DISCONNECTED);
  details.participant.set_disconnect_reason(livekit::SERVER_SHUTDOWN);
  details.track.set_sid("TR_1");
  details.track.set_type(livekit::VIDEO);
  Event event{.kind = kind,
              .id = "EV_" + std::to_string(sequence),
              .sequence = sequence,
              .room = {},
              .participant = {},
              .track = {},
              .at = kAt + 999ms,
              .details = std::make_shared<const room::Event>(std::move(details))};
  event.room.name = room;
  return event;
}

// A receiver that answers with the status that `answer` gives for an event.
class Receiver {
 public:
  explicit Receiver(std::function<int(const livekit::WebhookEvent&)> answer = [](const auto&) { return 200; })
      : answer_(std::move(answer)) {
    http::Handlers handlers;
    handlers.on_request = [this](http::Request request, const http::Responder& respond) {
      livekit::WebhookEvent event;
      CHECK(google::protobuf::util::JsonStringToMessage(request.body, &event).ok());
      const std::lock_guard lock(mutex_);
      respond({.status = answer_(event)});
      requests_.push_back(std::move(request));
      ids_.push_back(event.id());
      changed_.notify_all();
    };
    http::Config config;
    config.addresses = {{IpAddress::v4({127, 0, 0, 1}), 0}};
    server_ = *http::Server::create(std::move(config), std::move(handlers));
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->addresses()[0].port) + "/hook"; }
  std::vector<std::string> ids(std::size_t count) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, 10s, [&] { return ids_.size() >= count; }));
    return ids_;
  }
  std::vector<http::Request> requests(std::size_t count) {
    (void)ids(count);
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  std::function<int(const livekit::WebhookEvent&)> answer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<http::Request> requests_;
  std::vector<std::string> ids_;
  std::unique_ptr<http::Server> server_;
};

inline WebhookOptions options_for(const std::string& url) {
  WebhookOptions options;
  options.urls = {url};
  options.api_key = "key";
  return options;
}

}  // namespace sfu::webhook::testing
