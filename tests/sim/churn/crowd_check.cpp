// SPDX-License-Identifier: Apache-2.0
// What each client knows, and is sent, against the room itself.
#include <algorithm>

#include "crowd.hpp"

namespace sfu::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// News is gathered for 3 s and room counts for 5 s (signalling 2.12, 3.2).
constexpr Duration kQuiet = seconds(8);
// Longest: an outage of 25 s, then a rejoin; or 60 s for one that never connects.
constexpr Duration kPatience = seconds(120);

// Of a hidden participant its own client is told no change of state or tracks (signalling 2.12).
livekit::ParticipantInfo profile_of(livekit::ParticipantInfo info) {
  info.clear_state();
  info.clear_tracks();
  info.clear_version();
  return info;
}

}  // namespace

void Crowd::permit(const std::string& participant_sid, const livekit::SubscriptionPermission& permission) {
  Permission resolved;
  resolved.all = permission.all_participants();
  for (const auto& wanted : permission.track_permissions()) {
    auto& entry = resolved.entries.emplace_back();
    entry.identity = wanted.participant_identity();
    if (entry.identity.empty()) {
      const room::Room* here = room();
      for (const auto id : here != nullptr ? here->participants() : std::vector<room::ParticipantId>()) {
        const auto info = here->participant_info(id);
        if (info.sid() == wanted.participant_sid()) entry.identity = info.identity();
      }
    }
    entry.all_tracks = wanted.all_tracks();
    entry.tracks.insert(wanted.track_sids().begin(), wanted.track_sids().end());
  }
  permissions_[participant_sid] = std::move(resolved);
}

bool Crowd::calm() {
  std::uint64_t look = 17;
  if (room::Room* here = room()) {
    for (const auto id : here->participants()) look = look * 31 + here->participant_info(id).version() + id.packed();
  }
  for (const auto& guest : guests_) look = look * 31 + static_cast<std::uint64_t>(guest->state());
  return std::exchange(last_look_, look) == look;
}

void Crowd::settle_and_check() {
  const Instant end = now() + kPatience;
  do {
    run_for(kQuiet);
  } while (!calm() && now() < end);
  check();
}

void Crowd::check() {
  room::Room* here = room();
  if (here == nullptr) return;
  const auto& tally = account_.participants();
  for (const auto id : here->participants()) {
    const auto info = here->participant_info(id);
    const bool active = info.state() == livekit::ParticipantInfo::ACTIVE;
    if (active != tally.contains(info.sid())) problems_.add("the host's account of " + info.sid() + " is wrong");
  }
  for (const auto& guest : guests_) {
    if (guest->state() != Guest::State::kIn || guest->connection() == 0) continue;
    check_view(*guest);
    if (guest->connected()) check_subscriptions(*guest);
  }
  check_media();
}

void Crowd::check_view(Guest& guest) {
  const View& view = *guest.view();
  const auto problem = [&](const std::string& what) { problems_.add(view.name() + ": " + what); };
  room::Room& here = *room();
  const auto own = here.find_connection(guest.connection());
  if (!own) return problem("believes that it is in the room");
  check_own(guest, here.participant_info(own));
  if (canonical(view.room()) != canonical(here.info())) problem("does not know the room as it is");
  std::set<std::string> visible;
  for (const auto id : here.participants()) {
    const auto info = here.participant_info(id);
    if (id == own || info.permission().hidden()) continue;
    visible.insert(info.sid());
    const auto* known = view.find(info);
    if (known == nullptr) {
      problem("does not know " + info.identity() + ' ' + info.sid());
    } else if (canonical(*known) != canonical(info)) {
      problem("has old news of " + info.identity() + ": " + known->ShortDebugString() + " is " +
              info.ShortDebugString());
    }
  }
  for (const auto& [key, info] : view.others()) {
    if (!visible.contains(info.sid())) problem("still knows " + info.ShortDebugString());
  }
}

