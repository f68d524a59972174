// SPDX-License-Identifier: Apache-2.0
// Calls over real sockets, and the handles by which a host sees them and takes part.
#include <doctest/doctest.h>

#include "host.hpp"
#include "people.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using namespace std::chrono_literals;

TEST_CASE("video and data pass between two people, whole and in order") {
  Host host;
  People people;
  unsigned workers = 1;
  SUBCASE("on one worker") {}
  SUBCASE("on several workers that share a port") {
    workers = 3;
  }
  EngineOptions options = host.options();
  options.workers = workers;
  host.engine = *Engine::create(std::move(options));
  auto [alice, bob] = people.call(*host.engine, "hall");
  const std::uint32_t filmed = alice.frames_filmed() + 20;
  REQUIRE(people.run_until([&] { return alice.frames_filmed() >= filmed + 5; }));
  const auto verdict = sim::Viewer::judge(bob.viewer().tracks().at(alice.track_sid()), filmed - 1);
  CHECK(verdict.expected > 20);
  CHECK(verdict.missing == 0);
  CHECK(verdict.incomplete_frames == 0);
  CHECK(verdict.sequence_continuous);
  CHECK(verdict.timestamps_continuous);
  for (int i = 0; i < 100; ++i) REQUIRE(alice.send(std::to_string(i)));
  REQUIRE(people.run_until([&] { return bob.texts().size() == 101; }));
  for (int i = 0; i < 100; ++i) CHECK(bob.texts()[static_cast<std::size_t>(i) + 1] == std::to_string(i));

  const Engine::Counters counters = host.engine->counters();
  CHECK(counters.packets_received > alice.packets() + bob.packets());
  CHECK(counters.dropped_unknown_source == 0);
  CHECK(counters.dropped_malformed == 0);
  CHECK(counters.dropped_between_workers == 0);
}

TEST_CASE("handles find what is there, and say what is not") {
  Host host;
  People people;
  Engine& engine = host.start();
  const Room room = engine.room("hall");
  const Participant participant = room.participant("alice");
  CHECK(room.name() == "hall");
  CHECK(room.info().error().code == Errc::kNotFound);
  CHECK(room.info().error().message == "no room hall");
  CHECK(room.participants().error().code == Errc::kNotFound);
  CHECK(participant.info().error().code == Errc::kNotFound);

  auto [alice, bob] = people.call(engine, "hall");
  const auto rooms = engine.rooms();
  REQUIRE(rooms.size() == 1);
  CHECK(rooms[0].name == "hall");
  CHECK(rooms[0].sid.starts_with("RM_"));
  CHECK(room.info()->sid == rooms[0].sid);
  CHECK(room.info()->num_participants == 2);
  CHECK(room.info()->num_publishers == 2);
  CHECK(room.participants()->size() == 2);

  const auto info = participant.info();
  REQUIRE(info);
  CHECK(info->identity == "alice");
  CHECK(info->sid == alice.joined()->participant().sid());
  CHECK(info->state == ParticipantState::kActive);
  REQUIRE(info->tracks.size() == 1);
  CHECK(info->tracks[0].sid == alice.track_sid());
  const auto track = participant.track(alice.track_sid()).info();
  REQUIRE(track);
  CHECK(track->kind == TrackKind::kVideo);
  CHECK(track->source == TrackSource::kCamera);
  CHECK(track->mime_type == "video/VP8");

  CHECK(room.participant("carol").info().error().message == "no participant carol");
  CHECK(participant.track(bob.track_sid()).info().error().code == Errc::kNotFound);

  alice.leave();
  REQUIRE(people.run_until([&] { return bob.others().empty(); }));
  CHECK(participant.info().error().code == Errc::kNotFound);
  CHECK(participant.track(alice.track_sid()).info().error().code == Errc::kNotFound);
  CHECK(room.info()->num_participants == 1);
}

TEST_CASE("[S-080] a participant that the host removes is told why, and may come again") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  const Participant participant = engine.room("hall").participant("alice");
  REQUIRE(participant.remove());
  CHECK(people.run_until([&] { return alice.closed() && bob.others().empty(); }));
  REQUIRE(alice.told_to_leave() != nullptr);
  CHECK(alice.told_to_leave()->reason() == livekit::PARTICIPANT_REMOVED);
  CHECK(alice.told_to_leave()->action() == livekit::LeaveRequest::DISCONNECT);
  CHECK(participant.remove().error().code == Errc::kNotFound);
  CHECK_FALSE(bob.closed());

  Person& again = people.join(engine, "hall", "alice");
  CHECK(people.run_until([&] { return again.connected() && !bob.others().empty(); }));
  CHECK(participant.info()->sid == again.joined()->participant().sid());
}

TEST_CASE("[S-080] a room that the host closes is over for everybody, and its name is free") {
  Host host;
  People people;
  Engine& engine = host.start();
  auto [alice, bob] = people.call(engine, "hall");
  auto [carol, dave] = people.call(engine, "lobby");
  const Room room = engine.room("hall");
  const std::string sid = room.info()->sid;
  REQUIRE(room.close());
  CHECK(people.run_until([&] { return alice.closed() && bob.closed(); }));
  CHECK(alice.told_to_leave()->reason() == livekit::ROOM_DELETED);
  CHECK(bob.told_to_leave()->reason() == livekit::ROOM_DELETED);
  CHECK(room.info().error().code == Errc::kNotFound);
  CHECK(room.close().error().code == Errc::kNotFound);
  CHECK(engine.rooms().size() == 1);
  CHECK(people.call_goes_on(carol, dave));

  Person& again = people.join(engine, "hall", "alice");
  CHECK(people.run_until([&] { return again.connected(); }));
  CHECK(room.info()->sid != sid);
}

TEST_CASE("events come in the order in which things happen") {
  Host host;
  People people;
  Engine& engine = host.start();
  Person& alice = people.join(engine, "hall", "alice");
  REQUIRE(people.run_until([&] { return alice.connected(); }));
  alice.publish();
  REQUIRE(people.run_until([&] { return host.events.lines().size() == 3; }));
  Person& bob = people.join(engine, "hall", "bob");
  REQUIRE(people.run_until([&] { return bob.packets() > 10; }));
  alice.leave();
  REQUIRE(people.run_until([&] { return bob.others().empty(); }));
  REQUIRE(engine.room("hall").close());
  const std::vector<std::string> expected = {
      "room_started hall",       "participant_joined alice", "track_published alice", "participant_joined bob",
      "track_unpublished alice", "participant_left alice",   "participant_left bob",  "room_finished hall"};
  CHECK(host.events.lines() == expected);
}

TEST_CASE("one who never connected is reported as that") {
  Host host;
  Engine& engine = host.start();
  const auto sink = std::make_shared<SinkLog>();
  auto session = engine.connect(connect_request("hall", "alice"), sink);
  CHECK(engine.room("hall").participants()->size() == 1);
  session->disconnected();
  CHECK(engine.room("hall").participants()->empty());
  CHECK(host.events.lines() == std::vector<std::string>{"room_started hall", "participant_connection_aborted alice"});
}
