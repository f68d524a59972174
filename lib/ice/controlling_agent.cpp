// SPDX-License-Identifier: Apache-2.0
#include "ice/controlling_agent.hpp"

#include <algorithm>

namespace sfu::ice {

namespace {

// RFC 8445 5.1.2.1 for a peer-reflexive candidate: what PRIORITY tells.
constexpr std::uint32_t kCheckPriority = 110U << 24 | 65535U << 8 | 255U;

}  // namespace

ControllingAgent::ControllingAgent(Config config) : config_(std::move(config)), tie_breaker_(config_.random->u64()) {
  pairs_.reserve(kMaxPairs);
}

void ControllingAgent::set_remote(Credentials remote) {
  if (remote.ufrag == remote_.ufrag && remote.password == remote_.password) return;
  remote_ = std::move(remote);
  for (Pair& pair : pairs_) {
    pair.next_check = {};
    pair.proven_now = false;
  }
}

void ControllingAgent::restart(Credentials local, Output& out) {
  std::swap(config_.local, local);
  out.events.push_back({.kind = Event::Kind::kUfragRetired, .ufrag = std::move(local.ufrag)});
  remote_ = {};
}

void ControllingAgent::add_remote_candidate(Instant now, const SocketAddress& address) {
  for (const SocketAddress& local : config_.addresses) {
    const Path path{local, address};
    if (local.ip.is_v4() != address.ip.is_v4() || pairs_.size() >= kMaxPairs) continue;
    if (std::ranges::find(pairs_, path, &Pair::path) != pairs_.end()) continue;
    Pair pair{.path = path, .next_check = now};
    config_.random->fill(pair.tag);
    pairs_.push_back(pair);
  }
}

bool ControllingAgent::is_proven(const Path& path) const {
  return std::ranges::any_of(pairs_, [&](const Pair& pair) { return pair.proven && pair.path == path; });
}

void ControllingAgent::receive(Instant now, ByteView datagram, const Path& path, Output& out) {
  const auto parsed = stun::Message::parse(datagram);
  if (!parsed) return;
  const stun::Message& message = *parsed;
  if (message.method != stun::kBinding) return;
  if (message.message_class == stun::Class::kRequest) return handle_request(message, path, out);
  if (message.message_class != stun::Class::kSuccess) return;
  for (Pair& pair : pairs_) {
    if (pair.path != path || !std::equal(pair.tag.begin(), pair.tag.end(), message.transaction.begin())) continue;
    const std::uint32_t number = load_be32(message.transaction.data() + pair.tag.size());
    if (number >= pair.checks || remote_.password.empty() || !message.verify(remote_.password)) return;
    return handle_response(now, pair, out);
  }
}

// RFC 8445 7.3. Whoever knows the password may have the answer; it changes nothing here, as the choice is ours.
void ControllingAgent::handle_request(const stun::Message& request, const Path& path, Output& out) const {
  if (request.local_ufrag() != config_.local.ufrag || !request.verify(config_.local.password)) return;
  const ByteSpan slot = out.datagrams.open();
  stun::Writer writer(slot, stun::Class::kSuccess, request.method, request.transaction);
  writer.xor_mapped_address(path.remote);
  if (const std::size_t size = writer.finish(config_.local.password); size > 0) out.datagrams.commit(size, path);
}

void ControllingAgent::handle_response(Instant now, Pair& pair, Output& out) {
  const auto index = static_cast<std::size_t>(&pair - pairs_.data());
  pair.proven_now = true;
  if (!pair.proven) {
    pair.proven = true;
    out.events.push_back({.kind = Event::Kind::kPathAdded, .path = pair.path});
  }
  const bool lost = selected_ >= pairs_.size() || !may_send();
  if (lost && selected_ != index) {
    selected_ = index;
    out.events.push_back({.kind = Event::Kind::kSelected, .path = pair.path});
    pair.next_check = now;  // nominate at once
  }
  if (selected_ != index) return;
  last_answer_ = now;
  disconnected_at_ = kNever;
  set_state(state_ == State::kConnected || state_ == State::kCompleted ? State::kCompleted : State::kConnected, out);
}

void ControllingAgent::schedule(Instant now, Pair& pair) const {
  const bool settled = pair.proven_now && state_ == State::kCompleted;
  pair.next_check = now + (settled ? config_.consent_interval : config_.check_interval);
}

void ControllingAgent::send_check(Pair& pair, bool nominate, Output& out) {
  stun::TransactionId transaction;
  std::ranges::copy(pair.tag, transaction.begin());
  store_be32(transaction.data() + pair.tag.size(), pair.checks++);
  const ByteSpan slot = out.datagrams.open();
  stun::Writer writer(slot, stun::Class::kRequest, stun::kBinding, transaction);
  writer.username(remote_.ufrag + ":" + config_.local.ufrag);
  writer.priority(kCheckPriority);
  writer.ice_controlling(tie_breaker_);
  if (nominate) writer.use_candidate();
  const std::size_t size = writer.finish(remote_.password);
  if (size > 0) out.datagrams.commit(size, pair.path);
}

void ControllingAgent::advance(Instant now, Output& out) {
  if (may_send() && now >= last_answer_ + config_.consent_timeout) {
    disconnected_at_ = now;
    set_state(State::kDisconnected, out);
  }
  if (state_ == State::kDisconnected && now >= disconnected_at_ + config_.failed_timeout) {
    return set_state(State::kFailed, out);
  }
  if (remote_.password.empty() || state_ == State::kFailed) return;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    Pair& pair = pairs_[i];
    // Once one is nominated the others rest.
    if (pair.next_check > now || (state_ == State::kCompleted && i != selected_)) continue;
    send_check(pair, i == selected_ || pairs_.size() == 1, out);
    schedule(now, pair);
  }
}

Instant ControllingAgent::deadline() const {
  if (remote_.password.empty() || state_ == State::kFailed) return kNever;
  Instant earliest = kNever;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    if (state_ == State::kCompleted && i != selected_) continue;
    earliest = std::min(earliest, pairs_[i].next_check);
  }
  if (may_send()) earliest = std::min(earliest, last_answer_ + config_.consent_timeout);
  if (state_ == State::kDisconnected) earliest = std::min(earliest, disconnected_at_ + config_.failed_timeout);
  return earliest;
}

void ControllingAgent::set_state(State state, Output& out) {
  if (state_ == state) return;
  state_ = state;
  out.events.push_back({.kind = Event::Kind::kStateChanged, .state = state});
}

}  // namespace sfu::ice
