// SPDX-License-Identifier: Apache-2.0
// The signalling connection as its user sees it: attempts to open it, how long each may take, and the application's own
// pings (signalling 1.7). Whoever owns a WebSocket does what its actions say and tells what came of it; news of an
// attempt that was given up is known by its number and left out.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/time.hpp"
#include "livekit_rtc.pb.h"

namespace sfu::client {

// Open a WebSocket, with the token as a bearer's; any earlier one is of no more interest.
struct Dial {
  std::uint32_t attempt = 0;
  std::string url;
  std::string token;
};
// One binary message on the open WebSocket.
struct SendSignal {
  std::string bytes;
};
// Close it, or stop opening it.
struct HangUp {};
using SignalAction = std::variant<Dial, SendSignal, HangUp>;
using SignalActions = std::vector<SignalAction>;

class SignalLink {
 public:
  static constexpr Duration kDialTimeout = std::chrono::seconds(15);
  static constexpr Duration kFirstMessageTimeout = std::chrono::seconds(5);

  void dial(Instant now, std::string url, std::string token, SignalActions& actions);
  void hang_up(SignalActions& actions);
  // News of the WebSocket: false if of an attempt that is over.
  bool opened(Instant now, std::uint32_t attempt);
  bool received(Instant now, std::uint32_t attempt);
  bool ended(std::uint32_t attempt);
  // The first message was what it should be: from now on the server is expected to be heard of.
  void establish(Instant now, Duration ping_interval, Duration ping_timeout);

  bool open() const { return state_ == State::kOpen || state_ == State::kEstablished; }
  void send(const livekit::SignalRequest& request, SignalActions& actions) const;
  void on_pong(Instant now, const livekit::Pong& pong);
  Duration round_trip() const { return rtt_; }

  // Pings when it is time. False: it took too long, or the server is silent; hang up.
  bool advance(Instant now, SignalActions& actions);
  Instant deadline() const;

 private:
  enum class State : std::uint8_t { kDown, kDialing, kOpen, kEstablished };

  State state_ = State::kDown;
  std::uint32_t attempt_ = 0;
  Instant give_up_ = kNever;
  Instant next_ping_ = kNever;
  Duration ping_interval_{};
  Duration ping_timeout_{};
  Duration rtt_{};
};

}  // namespace sfu::client
