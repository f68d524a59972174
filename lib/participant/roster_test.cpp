// SPDX-License-Identifier: Apache-2.0
#include "participant/roster.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::participant;

namespace {

livekit::ParticipantInfo person(const std::string& identity, const std::string& sid, std::uint32_t version = 1) {
  livekit::ParticipantInfo info;
  info.set_identity(identity);
  info.set_sid(sid);
  info.set_version(version);
  info.set_state(livekit::ParticipantInfo::ACTIVE);
  return info;
}

livekit::ParticipantUpdate update_of(const livekit::ParticipantInfo& info) {
  livekit::ParticipantUpdate update;
  *update.add_participants() = info;
  return update;
}

template <typename T>
std::size_t count(const std::vector<RosterEvent>& events) {
  std::size_t n = 0;
  for (const RosterEvent& event : events) n += std::holds_alternative<T>(event);
  return n;
}

}  // namespace

TEST_CASE("the roster tells differences: joined, changed, tracks, left") {
  Roster roster;
  std::vector<RosterEvent> events;
  google::protobuf::RepeatedPtrField<livekit::ParticipantInfo> others;
  *others.Add() = person("bob", "PA_b");
  roster.replace(person("me", "PA_m"), others, events);
  CHECK(count<ParticipantJoined>(events) == 1);
  events.clear();

  auto bob = person("bob", "PA_b", 2);
  livekit::TrackInfo& track = *bob.add_tracks();
  track.set_sid("TR_1");
  roster.update(update_of(bob), events);
  CHECK(events.size() == 1);
  CHECK(count<TrackAnnounced>(events) == 1);
  CHECK(roster.publisher_of("TR_1") == "bob");
  events.clear();

  bob.set_version(3);
  bob.mutable_tracks(0)->set_muted(true);
  bob.mutable_attributes()->insert({"x", "1"});
  roster.update(update_of(bob), events);
  CHECK(count<TrackChanged>(events) == 1);
  CHECK(count<ParticipantChanged>(events) == 1);
  events.clear();

  bob.set_version(2);  // older news
  bob.mutable_tracks(0)->set_muted(false);
  roster.update(update_of(bob), events);
  CHECK(events.empty());

  bob.set_state(livekit::ParticipantInfo::DISCONNECTED);
  roster.update(update_of(bob), events);
  CHECK(count<TrackGone>(events) == 1);
  CHECK(count<ParticipantLeft>(events) == 1);
  CHECK(roster.find("bob") == nullptr);
}

TEST_CASE("a new session of the same person replaces the old one; late news of the old is left out") {
  Roster roster;
  std::vector<RosterEvent> events;
  auto old = person("bob", "PA_1");
  old.set_joined_at_ms(100);
  roster.update(update_of(old), events);
  events.clear();
  auto fresh = person("bob", "PA_2");
  fresh.set_joined_at_ms(200);
  roster.update(update_of(fresh), events);
  CHECK(count<ParticipantLeft>(events) == 1);
  CHECK(count<ParticipantJoined>(events) == 1);
  events.clear();
  old.set_state(livekit::ParticipantInfo::DISCONNECTED);
  roster.update(update_of(old), events);
  old.set_state(livekit::ParticipantInfo::ACTIVE);
  roster.update(update_of(old), events);
  CHECK(events.empty());
  CHECK(roster.find("bob")->sid() == "PA_2");

  // A third session that came and went before it was told of: the second is over too.
  auto brief = person("bob", "PA_3");
  brief.set_joined_at_ms(300);
  brief.set_state(livekit::ParticipantInfo::DISCONNECTED);
  roster.update(update_of(brief), events);
  CHECK(count<ParticipantLeft>(events) == 1);
  CHECK(roster.find("bob") == nullptr);
}

TEST_CASE("joining anew: who is not there any more has left") {
  Roster roster;
  std::vector<RosterEvent> events;
  roster.update(update_of(person("bob", "PA_b")), events);
  roster.update(update_of(person("eve", "PA_e")), events);
  events.clear();
  google::protobuf::RepeatedPtrField<livekit::ParticipantInfo> others;
  *others.Add() = person("eve", "PA_e");
  roster.replace(person("me", "PA_m2"), others, events);
  CHECK(count<ParticipantLeft>(events) == 1);
  CHECK(count<ParticipantJoined>(events) == 0);
  CHECK(roster.others().size() == 1);
}
