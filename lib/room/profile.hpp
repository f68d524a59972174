// SPDX-License-Identifier: Apache-2.0
// Who a participant is, and how far its session has come: what ParticipantInfo says about it beside its tracks
// (signalling 2.12).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "room/join_params.hpp"

namespace sfu::room {

class Profile {
 public:
  Profile(JoinParams params, std::string sid, WallTime joined_at);

  const std::string& sid() const { return info_.sid(); }
  const std::string& identity() const { return info_.identity(); }
  const std::string& metadata() const { return info_.metadata(); }
  const livekit::ParticipantPermission& permission() const { return info_.permission(); }
  const google::protobuf::Map<std::string, std::string>& attributes() const { return info_.attributes(); }
  bool hidden() const { return permission().hidden(); }
  bool can_publish() const { return permission().can_publish(); }
  bool can_publish_source(livekit::TrackSource source) const;
  bool can_subscribe() const { return permission().can_subscribe(); }
  bool can_publish_data() const { return permission().can_publish_data(); }
  bool is_agent() const;
  bool is_recorder() const;
  // Agents and egress: they neither hold a room open nor count against its limit (signalling 3.2).
  bool is_dependent() const { return is_agent() || is_recorder(); }

  const livekit::ClientInfo& client() const { return client_; }
  int protocol() const { return client_.protocol(); }  // pv
  bool is_safari() const { return client_.browser() == "safari" || client_.browser() == "Safari"; }
  bool knows_packet_trailer() const;
  bool is_firefox() const { return client_.browser() == "firefox" || client_.browser() == "Firefox"; }

  livekit::ParticipantInfo::State state() const { return info_.state(); }
  bool active() const { return state() == livekit::ParticipantInfo::ACTIVE; }
  // JOINED or ACTIVE: may be sent anything.
  bool reachable() const { return active() || state() == livekit::ParticipantInfo::JOINED; }
  // States only go forward. False if nothing changed.
  bool advance_state(livekit::ParticipantInfo::State state);
  void set_disconnected(livekit::DisconnectReason reason);
  // A session of another room from now on, by another sid.
  void renew(std::string sid, WallTime joined_at);

  void set_publisher(bool publisher);
  bool is_publisher() const { return info_.is_publisher(); }
  // Where the token showed more sources than it allowed, these are allowed now. False if nothing changed.
  bool set_permission(const livekit::ParticipantPermission& permission);
  // Empty name or metadata leave it as it is; attributes merge, an empty value deletes its key (signalling 2.13).
  void update(const livekit::UpdateParticipantMetadata& update);

  // Takes over what may change of another participant: name, metadata, attributes, permission. False if it is the same.
  bool mirror(const livekit::ParticipantInfo& other);

  // Something that ParticipantInfo shows, and that is kept elsewhere, changed (a track).
  void touch() { changed_ = true; }
  // The info without tracks. Its version grows by one if anything changed since the last call.
  const livekit::ParticipantInfo& read();

 private:
  livekit::ParticipantInfo info_;
  livekit::ClientInfo client_;
  std::optional<std::vector<livekit::TrackSource>> publish_sources_;  // nullopt: those of the permission
  bool changed_ = true;
};

// True if the info `a` belongs to an older session of the same identity than `b`.
bool is_older_session(const livekit::ParticipantInfo& a, const livekit::ParticipantInfo& b);

// Why an update of name, metadata and attributes (signalling 2.13) is beyond the limits; nullopt if it is not.
std::optional<std::string> exceeds_limits(const livekit::UpdateParticipantMetadata& update, const TextLimits& limits,
                                          const google::protobuf::Map<std::string, std::string>& present = {});

}  // namespace sfu::room
