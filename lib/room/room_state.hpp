// SPDX-License-Identifier: Apache-2.0
// What the parts of a room share: its settings, its roster, its timers, and what waits for settle(). No logic beyond
// bookkeeping.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "media/gathering.hpp"
#include "room/join_params.hpp"
#include "room/output.hpp"
#include "room/peer_transport.hpp"
#include "room/policy_questions.hpp"
#include "room/roster.hpp"
#include "room/timers.hpp"

namespace sfu::room {

struct RoomState {
  RoomState(RoomOptions room_options, Environment room_environment)
      : options(std::move(room_options)), environment(room_environment) {}

  RoomOptions options;
  Environment environment;
  livekit::Room info;
  std::string sif_trailer;
  Roster roster;
  Timers timers;
  PolicyQuestions questions{environment.policy, options.name};

  // Events of peers that were called, in order, not handled yet.
  std::vector<std::pair<PeerKey, peer::Event>> peer_events;
  // Participants that left in this turn; destroyed at its end.
  std::vector<std::unique_ptr<Participant>> departed;
  // Who began to hear whom in this turn: subscriber and publisher.
  std::vector<std::pair<ParticipantId, ParticipantId>> first_contacts;
  // Whose tracks StreamAllocation has to give theirs.
  std::vector<ParticipantId> unallocated;
  media::Gathering gathering;   // what was read and is not forwarded yet
  bool counts_changed = false;  // of participants or publishers: RoomNews
  bool mark_pending = false;    // some Participant::update is pending
  bool reconcile_pending = false;
  bool data_reconcile_pending = false;
  bool closed = false;

  Random& random() { return *environment.random; }
  Statistics& statistics() { return *environment.statistics; }
  WallTime wall_time(Instant now) const { return environment.wall->wall_time(now); }
  // For calls into media. At its end, connections that are to be served earlier than before are scheduled.
  class MediaOutput : public media::Output {
   public:
    MediaOutput(RoomState& state, const room::Output& out)
        : media::Output{out.datagrams, *state.environment.wall, &state.environment.statistics->traffic, &state.woken_,
                        out.reading ? &state.gathering : nullptr},
          state_(state) {}
    MediaOutput(const MediaOutput&) = delete;
    MediaOutput& operator=(const MediaOutput&) = delete;
    ~MediaOutput() { state_.schedule_woken(); }

   private:
    RoomState& state_;
  };
  MediaOutput media_output(room::Output& out) { return {*this, out}; }

  // Calls `action(peer::Output&)`, keeps the peer's events for later and renews its deadline.
  template <typename Action>
  auto with_peer(PeerTransport& transport, Output& out, Action&& action) {
    struct Collect {
      RoomState& state;
      PeerTransport& transport;
      std::vector<peer::Event>& events;
      ~Collect() {
        for (auto& event : events) state.peer_events.emplace_back(transport.key(), std::move(event));
        events.clear();
        transport.renew_from_peer();
        state.timers.schedule(transport.timer, transport.deadline());
        state.free_events_.push_back(std::move(events));
      }
    };
    std::vector<peer::Event> events;
    if (!free_events_.empty()) {
      events = std::move(free_events_.back());
      free_events_.pop_back();
    }
    peer::Output sink{out.datagrams, events};
    const Collect collect{*this, transport, events};
    return action(sink);
  }

  void reschedule(Publication& publication) {
    for (const auto& codec : publication.codecs) {
      if (codec->live()) timers.schedule(codec->timer, codec->media->deadline());
    }
  }
  void ask_reconcile(Participant& participant) {
    participant.reconcile = true;
    reconcile_pending = true;
    ask_data_reconcile(participant);  // permissions are for all tracks
  }
  void ask_data_reconcile(Participant& participant) {
    participant.reconcile_data = true;
    data_reconcile_pending = true;
  }

 private:
  void schedule_woken() {
    for (auto* sink : woken_) {
      auto& transport = static_cast<Transport&>(*sink);
      timers.schedule(transport.timer, transport.deadline());
    }
    woken_.clear();
  }

  std::vector<media::RtpSink*> woken_;
  std::vector<std::vector<peer::Event>> free_events_;  // kept for their memory
};

}  // namespace sfu::room
