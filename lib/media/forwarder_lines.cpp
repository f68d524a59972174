// SPDX-License-Identifier: Apache-2.0
// A Forwarder's line of numbers beyond what its publisher sends: where it goes on after another forwarder, and with
// packets that are made here.
#include <algorithm>

#include "media/forwarder.hpp"
#include "media/outbound.hpp"

namespace sfu::media {

ForwarderState Forwarder::state(const WallAnchor& wall) const {
  ForwarderState state;
  state.line = line_.last();
  state.timestamp = aligner_.last_timestamp();
  state.sent_at = wall.wall_time(aligner_.last_sent());
  state.rtx_sequence = retransmitter_.next_sequence();
  state.packets = stats_.packets;
  state.bytes = stats_.bytes;
  state.max_layer = selector_.max();
  state.max_temporal = max_temporal_;
  const ReceiveStream* stream = encodings_->stream(line_.layer());
  if (stream != nullptr && stream->generation() == line_.generation() && stream->clock().known()) {
    const SenderClock& clock = stream->clock();
    state.clock.update(clock.arrival(), clock.ntp(), clock.timestamp() + line_.timestamp_offset());
  }
  return state;
}

void Forwarder::resume(const ForwarderState& state, const WallAnchor& wall) {
  retransmitter_.set_next_sequence(state.rtx_sequence);
  stats_.packets = state.packets;
  stats_.bytes = state.bytes;
  selector_.set_max(state.max_layer);
  max_temporal_ = state.max_temporal;
  line_.resume(state.line);
  if (!state.line.started) return;
  aligner_.resume(wall.at + (state.sent_at - wall.wall), state.timestamp, state.clock);
}

void Forwarder::send_blank(Instant now, const BlankMedia& media, Duration after, std::uint8_t despite, Output& out) {
  const IncomingPacket& packet = media.packet();
  const PayloadMapping* to = mapping(packet.payload_type);
  if (to == nullptr || !line_.started() || (paused_ & ~despite) != 0) return;
  const std::int64_t ticks = to_ticks(std::max(after, now - aligner_.last_sent()), media.clock_rate());
  const OutgoingNumbers numbers = line_.append(aligner_.last_timestamp() + ticks);
  Outbound* outbound = sink_->outbound();
  const auto stamp = builder_.stamp(now, outbound != nullptr ? outbound->control().next_number() : std::uint16_t{0});
  SendBatch& batch = sink_->batch(out.datagrams);
  const std::size_t size = builder_.build(batch.open(), packet, *to, numbers, stamp, nullptr);
  aligner_.sent(now, numbers.timestamp);
  // What comes next is not where the line of before would put it.
  selector_.restart(now);
  if (size == 0) return;
  transmit(now, *sink_, batch, size, builder_.numbered(), out);
  count_sent(size, out);
}

}  // namespace sfu::media
