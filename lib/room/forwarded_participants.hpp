// SPDX-License-Identifier: Apache-2.0
// Participants that are shown in other rooms of this worker too (control-plane spec 2.4, ForwardParticipant). The
// source keeps its session; in the other room stands a copy: the same identity and tracks, marked FORWARDED, without
// connections of its own. It subscribes to nothing, and its tracks are the source's: subscribers there get their
// packets in the same pass as those of the source's room. Each room keeps its own half, and finds the other by name
// and sid, or finds it gone. Data packets and data tracks are not forwarded.
#pragma once

#include <string>

#include "room/lifecycle.hpp"
#include "room/publishing.hpp"
#include "room/room_state.hpp"
#include "room/subscribing.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class Room;

class ForwardedParticipants {
 public:
  ForwardedParticipants(RoomState& state, Updates& updates, Publishing& publishing, Subscribing& subscribing,
                        Lifecycle& lifecycle)
      : state_(state), updates_(updates), publishing_(publishing), subscribing_(subscribing), lifecycle_(lifecycle) {}

  // --- where the source is
  // Errors: kAlreadyExists.
  Result<void> forward(Instant now, Participant& source, Room& to, Output& out);
  // What has changed of sources is shown by their copies; what is watched of copies is told to their sources.
  void advance(Instant now, Output& out);
  // A copy is gone; or what of its track is watched.
  void copy_ended(Instant now, const Participant& copy);
  void copy_watched(Instant now, const Participant& copy, const Publication& publication);

  // --- where the copy is; ids that find nothing are ignored
  Participant& show(Instant now, const std::string& room, Participant& source, Output& out);
  void update(Instant now, const std::string& sid, Participant& source, Output& out);
  void end_track(Instant now, const std::string& sid, const std::string& track_sid, Output& out);
  // The source's track goes on without this codec.
  void end_codec(Instant now, const std::string& sid, const PublishedCodec& original, Output& out);
  void end(Instant now, const std::string& sid, livekit::DisconnectReason reason, Output& out);

 private:
  void reflect(Instant now, Participant& source, Output& out);
  void tell_watched(Instant now, Participant& copy);
  void update(Instant now, Participant& copy, Participant& source, Output& out);
  void add_track(Instant now, Participant& copy, const Publication& original, Output& out);
  void update_track(Instant now, Participant& copy, Publication& track, const Publication& original, Output& out);
  Participant* find_source(const Participant& copy);

  RoomState& state_;
  Updates& updates_;
  Publishing& publishing_;
  Subscribing& subscribing_;
  Lifecycle& lifecycle_;
};

// For the parts that this one is made of: what ends here ends in other rooms too.
void end_copies(Instant now, RoomState& state, Participant& source, livekit::DisconnectReason reason, Output& out);
void end_copies_of_track(Instant now, RoomState& state, const Participant& source, const std::string& track_sid,
                         Output& out);
void end_copies_of_codec(Instant now, RoomState& state, const Participant& source, const PublishedCodec& codec,
                         Output& out);
void tell_source(Instant now, RoomState& state, const Participant& ended_copy);
// The highest quality that is watched of it in other rooms; OFF for none. `source` is its publisher.
livekit::VideoQuality watched_elsewhere(const Participant& source, const PublishedCodec& codec);

}  // namespace sfu::room
