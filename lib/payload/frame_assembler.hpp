// SPDX-License-Identifier: Apache-2.0
// From the packets of one RTP stream, in whatever order they come, to whole frames in order. What is missing is waited
// for as long as a repeat may take; then its frame is given up, and video goes on with the next key frame, which the
// owner is asked to get. One per subscribed track.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/time.hpp"
#include "payload/payload.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/sequence.hpp"

namespace sfu::payload {

struct Frame {
  std::vector<std::uint8_t> bytes;
  std::uint32_t timestamp = 0;  // RTP's
  bool is_keyframe = false;     // audio: always
};

class FrameAssembler {
 public:
  struct Stats {
    std::uint64_t frames = 0;
    std::uint64_t given_up = 0;         // frames that lacked a packet, were malformed or too large
    std::uint64_t undecodable = 0;      // whole, but behind one that was given up
    std::uint64_t packets_lost = 0;     // waited for in vain
    std::uint64_t packets_dropped = 0;  // too late, or twice
  };

  // Four requests for a packet over a round trip of 200 ms; a key frame costs a picture more.
  static constexpr Duration kVideoPatience = std::chrono::milliseconds(1000);
  static constexpr Duration kAudioPatience = std::chrono::milliseconds(400);
  // Of one frame. A sender that never ends it must not fill the memory.
  static constexpr std::size_t kMaxFrame = 16 << 20;

  // Waits for a missing packet as long as its kind is worth.
  explicit FrameAssembler(rtp::Codec codec);
  FrameAssembler(rtp::Codec codec, Duration patience);

  // Appends the frames that are whole now.
  void receive(Instant now, const rtp::PacketView& packet, std::vector<Frame>& out);
  // Gives up what has been waited for too long.
  void advance(Instant now, std::vector<Frame>& out);
  // No more packets come: what is missing is not waited for.
  void flush(std::vector<Frame>& out);
  Instant deadline() const;

  // True when a key frame is needed: at once, and each second until it comes.
  bool take_keyframe_wish() { return std::exchange(keyframe_wish_, false); }
  const Stats& stats() const { return stats_; }

 private:
  static constexpr std::size_t kMaxWaiting = 1024;  // packets
  static constexpr Duration kAskAgain = std::chrono::seconds(1);

  struct Packet {
    std::vector<std::uint8_t> payload;
    std::uint32_t timestamp = 0;
    bool marker = false;
    Instant arrival{};
  };

  void drain(std::vector<Frame>& out);
  void take(const Packet& packet, std::vector<Frame>& out);
  void skip_gap();
  void finish(std::vector<Frame>& out);
  void give_up();
  void give_up_oversized();
  void ask_for_keyframe();

  rtp::Codec codec_;
  bool video_;
  Duration patience_;
  std::unique_ptr<Depacketizer> depacketizer_;  // null: a codec that cannot be taken apart
  rtp::SequenceUnwrapper unwrapper_;
  std::map<std::int64_t, Packet> waiting_;
  std::int64_t next_ = 0;
  bool started_ = false;

  enum class State : std::uint8_t { kBetween, kInside, kBroken };  // a frame; kBroken: its rest is dropped
  State state_ = State::kBetween;
  Frame frame_;
  bool after_gap_ = true;  // the stream may begin in the middle of a frame too
  bool needs_keyframe_;
  bool keyframe_wish_ = false;
  Instant now_{};
  Instant asked_at_ = Instant::min();
  Stats stats_;
};

}  // namespace sfu::payload
