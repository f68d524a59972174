// SPDX-License-Identifier: Apache-2.0
#include "media/red_recovery.hpp"

#include <algorithm>

namespace sfu::media {

bool RedRecovery::note(const IncomingPacket& packet) {
  if (!started_ || packet.generation != generation_) {
    *this = RedRecovery();
    started_ = true;
    generation_ = packet.generation;
    newest_ = packet.sequence;
    known_ = kAll;  // what was before is nobody's loss
    timestamps_.fill(kLongAgo);
  }
  if (packet.sequence > newest_) move_on(packet.sequence - newest_);
  if (is_in_history(packet.sequence)) add(packet.sequence, packet.timestamp);
  return is_brought_back(packet.sequence);
}

// Blocks are those of the packets right before, of which a sender leaves out the oldest, if they are too large or,
// after silence (DTX), too long ago, and any that it sent without RED. So timestamps say which is whose.
std::span<const RedRecovery::Lost> RedRecovery::find(const IncomingPacket& packet, Room& room) {
  if (known_ == kAll || packet.codec != rtp::Codec::kRed) return {};
  std::array<codec::RedBlock, codec::kMaxRedBlocks> blocks;
  const auto count = codec::split_red(packet.payload, blocks);
  if (!count) return {};
  const std::uint8_t payload_type = blocks[*count - 1].payload_type;
  std::size_t found = 0;
  std::int64_t sequence = packet.sequence;
  std::int64_t next = packet.timestamp;
  for (std::size_t i = *count - 1; i-- > 0;) {
    const codec::RedBlock& block = blocks[i];
    const std::int64_t timestamp = packet.timestamp - block.timestamp_offset;
    if (timestamp >= next) break;
    next = timestamp;
    do --sequence;
    while (is_known(sequence) && timestamp_of(sequence) > timestamp);
    if (is_known(sequence)) {
      if (timestamp_of(sequence) == timestamp) continue;
      break;
    }
    // Not newer than what came before the hole: of a packet that came, before numbers were left out.
    if (!is_in_history(sequence) || timestamp <= timestamp_before(sequence)) break;
    if (block.payload.empty() || block.payload_type != payload_type) continue;
    add(sequence, timestamp);
    brought_back_ |= std::uint64_t{1} << (newest_ - sequence);
    room[found++] = {sequence, timestamp, payload_type, block.payload};
  }
  std::reverse(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(found));
  return std::span(room).first(found);
}

bool RedRecovery::is_brought_back(std::int64_t sequence) const {
  const std::int64_t behind = newest_ - sequence;
  if (behind < 0) return false;
  return behind >= kMaxBehind || (brought_back_ >> behind & 1) != 0;
}

void RedRecovery::move_on(std::int64_t packets) {
  if (packets >= kHistory) before_ = timestamp_of(newest_);
  known_ = packets < kHistory ? static_cast<std::uint8_t>(known_ << packets) : std::uint8_t{0};
  brought_back_ = packets < kMaxBehind ? brought_back_ << packets : 0;
  newest_ += packets;
}

void RedRecovery::add(std::int64_t sequence, std::int64_t timestamp) {
  known_ = static_cast<std::uint8_t>(known_ | 1u << (newest_ - sequence));
  timestamps_[place(sequence)] = timestamp;
}

bool RedRecovery::is_known(std::int64_t sequence) const {
  return is_in_history(sequence) && (known_ >> (newest_ - sequence) & 1) != 0;
}

std::int64_t RedRecovery::timestamp_before(std::int64_t sequence) const {
  for (--sequence; is_in_history(sequence); --sequence) {
    if (is_known(sequence)) return timestamp_of(sequence);
  }
  return before_;
}

}  // namespace sfu::media
