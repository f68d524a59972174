// SPDX-License-Identifier: Apache-2.0
// The whole client against the whole server, on both paths: media, data, streams, calls; and what it does when a
// connection is lost.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "frames.hpp"
#include "room_client.hpp"
#include "rtp/packet_writer.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

struct Pair {
  explicit Pair(bool v1, std::uint64_t seed = 7)
      : simulation(seed),
        alice(simulation, 1, "alice", {.single_connection = v1}),
        bob(simulation, 2, "bob", {.single_connection = v1}) {
    simulation.every(50ms, [this] { return film(), true; });
  }

  bool until(const std::function<bool()>& condition, Duration limit = 10s) {
    return simulation.run_until(condition, limit);
  }
  bool both_ready() {
    return until([&] { return alice.count<client::Ready>() == 1 && bob.count<client::Ready>() == 1; });
  }
  void publish(std::vector<participant::Layer> encodings = {}) {
    const auto published = alice.with([&](client::Room& room, client::RoomOutput& out) {
      return room.publish(
          simulation.now(),
          {.cid = "camera", .name = "camera", .width = 320, .height = 180, .layers = std::move(encodings)}, out);
    });
    REQUIRE(published);
    filming = true;
  }
  void film() {
    if (!filming) return;
    for (; seen < alice.events.size(); ++seen) {
      keyframe |= std::holds_alternative<client::KeyframeRequested>(alice.events[seen]) ||
                  std::holds_alternative<client::PublishReady>(alice.events[seen]);
    }
    const auto frame = vp8_frame(keyframe, keyframe ? 5000 : 1500, static_cast<std::uint8_t>(count));
    for (std::size_t layer = 0; layer < std::max<std::size_t>(1, layers); ++layer) {
      alice.with([&](client::Room& room, client::RoomOutput& out) {
        room.write_frame(simulation.now(), "camera", layer, frame, static_cast<std::uint32_t>(count * 4500), keyframe,
                         out);
      });
    }
    ++count;
    keyframe = false;
  }
  std::size_t frames() const { return bob.count<client::FrameReceived>(); }

  Simulation simulation;
  RoomClient alice;
  RoomClient bob;
  bool filming = false;
  bool keyframe = true;
  std::size_t layers = 0;
  std::size_t seen = 0;
  std::uint64_t count = 0;
};

}  // namespace

TEST_CASE("two clients join, publish frames and receive them, on either path") {
  for (const bool v1 : {true, false}) {
    CAPTURE(v1);
    Pair pair(v1);
    REQUIRE(pair.both_ready());
    CHECK(pair.alice.dialled[0].starts_with(v1 ? "ws://server/rtc/v1?" : "ws://server/rtc?"));
    pair.publish();
    REQUIRE(pair.until([&] { return pair.frames() >= 40; }));
    const auto* frame = pair.bob.last<client::FrameReceived>();
    CHECK(frame->frame.bytes.size() == 1500);
    CHECK(frame->codec == rtp::Codec::kVp8);
    const auto* subscribed = pair.bob.last<client::SubscriptionStarted>();
    REQUIRE(subscribed != nullptr);
    CHECK(pair.bob.room().roster().publisher_of(subscribed->track_sid) == "alice");
    CHECK(pair.alice.last<client::PublishReady>()->track_sid == subscribed->track_sid);

    (void)pair.alice.with([&](client::Room& room, client::RoomOutput& out) {
      return room.unpublish(pair.simulation.now(), "camera", out);
    });
    pair.filming = false;
    CHECK(pair.until([&] { return pair.bob.count<client::SubscriptionEnded>() == 1; }));
  }
}

TEST_CASE("both publish audio and video on one connection; more tracks than the first offer had room for") {
  Pair pair(true);
  REQUIRE(pair.both_ready());
  const auto publish = [&](RoomClient& who, const std::string& cid, rtp::Codec codec) {
    const auto done = who.with([&](client::Room& room, client::RoomOutput& out) {
      return room.publish(pair.simulation.now(), {.cid = cid, .name = cid, .codec = codec}, out);
    });
    REQUIRE(done);
  };
  for (int i = 0; i < 5; ++i) publish(pair.alice, "mic" + std::to_string(i), rtp::Codec::kOpus);
  for (int i = 0; i < 5; ++i) publish(pair.alice, "cam" + std::to_string(i), rtp::Codec::kVp8);
  publish(pair.bob, "mic", rtp::Codec::kOpus);
  CHECK(pair.until([&] {
    return pair.bob.count<client::SubscriptionStarted>() == 10 && pair.alice.count<client::SubscriptionStarted>() == 1;
  }));
}

