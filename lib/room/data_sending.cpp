// SPDX-License-Identifier: Apache-2.0
#include "room/data_sending.hpp"

#include "room/local_transport.hpp"
#include "room/peer_transport.hpp"

namespace sfu::room {

namespace {

LossyQueue* queue_of(Participant& recipient, std::string_view label) {
  if (label == kLossyLabel) return &recipient.lossy_queue;
  return label == kDataTrackLabel ? &recipient.data_track_queue : nullptr;
}

}  // namespace

bool send_data(RoomState& state, Instant now, Participant& recipient, std::string_view label, ByteView bytes,
               Output& out) {
  if (auto* local = recipient.data_transport().local()) {
    local->deliver(label, bytes);
    return true;
  }
  auto& transport = *recipient.data_transport().peer_transport();
  const auto* channel = transport.channel(label);
  if (channel == nullptr) return false;
  auto* queue = queue_of(recipient, label);
  if (queue != nullptr && !queue->admits(now, transport.peer().buffered_amount(channel->channel))) return false;
  const bool sent = state.with_peer(transport, out, [&](peer::Output& sink) {
    return transport.peer().send_data(now, channel->channel, bytes, true, sink).has_value();
  });
  if (queue != nullptr) queue->sent(transport.peer().buffered_amount(channel->channel));
  return sent;
}

}  // namespace sfu::room
