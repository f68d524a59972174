// SPDX-License-Identifier: Apache-2.0
// Who is in the room, as the server tells it (signalling 2.12): snapshots and updates in, differences out.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "livekit_rtc.pb.h"

namespace sfu::participant {

struct ParticipantJoined {
  livekit::ParticipantInfo info;
};
struct ParticipantChanged {
  livekit::ParticipantInfo info;
};
struct ParticipantLeft {
  livekit::ParticipantInfo info;
};
// Of a remote participant. Changed: muted, or other properties.
struct TrackAnnounced {
  std::string identity;
  livekit::TrackInfo track;
};
struct TrackChanged {
  std::string identity;
  livekit::TrackInfo track;
};
struct TrackGone {
  std::string identity;
  livekit::TrackInfo track;
};
using RosterEvent =
    std::variant<ParticipantJoined, ParticipantChanged, ParticipantLeft, TrackAnnounced, TrackChanged, TrackGone>;

class Roster {
 public:
  // A join, or a move to another room: who is not in it has left.
  void replace(const livekit::ParticipantInfo& self,
               const google::protobuf::RepeatedPtrField<livekit::ParticipantInfo>& others,
               std::vector<RosterEvent>& out);
  void update(const livekit::ParticipantUpdate& update, std::vector<RosterEvent>& out);

  const livekit::ParticipantInfo& self() const { return self_; }
  const livekit::ParticipantInfo* find(std::string_view identity) const;
  // Whose the track is; empty if nobody's.
  std::string_view publisher_of(std::string_view track_sid) const;
  const std::map<std::string, livekit::ParticipantInfo, std::less<>>& others() const { return others_; }

 private:
  void apply(const livekit::ParticipantInfo& info, std::vector<RosterEvent>& out);
  void remove(const livekit::ParticipantInfo& info, std::vector<RosterEvent>& out);
  static void compare_tracks(const livekit::ParticipantInfo& before, const livekit::ParticipantInfo& after,
                             std::vector<RosterEvent>& out);

  livekit::ParticipantInfo self_;
  std::map<std::string, livekit::ParticipantInfo, std::less<>> others_;  // by identity
};

}  // namespace sfu::participant
