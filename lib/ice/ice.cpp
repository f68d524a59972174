// SPDX-License-Identifier: Apache-2.0
#include "ice/ice.hpp"

#include <algorithm>
#include <utility>

namespace sfu::ice {
namespace {

// RFC 8445 5.3 / RFC 8839 5.4: ice-char.
constexpr std::string_view kIceChars = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";

constexpr int kBadRequest = 400;
constexpr int kUnauthorized = 401;
constexpr int kUnknownAttribute = 420;
constexpr int kRoleConflict = 487;

}  // namespace

const char* to_string(State state) {
  switch (state) {
    case State::kNew: return "new";
    case State::kConnected: return "connected";
    case State::kCompleted: return "completed";
    case State::kDisconnected: return "disconnected";
    case State::kFailed: return "failed";
  }
  return "";
}

Credentials Credentials::make(Random& random, std::string_view prefix) {
  return {std::string(prefix) + random.text(8, kIceChars), random.text(24, kIceChars)};
}

LiteAgent::LiteAgent(Config config) : config_(std::move(config)), current_{config_.local, {}} {}

void LiteAgent::set_remote(Credentials remote) {
  current_.remote = std::move(remote);
}

void LiteAgent::restart(Credentials local, Output& out) {
  if (previous_.local.ufrag.empty()) {
    previous_ = std::move(current_);
  } else {
    // A second restart before the first was taken up: what the peer uses is still the generation before both.
    out.events.push_back({.kind = Event::Kind::kUfragRetired, .ufrag = std::move(current_.local.ufrag)});
  }
  current_ = {std::move(local), {}};
  nominated_ = false;
  nomination_ = 0;
}

void LiteAgent::receive(Instant now, ByteView datagram, const Path& path, Output& out) {
  const auto message = stun::Message::parse(datagram);
  // A lite agent sends no requests, so it awaits no responses; indications need no answer (RFC 8445 11).
  if (!message || message->message_class != stun::Class::kRequest || message->method != stun::kBinding) {
    ++counters_.ignored;
    return;
  }
  if (message->username.empty() || !message->has_integrity || !message->has_fingerprint || !message->priority) {
    return answer_error(*message, kBadRequest, {}, path, out);
  }
  const Generation* generation = authenticate(*message);
  if (generation == nullptr) return answer_error(*message, kUnauthorized, {}, path, out);

  const std::string_view password = generation->local.password;
  if (message->unknown.count > 0) return answer_error(*message, kUnknownAttribute, password, path, out);
  // A lite agent is always controlled, so its peer must control (RFC 8445 6.1.1).
  if (message->ice_controlled) return answer_error(*message, kRoleConflict, password, path, out);

  answer_success(*message, password, path, out);
  if (generation == &current_) retire_previous(out);
  handle_valid_request(now, *message, path, out);
}

const LiteAgent::Generation* LiteAgent::authenticate(const stun::Message& request) const {
  for (const Generation* generation : {&current_, &previous_}) {
    if (generation->local.ufrag.empty() || request.local_ufrag() != generation->local.ufrag) continue;
    if (!generation->remote.ufrag.empty() && request.remote_ufrag() != generation->remote.ufrag) continue;
    if (request.verify(generation->local.password)) return generation;
  }
  return nullptr;
}

void LiteAgent::handle_valid_request(Instant now, const stun::Message& request, const Path& path, Output& out) {
  ++counters_.requests;
  std::size_t index = find(path);
  if (index == kNone) index = add(now, path, out);
  paths_[index].last_check = now;
  reconnect_until_ = kNever;

  if (selected_ == kNone) select(index, out);
  if (request.use_candidate || request.nomination) nominate(now, request, index, out);
  disconnected_at_ = kNever;
  set_state(nominated_ ? State::kCompleted : State::kConnected, out);
}

// With renomination values the highest wins; without, the last nomination does, but for TCP beside UDP that works
// (media spec 1.2).
void LiteAgent::nominate(Instant now, const stun::Message& request, std::size_t index, Output& out) {
  if (request.nomination) {
    if (*request.nomination <= nomination_) return;
    nomination_ = *request.nomination;
  } else if (nomination_ != 0) {
    return;  // the peer renominates by value; a plain USE-CANDIDATE is a stale or repeated check
  } else if (nominated_ && selected_ != index && paths_[index].path.protocol == TransportProtocol::kTcp) {
    const ValidPath& present = paths_[selected_];
    const bool works = now < present.last_check + config_.udp_preference;
    if (present.path.protocol == TransportProtocol::kUdp && works) return;
  }
  nominated_ = true;
  select(index, out);
}

void LiteAgent::answer_success(const stun::Message& request, std::string_view password, const Path& path, Output& out) {
  const ByteSpan slot = out.datagrams.open();
  stun::Writer writer(slot, stun::Class::kSuccess, request.method, request.transaction);
  writer.xor_mapped_address(path.remote);
  if (const std::size_t size = writer.finish(password); size > 0) out.datagrams.commit(size, path);
}

void LiteAgent::answer_error(const stun::Message& request, int code, std::string_view password, const Path& path,
                             Output& out) {
  ++counters_.rejected;
  const ByteSpan slot = out.datagrams.open();
  stun::Writer writer(slot, stun::Class::kError, request.method, request.transaction);
  writer.error(code);
  if (code == kUnknownAttribute) writer.unknown_attributes(request.unknown);
  if (const std::size_t size = writer.finish(password); size > 0) out.datagrams.commit(size, path);
}

void LiteAgent::retire_previous(Output& out) {
  if (previous_.local.ufrag.empty()) return;
  out.events.push_back({.kind = Event::Kind::kUfragRetired, .ufrag = std::move(previous_.local.ufrag)});
  previous_ = {};
  // What was nominated under the old credentials has no say any more.
  nominated_ = false;
  nomination_ = 0;
}

void LiteAgent::note_authenticated_packet(const Path& path, Output& out) {
  if (selected_ != kNone && paths_[selected_].path == path) return;
  if (state_ == State::kDisconnected || state_ == State::kFailed) return;  // media is no consent (RFC 7675 5.1)
  if (const std::size_t index = find(path); index != kNone) select(index, out);
}

void LiteAgent::path_lost(const Path& path, Output& out) {
  const std::size_t lost = find(path);
  if (lost == kNone) return;
  if (selected_ == lost) {
    const std::size_t next = newest_but(lost);
    if (next != kNone) {
      select(next, out);
    } else {
      reconnect_until_ = paths_[lost].last_check + config_.consent_timeout;
    }
  }
  remove(lost, out);
}

// The one of the other paths that was checked last; kNone if there is no other.
std::size_t LiteAgent::newest_but(std::size_t index) const {
  std::size_t newest = kNone;
  for (std::size_t i = 0; i < path_count_; ++i) {
    if (i != index && (newest == kNone || paths_[i].last_check > paths_[newest].last_check)) newest = i;
  }
  return newest;
}

void LiteAgent::advance(Instant now, Output& out) {
  if (now >= reconnect_until_) {
    reconnect_until_ = kNever;
    disconnected_at_ = now;
    set_state(State::kDisconnected, out);
  }
  for (std::size_t i = path_count_; i-- > 0;) {
    if (i == selected_ || now < paths_[i].last_check + config_.consent_timeout) continue;
    if (state_ != State::kDisconnected) remove(i, out);
  }
  if (selected_ != kNone && now >= paths_[selected_].last_check + config_.consent_timeout) {
    // The newest of the other paths takes over; the others that remain have consent still.
    if (const std::size_t next = newest_but(selected_); next != kNone) {
      const std::size_t expired = selected_;
      select(next, out);
      remove(expired, out);
    } else {
      // The path stays known, so that what the peer still sends is found; but nothing is sent (RFC 7675 5.1).
      selected_ = kNone;
      disconnected_at_ = now;
      set_state(State::kDisconnected, out);
    }
  }
  if (state_ == State::kDisconnected && now >= disconnected_at_ + config_.failed_timeout) {
    while (path_count_ > 0) remove(path_count_ - 1, out);
    disconnected_at_ = kNever;
    set_state(State::kFailed, out);
  }
}

Instant LiteAgent::deadline() const {
  if (state_ == State::kDisconnected) return disconnected_at_ + config_.failed_timeout;
  Instant earliest = reconnect_until_;
  for (std::size_t i = 0; i < path_count_; ++i) {
    earliest = std::min(earliest, paths_[i].last_check + config_.consent_timeout);
  }
  return earliest;
}

std::size_t LiteAgent::find(const Path& path) const {
  for (std::size_t i = 0; i < path_count_; ++i) {
    if (paths_[i].path == path) return i;
  }
  return kNone;
}

std::size_t LiteAgent::add(Instant now, const Path& path, Output& out) {
  if (path_count_ == kMaxPaths) {
    std::size_t oldest = kNone;
    for (std::size_t i = 0; i < path_count_; ++i) {
      if (i != selected_ && (oldest == kNone || paths_[i].order < paths_[oldest].order)) oldest = i;
    }
    remove(oldest, out);
  }
  paths_[path_count_] = {path, next_order_++, now};
  out.events.push_back({.kind = Event::Kind::kPathAdded, .path = path});
  return path_count_++;
}

void LiteAgent::remove(std::size_t index, Output& out) {
  out.events.push_back({.kind = Event::Kind::kPathRemoved, .path = paths_[index].path});
  const std::size_t last = --path_count_;
  if (selected_ == index) {
    selected_ = kNone;
  } else if (selected_ == last) {
    selected_ = index;
  }
  if (index != last) paths_[index] = paths_[last];
}

void LiteAgent::select(std::size_t index, Output& out) {
  if (selected_ == index) return;
  selected_ = index;
  out.events.push_back({.kind = Event::Kind::kSelected, .path = paths_[index].path});
}

void LiteAgent::set_state(State state, Output& out) {
  if (state_ == state) return;
  state_ = state;
  out.events.push_back({.kind = Event::Kind::kStateChanged, .state = state});
}

}  // namespace sfu::ice
