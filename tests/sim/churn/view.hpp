// SPDX-License-Identifier: Apache-2.0
// What a client knows of its room, kept as livekit-client keeps it: participants by identity, out of the JoinResponse,
// updates, room updates and descriptions. Each message is also held against what a server may say at that moment.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "livekit_models.pb.h"
#include "livekit_rtc.pb.h"

namespace sfu::sim {

// What went against the rules. Few are kept: one bug breaks many.
class Problems {
 public:
  static constexpr std::size_t kKept = 20;
  void add(std::string what) {
    ++count_;
    if (kept_.size() < kKept) kept_.push_back(std::move(what));
  }
  std::size_t count() const { return count_; }
  std::string text() const;

 private:
  std::size_t count_ = 0;
  std::vector<std::string> kept_;
};

// The same bytes for equal messages, whatever the order of their maps.
std::string canonical(const google::protobuf::MessageLite& message);

class View {
 public:
  using Infos = std::map<std::string, livekit::ParticipantInfo>;

  // Clients of older protocols go by sid. In v1 (`single_connection`) answers say which tracks are sent, else offers.
  View(Problems& problems, std::string name, bool by_identity, bool single_connection)
      : problems_(problems), name_(std::move(name)), by_identity_(by_identity), single_connection_(single_connection) {}

  // A new signalling connection; what is known stays known.
  void connection_begins() { begun_ = left_ = false; }
  void apply(const livekit::SignalResponse& message);

  const livekit::ParticipantInfo& self() const { return self_; }
  const Infos& others() const { return others_; }
  const livekit::ParticipantInfo* find(const livekit::ParticipantInfo& like) const {
    const auto found = others_.find(key(like));
    return found != others_.end() ? &found->second : nullptr;
  }
  const livekit::Room& room() const { return room_; }
  // The tracks that the last description says are sent to this client.
  const std::set<std::string>& received() const { return received_; }
  // What subscription_permission_update said last, by track.
  const std::map<std::string, bool>& allowed() const { return allowed_; }
  bool left() const { return left_; }
  const std::string& name() const { return name_; }

 private:
  struct Heard {
    std::uint32_t version = 0;
    livekit::ParticipantInfo::State state = livekit::ParticipantInfo::JOINING;
    std::size_t digest = 0;
  };

  const std::string& key(const livekit::ParticipantInfo& info) const {
    return by_identity_ ? info.identity() : info.sid();
  }
  void problem(const std::string& what);
  void joined(const livekit::JoinResponse& join);
  void learn(const livekit::ParticipantInfo& info);
  void learn_other(const livekit::ParticipantInfo& info);
  void described(const livekit::SessionDescription& description);
  bool knows(const std::string& participant_sid) const;

  Problems& problems_;
  std::string name_;
  bool by_identity_;
  bool single_connection_;
  bool begun_ = false;
  bool left_ = false;
  livekit::Room room_;
  livekit::ParticipantInfo self_;
  Infos others_;
  std::unordered_map<std::string, Heard> heard_;               // by participant sid
  std::unordered_map<std::string, std::string> track_owners_;  // identity by track sid
  std::unordered_map<std::string, std::string> identities_;    // by participant sid, of others_
  std::set<std::string> received_;
  std::map<std::string, bool> allowed_;
};

}  // namespace sfu::sim
