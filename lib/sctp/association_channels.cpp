// SPDX-License-Identifier: Apache-2.0
// Channels on an association: opening and closing, and the messages that pass.
#include <string>
#include <utility>

#include "sctp/association.hpp"
#include "sctp/dcep.hpp"

namespace sfu::sctp {
namespace {

constexpr std::uint8_t kEmptyMessage[] = {0};

}  // namespace

std::optional<ChannelId> Association::Impl::free_id() const {
  // RFC 8832 6: even for the DTLS client, odd for the server.
  for (unsigned id = role_ == Role::kClient ? 0 : 1; id < streams_; id += 2) {
    if (!channels_.contains(static_cast<ChannelId>(id))) return static_cast<ChannelId>(id);
  }
  return std::nullopt;
}

Result<ChannelId> Association::Impl::open_channel(Instant now, const ChannelOptions& options, Output& out) {
  if (!running()) return fail(Errc::kFailedPrecondition, "the association is not up");
  SFU_TRY(auto message, dcep::write_open(options));
  const auto id = free_id();
  if (!id) return fail(Errc::kLimitExceeded, "no stream is left for another data channel");
  Channel& channel = channels_.try_emplace(*id, *id, options, /*acknowledged=*/false).first->second;
  enqueue(channel, {.bytes = std::move(message), .ppid = dcep::kPpidDcep});
  flush(now, out);
  return *id;
}

Result<void> Association::Impl::close_channel(Instant now, ChannelId id, Output& out) {
  Channel* channel = find(id);
  if (channel == nullptr || channel->closing()) return fail(Errc::kNotFound, "no such data channel");
  channel->set_closing();
  flush(now, out);
  return {};
}

Result<void> Association::Impl::send(Instant now, ChannelId id, ByteView bytes, bool binary, Output& out) {
  if (!running()) return fail(Errc::kClosed);
  Channel* channel = find(id);
  if (channel == nullptr || channel->closing()) return fail(Errc::kNotFound);
  if (bytes.size() > config_.max_message_size) return fail(Errc::kLimitExceeded, "the message is too large");
  if (channel->buffered() + bytes.size() > config_.send_queue_limit) {
    return fail(Errc::kLimitExceeded, "the data channel's queue is full");
  }
  Channel::Message message;
  if (bytes.empty()) {
    message.ppid = binary ? dcep::kPpidBinaryEmpty : dcep::kPpidStringEmpty;
    bytes = kEmptyMessage;
  } else {
    message.ppid = binary ? dcep::kPpidBinary : dcep::kPpidString;
  }
  message.bytes.assign(bytes.begin(), bytes.end());
  message.ordered = channel->sends_ordered();
  if (channel->options().max_lifetime) message.expires = now + *channel->options().max_lifetime;
  ++stats_.messages_sent;
  stats_.bytes_sent += bytes.size();
  enqueue(*channel, std::move(message));
  flush(now, out);
  return {};
}

void Association::Impl::enqueue(Channel& channel, Channel::Message message) {
  if (channel.queue_empty()) waiting_.push_back(channel.id());
  channel.push(std::move(message));
}

void Association::Impl::on_data(const Socket::Received& received, Output& out) {
  // The usual case, a message in one piece, goes straight through.
  const auto at = partial_.find(received.stream);
  if (received.end && at == partial_.end()) {
    if (received.bytes.size() > config_.max_message_size) {
      ++stats_.oversized_received;
      return;
    }
    return on_message(received, {received.bytes.begin(), received.bytes.end()}, out);
  }
  Partial& partial = at != partial_.end() ? at->second : partial_[received.stream];
  if (partial.bytes.size() + received.bytes.size() > config_.max_message_size) partial.oversized = true;
  if (partial.oversized) {
    partial.bytes.clear();
  } else {
    partial.bytes.insert(partial.bytes.end(), received.bytes.begin(), received.bytes.end());
  }
  if (!received.end) return;
  Partial whole = std::move(partial);
  partial_.erase(received.stream);
  if (whole.oversized) {
    ++stats_.oversized_received;
  } else {
    on_message(received, std::move(whole.bytes), out);
  }
}

void Association::Impl::on_message(const Socket::Received& received, std::vector<std::uint8_t> bytes, Output& out) {
  if (received.ppid == dcep::kPpidDcep) return on_dcep(received.stream, bytes, out);
  Channel* channel = find(received.stream);
  const bool binary = received.ppid == dcep::kPpidBinary || received.ppid == dcep::kPpidBinaryEmpty;
  const bool empty = received.ppid == dcep::kPpidBinaryEmpty || received.ppid == dcep::kPpidStringEmpty;
  if (channel == nullptr || (!binary && !empty && received.ppid != dcep::kPpidString)) {
    ++stats_.malformed_received;
    return;
  }
  if (channel->closing()) return;
  if (empty) bytes.clear();
  ++stats_.messages_received;
  stats_.bytes_received += bytes.size();
  out.events.push_back(
      {.kind = Event::Kind::kMessage, .channel = received.stream, .binary = binary, .bytes = std::move(bytes)});
}

void Association::Impl::on_dcep(ChannelId id, ByteView message, Output& out) {
  Channel* channel = find(id);
  if (dcep::is_ack(message)) {
    if (channel == nullptr || channel->acknowledged()) {
      ++stats_.malformed_received;
      return;
    }
    channel->set_acknowledged();
    out.events.push_back({.kind = Event::Kind::kChannelOpen, .channel = id, .options = channel->options()});
    return;
  }
  auto options = dcep::parse_open(message);
  if (channel != nullptr && channel->incoming_reset && options.has_value()) {
    // The id is used again before we know that our own reset was carried out: it must have been.
    out.events.push_back({.kind = Event::Kind::kChannelClosed, .channel = id});
    channels_.erase(id);
    channel = nullptr;
  }
  // A second OPEN on a stream in use, and a stream that we have no way back on, are the other side's mistakes.
  if (!options.has_value() || channel != nullptr || id >= streams_) {
    ++stats_.malformed_received;
    return;
  }
  channel = &channels_.try_emplace(id, id, *options, /*acknowledged=*/true).first->second;
  enqueue(*channel, {.bytes = dcep::write_ack(), .ppid = dcep::kPpidDcep});
  out.events.push_back({.kind = Event::Kind::kChannelOpen, .channel = id, .options = *std::move(options)});
}

// RFC 8831 6.7: a side that sees the other's reset answers with its own; after both the id is free.
void Association::Impl::on_reset(const Socket::Received& received) {
  const bool incoming = received.kind == Socket::Received::Kind::kIncomingReset;
  const auto apply = [&](Channel& channel) {
    if (!incoming) {
      // Only ours: a refusal before we asked means nothing.
      channel.outgoing_reset = channel.outgoing_reset || channel.reset_requested;
      return;
    }
    channel.incoming_reset = true;
    channel.set_closing();
    channel.clear_queue();
    partial_.erase(channel.id());
  };
  if (received.streams.empty()) {
    for (auto& [id, channel] : channels_) apply(channel);
  }
  for (const std::uint16_t id : received.streams) {
    if (Channel* channel = find(id)) apply(*channel);
  }
}

}  // namespace sfu::sctp
