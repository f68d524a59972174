// SPDX-License-Identifier: Apache-2.0
// For tests: a path in virtual time, from one sender under SendControl to one receiver that gives feedback on each
// packet. One narrow link with a queue; loss by a seed.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <vector>

#include "base/random.hpp"
#include "congestion/feedback_generator.hpp"
#include "congestion/send_control.hpp"
#include "rtcp/rtcp.hpp"

namespace sfu::congestion::testing {

class TestPath {
 public:
  struct Link {
    Bitrate rate = Bitrate::kilobits(1000);
    Duration delay = std::chrono::milliseconds(50);  // one way
    Duration queue = std::chrono::milliseconds(500);
    double loss = 0;
  };

  explicit TestPath(const Link& link, std::uint64_t seed = 1) : link_(link), random_(seed) {}

  void set_rate(Bitrate rate) { link_.rate = rate; }
  void set_loss(double loss) { link_.loss = loss; }
  // What the sender would send if it could.
  void set_wish(Bitrate wish) { wish_ = wish; }
  Instant now() const { return now_; }
  SendControl& control() { return control_; }

  // The sender sends as much as it may, in packets of 1200 bytes at an even pace, up to what it wishes.
  void run(Duration duration) {
    const Instant end = now_ + duration;
    for (; now_ < end; now_ += kStep) step();
  }

  Bitrate estimate() const { return *control_.estimate(); }
  // Since the last call: what arrived, the longest wait in the queue, and the share that was lost.
  struct Figures {
    Bitrate received;
    Duration longest_wait{};
    Duration wait_95{};
    double lost = 0;
  };
  Figures take_figures() {
    Figures figures;
    figures.received = Bitrate::of(received_, now_ - since_);
    std::ranges::sort(waits_);
    if (!waits_.empty()) {
      figures.longest_wait = waits_.back();
      figures.wait_95 = waits_[waits_.size() * 95 / 100];
    }
    figures.lost = sent_ == 0 ? 0 : static_cast<double>(lost_) / static_cast<double>(sent_);
    since_ = now_;
    received_ = 0;
    sent_ = lost_ = 0;
    waits_.clear();
    return figures;
  }

 private:
  struct Packet {
    Instant arrival{};
    std::uint16_t number = 0;
    std::size_t size = 0;
  };
  struct Feedback {
    Instant arrival{};
    std::vector<std::uint8_t> bytes;
  };
  static constexpr Duration kStep = std::chrono::milliseconds(1);
  static constexpr std::size_t kSize = 1200;

  void step() {
    while (!feedback_.empty() && feedback_.front().arrival <= now_) {
      rtcp::CompoundReader reader(feedback_.front().bytes);
      rtcp::Message message;
      while (reader.next(message)) {
        if (const auto* block = std::get_if<rtcp::TransportFeedback>(&message)) control_.on_feedback(now_, *block);
      }
      feedback_.pop_front();
    }
    while (!flying_.empty() && flying_.front().arrival <= now_) {
      const Packet& packet = flying_.front();
      generator_.on_packet(now_, packet.arrival, packet.number, 1);
      received_ += static_cast<std::int64_t>(packet.size);
      flying_.pop_front();
    }
    generator_.advance(now_, 1, [&](ByteView bytes) {
      feedback_.push_back({now_ + link_.delay, std::vector<std::uint8_t>(bytes.begin(), bytes.end())});
    });
    control_.set_rtt(link_.delay * 2);
    const Bitrate step = std::min(wish_, Bitrate{estimate().bps * 5 / 4});  // as if layers were a quarter apart
    control_.set_wishes(now_, wish_, wish_ > estimate() ? step : Bitrate{});
    control_.advance(now_);
    const Bitrate sending = std::min(estimate(), wish_);
    credit_ = std::min(credit_ + static_cast<double>(sending.bps) / 8 * 1e-3, 20.0 * kSize);
    while (credit_ >= kSize && control_.may_send(now_)) {
      credit_ -= kSize;
      send(kSize);
    }
    while (const std::size_t deficit = control_.probe_deficit(now_)) send(std::min(deficit, kSize));
  }

  void send(std::size_t size) {
    const std::uint16_t number = control_.next_number();
    control_.sent(now_, size);
    ++sent_;
    const Instant begin = std::max(now_, link_free_);
    const Duration wait = begin - now_;
    if (wait > link_.queue || random_.below(1'000'000) < link_.loss * 1'000'000) {
      ++lost_;
      return;
    }
    waits_.push_back(wait);
    link_free_ = begin + Duration(static_cast<std::int64_t>(size) * 8'000'000'000 / link_.rate.bps);
    flying_.push_back({link_free_ + link_.delay, number, size});
  }

  Link link_;
  SeededRandom random_;
  Instant now_{std::chrono::seconds(1000)};
  SendControl control_;
  FeedbackGenerator generator_;
  Bitrate wish_ = Bitrate::kilobits(10'000);
  double credit_ = 0;
  Instant link_free_{};
  std::deque<Packet> flying_;
  std::deque<Feedback> feedback_;
  Instant since_ = now_;
  std::int64_t received_ = 0;
  std::int64_t sent_ = 0;
  std::int64_t lost_ = 0;
  std::vector<Duration> waits_;
};

}  // namespace sfu::congestion::testing
