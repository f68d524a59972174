// SPDX-License-Identifier: Apache-2.0
// The parts of a room, each below those that use it.
#pragma once

#include "room/administration.hpp"
#include "room/admission.hpp"
#include "room/agent_dispatches.hpp"
#include "room/data_forwarding.hpp"
#include "room/data_track_forwarding.hpp"
#include "room/data_track_publishing.hpp"
#include "room/data_track_subscribing.hpp"
#include "room/forwarded_participants.hpp"
#include "room/lifecycle.hpp"
#include "room/negotiation.hpp"
#include "room/peer_events.hpp"
#include "room/publish_watchdog.hpp"
#include "room/publishing.hpp"
#include "room/quality_reports.hpp"
#include "room/room_news.hpp"
#include "room/room_state.hpp"
#include "room/rpc_calls.hpp"
#include "room/speaking.hpp"
#include "room/stream_allocation.hpp"
#include "room/subscribing.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class RoomParts {
 public:
  RoomParts(Instant now, RoomOptions options, Environment environment)
      : state(std::move(options), environment),
        updates(state),
        subscribing(state, updates),
        publishing(state, updates, subscribing),
        data_subscribing(state, updates),
        data_publishing(state, updates, data_subscribing),
        streams(state, subscribing),
        quality(state, subscribing),
        lifecycle(now, state, updates, publishing, subscribing, data_publishing, data_subscribing, quality),
        administration(state, updates, publishing, lifecycle),
        watchdog(state, lifecycle),
        negotiation(state, publishing, subscribing, lifecycle),
        rpc(state),
        data(state, rpc),
        data_tracks(state),
        speaking(state, subscribing),
        news(state),
        peer_events(state, lifecycle, data, data_tracks),
        admission(state, updates, publishing, subscribing, data_publishing, data_subscribing, negotiation, lifecycle,
                  data, news, speaking, streams),
        forwarded(state, updates, publishing, subscribing, lifecycle),
        agent_dispatches(now, state) {}

  // Does what the operations left marks for, in the order that clients rely on: who is here, then what they publish to
  // whom, then the descriptions that carry it.
  void settle(Instant now, Output& out);
  void introduce(Output& out);
  // The host's policy has decided; or not in time.
  void decide(Instant now, QuestionId id, const Verdict& verdict, Output& out);
  void deny_overdue(Instant now, Output& out);
  // What a participant out of another room had asked for there.
  void ask_again(Instant now, Participant& participant, const std::vector<Matter>& requests, Output& out);
  // Timers of peers and tracks.
  void advance_timers(Instant now, Output& out);
  Instant control_deadline();
  // Packet path. Tells what changed of the track (PublishedTrack::Change).
  std::uint8_t receive_rtp(Instant now, Transport& transport, ByteSpan packet, Instant arrived, Output& out);
  void reschedule_heard(const Transport& transport);
  void note_capacity(Instant now, Transport& transport, Output& out);
  void note_changes(Instant now, const Transport& transport, const media::PublishedTrack& track, std::uint8_t changes,
                    Output& out);

  RoomState state;
  Updates updates;
  Subscribing subscribing;
  Publishing publishing;
  DataTrackSubscribing data_subscribing;
  DataTrackPublishing data_publishing;
  StreamAllocation streams;
  QualityReports quality;
  Lifecycle lifecycle;
  Administration administration;
  PublishWatchdog watchdog;
  Negotiation negotiation;
  RpcCalls rpc;
  DataForwarding data;
  DataTrackForwarding data_tracks;
  Speaking speaking;
  RoomNews news;
  PeerEvents peer_events;
  Admission admission;
  ForwardedParticipants forwarded;
  AgentDispatches agent_dispatches;

  Instant next_control = kNever;           // control_deadline() after the last settle()
  std::vector<peer::Event> packet_events;  // scratch of the packet path
};

}  // namespace sfu::room
