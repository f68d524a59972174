// SPDX-License-Identifier: Apache-2.0
#include "sctp/association.hpp"

#include <algorithm>
#include <utility>

#include "sctp/dcep.hpp"

namespace sfu::sctp {
namespace {

constexpr std::size_t kCommonHeader = 12;
constexpr std::size_t kChunkHeader = 4;
constexpr std::uint8_t kDataChunk = 0;
// A little over usrsctp's delayed acknowledgement.
constexpr Duration kDelayedAck = std::chrono::milliseconds(210);

// Whether a packet brings DATA, which is acknowledged by timer. A malformed one may say anything.
bool carries_data(ByteView packet) {
  std::size_t at = kCommonHeader;
  while (packet.size() >= at + kChunkHeader) {
    if (packet[at] == kDataChunk) return true;
    const std::size_t length = load_be16(packet.data() + at + 2);
    if (length < kChunkHeader) return false;
    at += (length + 3) & ~std::size_t{3};
  }
  return false;
}

}  // namespace

// For the time of one call: usrsctp is ours, its timers are up to date, and what it sends goes to the caller.
class Association::Impl::Turn {
 public:
  Turn(Impl& impl, Instant now, Output& out) : impl_(impl) {
    Stack::instance().advance(lock_, now + impl.offset_);
    // Packets that another association's turn of the timers caused.
    for (std::size_t i = 0; i < impl.outbox_.size(); ++i) out.packets.add(impl.outbox_[i]);
    impl.outbox_ = {};
    if (impl.socket_) impl.socket_->redirect(lock_, &out.packets);
  }
  ~Turn() {
    if (impl_.socket_) impl_.socket_->redirect(lock_, &impl_.outbox_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

  const Stack::Lock& lock() const { return lock_; }

 private:
  Stack::Lock lock_;
  Impl& impl_;
};

Association::Impl::Impl(const Config& config) : config_(config) {}

Association::Impl::~Impl() {
  if (!socket_) return;
  const Stack::Lock lock;
  socket_->redirect(lock, nullptr);
  socket_->close(lock);
}

Result<void> Association::Impl::start(Instant now, Role role, Output& out) {
  if (state_ != State::kNew) return fail(Errc::kFailedPrecondition, "the association was started before");
  role_ = role;
  {
    const Stack::Lock lock;
    offset_ = Stack::instance().time(lock) - now;
    const Socket::Config socket{config_.local_port, config_.remote_port, config_.streams};
    socket_.emplace(lock, socket, &outbox_);
  }
  const Turn turn(*this, now, out);
  if (const auto connected = socket_->connect(turn.lock()); !connected.has_value()) {
    state_ = State::kClosed;
    socket_->close(turn.lock());
    return connected;
  }
  state_ = State::kConnecting;
  streams_ = config_.streams;
  settle(turn.lock(), now);
  return {};
}

void Association::Impl::receive(Instant now, ByteView packet, Output& out) {
  if (!running()) return;
  const Turn turn(*this, now, out);
  if (carries_data(packet)) ack_due_ = now + kDelayedAck;
  socket_->input(turn.lock(), packet);
  turn_over(turn.lock(), now, out);
}

void Association::Impl::advance(Instant now, Output& out) {
  if (running() && now >= deadline_) flush(now, out);
}

void Association::Impl::flush(Instant now, Output& out) {
  const Turn turn(*this, now, out);
  turn_over(turn.lock(), now, out);
}

void Association::Impl::turn_over(const Stack::Lock& lock, Instant now, Output& out) {
  read(lock, out);
  if (running()) pump(lock, now, out);
  settle(lock, now);
}

// Reads all that usrsctp has for us.
void Association::Impl::read(const Stack::Lock& lock, Output& out) {
  using Kind = Socket::Received::Kind;
  while (running()) {
    const auto received = socket_->receive(lock);
    switch (received.kind) {
      case Kind::kNothing: return;
      case Kind::kData: on_data(received, out); break;
      case Kind::kConnected: on_connected(received.stream, out); break;
      case Kind::kEnded: end(lock, out); break;
      case Kind::kIncomingReset:
      case Kind::kOutgoingReset: on_reset(received); break;
      case Kind::kPartialAborted: partial_.erase(received.stream); break;
      case Kind::kOther: break;
    }
  }
}

void Association::Impl::on_connected(std::uint16_t streams, Output& out) {
  state_ = State::kConnected;
  streams_ = std::min(config_.streams, streams);
  out.events.push_back({.kind = Event::Kind::kConnected});
  // Ids beyond what the other side takes: those channels cannot be.
  while (!channels_.empty() && channels_.rbegin()->first >= streams_) {
    out.events.push_back({.kind = Event::Kind::kChannelClosed, .channel = channels_.rbegin()->first});
    channels_.erase(std::prev(channels_.end()));
  }
}

void Association::Impl::end(const Stack::Lock& lock, Output& out) {
  state_ = State::kClosed;
  socket_->close(lock);
  channels_.clear();
  partial_.clear();
  out.events.push_back({.kind = Event::Kind::kClosed});
}

void Association::Impl::close(Instant now, Output& out) {
  if (!running()) {
    state_ = State::kClosed;
    return;
  }
  const Turn turn(*this, now, out);
  state_ = State::kClosed;
  socket_->close(turn.lock());
  channels_.clear();
  partial_.clear();
  deadline_ = kNever;
}

// Hands queued messages to usrsctp, one of each channel in turn, until it takes no more.
void Association::Impl::pump(const Stack::Lock& lock, Instant now, Output& out) {
  if (state_ == State::kConnected && !waiting_.empty()) {
    for (auto& [id, channel] : channels_) {
      if (channel.options().max_lifetime) channel.drop_expired(now);
    }
    socket_->fit_send_buffer(lock);
  }
  bool room = state_ == State::kConnected;
  std::size_t refused = 0;
  while (room && !waiting_.empty()) {
    Channel* channel = find(waiting_.front());
    Channel::Message* message = channel != nullptr ? channel->front() : nullptr;
    if (message == nullptr) {
      waiting_.pop_front();
      continue;
    }
    const auto taken = socket_->send(lock, channel->delivery(*message), message->left());
    if (taken) {
      room = *taken == message->left().size();
      channel->take(*taken);
      if (!room) break;
    } else if (++refused >= waiting_.size()) {
      // Streams whose reset is under way, or the association is going. Again at the next turn.
      break;
    }
    waiting_.pop_front();
    if (!channel->queue_empty()) waiting_.push_back(channel->id());
  }
  finish_channels(lock, out);
}

// What follows from emptied queues: low marks, and resets that waited for the last message.
void Association::Impl::finish_channels(const Stack::Lock& lock, Output& out) {
  for (auto at = channels_.begin(); at != channels_.end();) {
    Channel& channel = at->second;
    if (channel.fell_to_threshold() && !channel.closing()) {
      out.events.push_back({.kind = Event::Kind::kBufferedAmountLow, .channel = channel.id()});
    }
    if (channel.closing() && channel.queue_empty() && !channel.reset_requested && state_ == State::kConnected) {
      channel.reset_requested = true;
      // One that knows no resets (RFC 6525) never answers: the channel ends here.
      if (!socket_->reset_stream(lock, channel.id())) channel.incoming_reset = channel.outgoing_reset = true;
    }
    if (channel.closed()) {
      out.events.push_back({.kind = Event::Kind::kChannelClosed, .channel = channel.id()});
      partial_.erase(channel.id());
      at = channels_.erase(at);
    } else {
      ++at;
    }
  }
}

void Association::Impl::settle(const Stack::Lock& lock, Instant now) {
  if (!running()) {
    deadline_ = kNever;
    return;
  }
  if (ack_due_ <= now) ack_due_ = kNever;
  const bool resetting =
      std::any_of(channels_.begin(), channels_.end(), [](const auto& entry) { return entry.second.closing(); });
  const bool busy = state_ == State::kConnecting || !waiting_.empty() || resetting || socket_->in_flight(lock);
  deadline_ = busy ? std::min(now + Stack::kTick, ack_due_) : ack_due_;
}

Channel* Association::Impl::find(ChannelId id) {
  const auto at = channels_.find(id);
  return at != channels_.end() ? &at->second : nullptr;
}

Association::Association(const Config& config) : impl_(std::make_unique<Impl>(config)) {}
Association::~Association() = default;
Result<void> Association::start(Instant now, Role role, Output& out) {
  return impl_->start(now, role, out);
}
void Association::receive(Instant now, ByteView packet, Output& out) {
  impl_->receive(now, packet, out);
}
void Association::advance(Instant now, Output& out) {
  impl_->advance(now, out);
}
Instant Association::deadline() const {
  return impl_->deadline();
}
Result<ChannelId> Association::open_channel(Instant now, const ChannelOptions& options, Output& out) {
  return impl_->open_channel(now, options, out);
}
Result<void> Association::close_channel(Instant now, ChannelId channel, Output& out) {
  return impl_->close_channel(now, channel, out);
}
Result<void> Association::send(Instant now, ChannelId channel, ByteView bytes, bool binary, Output& out) {
  return impl_->send(now, channel, bytes, binary, out);
}
std::size_t Association::buffered_amount(ChannelId channel) const {
  const Channel* found = impl_->find(channel);
  return found != nullptr ? found->buffered() : 0;
}
void Association::set_buffered_amount_low_threshold(ChannelId channel, std::size_t bytes) {
  if (Channel* found = impl_->find(channel)) found->set_low_threshold(bytes);
}
const ChannelOptions* Association::options(ChannelId channel) const {
  const Channel* found = impl_->find(channel);
  return found != nullptr ? &found->options() : nullptr;
}
bool Association::connected() const {
  return impl_->connected();
}
const Association::Stats& Association::stats() const {
  return impl_->stats();
}
void Association::close(Instant now, Output& out) {
  impl_->close(now, out);
}

}  // namespace sfu::sctp
