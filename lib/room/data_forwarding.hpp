// SPDX-License-Identifier: Apache-2.0
// Data packets between participants (signalling 3.7): stamped with their sender, then sent on to those whom they name,
// or to all others. Reliable ones with a sequence are kept for two seconds, for those whose channels are about to open
// and for those who resume; others wait for each who is about to have channels. A channel that is full or dead costs
// only its own participant.
#pragma once

#include <deque>
#include <memory>
#include <span>
#include <string>

#include "room/recent_nonces.hpp"
#include "room/room_state.hpp"
#include "room/rpc_calls.hpp"

namespace sfu::room {

class DataForwarding {
 public:
  static constexpr Duration kKeep = std::chrono::seconds(2);
  static constexpr std::size_t kMaxKept = 100'000;  // bytes
  static constexpr std::size_t kMaxStates = 1024;   // that who resumes may tell

  DataForwarding(RoomState& state, RpcCalls& rpc) : state_(state), rpc_(rpc) {}

  // Of a sender who may, on any channel but that of the data tracks.
  void message(Instant now, Participant& sender, const peer::ChannelOpened& channel,
               const peer::MessageReceived& message, Output& out);
  void forward(Instant now, Participant& sender, livekit::DataPacket packet, bool reliable, Output& out);
  // Of the host. A user packet whose nonce has been seen is dropped.
  void send(Instant now, const livekit::DataPacket& packet, Output& out);
  // How many bytes wait, at most, in the reliable channel of a destination.
  std::size_t most_waiting(ParticipantId sender, const livekit::DataPacket& packet) const;
  // Channels opened, or the state changed: sends what was missed once the participant can be reached.
  void channels_changed(Instant now, Participant& participant, Output& out);
  // Who resumes says what came of each sender: what is kept after that is sent again.
  void repeat_missed(Instant now, Participant& participant,
                     std::span<const livekit::DataChannelReceiveState* const> received, Output& out);
  // A newcomer misses nothing that is sent from now on.
  void joined(Participant& participant) const { participant.next_reliable = next_number_; }

 private:
  struct Kept {
    std::uint64_t number;
    Instant at;
    ParticipantId sender;
    livekit::DataPacket packet;  // without what it carries
    std::shared_ptr<const std::string> bytes;
  };
  // To its destinations but for the sender, who may be none.
  void distribute(Instant now, ParticipantId sender, const livekit::DataPacket& packet, bool reliable, Output& out);
  void forward_raw(Instant now, Participant& sender, const peer::MessageReceived& message, Output& out);
  bool is_repetition(Instant now, Participant& sender, const livekit::DataPacket& packet, bool reliable);
  bool has_seen_nonce(Instant now, const livekit::DataPacket& packet);
  void keep(Instant now, std::uint64_t number, ParticipantId sender, const livekit::DataPacket& packet,
            std::shared_ptr<const std::string> bytes);
  static bool is_for(Instant now, const Kept& kept, const Participant& participant);

  RoomState& state_;
  RpcCalls& rpc_;
  std::deque<Kept> kept_;
  std::size_t kept_bytes_ = 0;
  std::uint64_t next_number_ = 1;
  RecentNonces nonces_;  // of user packets
};

}  // namespace sfu::room
