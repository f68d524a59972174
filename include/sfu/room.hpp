// SPDX-License-Identifier: Apache-2.0
// Handles to a room, its participants and their tracks. A handle is a name, cheap to copy; what it names may be gone,
// and then its calls say kNotFound. Every call may come from any thread but a worker's and waits for that room's
// worker; none may be used after the engine was destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sfu/info.hpp"
#include "sfu/packet_filter.hpp"
#include "sfu/result.hpp"
#include "sfu/rpc.hpp"
#include "sfu/statistics.hpp"
#include "sfu/time.hpp"

namespace sfu {

namespace room {
class Room;
}
namespace runtime {
class Shard;
}
class ClientObserver;
class Engine;
class LocalParticipant;
class Participant;
struct LocalParticipantOptions;

// How data of the host's own is sent.
struct DataOptions {
  std::string topic{};
  // To these participants, by identity or by sid; both empty: to all.
  std::vector<std::string> to{};
  std::vector<std::string> to_sids{};
  bool reliable = true;
  // 16 bytes that no other data has; what is sent again with the same ones is dropped. Empty: nothing is.
  std::string nonce{};
};

class Room {
 public:
  const std::string& name() const { return name_; }

  Result<RoomInfo> info() const;
  Result<std::vector<ParticipantInfo>> participants() const;
  Participant participant(std::string identity) const;
  // What its participants, tracks and subscriptions have come to. A subscription is told of once it is negotiated, a
  // track from its first packet on.
  Result<RoomStatistics> statistics() const;

  // Replaces the room's metadata; everyone in it is told. Here and below, kInvalidArgument: a text is not UTF-8.
  Result<void> set_metadata(std::string metadata) const;
  // Sends up to 60000 bytes as a data packet that no participant sent. Those whose data channels are about to open get
  // it too, if it is reliable. Errors: kNotFound, kInvalidArgument (too large).
  Result<void> send_data(std::span<const std::uint8_t> payload, const DataOptions& options = {}) const;

  // The agents that are wanted in the room: those of its configuration (RoomConfiguration::agents; any, if it names
  // none), and those that were added. Kept until the room ends.
  Result<std::vector<AgentDispatch>> agent_dispatches() const;
  // Gives it an id and a time.
  Result<AgentDispatch> add_agent_dispatch(AgentDispatch dispatch) const;
  // Gives what was removed. Errors: kNotFound (no room), kInvalidArgument (no dispatch of that id).
  Result<AgentDispatch> remove_agent_dispatch(const std::string& id) const;

  // A participant of the host's own enters, in this process; the room is made if there is none, as by anyone's joining.
  // `observer` is borrowed and outlives it. Errors: kInvalidArgument (no identity), kNotFound (no such preset),
  // kLimitExceeded (the room is full), kAlreadyExists (RoomOptions::duplicate_identity), kFailedPrecondition (from a
  // worker), kClosed.
  Result<std::unique_ptr<LocalParticipant>> join(LocalParticipantOptions options, ClientObserver& observer) const;

  // Disconnects everybody (ROOM_DELETED) and ends the room.
  Result<void> close() const;

 private:
  friend class Engine;
  friend class Participant;
  friend class Track;
  Room(Engine* engine, std::string name) : engine_(engine), name_(std::move(name)) {}
  template <typename Function>
  auto call(Function function) const
      -> decltype(function(Instant{}, std::declval<runtime::Shard&>(), std::declval<room::Room&>()));

  Engine* engine_;
  std::string name_;
};

class Track;

class Participant {
 public:
  const std::string& identity() const { return identity_; }

  Result<ParticipantInfo> info() const;
  Result<ParticipantPermission> permission() const;
  Track track(std::string sid) const;
  // Disconnects it (PARTICIPANT_REMOVED); it may join again while its token lasts. For a forwarded participant: it is
  // no longer shown in this room. `revoke_tokens_before`: tokens of its identity for this room that were made before
  // then (nbf, else iat) are refused from now on, with 401; also where it fails with kNotFound, since nobody is here.
  // That is kept for a day, or as long as the token lasts that the participant came with.
  Result<void> remove(std::optional<WallTime> revoke_tokens_before = std::nullopt) const;

