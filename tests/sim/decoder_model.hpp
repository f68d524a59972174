// SPDX-License-Identifier: Apache-2.0
// What a receiver would have seen and heard of a track, by the tags of the packets that came. A frame can be decoded if
// all its packets came and what it refers to could be; a picture is shown when the frame that ends it can be decoded.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "media_tag.hpp"
#include "traffic_record.hpp"

namespace sfu::sim {

class VideoDecoderModel {
 public:
  // libwebrtc's waits before it asks for a key frame (video_receive_stream2): for the first, and while frames are
  // missing.
  static constexpr Duration kKeyframeWait = std::chrono::milliseconds(200);
  static constexpr Duration kFrameWait = std::chrono::seconds(3);

  explicit VideoDecoderModel(Instant begin) : waiting_since_(begin) {}

  void receive(Instant now, const MediaTag& tag, bool marker);
  // Nothing is to be expected for now (muted, paused): what follows is no freeze.
  void interrupt() { interrupted_ = true; }
  // True: it asks for a key frame now.
  bool wants_keyframe(Instant now);

  struct Shown {
    Instant at;
    std::uint8_t spatial = 0;
    std::uint8_t temporal = 0;
  };
  const std::optional<Shown>& last_shown() const { return last_shown_; }
  // The highest temporal layer shown since last asked.
  std::uint8_t take_highest_temporal() { return std::exchange(highest_temporal_, 0); }

  std::uint64_t shown() const { return shown_; }
  std::uint64_t freezes() const { return freezes_; }  // as W3C's freezeCount
  Duration frozen() const { return frozen_; }
  Duration longest_gap() const { return longest_gap_; }
  std::optional<Instant> first_shown() const { return first_shown_; }

 private:
  struct Frame {
    std::vector<bool> received;
    std::size_t missing = 0;
    bool decodable = false;
    bool ends_picture = false;
    MediaTag tag;
  };
  using Key = std::pair<std::uint32_t, std::uint8_t>;  // picture, spatial layer

  bool can_decode(const Frame& frame) const;
  void settle(Instant now, std::map<Key, Frame>::iterator from);
  void show(Instant now, const Frame& frame);

  std::map<Key, Frame> frames_;
  std::optional<Shown> last_shown_;
  std::uint32_t last_picture_ = 0;
  std::optional<Instant> first_shown_;
  std::uint64_t shown_ = 0;
  std::uint64_t freezes_ = 0;
  Duration frozen_{};
  Duration longest_gap_{};
  Duration average_{};  // between frames, over the last 30
  std::uint8_t highest_temporal_ = 0;
  bool interrupted_ = false;
  Instant waiting_since_;  // for a frame, or since the last request
  Instant last_packet_{};
};

}  // namespace sfu::sim
