// SPDX-License-Identifier: Apache-2.0
// What a host does to people in a call.
#include <doctest/doctest.h>

#include <algorithm>

#include "host.hpp"
#include "people.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using namespace sfu::engine_test;

namespace {

struct Call {
  Call() : both(people.call(host.start(), "hall")) {}

  // Whether `viewer` still gets packets of the other, when what was on its way has come.
  bool is_watching(const Person& viewer, const Person& other) {
    film(other);
    const std::size_t seen = viewer.packets();
    film(other);
    return viewer.packets() > seen;
  }

  Host host;
  People people;
  std::pair<Person&, Person&> both;
  Person& alice = both.first;
  Person& bob = both.second;
  Room room = host.engine->room("hall");

 private:
  void film(const Person& person) {
    const std::uint32_t until = person.frames_filmed() + 10;
    REQUIRE(people.run_until([&] { return person.frames_filmed() >= until; }));
  }
};

std::size_t count(const Person& person, const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(person.texts(), text));
}

}  // namespace

TEST_CASE("a host replaces what someone may do, and what that is not any more ends") {
  Call call;
  const Participant alice = call.room.participant("alice");
  ParticipantPermission permission = *alice.permission();
  CHECK(permission.can_publish);
  CHECK(permission.can_publish_data);
  permission.can_publish = false;
  permission.can_publish_sources = {TrackSource::kMicrophone, TrackSource::kScreenShare};
  REQUIRE(alice.set_permission(permission).has_value());
  CHECK_FALSE(alice.permission()->can_publish);
  CHECK(alice.permission()->can_publish_sources == permission.can_publish_sources);
  CHECK(alice.permission()->can_subscribe);
  CHECK(alice.info()->tracks.empty());
  CHECK_FALSE(call.is_watching(call.bob, call.alice));
  CHECK(call.is_watching(call.alice, call.bob));
  CHECK(call.room.participant("nobody").set_permission(permission).error().code == Errc::kNotFound);
}

TEST_CASE("a host changes name, metadata and attributes of someone") {
  Call call;
  const Participant alice = call.room.participant("alice");
  REQUIRE(alice.update("Alice", "first", {{"hand", "raised"}, {"seat", "3"}}).has_value());
  REQUIRE(alice.update("", "second", {{"seat", ""}}).has_value());
  const auto info = *alice.info();
  CHECK(info.name == "Alice");
  CHECK(info.metadata == "second");
  CHECK(info.attributes == std::map<std::string, std::string>{{"hand", "raised"}});
  CHECK(alice.update(std::string(257, 'x'), "", {}).error().code == Errc::kLimitExceeded);
  CHECK(call.room.participant("nobody").update("x", "", {}).error().code == Errc::kNotFound);
}

TEST_CASE("a host has a track muted, and lets it be heard again") {
  Call call;
  const Track camera = call.room.participant("alice").track(call.alice.track_sid());
  const auto muted = camera.set_muted(true);
  REQUIRE(muted.has_value());
  CHECK(muted->muted);
  CHECK(muted->sid == call.alice.track_sid());
  CHECK(camera.info()->muted);
  CHECK_FALSE(call.is_watching(call.bob, call.alice));
  CHECK_FALSE(camera.set_muted(false)->muted);
  CHECK(call.people.call_goes_on(call.alice, call.bob));
  CHECK(call.room.participant("alice").track("TR_VCnone").set_muted(true).error().code == Errc::kNotFound);
}

TEST_CASE("a host takes a track from someone, and gives it back") {
  Call call;
  const Participant bob = call.room.participant("bob");
  REQUIRE(bob.update_subscriptions({call.alice.track_sid()}, false).has_value());
  CHECK_FALSE(call.is_watching(call.bob, call.alice));
  CHECK(call.is_watching(call.alice, call.bob));
  REQUIRE(bob.update_subscriptions({call.alice.track_sid()}, true).has_value());
  CHECK(call.people.call_goes_on(call.alice, call.bob));
}

TEST_CASE("a host sends data to all, or to some") {
  Call call;
  const auto send = [&](const std::string& text, std::vector<std::string> to) {
    return call.room.send_data({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                               {.topic = "news", .to = std::move(to)});
  };
  REQUIRE(send("to bob", {"bob"}).has_value());
  REQUIRE(send("to all", {}).has_value());
  REQUIRE(call.people.run_until([&] { return count(call.alice, "to all") == 1 && count(call.bob, "to all") == 1; }));
  CHECK(count(call.bob, "to bob") == 1);
  CHECK(count(call.alice, "to bob") == 0);
  CHECK(send(std::string(60'001, 'x'), {}).error().code == Errc::kInvalidArgument);
  CHECK(call.host.engine->room("nowhere").send_data({}).error().code == Errc::kNotFound);
}