  // The next three: errors kNotFound, kUnsupported (a forwarded participant, which is changed in its own room).
  // Replaces all that it may do. What is not allowed any more ends at once: tracks are
  // removed, subscriptions interrupted. Its client is told, and gets a token that says the same.
  Result<void> set_permission(const ParticipantPermission& permission) const;
  // Changes it, and everyone is told. Empty fields stay as they are; an attribute of empty value is removed. Errors:
  // also kLimitExceeded (a name of more than 256 bytes, metadata of more than 512 KiB, attributes of more than 64 KiB).
  Result<void> update(const std::string& name, const std::string& metadata,
                      const std::map<std::string, std::string>& attributes) const;
  // Subscribes it to tracks of others, or unsubscribes it. Tracks that are not there yet are waited for.
  Result<void> update_subscriptions(const std::vector<std::string>& track_sids, bool subscribe) const;

  // Calls a method of its client. `done` gets the answer, once, on the room's worker: it must not block. Errors, and
  // `done` is never called: kNotFound.
  Result<void> perform_rpc(const RpcRequest& request, std::function<void(RpcResult)> done) const;

  // Moves it into another room, which is made with the engine's defaults if there is none. Its client keeps its
  // connections, and its tracks, of data too, go on; it is told the new room, its new sid and who is there, and gets a
  // token for that room. For the others it left here (DisconnectReason MIGRATION) and joined there. A room that lives
  // on another worker, and a client older than protocol 16, need a new connection: the client is told to join the other
  // room at once, and its media pauses meanwhile. A new room is made on the participant's worker. Errors, and nothing
  // changed: kNotFound, kInvalidArgument (it is in that room), kUnsupported (an agent, a recorder, a forwarded
  // participant), kFailedPrecondition (its signalling is interrupted just now), kAlreadyExists (its identity is in use
  // there), kLimitExceeded, kClosed; the last three on the same worker only.
  Result<void> move_to(const Room& destination) const;
  // Shows it and its tracks in another room as well, which is made if there is none: as a participant of the same
  // identity with ParticipantInfo::forwarded. What changes here changes there, until it leaves here or is removed
  // there. Data is not forwarded; it neither holds that room open nor counts as one of its participants. Errors, and
  // nothing changed: kNotFound, kInvalidArgument, kAlreadyExists, kClosed, kUnsupported (it is forwarded itself),
  // kFailedPrecondition (the room lives on another worker, which media cannot reach yet).
  Result<void> forward_to(const Room& destination) const;

 private:
  friend class Room;
  friend class Track;
  template <typename Operation>
  auto change(Operation operation) const;

  Participant(Room room, std::string identity) : room_(std::move(room)), identity_(std::move(identity)) {}
  Room room_;
  std::string identity_;
};

class Track {
 public:
  const std::string& sid() const { return sid_; }

  Result<TrackInfo> info() const;
  // Its publisher's client is told to mute or to unmute it, and everyone sees it so at once. Gives the track as it is
  // then. Errors: kNotFound, kUnsupported (of a forwarded participant), kFailedPrecondition (unmuting, which
  // RoomOptions::remote_unmute does not allow).
  Result<TrackInfo> set_muted(bool muted) const;

  // Puts a filter on its packets, behind those that it has. `filter` is borrowed, and outlives what this gives. It goes
  // with the track into other rooms (Participant::move_to), where that is not a new connection; what its packets become
  // is what a room gets that they are forwarded to (forward_to). One filter may be on several tracks; its calls overlap
  // where these are of different workers.
  // Also from callbacks on the room's worker: on EventKind::kTrackPublished it misses no packet. Errors: kNotFound (or
  // a data track), kUnsupported (of a forwarded participant: attach in its own room), kFailedPrecondition (from another
  // worker).
  Result<AttachedFilter> attach(PacketFilter& filter) const;
  // Whether this is the thread of its room's worker, where attaching does not wait. Any thread.
  bool on_worker() const;

 private:
  friend class Participant;
  Track(Participant participant, std::string sid) : participant_(std::move(participant)), sid_(std::move(sid)) {}
  Participant participant_;
  std::string sid_;
};

}  // namespace sfu
