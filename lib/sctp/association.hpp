// SPDX-License-Identifier: Apache-2.0
// What is behind an Association. The turn of one call (association.cpp): timers and packets into usrsctp, then read()
// what arrived, then pump() what waits to go. What a channel makes of it is in association_channels.cpp.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "sctp/channel.hpp"
#include "sctp/sctp.hpp"
#include "sctp/socket.hpp"
#include "sctp/stack.hpp"

namespace sfu::sctp {

class Association::Impl {
 public:
  explicit Impl(const Config& config);
  ~Impl();

  Result<void> start(Instant now, Role role, Output& out);
  void receive(Instant now, ByteView packet, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const { return deadline_; }
  void close(Instant now, Output& out);

  Result<ChannelId> open_channel(Instant now, const ChannelOptions& options, Output& out);
  Result<void> close_channel(Instant now, ChannelId id, Output& out);
  Result<void> send(Instant now, ChannelId id, ByteView bytes, bool binary, Output& out);

  Channel* find(ChannelId id);
  bool connected() const { return state_ == State::kConnected; }
  const Stats& stats() const { return stats_; }

 private:
  class Turn;
  enum class State : std::uint8_t { kNew, kConnecting, kConnected, kClosed };

  // A message of which only parts have arrived.
  struct Partial {
    std::vector<std::uint8_t> bytes;
    bool oversized = false;
  };

  bool running() const { return state_ == State::kConnecting || state_ == State::kConnected; }
  void turn_over(const Stack::Lock& lock, Instant now, Output& out);
  void flush(Instant now, Output& out);
  void read(const Stack::Lock& lock, Output& out);
  void pump(const Stack::Lock& lock, Instant now, Output& out);
  void finish_channels(const Stack::Lock& lock, Output& out);
  void settle(const Stack::Lock& lock, Instant now);
  void end(const Stack::Lock& lock, Output& out);

  void on_connected(std::uint16_t streams, Output& out);
  void on_reset(const Socket::Received& received);
  void on_data(const Socket::Received& received, Output& out);
  void on_message(const Socket::Received& received, std::vector<std::uint8_t> bytes, Output& out);
  void on_dcep(ChannelId id, ByteView message, Output& out);
  std::optional<ChannelId> free_id() const;
  void enqueue(Channel& channel, Channel::Message message);

  Config config_;
  Stats stats_;
  State state_ = State::kNew;
  Role role_ = Role::kClient;
  std::uint16_t streams_ = 0;
  Duration offset_{};  // from our time to the Stack's
  Instant deadline_ = kNever;
  Instant ack_due_ = kNever;  // when usrsctp acknowledges what it has received
  PacketList outbox_;         // filled by timers while another association drives them
  std::optional<Socket> socket_;
  std::map<ChannelId, Channel> channels_;
  std::map<ChannelId, Partial> partial_;
  std::deque<ChannelId> waiting_;  // channels with something queued, in the order of their turns
};

}  // namespace sfu::sctp