void Crowd::check_own(const Guest& guest, const livekit::ParticipantInfo& info) {
  const View& view = *guest.view();
  const auto problem = [&](const std::string& what) { problems_.add(view.name() + ": " + what); };
  const bool hidden = info.permission().hidden();
  if (hidden ? canonical(profile_of(view.self())) != canonical(profile_of(info))
             : canonical(view.self()) != canonical(info)) {
    problem("has old news of itself: " + view.self().ShortDebugString() + " is " + info.ShortDebugString());
  }
  if (!guest.connected()) return;
  if (info.state() != livekit::ParticipantInfo::ACTIVE) problem("is connected and not ACTIVE");
  std::set<std::string> published;
  for (const auto& track : guest.tracks()) {
    if (!track.sid.empty()) published.insert(track.sid);
  }
  std::set<std::string> there;
  for (const auto& track : info.tracks()) there.insert(track.sid());
  if (published != there) {
    problem("publishes " + std::to_string(published.size()) + " tracks, and the room has " +
            std::to_string(there.size()));
  }
}

bool Crowd::may_subscribe(const std::string& publisher_sid, const Guest& guest, const std::string& track) const {
  const auto& claims = guest.manner().claims;
  if (claims.video->recorder || claims.kind == ParticipantKind::kEgress) return true;
  const auto found = permissions_.find(publisher_sid);
  if (found == permissions_.end() || found->second.all) return true;
  return std::ranges::any_of(found->second.entries, [&](const Permission::Entry& entry) {
    return entry.identity == claims.identity && (entry.all_tracks || entry.tracks.contains(track));
  });
}

std::set<std::string> Crowd::expected_tracks(Guest& guest) {
  std::set<std::string> expected;
  for (const auto& [identity, info] : guest.view()->others()) {
    for (const auto& track : info.tracks()) {
      if (guest.wants(track.sid()) && may_subscribe(info.sid(), guest, track.sid())) expected.insert(track.sid());
    }
  }
  return expected;
}

void Crowd::check_subscriptions(Guest& guest) {
  const View& view = *guest.view();
  const auto problem = [&](const std::string& what) { problems_.add(view.name() + ": " + what); };
  const auto expected = expected_tracks(guest);
  for (const auto& track : expected) {
    if (!view.received().contains(track)) problem("is not sent " + track);
  }
  for (const auto& track : view.received()) {
    if (!expected.contains(track)) problem("is sent " + track);
  }
  for (const auto& [identity, info] : view.others()) {
    for (const auto& track : info.tracks()) {
      if (!guest.wants(track.sid())) continue;
      const auto told = view.allowed().find(track.sid());
      if (told == view.allowed().end() || told->second != may_subscribe(info.sid(), guest, track.sid())) {
        problem("was not told whether it may have " + track.sid());
      }
    }
  }
}

// A packet of each audio track reaches those who are to hear it, and nobody else. Who comes back meanwhile has missed
// it.
void Crowd::check_media() {
  std::vector<Guest*> present;
  for (const auto& guest : guests_) {
    guest->forget_media();
    if (guest->connected()) present.push_back(guest.get());
  }
  for (Guest* guest : present) guest->speak();
  run_for(milliseconds(200));
  std::erase_if(present, [](const Guest* guest) { return !guest->connected(); });
  for (Guest* guest : present) {
    const View& view = *guest->view();
    const auto expected = expected_tracks(*guest);
    for (const auto& [track, packets] : guest->media()) {
      if (!expected.contains(track)) problems_.add(view.name() + ": hears a track that it should not, " + track);
    }
    for (const auto& [identity, info] : view.others()) {
      for (const auto& track : info.tracks()) {
        if (track.type() != livekit::AUDIO || track.muted() || !expected.contains(track.sid())) continue;
        if (guest->has_settings(track.sid())) continue;  // may be disabled
        const bool spoken = std::ranges::any_of(present, [&](const Guest* other) {
          return std::ranges::find(other->tracks(), track.sid(), &Guest::Track::sid) != other->tracks().end();
        });
        if (spoken && !guest->media().contains(track.sid()))
          problems_.add(view.name() + ": does not hear " + track.sid());
      }
    }
  }
}

}  // namespace sfu::sim
