// SPDX-License-Identifier: Apache-2.0
#include "payload/frame_assembler.hpp"

#include <utility>

#include "codec/codec.hpp"

namespace sfu::payload {

FrameAssembler::FrameAssembler(rtp::Codec codec)
    : FrameAssembler(codec, rtp::kind_of(codec) == rtp::MediaKind::kVideo ? kVideoPatience : kAudioPatience) {}

FrameAssembler::FrameAssembler(rtp::Codec codec, Duration patience)
    : codec_(codec),
      video_(rtp::kind_of(codec) == rtp::MediaKind::kVideo),
      patience_(patience),
      depacketizer_(make_depacketizer(codec)),
      needs_keyframe_(video_) {}

void FrameAssembler::receive(Instant now, const rtp::PacketView& packet, std::vector<Frame>& out) {
  if (!depacketizer_) return;
  now_ = now;
  const std::int64_t sequence = unwrapper_.unwrap(packet.sequence_number());
  if (!started_) {
    started_ = true;
    next_ = sequence;
  }
  if (sequence < next_ || waiting_.contains(sequence)) {
    ++stats_.packets_dropped;
    return;
  }
  const ByteView payload = packet.payload();
  waiting_.emplace(sequence, Packet{.payload = {payload.begin(), payload.end()},
                                    .timestamp = packet.timestamp(),
                                    .marker = packet.marker(),
                                    .arrival = now});
  if (waiting_.size() > kMaxWaiting) skip_gap();
  drain(out);
}

void FrameAssembler::advance(Instant now, std::vector<Frame>& out) {
  now_ = now;
  while (!waiting_.empty() && now >= waiting_.begin()->second.arrival + patience_) {
    skip_gap();
    drain(out);
  }
}

void FrameAssembler::flush(std::vector<Frame>& out) {
  while (!waiting_.empty()) {
    skip_gap();
    drain(out);
  }
}

Instant FrameAssembler::deadline() const {
  return waiting_.empty() ? kNever : waiting_.begin()->second.arrival + patience_;
}

void FrameAssembler::drain(std::vector<Frame>& out) {
  while (!waiting_.empty() && waiting_.begin()->first == next_) {
    const auto node = waiting_.extract(waiting_.begin());
    ++next_;
    take(node.mapped(), out);
  }
}

// What stands before the first packet that waits does not come any more.
void FrameAssembler::skip_gap() {
  stats_.packets_lost += static_cast<std::uint64_t>(waiting_.begin()->first - next_);
  next_ = waiting_.begin()->first;
  after_gap_ = true;
  give_up();
}

void FrameAssembler::take(const Packet& packet, std::vector<Frame>& out) {
  if (packet.payload.empty()) return;  // padding to probe the bandwidth
  if (state_ != State::kBetween && packet.timestamp != frame_.timestamp) finish(out);
  if (state_ == State::kBetween) {
    frame_.bytes.clear();
    frame_.timestamp = packet.timestamp;
    depacketizer_->start();
    // Behind a gap this may be the middle of a frame, which H264's units do not tell by themselves.
    const bool begins = !std::exchange(after_gap_, false) || codec::inspect(codec_, packet.payload).starts_frame;
    state_ = begins ? State::kInside : State::kBroken;
  }
  if (state_ == State::kInside && !depacketizer_->add(packet.payload, frame_.bytes)) give_up();
  if (frame_.bytes.size() + depacketizer_->held() > kMaxFrame) give_up_oversized();
  if (packet.marker || !video_) finish(out);
}

// The frame at hand is lost, or one that was never seen.
void FrameAssembler::give_up() {
  if (state_ == State::kInside) {
    ++stats_.given_up;
    state_ = State::kBroken;
  }
  if (!video_ || needs_keyframe_) return;
  needs_keyframe_ = true;
  ask_for_keyframe();
}

void FrameAssembler::give_up_oversized() {
  give_up();
  frame_.bytes = {};
  depacketizer_ = make_depacketizer(codec_);  // with what it holds
}

void FrameAssembler::ask_for_keyframe() {
  keyframe_wish_ = true;
  asked_at_ = now_;
}

void FrameAssembler::finish(std::vector<Frame>& out) {
  if (state_ == State::kInside && (!depacketizer_->finish(frame_.bytes) || frame_.bytes.empty())) give_up();
  if (std::exchange(state_, State::kBetween) != State::kInside) return;
  frame_.is_keyframe = is_keyframe(codec_, frame_.bytes);
  if (needs_keyframe_ && !frame_.is_keyframe) {
    ++stats_.undecodable;
    if (asked_at_ == Instant::min() || now_ - asked_at_ >= kAskAgain) ask_for_keyframe();
    return;
  }
  needs_keyframe_ = false;
  ++stats_.frames;
  out.push_back(std::exchange(frame_, {}));
}

}  // namespace sfu::payload
