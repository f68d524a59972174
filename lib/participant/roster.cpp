// SPDX-License-Identifier: Apache-2.0
#include "participant/roster.hpp"

#include <algorithm>
#include <set>

namespace sfu::participant {
namespace {

const livekit::TrackInfo* track_of(const livekit::ParticipantInfo& info, const std::string& sid) {
  const auto found = std::ranges::find(info.tracks(), sid, &livekit::TrackInfo::sid);
  return found == info.tracks().end() ? nullptr : &*found;
}

bool same(const google::protobuf::MessageLite& a, const google::protobuf::MessageLite& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

// What the tracks are is told apart.
bool same_but_tracks(livekit::ParticipantInfo a, livekit::ParticipantInfo b) {
  for (livekit::ParticipantInfo* info : {&a, &b}) {
    info->clear_tracks();
    info->clear_version();
  }
  // Maps have no order of their own on the wire.
  const std::map<std::string, std::string> first(a.attributes().begin(), a.attributes().end());
  const std::map<std::string, std::string> second(b.attributes().begin(), b.attributes().end());
  a.clear_attributes();
  b.clear_attributes();
  return first == second && same(a, b);
}

}  // namespace

void Roster::replace(const livekit::ParticipantInfo& self,
                     const google::protobuf::RepeatedPtrField<livekit::ParticipantInfo>& others,
                     std::vector<RosterEvent>& out) {
  self_ = self;
  std::set<std::string> present;
  for (const livekit::ParticipantInfo& info : others) present.insert(info.identity());
  std::vector<livekit::ParticipantInfo> gone;
  for (const auto& [identity, info] : others_) {
    if (!present.contains(identity)) gone.push_back(info);
  }
  for (const livekit::ParticipantInfo& info : gone) remove(info, out);
  for (const livekit::ParticipantInfo& info : others) apply(info, out);
}

void Roster::update(const livekit::ParticipantUpdate& update, std::vector<RosterEvent>& out) {
  for (const livekit::ParticipantInfo& info : update.participants()) {
    if (info.identity() != self_.identity()) {
      apply(info, out);
      continue;
    }
    if (info.sid() != self_.sid() || info.version() < self_.version()) continue;
    const bool changed = !same_but_tracks(self_, info);
    self_ = info;
    if (changed) out.emplace_back(ParticipantChanged{info});
  }
}

void Roster::apply(const livekit::ParticipantInfo& info, std::vector<RosterEvent>& out) {
  const auto known = others_.find(info.identity());
  if (info.state() == livekit::ParticipantInfo::DISCONNECTED) {
    // Also of a later session, whose beginning was never told: servers leave out what is over already.
    if (known == others_.end()) return;
    const livekit::ParticipantInfo& present = known->second;
    if (present.sid() == info.sid() || present.joined_at_ms() < info.joined_at_ms()) remove(info, out);
    return;
  }
  if (known != others_.end() && known->second.sid() != info.sid()) {
    // The same person with a new session; news of the old one is older.
    if (info.joined_at_ms() < known->second.joined_at_ms()) return;
    const livekit::ParticipantInfo old = known->second;
    remove(old, out);
    return apply(info, out);
  }
  if (known == others_.end()) {
    others_[info.identity()] = info;
    out.emplace_back(ParticipantJoined{info});
    compare_tracks({}, info, out);
    return;
  }
  if (info.version() < known->second.version()) return;
  const livekit::ParticipantInfo before = std::exchange(known->second, info);
  if (!same_but_tracks(before, info)) out.emplace_back(ParticipantChanged{info});
  compare_tracks(before, info, out);
}

void Roster::remove(const livekit::ParticipantInfo& info, std::vector<RosterEvent>& out) {
  const auto known = others_.find(info.identity());
  if (known == others_.end()) return;
  livekit::ParticipantInfo empty = known->second;
  empty.clear_tracks();
  compare_tracks(known->second, empty, out);
  others_.erase(known);
  out.emplace_back(ParticipantLeft{info});
}

void Roster::compare_tracks(const livekit::ParticipantInfo& before, const livekit::ParticipantInfo& after,
                            std::vector<RosterEvent>& out) {
  for (const livekit::TrackInfo& track : before.tracks()) {
    if (track_of(after, track.sid()) == nullptr) out.emplace_back(TrackGone{before.identity(), track});
  }
  for (const livekit::TrackInfo& track : after.tracks()) {
    const livekit::TrackInfo* old = track_of(before, track.sid());
    if (old == nullptr) {
      out.emplace_back(TrackAnnounced{after.identity(), track});
    } else if (!same(*old, track)) {
      out.emplace_back(TrackChanged{after.identity(), track});
    }
  }
}

const livekit::ParticipantInfo* Roster::find(std::string_view identity) const {
  const auto found = others_.find(identity);
  return found == others_.end() ? nullptr : &found->second;
}

std::string_view Roster::publisher_of(std::string_view track_sid) const {
  for (const auto& [identity, info] : others_) {
    if (track_of(info, std::string(track_sid)) != nullptr) return identity;
  }
  return {};
}

}  // namespace sfu::participant
