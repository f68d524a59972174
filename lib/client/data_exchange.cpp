// SPDX-License-Identifier: Apache-2.0
#include "client/data_exchange.hpp"

#include "wire/wire.hpp"

namespace sfu::client {
namespace {

constexpr const char* kReliable = "_reliable";
constexpr const char* kLossy = "_lossy";
constexpr std::size_t kMaxMessage = 64000;  // what every client takes

}  // namespace

Result<void> DataExchange::send(Instant now, livekit::DataPacket packet, bool reliable, Output& out) {
  const auto channel = connection_.channel(reliable ? kReliable : kLossy);
  if (!channel) return fail(Errc::kFailedPrecondition, "data channels are not open");
  if (reliable) packet.set_sequence(sequence_ + 1);
  std::string bytes = packet.SerializeAsString();
  if (bytes.size() > kMaxMessage) return fail(Errc::kLimitExceeded, "too large for one message");
  if (!reliable) return put(now, *channel, bytes, out);
  if (queued_bytes_ + bytes.size() > kQueueLimit) return fail(Errc::kLimitExceeded, "too much waits to be sent");
  queued_bytes_ += bytes.size();
  queue_.push_back({++sequence_, std::move(bytes)});
  drain(now, out);
  return {};
}

Result<void> DataExchange::put(Instant now, peer::ChannelId channel, std::string_view bytes, Output& out) {
  peer::Output peer_out = connection_.output(out.datagrams);
  return connection_.peer().send_data(now, channel, as_bytes(bytes), true, peer_out);
}

void DataExchange::drain(Instant now, Output& out) {
  const auto channel = connection_.channel(kReliable);
  if (!channel) return;
  while (!queue_.empty() && connection_.peer().buffered_amount(*channel) < kChannelLimit) {
    if (!put(now, *channel, queue_.front().bytes, out)) return;
    queued_bytes_ -= queue_.front().bytes.size();
    keep(std::move(queue_.front()));
    queue_.pop_front();
  }
}

void DataExchange::keep(Numbered packet) {
  sent_bytes_ += packet.bytes.size();
  sent_.push_back(std::move(packet));
  while (sent_bytes_ > kKeptLimit) {
    sent_bytes_ -= sent_.front().bytes.size();
    sent_.pop_front();
  }
}

void DataExchange::resend_after(Instant now, std::uint32_t last_sequence, Output& out) {
  while (!sent_.empty() && sent_.front().sequence <= last_sequence) {
    sent_bytes_ -= sent_.front().bytes.size();
    sent_.pop_front();
  }
  while (!sent_.empty()) {
    sent_bytes_ -= sent_.back().bytes.size();
    queued_bytes_ += sent_.back().bytes.size();
    queue_.push_front(std::move(sent_.back()));
    sent_.pop_back();
  }
  drain(now, out);
}

void DataExchange::receive(std::string_view label, ByteView message, Output& out) {
  const bool reliable = label == kReliable;
  if (!reliable && label != kLossy) return;
  DataReceived data{.packet = {}, .reliable = reliable};
  if (!wire::parse_quietly(data.packet, message)) return;
  const std::uint32_t sequence = data.packet.sequence();
  if (reliable && sequence != 0) {
    // The server replays after a resume: what came before comes once more.
    if (received_.size() >= kMaxSenders && !received_.contains(data.packet.participant_sid())) received_.clear();
    std::uint32_t& last = received_[data.packet.participant_sid()];
    if (sequence <= last) return;
    last = sequence;
  }
  out.events.emplace_back(std::move(data));
}

void DataExchange::describe(livekit::SyncState& state) const {
  for (const auto& [sid, sequence] : received_) {
    auto& known = *state.add_datachannel_receive_states();
    known.set_publisher_sid(sid);
    known.set_last_seq(sequence);
  }
}

}  // namespace sfu::client
