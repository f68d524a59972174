// SPDX-License-Identifier: Apache-2.0
#include "decoder_model.hpp"

#include <algorithm>

namespace sfu::sim {
namespace {

constexpr std::uint32_t kPicturesKept = 200;

}  // namespace

void VideoDecoderModel::receive(Instant now, const MediaTag& tag, bool marker) {
  last_packet_ = now;
  if (tag.index >= tag.count || (last_shown_ && tag.frame + kPicturesKept < last_picture_)) return;
  const auto [found, is_new] = frames_.try_emplace({tag.frame, tag.spatial});
  Frame& frame = found->second;
  if (is_new) {
    frame.tag = tag;
    frame.received.resize(tag.count);
    frame.missing = tag.count;
    while (frames_.begin()->first.first + kPicturesKept < tag.frame) frames_.erase(frames_.begin());
  }
  frame.ends_picture |= marker;
  if (frame.received[tag.index]) return;
  frame.received[tag.index] = true;
  if (--frame.missing == 0) settle(now, found);
}

bool VideoDecoderModel::can_decode(const Frame& frame) const {
  if (frame.missing > 0) return false;
  const auto decoded = [this](std::uint32_t picture, std::uint8_t spatial) {
    const auto found = frames_.find({picture, spatial});
    return found != frames_.end() && found->second.decodable;
  };
  const MediaTag& tag = frame.tag;
  if (tag.needs_lower && !decoded(tag.frame, static_cast<std::uint8_t>(tag.spatial - 1))) return false;
  return tag.reference == 0 || decoded(tag.frame - tag.reference, tag.spatial);
}

// Those that waited for this one follow it.
void VideoDecoderModel::settle(Instant now, std::map<Key, Frame>::iterator from) {
  for (auto frame = from; frame != frames_.end(); ++frame) {
    if (frame->second.decodable || !can_decode(frame->second)) {
      if (frame == from) return;
      continue;
    }
    frame->second.decodable = true;
    if (frame->second.ends_picture) show(now, frame->second);
  }
}

void VideoDecoderModel::show(Instant now, const Frame& frame) {
  if (last_shown_ && frame.tag.frame <= last_picture_) return;  // too late to be seen
  if (!first_shown_) first_shown_ = now;
  if (last_shown_ && !interrupted_) {
    const Duration gap = now - last_shown_->at;
    longest_gap_ = std::max(longest_gap_, gap);
    // W3C webrtc-stats, freezeCount.
    if (average_.count() > 0 && gap > std::max(average_ * 3, average_ + std::chrono::milliseconds(150))) {
      ++freezes_;
      frozen_ += gap;
    }
    average_ = average_.count() > 0 ? average_ + (gap - average_) / 30 : gap;
  }
  interrupted_ = false;
  last_shown_ = {now, frame.tag.spatial, frame.tag.temporal};
  last_picture_ = frame.tag.frame;
  highest_temporal_ = std::max(highest_temporal_, frame.tag.temporal);
  waiting_since_ = now;
  ++shown_;
}

bool VideoDecoderModel::wants_keyframe(Instant now) {
  // Of a stream that has stopped nothing is asked.
  if (now - last_packet_ > std::chrono::seconds(1)) return false;
  if (now - waiting_since_ < (last_shown_ ? kFrameWait : kKeyframeWait)) return false;
  waiting_since_ = now;
  return true;
}

}  // namespace sfu::sim
