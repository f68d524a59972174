// SPDX-License-Identifier: Apache-2.0
// What a receiver gets, over real sockets.
#include "webhook/notifier.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>
#include <livekit_webhook.pb.h>

#include <condition_variable>
#include <mutex>
#include <set>

#include "auth/auth.hpp"
#include "auth/body_digest.hpp"
#include "base/time.hpp"
#include "webhook/testing.hpp"

using namespace sfu;
using namespace sfu::webhook;
using namespace sfu::webhook::testing;
using namespace std::chrono_literals;

namespace {

const SystemClock kClock;

std::string body_of(EventKind kind, bool full_room = false) {
  const Signer signer{"key", "secret", full_room};
  return signer.sign(event_of(kind), kAt).body;
}

std::unique_ptr<Notifier> notifier_for(const WebhookOptions& options) {
  return *Notifier::create(options, auth::KeyMap(auth::KeyMap::Keys{{"key", "secret"}}), kClock, Log());
}

}  // namespace

TEST_CASE("[C-061] the body has the names of the protocol's JSON, without defaults, and numbers of 64 bits as text") {
  CHECK(body_of(EventKind::kRoomStarted) ==
        R"({"event":"room_started","room":{"sid":"RM_1","name":"hall","emptyTimeout":300,"creationTime":"1700000000"},)"
        R"("id":"EV_1","createdAt":"1700000000"})");
}

TEST_CASE("[C-062] an event of a participant has it as it was, with the room in full") {
  for (const EventKind kind :
       {EventKind::kParticipantJoined, EventKind::kParticipantLeft, EventKind::kParticipantConnectionAborted}) {
    livekit::WebhookEvent event;
    REQUIRE(google::protobuf::util::JsonStringToMessage(body_of(kind), &event).ok());
    CHECK(event.event() == to_string(kind));
    CHECK(event.room().empty_timeout() == 300);
    CHECK(event.participant().name() == "Alice");
    CHECK(event.participant().disconnect_reason() == livekit::SERVER_SHUTDOWN);
    CHECK_FALSE(event.has_track());
  }
}

TEST_CASE(
    "[C-067] an event of a track names its room and participant; the room is there in full where that is wanted") {
  const std::string track = R"("track":{"sid":"TR_1","type":"VIDEO"})";
  for (const EventKind kind : {EventKind::kTrackPublished, EventKind::kTrackUnpublished}) {
    const std::string body = body_of(kind);
    CHECK(body.find(R"("room":{"sid":"RM_1","name":"hall"})") != std::string::npos);
    CHECK(body.find(R"("participant":{"sid":"PA_1","identity":"alice"})") != std::string::npos);
    CHECK(body.find(track) != std::string::npos);
    const std::string full = body_of(kind, true);
    CHECK(full.find(R"("room":{"sid":"RM_1","name":"hall","emptyTimeout":300)") != std::string::npos);
    CHECK(full.find(R"("participant":{"sid":"PA_1","identity":"alice"})") != std::string::npos);
  }
}

TEST_CASE("[C-060] a post has the headers of a webhook, and a token of five minutes for exactly its body") {
  Receiver receiver;
  const auto notifier = notifier_for(options_for(receiver.url()));
  notifier->on_event(event_of(EventKind::kRoomStarted, 7));
  const http::Request request = receiver.requests(1).front();
  CHECK(request.method == "POST");
  CHECK(*request.header("Content-Type") == "application/webhook+json");
  CHECK(*request.header("User-Agent") == "LiveKit");
  CHECK(*request.header("Sfu-Sequence") == "7");
  const auth::KeyMap keys({{"key", "secret"}, {"other", "another secret"}});
  const WallTime now = kClock.wall_now();
  const auto claims = auth::verify(*request.header("Authorization"), keys, now);
  REQUIRE(claims);
  CHECK(claims->identity.empty());
  CHECK_FALSE(claims->video);
  CHECK(claims->expires_at > now + 4min);
  CHECK(claims->expires_at <= now + 5min);
  CHECK(auth::is_body_digest(claims->sha256, request.body));
  CHECK_FALSE(auth::is_body_digest(claims->sha256, request.body + " "));
}

TEST_CASE("[C-063] a receiver that fails gets the same again, and what follows after it") {
  int failures = 1;
  Receiver receiver([&](const auto& event) { return event.id() == "EV_1" && failures-- > 0 ? 500 : 200; });
  const auto notifier = notifier_for(options_for(receiver.url()));
  notifier->on_event(event_of(EventKind::kRoomStarted, 1));
  notifier->on_event(event_of(EventKind::kRoomFinished, 2));
  CHECK(receiver.ids(3) == std::vector<std::string>{"EV_1", "EV_1", "EV_2"});
  notifier->stop();
  CHECK(notifier->counters().delivered == 2);
  CHECK(notifier->counters().queue_length == 0);
}

TEST_CASE("[C-063] a URL that does not answer, for however many rooms, does not hold up another one of its host") {
  constexpr std::uint64_t kRooms = 40;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<http::Responder> hanging;
  std::set<std::string> told;
  http::Handlers handlers;
  handlers.on_request = [&](const http::Request& request, const http::Responder& respond) {
    const std::lock_guard lock(mutex);
    if (request.path == "/hangs") return hanging.push_back(respond);
    livekit::WebhookEvent event;
    CHECK(google::protobuf::util::JsonStringToMessage(request.body, &event).ok());
    told.insert(event.room().name());
    respond({});
    changed.notify_all();
  };
  http::Config config;
  config.addresses = {{IpAddress::v4({127, 0, 0, 1}), 0}};
  const auto server = *http::Server::create(std::move(config), std::move(handlers));
  const std::string host = "http://127.0.0.1:" + std::to_string(server->addresses()[0].port);
  auto options = options_for(host + "/hangs");
  options.urls.push_back(host + "/answers");
  options.stop_timeout = 10ms;
  const auto notifier = notifier_for(options);
  for (std::uint64_t i = 1; i <= kRooms; ++i) {
    notifier->on_event(event_of(EventKind::kRoomStarted, i, "room " + std::to_string(i)));
  }
  std::unique_lock lock(mutex);
  CHECK(changed.wait_for(lock, 10s, [&] { return told.size() == kRooms; }));
}

TEST_CASE("[C-066] events that are not wanted are not sent") {
  Receiver receiver;
  auto options = options_for(receiver.url());
  options.include_events = {"room_finished"};
  const auto notifier = notifier_for(options);
  notifier->on_event(event_of(EventKind::kRoomStarted, 1));
  notifier->on_event(event_of(EventKind::kRoomFinished, 2));
  CHECK(receiver.ids(1) == std::vector<std::string>{"EV_2"});
}

TEST_CASE("stop() delivers what is waiting, and gives up in time where nobody takes it") {
  Receiver receiver;
  auto notifier = notifier_for(options_for(receiver.url()));
  for (std::uint64_t i = 1; i <= 50; ++i) notifier->on_event(event_of(EventKind::kRoomStarted, i));
  notifier->stop();
  CHECK(notifier->counters().delivered == 50);
  notifier->on_event(event_of(EventKind::kRoomFinished, 51));
  CHECK(receiver.ids(50).size() == 50);

  auto options = options_for("http://127.0.0.1:1/");
  options.stop_timeout = 50ms;
  notifier = notifier_for(options);
  notifier->on_event(event_of(EventKind::kRoomStarted));
  notifier->on_event(event_of(EventKind::kRoomFinished));
  notifier->stop();
  CHECK(notifier->counters().delivered == 0);
  CHECK(notifier->counters().dropped_queue_closed == 2);
}
