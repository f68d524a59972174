// SPDX-License-Identifier: Apache-2.0
#include "client/signal_link.hpp"

#include <algorithm>

namespace sfu::client {
namespace {

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

void SignalLink::dial(Instant now, std::string url, std::string token, SignalActions& actions) {
  hang_up(actions);
  state_ = State::kDialing;
  give_up_ = now + kDialTimeout;
  actions.emplace_back(Dial{++attempt_, std::move(url), std::move(token)});
}

void SignalLink::hang_up(SignalActions& actions) {
  if (state_ != State::kDown) actions.emplace_back(HangUp{});
  state_ = State::kDown;
  give_up_ = next_ping_ = kNever;
}

bool SignalLink::opened(Instant now, std::uint32_t attempt) {
  if (attempt != attempt_ || state_ != State::kDialing) return false;
  state_ = State::kOpen;
  give_up_ = now + kFirstMessageTimeout;
  return true;
}

bool SignalLink::received(Instant now, std::uint32_t attempt) {
  if (attempt != attempt_ || !open()) return false;
  if (state_ == State::kEstablished) give_up_ = now + ping_timeout_;
  return true;
}

bool SignalLink::ended(std::uint32_t attempt) {
  if (attempt != attempt_ || state_ == State::kDown) return false;
  state_ = State::kDown;
  give_up_ = next_ping_ = kNever;
  return true;
}

void SignalLink::establish(Instant now, Duration ping_interval, Duration ping_timeout) {
  state_ = State::kEstablished;
  // Servers that name neither are not pinged.
  ping_interval_ = ping_interval;
  ping_timeout_ = ping_timeout;
  const bool pings = ping_interval > Duration::zero() && ping_timeout > Duration::zero();
  next_ping_ = pings ? now + ping_interval : kNever;
  give_up_ = pings ? now + ping_timeout : kNever;
}

void SignalLink::send(const livekit::SignalRequest& request, SignalActions& actions) const {
  if (open()) actions.emplace_back(SendSignal{request.SerializeAsString()});
}

void SignalLink::on_pong(Instant now, const livekit::Pong& pong) {
  const Duration sent = std::chrono::milliseconds(pong.last_ping_timestamp());
  const Duration passed = now.time_since_epoch() - sent;
  if (passed >= Duration::zero() && passed < std::chrono::minutes(1)) rtt_ = passed;
}

bool SignalLink::advance(Instant now, SignalActions& actions) {
  if (now >= give_up_) return false;
  if (now < next_ping_) return true;
  next_ping_ = now + ping_interval_;
  // Both forms: older servers know only the first.
  livekit::SignalRequest ping;
  ping.set_ping(milliseconds(now.time_since_epoch()));
  send(ping, actions);
  livekit::SignalRequest request;
  request.mutable_ping_req()->set_timestamp(milliseconds(now.time_since_epoch()));
  request.mutable_ping_req()->set_rtt(milliseconds(rtt_));
  send(request, actions);
  return true;
}

Instant SignalLink::deadline() const {
  return std::min(give_up_, next_ping_);
}

}  // namespace sfu::client
