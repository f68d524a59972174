// SPDX-License-Identifier: Apache-2.0
#include "media/outgoing_line.hpp"

#include "codec/dependency_descriptor.hpp"
#include "rtp/sequence.hpp"

namespace sfu::media {

// Picture numbers wrap at 7 or 15 bits; taken nearest to the last one.
template <std::size_t S, std::size_t P>
std::int64_t OutgoingLine::Line<S, P>::picture_of(const codec::Vp8Descriptor& vp8) const {
  const std::int64_t modulus = vp8.long_picture_id ? 0x8000 : 0x80;
  std::int64_t ahead = (vp8.picture_id - last_picture) % modulus;
  if (ahead < -modulus / 2) ahead += modulus;
  if (ahead >= modulus / 2) ahead -= modulus;
  return last_picture + ahead;
}

template <std::size_t S, std::size_t P>
bool OutgoingLine::Line<S, P>::map(const IncomingPacket& packet, OutgoingNumbers& numbers) const {
  const auto sequence = sequences.map(packet.sequence);
  if (!sequence) return false;
  numbers.sequence = *sequence;
  numbers.timestamp = packet.timestamp + timestamp_offset;
  if (const auto header = codec::parse_dependency_descriptor_header(packet.dependency_descriptor)) {
    numbers.descriptor = true;
    numbers.frame_number = static_cast<std::uint16_t>(header->frame_number - frame_offset);
  }
  numbers.vp8 = has_pictures && packet.has_vp8 && packet.vp8.has_picture_id;
  if (!numbers.vp8) return true;
  const auto picture = pictures.map(picture_of(packet.vp8));
  if (!picture) return false;
  numbers.picture_id = static_cast<std::uint16_t>(*picture & 0x7fff);
  numbers.tl0_picture_index = static_cast<std::uint8_t>(packet.vp8.tl0_picture_index - tl0_offset);
  numbers.key_index = static_cast<std::uint8_t>((packet.vp8.key_index - key_offset) & 0x1f);
  return true;
}

void OutgoingLine::begin(const IncomingPacket& packet, std::int64_t first_sequence, std::int64_t timestamp_offset) {
  previous_.valid = current_.valid;
  previous_.layer = current_.layer;
  previous_.generation = current_.generation;
  previous_.has_pictures = current_.has_pictures;
  previous_.tl0_offset = current_.tl0_offset;
  previous_.key_offset = current_.key_offset;
  previous_.frame_offset = current_.frame_offset;
  previous_.last = current_.last;
  previous_.timestamp_offset = current_.timestamp_offset;
  previous_.last_picture = current_.last_picture;
  previous_.sequences.assign(current_.sequences);
  previous_.pictures.assign(current_.pictures);

  current_.valid = true;
  current_.layer = packet.layer;
  current_.generation = packet.generation;
  current_.last = first_sequence - 1;
  current_.timestamp_offset = timestamp_offset;
  first_sequence_ = started_ ? last_sequence_ + 1 : first_sequence;
  current_.sequences.begin(first_sequence, first_sequence_);
  current_.has_pictures = packet.has_vp8 && packet.vp8.has_picture_id;
  if (current_.has_pictures) begin_pictures(packet.vp8);
  begin_frames(packet);
  if (!started_) last_sequence_ = first_sequence - 1;
  started_ = true;
}

OutgoingLine::Last OutgoingLine::last() const {
  return {.started = started_,
          .sequence = last_sequence_,
          .has_picture = has_last_picture_,
          .long_picture_id = long_picture_id_,
          .picture = last_picture_,
          .tl0_picture_index = last_tl0_,
          .key_index = last_key_index_,
          .has_frame = has_last_frame_,
          .frame = last_frame_};
}

void OutgoingLine::resume(const Last& last) {
  change_source();
  started_ = last.started;
  last_sequence_ = last.sequence;
  first_sequence_ = last.sequence + 1;
  has_last_picture_ = last.has_picture;
  long_picture_id_ = last.long_picture_id;
  last_picture_ = last.picture;
  last_tl0_ = last.tl0_picture_index;
  last_key_index_ = last.key_index;
  has_last_frame_ = last.has_frame;
  last_frame_ = last.frame;
}

// What is mapped after this has the same numbers, so a line that goes on must begin anew.
OutgoingNumbers OutgoingLine::append(std::int64_t timestamp) {
  OutgoingNumbers numbers;
  numbers.sequence = ++last_sequence_;
  numbers.timestamp = timestamp;
  if (!has_last_picture_) return numbers;
  numbers.vp8 = true;
  numbers.long_picture_id = long_picture_id_;
  numbers.picture_id = static_cast<std::uint16_t>(++last_picture_ & (long_picture_id_ ? 0x7fff : 0x7f));
  numbers.tl0_picture_index = ++last_tl0_;
  numbers.key_index = last_key_index_ = static_cast<std::uint8_t>((last_key_index_ + 1) & 0x1f);
  return numbers;
}

void OutgoingLine::change_source() {
  current_.valid = previous_.valid = false;
  current_.layer = kNoLayer;
}

void OutgoingLine::begin_pictures(const codec::Vp8Descriptor& vp8) {
  // A cycle up, so that older pictures stay above zero.
  const std::int64_t picture = vp8.picture_id + 0x8000;
  const std::int64_t out = has_last_picture_ ? last_picture_ + 1 : picture;
  current_.last_picture = picture - 1;
  current_.pictures.begin(picture, out);
  current_.tl0_offset =
      has_last_picture_ ? static_cast<std::uint8_t>(vp8.tl0_picture_index - (last_tl0_ + 1)) : std::uint8_t{0};
  current_.key_offset =
      has_last_picture_ ? static_cast<std::uint8_t>((vp8.key_index - (last_key_index_ + 1)) & 0x1f) : std::uint8_t{0};
  temporal_layer_ = 0xff;  // a key frame: every layer may follow
}

// Decoders take a frame whose number is behind for an old one. Within a line numbers keep their distances, which is
// what frames refer to each other by.
void OutgoingLine::begin_frames(const IncomingPacket& packet) {
  current_.frame_offset = 0;
  const auto header = codec::parse_dependency_descriptor_header(packet.dependency_descriptor);
  if (!header || !has_last_frame_) return;
  current_.frame_offset = static_cast<std::uint16_t>(header->frame_number - (last_frame_ + 1));
}

bool OutgoingLine::admit(const IncomingPacket& packet, std::uint8_t max_temporal_layer) {
  if (!current_.contains(packet) || !current_.has_pictures || !packet.has_vp8 || !packet.vp8.has_picture_id)
    return true;
  const codec::Vp8Descriptor& vp8 = packet.vp8;
  const std::int64_t picture = current_.picture_of(vp8);
  if (picture <= current_.last_picture) {
    // A frame that was decided on, or one that was missing and is therefore wanted.
    if (current_.pictures.map(picture)) return true;
    leave_out(packet.layer, packet.generation, packet.sequence);
    return false;
  }
  current_.last_picture = picture;
  if (temporal_layer_ > max_temporal_layer) temporal_layer_ = max_temporal_layer;
  if (vp8.is_keyframe) temporal_layer_ = max_temporal_layer;
  const std::uint8_t layer = vp8.has_temporal_layer ? vp8.temporal_layer : std::uint8_t{0};
  // Up only where the frame needs nothing that was left out (Y, RFC 7741 4.2).
  if (layer > temporal_layer_ && layer <= max_temporal_layer && vp8.layer_sync) temporal_layer_ = layer;
  if (layer <= temporal_layer_ || packet.sequence != current_.last + 1) return true;
  current_.pictures.exclude(picture);
  leave_out(packet.layer, packet.generation, packet.sequence);
  return false;
}

void OutgoingLine::leave_out(std::uint8_t layer, std::uint8_t generation, std::int64_t sequence) {
  if (!current_.valid || current_.layer != layer || current_.generation != generation) return;
  if (sequence <= current_.last) return;
  current_.sequences.exclude(sequence);
  current_.last = sequence;
  // A switch, which may come with any packet, takes them over.
  previous_.sequences.reserve();
  if (current_.has_pictures) previous_.pictures.reserve();
}

void OutgoingLine::withhold(const IncomingPacket& packet) {
  if (current_.contains(packet) && current_.has_pictures && packet.has_vp8 && packet.vp8.has_picture_id &&
      packet.sequence == current_.last + 1) {
    const std::int64_t picture = current_.picture_of(packet.vp8);
    if (picture > current_.last_picture) {
      current_.pictures.exclude(picture);
      current_.last_picture = picture;
    }
  }
  leave_out(packet.layer, packet.generation, packet.sequence);
}

bool OutgoingLine::map(const IncomingPacket& packet, OutgoingNumbers& numbers) {
  if (!current_.contains(packet)) {
    if (!is_late_for_previous(packet) || !previous_.map(packet, numbers)) return false;
    // What was left out after it may be all that came of the old line; then the new one has its number.
    if (numbers.sequence >= first_sequence_) return false;
    numbers.long_picture_id = long_picture_id_ || packet.vp8.long_picture_id;
    return true;
  }
  if (!current_.map(packet, numbers)) {
    // Same layer before and after a pause: what is older than the line may belong to the one before. It stays out:
    // its time has passed.
    return false;
  }
  if (packet.sequence > current_.last) current_.last = packet.sequence;
  if (numbers.sequence > last_sequence_) last_sequence_ = numbers.sequence;
  if (numbers.descriptor && (!has_last_frame_ || rtp::distance(last_frame_, numbers.frame_number) > 0)) {
    has_last_frame_ = true;
    last_frame_ = numbers.frame_number;
  }
  if (numbers.vp8) {
    if (packet.vp8.long_picture_id) long_picture_id_ = true;
    numbers.long_picture_id = long_picture_id_;
    if (!numbers.long_picture_id) numbers.picture_id &= 0x7f;
    const std::int64_t picture = *current_.pictures.map(current_.picture_of(packet.vp8));
    if (!has_last_picture_ || picture > last_picture_) {
      has_last_picture_ = true;
      last_picture_ = picture;
      last_tl0_ = numbers.tl0_picture_index;
      last_key_index_ = numbers.key_index;
    }
  }
  return true;
}

}  // namespace sfu::media
