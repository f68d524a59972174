// SPDX-License-Identifier: Apache-2.0
// The other side of LiteAgent: a controlling agent (RFC 8445 8) for the headless client, the simulator and tests. It
// checks every pair of a local address and a remote candidate, nominates the first that answers, and keeps consent
// (RFC 7675). Of a full agent at the other end it answers the checks, which it needs to accept the nomination; host
// candidates are all that there is, since servers are reached without help.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "ice/ice.hpp"
#include "ice/stun.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::ice {

class ControllingAgent {
 public:
  static constexpr std::size_t kMaxPairs = 32;

  struct Config {
    Credentials local;
    std::vector<SocketAddress> addresses;  // local ones, most wanted first
    Random* random = nullptr;              // borrowed; for transaction ids
    Duration check_interval = std::chrono::milliseconds(50);
    Duration consent_interval = std::chrono::seconds(2);
    Duration consent_timeout = std::chrono::seconds(30);
    Duration failed_timeout = std::chrono::seconds(30);
  };

  explicit ControllingAgent(Config config);

  void set_remote(Credentials remote);
  // Pairs it with each local address. What exceeds kMaxPairs, or is there already, is ignored.
  void add_remote_candidate(Instant now, const SocketAddress& address);
  // ICE restart: checks begin anew once set_remote() has brought the peer's new credentials; media goes on meanwhile.
  void restart(Credentials local, Output& out);

  // Responses to our checks, and the checks of a full agent; anything else is ignored.
  void receive(Instant now, ByteView datagram, const Path& path, Output& out);
  void note_authenticated_packet(const Path&, Output&) {}  // selection is ours
  void advance(Instant now, Output& out);
  Instant deadline() const;

  State state() const { return state_; }
  const Path* selected() const { return selected_ < pairs_.size() && may_send() ? &pairs_[selected_].path : nullptr; }
  bool is_proven(const Path& path) const;
  const Credentials& local() const { return config_.local; }

 private:
  struct Pair {
    Path path;
    std::array<std::uint8_t, 8> tag{};  // the front of its transaction ids; the rest counts
    std::uint32_t checks = 0;           // sent in this generation
    bool proven = false;
    bool proven_now = false;  // in this generation
    Instant next_check{};
  };

  bool may_send() const { return state_ == State::kConnected || state_ == State::kCompleted; }
  void send_check(Pair& pair, bool nominate, Output& out);
  void handle_response(Instant now, Pair& pair, Output& out);
  void handle_request(const stun::Message& request, const Path& path, Output& out) const;
  void schedule(Instant now, Pair& pair) const;
  void set_state(State state, Output& out);

  Config config_;
  Credentials remote_;
  std::vector<Pair> pairs_;
  std::size_t selected_ = kMaxPairs;
  std::uint64_t tie_breaker_ = 0;
  State state_ = State::kNew;
  Instant last_answer_{};
  Instant disconnected_at_ = kNever;
};

}  // namespace sfu::ice
