// SPDX-License-Identifier: Apache-2.0
#include "room/data_forwarding.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "room/data_packet.hpp"
#include "room/data_policy.hpp"
#include "room/data_sending.hpp"
#include "room/figures.hpp"
#include "wire/wire.hpp"

namespace sfu::room {

void DataForwarding::message(Instant now, Participant& sender, const peer::ChannelOpened& channel,
                             const peer::MessageReceived& message, Output& out) {
  const bool reliable = channel.label == kReliableLabel;
  if (!reliable && channel.label != kLossyLabel) return forward_raw(now, sender, message, out);
  livekit::DataPacket packet;
  if (!wire::parse_quietly(packet, message.bytes)) return;
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

std::size_t DataForwarding::most_waiting(ParticipantId sender, const livekit::DataPacket& packet) const {
  std::size_t most = 0;
  state_.roster.for_each([&](Participant& recipient) {
    if (recipient.id == sender || recipient.is_copy() || !is_destination(packet, recipient.profile)) return;
    auto* transport = recipient.data_transport().peer_transport();
    const auto* channel = transport != nullptr ? transport->channel(kReliableLabel) : nullptr;
    if (channel != nullptr) most = std::max(most, transport->peer().buffered_amount(channel->channel));
  });
  return most;
}

void DataForwarding::distribute(Instant now, ParticipantId sender, const livekit::DataPacket& packet, bool reliable,
                                Output& out) {
  const auto bytes = std::make_shared<const std::string>(packet.SerializeAsString());
  const std::uint64_t number = reliable ? next_number_++ : 0;
  const bool numbered = reliable && packet.sequence() > 0;
  state_.roster.for_each([&](Participant& recipient) {
    if (recipient.id == sender || recipient.is_copy() || !is_destination(packet, recipient.profile)) return;
    if (reliable && !recipient.data_open) {
      if (!numbered) recipient.waiting_data.add(number, bytes);
      return;
    }
    if (!reliable && !recipient.profile.active()) return;
    send_data(state_, now, recipient, reliable ? kReliableLabel : kLossyLabel, as_bytes(*bytes), out);
  });
  if (numbered) keep(now, number, sender, packet, bytes);
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

void DataForwarding::keep(Instant now, std::uint64_t number, ParticipantId sender, const livekit::DataPacket& packet,
                          std::shared_ptr<const std::string> bytes) {
  while (!kept_.empty() && (now - kept_.front().at > kKeep || kept_bytes_ + bytes->size() > kMaxKept)) {
    kept_bytes_ -= kept_.front().bytes->size();
    kept_.pop_front();
  }
  if (bytes->size() > kMaxKept) return;
  kept_bytes_ += bytes->size();
  auto& kept = kept_.emplace_back();
  kept.number = number;
  kept.at = now;
  kept.sender = sender;
  kept.packet.set_participant_sid(packet.participant_sid());
  kept.packet.set_sequence(packet.sequence());
  *kept.packet.mutable_destination_identities() = packet.destination_identities();
  if (packet.has_user()) {
    *kept.packet.mutable_user()->mutable_destination_sids() = packet.user().destination_sids();
  }
  kept.bytes = std::move(bytes);
}

bool DataForwarding::is_for(Instant now, const Kept& kept, const Participant& participant) {
  return kept.sender != participant.id && now - kept.at <= kKeep && is_destination(kept.packet, participant.profile);
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
  // Both in the order in which they were sent.
  auto waiting = participant.waiting_data.take();
  auto next = waiting.begin();
  const auto send = [&](const std::string& bytes) {
    send_data(state_, now, participant, kReliableLabel, as_bytes(bytes), out);
  };
  for (const auto& kept : kept_) {
    if (kept.number < participant.next_reliable || !is_for(now, kept, participant)) continue;
    for (; next != waiting.end() && next->number < kept.number; ++next) send(*next->bytes);
    send(*kept.bytes);
  }
  for (; next != waiting.end(); ++next) send(*next->bytes);
  participant.next_reliable = next_number_;
}

void DataForwarding::repeat_missed(Instant now, Participant& participant,
                                   std::span<const livekit::DataChannelReceiveState* const> received, Output& out) {
  std::unordered_map<std::string_view, std::uint32_t> last;  // by the sender's sid
  for (const auto* state : received.first(std::min(received.size(), kMaxStates))) {
    last.emplace(state->publisher_sid(), state->last_seq());
  }
  if (last.empty()) return;
  for (const auto& kept : kept_) {
    if (!is_for(now, kept, participant)) continue;
    const auto of = last.find(kept.packet.participant_sid());
    if (of == last.end() || kept.packet.sequence() <= of->second) continue;
    if (!participant.data_open) {  // with all that comes after it, as soon as they are
      participant.next_reliable = std::min(participant.next_reliable, kept.number);
      return;
    }
    send_data(state_, now, participant, kReliableLabel, as_bytes(*kept.bytes), out);
  }
}

}  // namespace sfu::room