TEST_CASE("extensions that the host says are in its packets go along: the server hears how loud it is") {
  constexpr std::uint8_t kLevelId = 11;
  Pair pair(true);
  REQUIRE(pair.both_ready());
  const auto published = pair.alice.with([&](client::Room& room, client::RoomOutput& out) {
    participant::PublishOptions options{.cid = "mic", .name = "mic", .codec = rtp::Codec::kOpus};
    options.source = livekit::MICROPHONE;
    options.extensions.set(kLevelId, rtp::Extension::kAudioLevel);
    return room.publish(pair.simulation.now(), std::move(options), out);
  });
  REQUIRE(published);
  rtp::Header header;
  pair.simulation.every(20ms, [&] {
    std::array<std::uint8_t, 100> bytes;
    rtp::PacketWriter writer(bytes, header);
    writer.extension(kLevelId, std::array<std::uint8_t, 1>{0x80 | 10});  // voice, at -10 dBov
    writer.payload(std::array<std::uint8_t, 20>{0x78});
    ++header.sequence_number;
    header.timestamp += 960;
    pair.alice.with([&](client::Room& room, client::RoomOutput& out) {
      room.write_rtp(pair.simulation.now(), "mic", 0, writer.packet(), out);
    });
    return true;
  });
  CHECK(pair.until([&] {
    return std::ranges::any_of(pair.bob.events, [](const client::RoomEvent& event) {
      const auto* message = std::get_if<client::ServerMessage>(&event);
      return message != nullptr && message->message.speakers_changed().speakers_size() > 0 &&
             message->message.speakers_changed().speakers(0).active();
    });
  }));
}

