// SPDX-License-Identifier: Apache-2.0
// Who gets which data track (signalling 2.18), by the same rules as media: wishes are kept, and compared with what is
// there and allowed whenever something changes. A subscriber knows each of its tracks under a handle of its own, and is
// told all of them after every change.
#pragma once

#include "room/room_state.hpp"
#include "room/updates.hpp"

namespace sfu::room {

class DataTrackSubscribing {
 public:
  static constexpr Duration kNotFoundAfter = std::chrono::seconds(60);
  static constexpr std::size_t kMaxWishes = 1024;  // per participant

  DataTrackSubscribing(RoomState& state, Updates& updates) : state_(state), updates_(updates) {}

  void update(Instant now, Participant& subscriber, const livekit::UpdateDataSubscription& request);
  // The host's policy has answered what reconcile() asked.
  void decided(Participant& subscriber, const std::string& sid, QuestionId question, bool allowed);
  void track_published(Instant now, const Participant& publisher, const DataTrack& track);
  void track_gone(const DataTrack& track);
  // Auto-subscribe to all that is there.
  void want_all(Instant now, Participant& subscriber);
  void drop_all(Participant& subscriber);
  // Its signalling was lost, and with it perhaps what it was told.
  void resumed(Participant& subscriber);

  // Binds what can be bound, unbinds what must not be, and tells the handles, where something was marked or is due.
  void reconcile(Instant now, Output& out);
  Instant deadline() const { return deadline_; }

 private:
  void reconcile_all_of(Instant now, Participant& subscriber, Output& out);
  void reconcile_one(Instant now, Participant& subscriber, const std::string& sid, DataSubscription& subscription,
                     Output& out);
  void bind(Participant& subscriber, DataSubscription& subscription, Roster::DataTrackRef found, Output& out);
  void unbind(Participant& subscriber, const std::string& sid, DataSubscription& subscription);
  void tell_handles(Participant& subscriber, Output& out);

  RoomState& state_;
  Updates& updates_;
  Instant deadline_ = kNever;
};

}  // namespace sfu::room
