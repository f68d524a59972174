// SPDX-License-Identifier: Apache-2.0
#include "room/data_forwarding.hpp"

#include <algorithm>

#include "room/data_packet.hpp"
#include "room/data_policy.hpp"
#include "room/data_sending.hpp"
#include "room/figures.hpp"

namespace sfu::room {

namespace {}  // namespace

void DataForwarding::message(Instant now, Participant& sender, const peer::ChannelOpened& channel,
                             const peer::MessageReceived& message, Output& out) {
  const bool reliable = channel.label == kReliableLabel;
  if (!reliable && channel.label != kLossyLabel) return forward_raw(now, sender, message, out);
  livekit::DataPacket packet;
  if (!packet.ParseFromArray(message.bytes.data(), static_cast<int>(message.bytes.size()))) return;
  forward(now, sender, std::move(packet), reliable, out);
}

void DataForwarding::forward(Instant now, Participant& sender, livekit::DataPacket packet, bool reliable, Output& out) {
  if (is_repetition(now, sender, packet, reliable) || rpc_.take(sender, packet)) return;
  if (!stamp_sender(packet, sender.profile, reliable) || !passes_policy(state_, sender, packet, reliable)) return;
  observe_stream(state_.statistics(), packet);
  distribute(now, sender.id, packet, reliable, out);
}

void DataForwarding::send(Instant now, const livekit::DataPacket& packet, Output& out) {
  if (has_seen_nonce(now, packet)) return;
  distribute(now, {}, packet, packet.kind() == livekit::DataPacket::RELIABLE, out);
}

void DataForwarding::distribute(Instant now, ParticipantId sender, const livekit::DataPacket& packet, bool reliable,
                                Output& out) {
  std::string bytes = packet.SerializeAsString();
  bool missed = false;
  state_.roster.for_each([&](Participant& recipient) {
    if (recipient.id == sender || recipient.is_copy() || !is_destination(packet, recipient.profile)) return;
    if (reliable && !recipient.data_open) {
      missed = true;
      return;
    }
    if (!reliable && !recipient.profile.active()) return;
    send_data(state_, now, recipient, reliable ? kReliableLabel : kLossyLabel, as_bytes(bytes), out);
  });
  if (missed) keep(now, sender, packet, std::move(bytes));
}

bool DataForwarding::is_repetition(Instant now, Participant& sender, const livekit::DataPacket& packet, bool reliable) {
  if (reliable && packet.sequence() > 0) {
    // A resumed client sends again what it is not sure about.
    if (packet.sequence() <= sender.last_reliable_sequence) return true;
    sender.last_reliable_sequence = packet.sequence();
  }
  return has_seen_nonce(now, packet);
}

bool DataForwarding::has_seen_nonce(Instant now, const livekit::DataPacket& packet) {
  if (!packet.has_user() || packet.user().nonce().empty()) return false;
  return nonces_.has_seen(now, packet.user().nonce());
}

// Channels of other labels carry bytes of the application's own; they arrive as user packets, in order where that can
// be had.
void DataForwarding::forward_raw(Instant now, Participant& sender, const peer::MessageReceived& message, Output& out) {
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload(message.bytes.data(), message.bytes.size());
  stamp_sender(packet, sender.profile, true);
  if (!passes_policy(state_, sender, packet, true)) return;
  const std::string bytes = packet.SerializeAsString();
  state_.roster.for_each([&](Participant& recipient) {
    if (recipient.id == sender.id || recipient.is_copy() || !recipient.profile.active()) return;
    const bool reliable = recipient.data_transport().has_channel(kReliableLabel);
    send_data(state_, now, recipient, reliable ? kReliableLabel : kLossyLabel, as_bytes(bytes), out);
  });
}

void DataForwarding::keep(Instant now, ParticipantId sender, const livekit::DataPacket& packet, std::string bytes) {
  while (!kept_.empty() && (now - kept_.front().at > kKeep || kept_bytes_ + bytes.size() > kMaxKept)) {
    kept_bytes_ -= kept_.front().bytes->size();
    kept_.pop_front();
  }
  if (bytes.size() > kMaxKept) return;
  kept_bytes_ += bytes.size();
  auto& kept = kept_.emplace_back();
  kept.number = next_number_++;
  kept.at = now;
  kept.sender = sender;
  *kept.packet.mutable_destination_identities() = packet.destination_identities();
  if (packet.has_user()) {
    *kept.packet.mutable_user()->mutable_destination_sids() = packet.user().destination_sids();
  }
  kept.bytes = std::make_shared<const std::string>(std::move(bytes));
}

void DataForwarding::channels_changed(Instant now, Participant& participant, Output& out) {
  auto& transport = participant.data_transport();
  const bool open = data_channels_open(transport) && transport.can_send();
  if (open == participant.data_open) return;
  participant.data_open = open;
  if (open && transport.peer_transport() != nullptr)
    ++state_.statistics().connections[{transport.target() == livekit::SUBSCRIBER, ConnectionStage::kFullyEstablished}];
  if (!open) {
    participant.next_reliable = next_number_;
    return;
  }
  for (const auto& kept : kept_) {
    if (kept.number < participant.next_reliable || kept.sender == participant.id) continue;
    if (now - kept.at <= kKeep && is_destination(kept.packet, participant.profile)) {
      send_data(state_, now, participant, kReliableLabel, as_bytes(*kept.bytes), out);
    }
  }
  participant.next_reliable = next_number_;
}

}  // namespace sfu::room
