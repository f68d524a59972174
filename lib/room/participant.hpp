// SPDX-License-Identifier: Apache-2.0
// One participant's session: the parts that belong together and die together. It decides nothing; the parts of the
// room (Publishing, Subscribing, ...) each work on the members that are theirs, as the comments say.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "congestion/subscriber_capacity.hpp"
#include "room/connection_score.hpp"
#include "room/data_blob_store.hpp"
#include "room/data_track.hpp"
#include "room/lossy_queue.hpp"
#include "room/profile.hpp"
#include "room/publication.hpp"
#include "room/reliable_queue.hpp"
#include "room/seen_versions.hpp"
#include "room/subscription.hpp"
#include "room/subscription_permission.hpp"
#include "room/transport.hpp"
#include "room/waiting_data.hpp"

namespace sfu::room {

// How its news is to be spread; Updates.
struct UpdateMark {
  bool pending = false;
  bool immediate = false;
  bool to_self_if_hidden = false;
};

// What a client asked for to test itself: how its next resume goes wrong (signalling 2.16); Admission.
struct ResumeFault {
  Instant until{};
  int refused = 0;            // so many attempts fail before they begin
  bool closed_after = false;  // the connection is closed when all has been said
};

// A participant of another room of this worker, by sids: it may be gone.
struct Elsewhere {
  std::string room;
  std::string participant_sid;
};

// One more room in which a participant is shown; ForwardedParticipants.
struct Copy {
  Elsewhere where;
  std::uint32_t told_version = 0;                     // of the info that it shows; 0: it is to look again
  std::map<std::string, WatchedQualities> watched{};  // of each track, by those in that room
};

// Somebody whom its client takes to be speaking, or might: it may not have heard of the end; Speaking.
struct ToldSpeaker {
  ParticipantId id;
  Instant ended = kNever;  // when it was told that this one fell silent
};

struct Participant {
  explicit Participant(Profile who) : profile(std::move(who)) {}

  ParticipantId id;
  Profile profile;

  // --- the session
  ConnectionId connection = 0;         // 0: lost, perhaps to be resumed
  ConnectionId latest_connection = 0;  // Roster: by which it is found
  bool single_peer_connection = true;
  bool auto_subscribe = true;
  bool adaptive_stream = false;
  bool subscriber_primary = false;
  bool allow_pause = false;  // its tracks may be paused for want of bandwidth
  Duration signal_rtt{};
  bool tcp_only = false;             // TransportFallback: it is offered TCP alone, if there is any
  Instant began{};                   // Lifecycle: when it joined
  Instant active_since{};            // Lifecycle
  Instant last_request{};            // when it last asked for something
  Instant last_signal{};             // when its signalling was last heard, pings too
  Instant join_deadline = kNever;    // Lifecycle: to become ACTIVE
  Instant resume_deadline = kNever;  // Lifecycle: a connection failed; to resume, and then to stand, until then
  ResumeFault resume_fault;

  // --- forwarding between rooms: ForwardedParticipants
  std::vector<Copy> copies;         // of this one, elsewhere
  std::optional<Elsewhere> source;  // this one is a copy: it has no connections, and its media is its source's
  bool is_copy() const { return source.has_value(); }
  // Something that its info does not tell has changed.
  void refresh_copies() {
    for (Copy& copy : copies) copy.told_version = 0;
  }
  // Holds the room open, and counts against its limit.
  bool counts() const { return !is_copy() && !profile.is_dependent(); }

  // --- connections: Negotiation
  std::unique_ptr<Transport> publisher;   // v1, and the host's own: for both directions
  std::unique_ptr<Transport> subscriber;  // v0 only
  // The host's own, in this process.
  bool is_local() const { return publisher && publisher->local() != nullptr; }
  std::vector<PeerTransport*> peer_transports() const {
    std::vector<PeerTransport*> all;
    for (const auto* transport : {&publisher, &subscriber}) {
      auto* to_peer = *transport ? (*transport)->peer_transport() : nullptr;
      if (to_peer != nullptr) all.push_back(to_peer);
    }
    return all;
  }
  // The one over which this participant is sent tracks.
  Transport& downlink() { return subscriber ? *subscriber : *publisher; }
  // The one that must stand for the participant to be ACTIVE.
  Transport& primary() { return subscriber_primary ? *subscriber : *publisher; }
  // The one whose data channels we send on: ours in v0 with subscriber primary, else the client's (signalling 2.6).
  Transport& data_transport() { return primary(); }
  // True once ICE stood on the primary connection: then it survives the loss of its signalling.
  bool was_connected() const { return publisher->was_connected || (subscriber && subscriber->was_connected); }

  // --- what it publishes: Publishing
  std::vector<std::unique_ptr<Publication>> publications;
  std::vector<QueuedTrack> queued_tracks;
  std::vector<livekit::Codec> publish_codecs;  // the room's, without what this client must not send
  SubscriptionPermissions subscription_permissions;

  // --- what it hears: Subscribing
  std::map<std::string, Subscription, std::less<>> subscriptions;  // by track sid
  bool reconcile = false;                                          // wishes or circumstances changed

  congestion::SubscriberCapacity capacity;  // StreamAllocation, and the next
  bool limited = false;                     // its tracks have allowances

  // --- what it was told, and what others are to be told: Updates, Speaking, QualityReports
  SeenVersions seen;
  std::vector<ToldSpeaker> told_speakers;
  UpdateMark update;
  ConnectionScore score;

  // --- data tracks: DataTrackPublishing, DataTrackSubscribing
  bool auto_subscribe_data = false;
  std::map<std::uint16_t, DataTrack> data_tracks;                           // by its handle for them
  std::map<std::string, DataSubscription, std::less<>> data_subscriptions;  // by track sid
  std::uint16_t last_data_handle = 0;                                       // that a subscription was given
  bool data_handles_changed = false;                                        // since it was told them
  Instant data_wishes_due = kNever;                                         // when one for a track unheard of ends
  bool reconcile_data = false;

  // --- data: DataForwarding, DataTrackForwarding
  ReliableQueue reliable_queue;
  LossyQueue lossy_queue;
  LossyQueue data_track_queue;
  std::uint32_t last_reliable_sequence = 0;  // accepted from it
  std::uint64_t next_reliable = 0;           // of the room's reliable messages, the first that it has not been sent
  bool data_open = false;                    // its channels stand; before that, reliable messages wait
  WaitingData waiting_data;
  DataBlobStore data_blobs;

  Publication* find_publication(std::string_view sid) {
    for (auto& publication : publications) {
      if (publication->sid() == sid) return publication.get();
    }
    return nullptr;
  }
  PublishedCodec* find_section(std::string_view mid) {
    for (auto& publication : publications) {
      for (auto& codec : publication->codecs) {
        if (codec->mid == mid) return codec.get();
      }
    }
    return nullptr;
  }
  // Its info as others see it, with its live tracks and its data tracks.
  livekit::ParticipantInfo info() {
    livekit::ParticipantInfo result = profile.read();
    if (profile.state() == livekit::ParticipantInfo::DISCONNECTED) return result;
    for (const auto& publication : publications) {
      if (publication->live()) *result.add_tracks() = publication->info;
    }
    for (const auto& [handle, track] : data_tracks) *result.add_data_tracks() = track.info;
    return result;
  }
};

}  // namespace sfu::room
