// SPDX-License-Identifier: Apache-2.0
// Spreads news about participants (signalling 2.12): at once for those who publish, gathered for three seconds for
// others; never older news after newer; nothing of hidden ones to anyone but themselves.
#pragma once

#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "room/room_state.hpp"

namespace sfu::room {

class Updates {
 public:
  enum class Cause {
    kState,        // JOINED, ACTIVE
    kTracks,       // one more, one less
    kTrackDetail,  // muted, features, size
    kProfile,      // name, metadata, attributes, permission
    kBecamePublisher,
  };
  static constexpr Duration kBatchInterval = std::chrono::seconds(3);
  // A client may be heard while it hears nothing, until it misses the answers to its pings (signalling 1.7).
  static constexpr Duration kLostOnTheWay = std::chrono::seconds(20);

  explicit Updates(RoomState& state) : state_(state) {}

  void changed(Participant& participant, Cause cause);
  // It is out of the roster, or about to be; `info` says DISCONNECTED and why.
  void left(Instant now, const livekit::ParticipantInfo& info);
  // `recipient` is about to be told of a track of `subject`: it must know the participant first.
  void ensure_seen(Participant& recipient, Participant& subject, Output& out);
  // For a resume: who left since the client was last heard, then everyone whom it may see, itself included.
  void send_all(Instant now, Participant& recipient, Output& out);

  // What is urgent, and the gathered news if their time has come.
  void flush(Instant now, Output& out);
  Instant deadline() const { return batch_due_; }

 private:
  using Infos = std::vector<livekit::ParticipantInfo>;
  using Selection = std::vector<bool>;  // which of some infos a recipient is told
  using Messages = std::vector<std::shared_ptr<const livekit::SignalResponse>>;
  void broadcast(const Infos& infos, Output& out);
  void deliver(Participant& recipient, const Infos& infos, Output& out);
  Selection find_superseded(const Infos& infos);
  static Selection select(Participant& recipient, const Infos& infos, const Selection& superseded);
  Messages write(const Infos& infos, const Selection& selection) const;

  RoomState& state_;
  // Long enough for any resume: its participant is gone after a failed connection's 15 s and 5 s of grace.
  static constexpr Duration kRememberDeparted = std::chrono::seconds(60);
  static constexpr std::size_t kMaxRemembered = 1000;
  static constexpr int kDepartedOnResumeProtocol = 9;

  Infos departed_now_;
  Infos departed_later_;
  std::deque<std::pair<Instant, livekit::ParticipantInfo>> remembered_;
  bool batch_wanted_ = false;
  Instant batch_due_ = kNever;
};

}  // namespace sfu::room
