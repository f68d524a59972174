// SPDX-License-Identifier: Apache-2.0
#include "room/data_sending.hpp"

#include "room/local_transport.hpp"
#include "room/peer_transport.hpp"

namespace sfu::room {

namespace {

bool admits(const RoomOptions& options, Instant now, Participant& recipient, std::string_view label,
            std::size_t waiting) {
  const DataChannelLimits& limits = options.data_channels;
  if (label == kReliableLabel) return recipient.reliable_queue.admits(now, waiting, limits.slow_threshold_bps);
  if (label == kLossyLabel) return recipient.lossy_queue.admits(now, waiting, limits.lossy_latency);
  return label != kDataTrackLabel || recipient.data_track_queue.admits(now, waiting, limits.data_track_latency);
}

void sent(Participant& recipient, std::string_view label, std::size_t waiting) {
  if (label == kReliableLabel) recipient.reliable_queue.sent(waiting);
  if (label == kLossyLabel) recipient.lossy_queue.sent(waiting);
  if (label == kDataTrackLabel) recipient.data_track_queue.sent(waiting);
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
  const peer::ChannelId id = channel->channel;
  if (!admits(state.options, now, recipient, label, transport.peer().buffered_amount(id))) return false;
  const bool taken = state.with_peer(transport, out, [&](peer::Output& sink) {
    return transport.peer().send_data(now, id, bytes, true, sink).has_value();
  });
  sent(recipient, label, transport.peer().buffered_amount(id));
  return taken;
}

}  // namespace sfu::room
