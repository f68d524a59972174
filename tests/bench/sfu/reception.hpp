// SPDX-License-Identifier: Apache-2.0
// What one participant gets, counted: media by SSRC, data by sender.
#pragma once

#include <map>
#include <string>
#include <unordered_map>

#include "figures.hpp"
#include "participant/events.hpp"
#include "rtp/packet_view.hpp"
#include "sequence_log.hpp"

namespace sfu::load {

// The head of a data packet: its number and the time it was sent.
struct MessageStamp {
  static constexpr std::size_t kSize = 10;
  std::uint16_t number = 0;
  Instant sent{};

  void write(ByteSpan payload) const;  // of kSize bytes at least
  static MessageStamp read(ByteView payload);
};

class Reception {
 public:
  // Numbers count from the next ones on.
  void begin();
  void on_packet(Instant arrived, const rtp::PacketView& packet, bool repeated, Traffic& traffic);
  void on_message(Instant now, const participant::UserData& data, Traffic& traffic);
  // What is missing by now, and of how many streams something came.
  void add_up(Figures& figures) const;

 private:
  std::unordered_map<rtp::Ssrc, SequenceLog> streams_;
  std::map<std::string, SequenceLog> senders_;  // by identity
};

}  // namespace sfu::load
