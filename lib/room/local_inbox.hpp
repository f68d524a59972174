// SPDX-License-Identifier: Apache-2.0
// What a room sent to a participant of the host's own and the host has not taken yet. The participant's connection
// (LocalTransport) fills it. The host holds it too, so that what came just before the connection ended is not lost.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/send_batch.hpp"
#include "peer/negotiated.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::room {

// Packets of a track may come from now on, in these codecs.
struct LocalTrackBound {
  std::string track_sid;
  std::vector<peer::PayloadCodec> codecs;  // the first is the one that is sent now
};
struct LocalTrackUnbound {
  std::string track_sid;
};
struct LocalMessage {
  std::string label;
  std::vector<std::uint8_t> bytes;
};
// A subscriber needs a key frame of what is published as this.
struct LocalKeyframeWish {
  std::string cid;
  std::uint8_t layer = 0;
};
using LocalEvent = std::variant<LocalTrackBound, LocalTrackUnbound, LocalMessage, LocalKeyframeWish>;

class LocalInbox {
 public:
  // More packets than these should not wait for each other: they would fall out of the caches.
  static constexpr std::size_t kCrowd = 32;

  // Called when the first thing comes after take(), and when kCrowd packets wait.
  explicit LocalInbox(std::function<void()> on_news) : on_news_(std::move(on_news)) {}

  bool crowded() const { return packets_.size() >= kCrowd; }
  // A packet is built in its open slot, and then added.
  SendBatch& packets() { return packets_; }
  void add_packet(std::size_t size) {
    packets_.commit(size, {});
    if ((packets_.size() == 1 && events_.empty()) || packets_.size() == kCrowd) on_news_();
  }
  void add(LocalEvent event) {
    events_.push_back({packets_.size(), std::move(event)});
    if (packets_.empty() && events_.size() == 1) on_news_();
  }
  // Packets with this SSRC are of this track; until what had come by the call of unbind() is taken.
  void bind(rtp::Ssrc ssrc, std::string track_sid) {
    std::erase(unbound_, ssrc);
    tracks_[ssrc] = std::move(track_sid);
  }
  void unbind(rtp::Ssrc ssrc) { unbound_.push_back(ssrc); }

  // Empties it by `on_event(event)` and `on_packet(packet, track_sid)`, in the order in which all that came.
  template <typename OnEvent, typename OnPacket>
  void take(OnEvent&& on_event, OnPacket&& on_packet) {
    auto event = events_.begin();
    std::size_t taken = 0;
    const auto take_events = [&] {
      for (; event != events_.end() && event->packets_before <= taken; ++event) on_event(event->event);
    };
    for (const Datagram& packet : packets_.datagrams()) {
      take_events();
      ++taken;
      const auto view = rtp::PacketView::parse(packet.bytes);
      const auto track = view ? tracks_.find(view->ssrc()) : tracks_.end();
      if (track != tracks_.end()) on_packet(*view, track->second);
    }
    take_events();
    events_.clear();
    packets_.clear();
    for (const rtp::Ssrc ssrc : unbound_) tracks_.erase(ssrc);
    unbound_.clear();
  }

 private:
  struct Placed {
    std::size_t packets_before = 0;
    LocalEvent event;
  };
  std::function<void()> on_news_;
  SendBatch packets_;
  std::vector<Placed> events_;
  std::unordered_map<rtp::Ssrc, std::string> tracks_;
  std::vector<rtp::Ssrc> unbound_;
};

}  // namespace sfu::room
