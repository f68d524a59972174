// SPDX-License-Identifier: Apache-2.0
// The numbers that one subscriber sees (media spec 3.1): sequence numbers, timestamps and VP8's picture numbers go on
// without a break across layer switches, pauses and dropped frames, while what the network lost stays visible as lost.
// Late packets are mapped as their line was, also those of the line before the last switch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "media/gap_map.hpp"
#include "media/incoming_packet.hpp"
#include "media/media.hpp"

namespace sfu::media {

struct OutgoingNumbers {
  std::int64_t sequence = 0;
  std::int64_t timestamp = 0;
  bool vp8 = false;  // the three below are to be written into the payload descriptor
  bool long_picture_id = false;
  std::uint16_t picture_id = 0;
  std::uint8_t tl0_picture_index = 0;
  std::uint8_t key_index = 0;
  bool marker = false;      // set, whatever the publisher's says
  bool descriptor = false;  // the dependency descriptor gets this frame number
  std::uint16_t frame_number = 0;
  std::uint8_t target_count = 0;  // not 0: and this mask of active decode targets
  std::uint32_t active_targets = 0;
};

class OutgoingLine {
 public:
  // Goes on with `packet`: the incoming number `first_sequence` (its own, or one before it that may still come) takes
  // the next outgoing one. The first line of all keeps the publisher's numbers.
  void begin(const IncomingPacket& packet, std::int64_t first_sequence, std::int64_t timestamp_offset);

  // What of the numbers that were sent matters to those that follow.
  struct Last {
    bool started = false;
    std::int64_t sequence = 0;
    bool has_picture = false;  // of VP8
    bool long_picture_id = false;
    std::int64_t picture = 0;
    std::uint8_t tl0_picture_index = 0;
    std::uint8_t key_index = 0;
    bool has_frame = false;  // of dependency descriptors
    std::uint16_t frame = 0;
  };
  Last last() const;
  // Goes on behind what another line sent.
  void resume(const Last& last);

  // The next numbers, for a packet that no publisher sent; late ones keep theirs.
  OutgoingNumbers append(std::int64_t timestamp);

  // What comes now is from another source, whose numbers have nothing to do with those of before. Late packets of the
  // old one have no place any more.
  void change_source();

  // Frames above `max_temporal_layer` of VP8 are left out, at frame boundaries and only where nothing is missing
  // before: else the hole that the lost packet leaves could not be told from the one made here. False: left out.
  bool admit(const IncomingPacket& packet, std::uint8_t max_temporal_layer);
  // Closes the hole that this packet would leave. Only if it is ahead of all others; late ones leave theirs.
  void leave_out(std::uint8_t layer, std::uint8_t generation, std::int64_t sequence);
  // The same for a packet that a filter dropped. With the first of a VP8 frame its picture number goes too, and the
  // rest of the frame.
  void withhold(const IncomingPacket& packet);
  // False: it has no place (before the line began, left out, or of another line).
  bool map(const IncomingPacket& packet, OutgoingNumbers& numbers);

  // A late packet of the line before the last switch.
  bool is_late_for_previous(const IncomingPacket& packet) const {
    return previous_.contains(packet) && packet.sequence <= previous_.last;
  }
  // Of the line that goes on now.
  bool is_current(const IncomingPacket& packet) const { return current_.contains(packet); }
  // Others went out behind it.
  bool is_late(const IncomingPacket& packet) const {
    return current_.contains(packet) ? packet.sequence < current_.last : is_late_for_previous(packet);
  }
  bool started() const { return started_; }
  std::uint8_t layer() const { return current_.layer; }
  std::uint8_t generation() const { return current_.generation; }
  std::int64_t timestamp_offset() const { return current_.timestamp_offset; }
  std::int64_t last_sequence() const { return last_sequence_; }

 private:
  // `S` and `P`: how many holes in sequence and picture numbers are remembered.
  template <std::size_t S, std::size_t P>
  struct Line {
    bool valid = false;
    std::uint8_t layer = 0;
    std::uint8_t generation = 0;
    bool has_pictures = false;
    std::uint8_t tl0_offset = 0;
    std::uint8_t key_offset = 0;
    std::uint16_t frame_offset = 0;  // of dependency descriptors
    std::int64_t last = 0;           // incoming sequence number, forwarded or left out
    std::int64_t timestamp_offset = 0;
    std::int64_t last_picture = 0;
    GapMap<S> sequences;
    GapMap<P> pictures;

    bool contains(const IncomingPacket& packet) const {
      return valid && packet.layer == layer && packet.generation == generation;
    }
    std::int64_t picture_of(const codec::Vp8Descriptor& vp8) const;
    bool map(const IncomingPacket& packet, OutgoingNumbers& numbers) const;
  };
  void begin_pictures(const codec::Vp8Descriptor& vp8);
  void begin_frames(const IncomingPacket& packet);

  bool started_ = false;
  bool long_picture_id_ = false;  // once used it stays: decoders expect one width
  std::uint8_t temporal_layer_ = 0;
  std::uint8_t last_tl0_ = 0;
  std::uint8_t last_key_index_ = 0;
  bool has_last_picture_ = false;
  bool has_last_frame_ = false;
  std::uint16_t last_frame_ = 0;     // the newest number of a dependency descriptor that was sent
  std::int64_t first_sequence_ = 0;  // of the current line
  std::int64_t last_sequence_ = 0;   // the newest sent
  std::int64_t last_picture_ = 0;    // the same, outgoing
  Line<100, 32> current_;
  Line<24, 24> previous_;
};

}  // namespace sfu::media