TEST_CASE("simulcast by rid: the subscriber is given the layer that it asks for") {
  for (const bool v1 : {true, false}) {
    CAPTURE(v1);
    Pair pair(v1);
    REQUIRE(pair.both_ready());
    pair.layers = 2;
    pair.publish({{.rid = "q", .width = 160, .height = 90, .bitrate = 100'000},
                  {.rid = "h", .width = 320, .height = 180, .bitrate = 300'000}});
    REQUIRE(pair.until([&] { return pair.frames() >= 40; }));
    const std::string sid = pair.bob.last<client::SubscriptionStarted>()->track_sid;
    const livekit::ParticipantInfo* alice = pair.bob.room().roster().find("alice");
    REQUIRE(alice->tracks_size() == 1);
    CHECK(alice->tracks(0).simulcast());
    CHECK(alice->tracks(0).layers_size() == 2);
    // Both encodings arrive at the server: only so can it offer a choice.
    livekit::UpdateTrackSettings low;
    low.add_track_sids(sid);
    low.set_quality(livekit::LOW);
    pair.bob.with([&](client::Room& room, client::RoomOutput& out) { room.set_track_settings(low, out); });
    const std::size_t before = pair.frames();
    CHECK(pair.until([&] { return pair.frames() >= before + 40; }));
  }
}

TEST_CASE("mute, unsubscribe and settings stop and start media") {
  Pair pair(true);
  REQUIRE(pair.both_ready());
  pair.publish();
  REQUIRE(pair.until([&] { return pair.frames() >= 10; }));
  const auto flows = [&] {
    pair.simulation.run_for(1s);  // what was under way
    const std::size_t before = pair.frames();
    pair.simulation.run_for(1s);
    return pair.frames() > before;
  };
  const auto mute = [&](bool muted) {
    (void)pair.alice.with([&](client::Room& room, client::RoomOutput& out) {
      return room.set_muted(pair.simulation.now(), "camera", muted, out);
    });
  };
  mute(true);
  CHECK_FALSE(flows());
  CHECK(std::get<participant::TrackChanged>(*pair.bob.last<client::RosterEvent>()).track.muted());
  mute(false);
  CHECK(flows());

  const std::string sid = pair.bob.last<client::SubscriptionStarted>()->track_sid;
  const auto subscribe = [&](bool wanted) {
    pair.bob.with([&](client::Room& room, client::RoomOutput& out) { room.subscribe(sid, wanted, out); });
  };
  subscribe(false);
  CHECK_FALSE(flows());
  subscribe(true);
  CHECK(flows());

  livekit::UpdateTrackSettings settings;
  settings.add_track_sids(sid);
  settings.set_disabled(true);
  pair.bob.with([&](client::Room& room, client::RoomOutput& out) { room.set_track_settings(settings, out); });
  CHECK_FALSE(flows());
}

TEST_CASE("data, streams and calls between clients, on either path") {
  for (const bool v1 : {true, false}) {
    CAPTURE(v1);
    Pair pair(v1);
    // Before anything stands: it waits.
    (void)pair.alice.with([&](client::Room& room, client::RoomOutput&) {
      return room.messaging().send_data(as_bytes("early"), "t", {}, true);
    });
    REQUIRE(pair.both_ready());
    REQUIRE(pair.until([&] { return pair.bob.count<client::UserData>() == 1; }));
    const auto* data = pair.bob.last<client::UserData>();
    CHECK(data->sender == "alice");
    CHECK(data->topic == "t");
    CHECK(as_text(data->payload) == "early");

    const std::string text(400'000, 'x');
    (void)pair.alice.with([&](client::Room& room, client::RoomOutput&) {
      return room.messaging().send_stream({.topic = "chat"}, as_bytes(text), pair.simulation.wall_now());
    });
    REQUIRE(pair.until([&] { return pair.bob.count<client::TextReceived>() == 1; }));
    CHECK(pair.bob.last<client::TextReceived>()->text == text);

    REQUIRE(pair.bob.room().messaging().add_method("double"));
    const auto call = [&](const std::string& method) {
      return pair.alice.with([&](client::Room& room, client::RoomOutput&) {
        return room.messaging().call(pair.simulation.now(), {.destination = "bob", .method = method, .payload = "ab"},
                                     pair.simulation.wall_now());
      });
    };
    call("double");
    REQUIRE(pair.until([&] { return pair.bob.count<client::RpcInvoked>() == 1; }));
    pair.bob.with([&](client::Room& room, client::RoomOutput&) {
      const auto* invoked = pair.bob.last<client::RpcInvoked>();
      room.messaging().answer(invoked->id, invoked->payload + invoked->payload, pair.simulation.wall_now());
    });
    REQUIRE(pair.until([&] { return pair.alice.count<client::RpcCompleted>() == 1; }));
    CHECK(pair.alice.last<client::RpcCompleted>()->payload == "abab");
    call("nothing");
    REQUIRE(pair.until([&] { return pair.alice.count<client::RpcCompleted>() == 2; }));
    CHECK(pair.alice.last<client::RpcCompleted>()->error->code == 1400);
  }
}

TEST_CASE("attributes are seen by the others") {
  Pair pair(true);
  REQUIRE(pair.both_ready());
  livekit::UpdateParticipantMetadata update;
  (*update.mutable_attributes())["mood"] = "good";
  pair.alice.with([&](client::Room& room, client::RoomOutput& out) { room.update_metadata(update, out); });
  CHECK(pair.until([&] {
    const auto* alice = pair.bob.room().roster().find("alice");
    return alice != nullptr && alice->attributes().count("mood") == 1;
  }));
}

TEST_CASE("[S-071] the signalling connection is lost: the session is resumed, media goes on without a gap") {
  for (const bool v1 : {true, false}) {
    CAPTURE(v1);
    Pair pair(v1);
    REQUIRE(pair.both_ready());
    pair.publish();
    REQUIRE(pair.until([&] { return pair.frames() >= 20; }));
    const std::string sid = pair.alice.room().session()->participant_sid();
    const std::size_t frames = pair.frames();
    const std::uint64_t filmed = pair.count;
    pair.alice.cut_signalling();
    pair.bob.cut_signalling();
    REQUIRE(pair.until([&] { return pair.alice.count<client::Ready>() == 2 && pair.bob.count<client::Ready>() == 2; }));
    pair.simulation.run_for(2s);
    CHECK_FALSE(pair.alice.last<client::Ready>()->rejoined);
    CHECK(pair.alice.room().session()->participant_sid() == sid);
    CHECK(pair.alice.dialled.back().find("/rtc") != std::string::npos);
    CHECK(pair.frames() - frames + 3 >= pair.count - filmed);  // some are on their way
    CHECK(pair.bob.count<client::SubscriptionEnded>() == 0);
    // What is published after it is negotiated as ever.
    (void)pair.bob.with([&](client::Room& room, client::RoomOutput& out) {
      return room.publish(pair.simulation.now(), {.cid = "mic", .name = "mic", .codec = rtp::Codec::kOpus}, out);
    });
    CHECK(pair.until([&] { return pair.alice.count<client::SubscriptionStarted>() == 1; }));
  }
}

TEST_CASE("reliable data that is sent while the signalling connection is away comes once, in order") {
  Pair pair(true);
  REQUIRE(pair.both_ready());
  pair.alice.cut_signalling();
  for (int i = 0; i < 20; ++i) {
    (void)pair.alice.with([&](client::Room& room, client::RoomOutput&) {
      return room.messaging().send_data(as_bytes(std::to_string(i)), "n", {}, true);
    });
    pair.simulation.run_for(20ms);
  }
  REQUIRE(pair.until([&] { return pair.bob.count<client::UserData>() == 20; }));
  pair.simulation.run_for(2s);
  int expected = 0;
  for (const auto& event : pair.bob.events) {
    const auto* data = std::get_if<client::UserData>(&event);
    if (data != nullptr) CHECK(as_text(data->payload) == std::to_string(expected++));
  }
  CHECK(expected == 20);
}

TEST_CASE(
    "[S-073] the server is restarted: the resume is refused, the clients join anew and go on with what they had") {
  for (const bool v1 : {true, false}) {
    CAPTURE(v1);
    Pair pair(v1);
    REQUIRE(pair.both_ready());
    pair.publish();
    REQUIRE(pair.until([&] { return pair.frames() >= 20; }));
    const std::string sid = pair.alice.room().session()->participant_sid();
    pair.simulation.restart_server();
    REQUIRE(pair.until([&] { return pair.alice.count<client::Ready>() == 2 && pair.bob.count<client::Ready>() == 2; },
                       30s));
    CHECK(pair.alice.last<client::Ready>()->rejoined);
    CHECK(pair.alice.room().session()->participant_sid() != sid);
    const std::size_t frames = pair.frames();
    CHECK(pair.until([&] { return pair.frames() >= frames + 40; }));
    CHECK(pair.bob.count<client::SubscriptionEnded>() == 1);
    (void)pair.alice.with([&](client::Room& room, client::RoomOutput&) {
      return room.messaging().send_data(as_bytes("back"), "", {}, true);
    });
    CHECK(pair.until([&] { return pair.bob.count<client::UserData>() == 1; }));
  }
}

TEST_CASE("a network that is away for 20 s: the client tries with growing pauses and is back when it is") {
  Pair pair(true);
  REQUIRE(pair.both_ready());
  pair.publish();
  REQUIRE(pair.until([&] { return pair.frames() >= 20; }));
  pair.alice.set_offline(true);
  pair.alice.cut_signalling();
  pair.simulation.run_for(20s);
  CHECK(pair.alice.count<client::Reconnecting>() == 1);
  CHECK(pair.alice.dialled.size() > 4);
  CHECK(pair.alice.dialled.size() < 10);
  pair.alice.set_offline(false);
  REQUIRE(pair.until([&] { return pair.alice.count<client::Ready>() == 2; }, 30s));
  const std::size_t frames = pair.frames();
  CHECK(pair.until([&] { return pair.frames() >= frames + 20; }));
}

TEST_CASE("a server that stays away: the client gives up and says so, once") {
  Pair pair(true);
  REQUIRE(pair.both_ready());
  pair.alice.set_offline(true);
  pair.alice.cut_signalling();
  REQUIRE(pair.until([&] { return pair.alice.count<client::Disconnected>() == 1; }, 120s));
  CHECK(pair.alice.last<client::Disconnected>()->error.code == Errc::kUnavailable);
  pair.simulation.run_for(60s);
  CHECK(pair.alice.count<client::Disconnected>() == 1);
}

TEST_CASE("[S-079] leaving is seen by the others, and [S-066] a second session of the same name ends the first") {
  Pair pair(true);
  REQUIRE(pair.both_ready());
  RoomClient again(pair.simulation, 3, "alice", {});
  REQUIRE(pair.until([&] { return pair.alice.count<client::Disconnected>() == 1; }));
  CHECK(pair.alice.last<client::Disconnected>()->reason == livekit::DUPLICATE_IDENTITY);
  REQUIRE(pair.until([&] { return again.count<client::Ready>() == 1; }));
  again.with([&](client::Room& room, client::RoomOutput& out) { room.leave(pair.simulation.now(), out); });
  CHECK(again.last<client::Disconnected>()->reason == livekit::CLIENT_INITIATED);
  CHECK(pair.until([&] { return pair.bob.room().roster().find("alice") == nullptr; }, 4s));
}
