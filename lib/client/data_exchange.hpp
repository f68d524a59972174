// SPDX-License-Identifier: Apache-2.0
// DataPackets of one session (signalling 3.7): reliable ones numbered, kept until a resume tells which arrived, and
// taken once; both on the channels that the protocol names. What the packets mean is decided above.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "client/connection.hpp"
#include "client/events.hpp"

namespace sfu::client {

class DataExchange {
 public:
  // Bytes that may wait for a slow channel; a writer of more is told to come back.
  static constexpr std::size_t kQueueLimit = 8 << 20;

  explicit DataExchange(Connection& connection) : connection_(connection) {}

  // Queues reliable packets when the channel is busy. Errors: kFailedPrecondition until the channels are open,
  // kLimitExceeded (too large for a message, or too much waits).
  Result<void> send(Instant now, livekit::DataPacket packet, bool reliable, Output& out);
  // A message of any of this client's channels. Not a DataPacket, or a repeated one: nothing comes of it.
  void receive(std::string_view label, ByteView message, Output& out);
  // After a resume: sends again what the server has not got, and what waited.
  void resend_after(Instant now, std::uint32_t last_sequence, Output& out);
  // Hands on what waited, as far as the channel takes it.
  void drain(Instant now, Output& out);
  // What was received last of whom, for SyncState.
  void describe(livekit::SyncState& state) const;
  bool waiting() const { return !queue_.empty(); }

 private:
  // How much the channel may hold, and how much of what was sent is kept for a resume.
  static constexpr std::size_t kChannelLimit = 256 * 1024;
  static constexpr std::size_t kKeptLimit = 1 << 20;
  static constexpr std::size_t kMaxSenders = 1024;

  struct Numbered {
    std::uint32_t sequence = 0;
    std::string bytes;
  };
  Result<void> put(Instant now, peer::ChannelId channel, std::string_view bytes, Output& out);
  void keep(Numbered packet);

  Connection& connection_;
  std::uint32_t sequence_ = 0;
  std::deque<Numbered> queue_;
  std::size_t queued_bytes_ = 0;
  std::deque<Numbered> sent_;
  std::size_t sent_bytes_ = 0;
  std::map<std::string, std::uint32_t> received_;  // the last sequence, by participant sid
};

}  // namespace sfu::client
