// SPDX-License-Identifier: Apache-2.0
// The send side of one connection under congestion control: packets that go now, and packets that wait for their turn.
// What waits is only named, by SSRC and number: its forwarder makes it of the stored packet when its turn has come.
// Repeats go first: others wait for them at the receiver.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "congestion/send_control.hpp"
#include "media/media.hpp"

namespace sfu::media {

class Outbound {
 public:
  struct Held {
    rtp::Ssrc ssrc = 0;
    std::uint16_t sequence_number = 0;
    Instant since{};
    bool repeat = false;
  };
  static constexpr Duration kLongestWait = std::chrono::seconds(1);

  explicit Outbound(RtpSink& sink) : sink_(sink) {}

  // Video waits behind what waits already.
  bool must_wait(Instant now) { return !held_.empty() || !control_.may_send(now); }
  void hold(Instant now, rtp::Ssrc ssrc, std::uint16_t sequence_number, Output& out);
  // A repeat waits behind other repeats.
  bool repeat_must_wait(Instant now) { return !repeats_.empty() || !control_.may_send(now); }
  void hold_repeat(Instant now, rtp::Ssrc ssrc, std::uint16_t sequence_number, Output& out);
  // One went out under control().next_number().
  void sent(Instant now, std::size_t size, Output& out);

  // The next whose turn it is.
  std::optional<Held> take_due(Instant now);
  // The oldest has waited so long that its like is of no use any more.
  bool is_stuck(Instant now) const { return !held_.empty() && now - held_.all().front().since > kLongestWait; }
  std::span<const Held> held() const { return held_.all(); }
  void drop_held() { held_.clear(); }

  // See ProbePlanner::set_wishes.
  void set_wishes(Instant now, Bitrate everything, Bitrate next_step, bool starved, Output& out);

  congestion::SendControl& control() { return control_; }
  const congestion::SendControl& control() const { return control_; }
  Instant deadline() const { return due_; }
  // Packets will be sent, or feedback is coming: what that touches is fetched from memory.
  void prefetch_for_sending() const { sfu::prefetch(control_.touched_by_sending(), this + 1); }
  void prefetch_for_feedback() const { sfu::prefetch(this, this + 1); }
  // To be called when something was done about it.
  void settle(Instant now);

 private:
  class Line {
   public:
    bool empty() const { return first_ == waiting_.size(); }
    std::span<const Held> all() const { return std::span(waiting_).subspan(first_); }
    void push(const Held& held) { waiting_.push_back(held); }
    Held pop();
    void clear();

   private:
    std::vector<Held> waiting_;  // from first_ on
    std::size_t first_ = 0;
  };

  bool is_waiting() const { return !held_.empty() || !repeats_.empty(); }
  void add(Line& line, const Held& held, Output& out);
  void wake(Instant at, Output& out);

  RtpSink& sink_;
  congestion::SendControl control_;
  Line repeats_;
  Line held_;
  Instant due_ = kNever;
};

// The packet in the open slot of `batch` goes out by `sink`; `numbered`: under the next transport-wide number.
inline void transmit(Instant now, RtpSink& sink, SendBatch& batch, std::size_t size, bool numbered, Output& out) {
  sink.send_rtp(batch, size);
  if (numbered) sink.outbound()->sent(now, size, out);
}

}  // namespace sfu::media
