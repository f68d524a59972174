// SPDX-License-Identifier: Apache-2.0
#include "view.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

namespace sfu::sim {

using livekit::ParticipantInfo;
using livekit::SignalResponse;

std::string Problems::text() const {
  std::string all = std::to_string(count_) + " problems";
  for (const auto& what : kept_) all += "\n  " + what;
  return all;
}

std::string canonical(const google::protobuf::MessageLite& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

void View::problem(const std::string& what) {
  problems_.add(name_ + ": " + what);
}

void View::apply(const SignalResponse& message) {
  const auto which = message.message_case();
  if (left_) problem("message " + std::to_string(which) + " after a leave");
  const bool first = message.has_join() || message.has_reconnect() || message.has_leave();
  if (!begun_ && !first) problem("message " + std::to_string(which) + " before the join");
  if (begun_ && (message.has_join() || message.has_reconnect())) problem("a second join");
  begun_ = true;
  switch (which) {
    case SignalResponse::kJoin: joined(message.join()); break;
    case SignalResponse::kUpdate:
      for (const auto& info : message.update().participants()) learn(info);
      break;
    case SignalResponse::kRoomUpdate: room_ = message.room_update().room(); break;
    case SignalResponse::kOffer: described(message.offer()); break;
    case SignalResponse::kAnswer:
      if (single_connection_) described(message.answer());
      break;
    case SignalResponse::kLeave: left_ = true; break;
    case SignalResponse::kSubscriptionPermissionUpdate: {
      const auto& update = message.subscription_permission_update();
      if (!knows(update.participant_sid())) problem("permission for a track of nobody, " + update.track_sid());
      allowed_[update.track_sid()] = update.allowed();
      break;
    }
    case SignalResponse::kConnectionQuality:
      for (const auto& update : message.connection_quality().updates()) {
        if (!knows(update.participant_sid())) problem("quality of nobody, " + update.participant_sid());
      }
      break;
    case SignalResponse::kSpeakersChanged:
      for (const auto& speaker : message.speakers_changed().speakers()) {
        if (speaker.active() && !knows(speaker.sid())) problem("nobody speaks, " + speaker.sid());
      }
      break;
    default: break;
  }
}

void View::joined(const livekit::JoinResponse& join) {
  room_ = join.room();
  learn(join.participant());
  for (const auto& info : join.other_participants()) {
    if (info.state() == ParticipantInfo::DISCONNECTED) problem("joined a room with one who has left, " + info.sid());
    learn(info);
  }
}

void View::learn(const ParticipantInfo& info) {
  auto& heard = heard_[info.sid()];
  const auto digest = std::hash<std::string>()(canonical(info));
  if (info.version() < heard.version) problem("older news of " + info.sid() + " after newer");
  if (info.version() == heard.version && digest != heard.digest) {
    problem("two infos of version " + std::to_string(info.version()) + " of " + info.sid());
  }
  if (info.state() < heard.state) problem("the state of " + info.sid() + " goes back");
  heard = {info.version(), info.state(), digest};
  if (self_.sid().empty() || info.sid() == self_.sid()) {
    self_ = info;
  } else if (info.identity() == self_.identity()) {
    // livekit-client goes by identity, and would take it for news of itself.
    problem("told of another session of its own, " + info.sid());
  } else {
    learn_other(info);
  }
}

void View::learn_other(const ParticipantInfo& info) {
  if (info.permission().hidden()) problem("told of the hidden " + info.identity());
  const auto known = others_.find(key(info));
  if (known != others_.end()) {
    const auto& before = known->second;
    if (before.sid() != info.sid() && info.joined_at_ms() < before.joined_at_ms()) {
      problem("told of an older session of " + info.identity() + " after a newer one");
    }
    for (const auto& track : before.tracks()) track_owners_.erase(track.sid());
    identities_.erase(before.sid());
  }
  if (info.state() == ParticipantInfo::DISCONNECTED) {
    if (!info.tracks().empty()) problem(info.sid() + " has left and has tracks");
    if (known != others_.end()) others_.erase(known);
    return;
  }
  for (const auto& track : info.tracks()) {
    const auto [owner, added] = track_owners_.emplace(track.sid(), info.identity());
    if (!added && owner->second != info.identity()) problem("two have the track " + track.sid());
  }
  identities_[info.sid()] = info.identity();
  others_[key(info)] = info;
}

// A track's owner and the track itself are told before the description that carries it.
void View::described(const livekit::SessionDescription& description) {
  received_.clear();
  for (const auto& [mid, track] : description.mid_to_track_id()) {
    if (!track_owners_.contains(track)) problem("is sent the track " + track + " of nobody");
    if (!received_.insert(track).second) problem("is sent the track " + track + " twice");
  }
}

bool View::knows(const std::string& participant_sid) const {
  return participant_sid == self_.sid() || identities_.contains(participant_sid);
}

}  // namespace sfu::sim
