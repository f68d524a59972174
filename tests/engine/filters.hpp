// SPDX-License-Identifier: Apache-2.0
// For the tests of packet filters: one that remembers what it was shown, somebody who listens, and a film to filter.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "camera.hpp"
#include "codec/vp8.hpp"
#include "doubles.hpp"
#include "host.hpp"
#include "people.hpp"
#include "rtp/packet_view.hpp"
#include "sfu/local_participant.hpp"
#include "sfu/packet_filter.hpp"
#include "sfu/room.hpp"

namespace sfu::engine_test {

using Bytes = std::vector<std::uint8_t>;

// Does what the test says, and remembers what it was shown. Read by the test's thread while the worker writes.
class Tap final : public PacketFilter {
 public:
  using Decide = std::function<PacketVerdict(const TrackPacket&, std::span<std::uint8_t>)>;
  explicit Tap(Decide decide = {}) : decide_(std::move(decide)) {}

  PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
    threads.note();
    {
      const std::lock_guard lock(mutex_);
      labels_.push_back(sim::Label::read(packet.payload));
      frames_ += packet.starts_frame;
      mime_type_ = packet.mime_type;
    }
    ++packets;
    return decide_ ? decide_(packet, room) : PacketVerdict::pass();
  }
  void on_ended() noexcept override { ++ended; }

  std::vector<sim::Label> labels() const {
    const std::lock_guard lock(mutex_);
    return labels_;
  }
  std::size_t frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  std::string mime_type() const {
    const std::lock_guard lock(mutex_);
    return mime_type_;
  }

  std::atomic<std::size_t> packets = 0;
  std::atomic<int> ended = 0;
  Threads threads;

 private:
  Decide decide_;
  mutable std::mutex mutex_;
  std::vector<sim::Label> labels_;
  std::size_t frames_ = 0;
  std::string mime_type_;
};

// A participant of the host's own that keeps what it receives.
class Listener final : public ClientObserver {
 public:
  static LocalParticipantOptions options(const std::string& identity) {
    LocalParticipantOptions options;
    options.claims.identity = identity;
    return options;
  }
  void on_connected(const RoomInfo&, const ParticipantInfo&) override {
    if (also_connected) also_connected();
  }
  void on_subscribed(const std::string&, const std::string&, MediaCodec) override { ++subscribed; }
  void on_published(const std::string&, const std::string& sid) override {
    const std::lock_guard lock(mutex_);
    published_ = sid;
  }
  void on_rtp(const std::string&, std::span<const std::uint8_t> bytes, bool) override {
    const auto packet = rtp::PacketView::parse(bytes);
    REQUIRE(packet);
    const std::lock_guard lock(mutex_);
    payloads_.emplace_back(packet->payload().begin(), packet->payload().end());
    sequence_.push_back(packet->sequence_number());
  }
  void on_frame(const std::string&, MediaCodec, const MediaFrame& frame) override {
    const std::lock_guard lock(mutex_);
    frames_.emplace_back(frame.bytes.begin(), frame.bytes.end());
  }

  std::vector<Bytes> payloads() const {
    const std::lock_guard lock(mutex_);
    return payloads_;
  }
  std::vector<std::uint16_t> sequence() const {
    const std::lock_guard lock(mutex_);
    return sequence_;
  }
  std::vector<Bytes> frames() const {
    const std::lock_guard lock(mutex_);
    return frames_;
  }
  std::string published() const {
    const std::lock_guard lock(mutex_);
    return published_;
  }
  std::atomic<int> subscribed = 0;
  std::function<void()> also_connected;

 private:
  mutable std::mutex mutex_;
  std::string published_;
  std::vector<Bytes> payloads_;
  std::vector<std::uint16_t> sequence_;
  std::vector<Bytes> frames_;
};

// The host's own secret: all but what a VP8 decoder must see to know a frame.
inline constexpr std::uint8_t kKey = 0x5a;
inline std::size_t clear_bytes(bool starts_frame, bool keyframe) {
  if (!starts_frame) return 0;
  return keyframe ? 10 : 3;
}
inline PacketVerdict encrypt(const TrackPacket& packet, std::span<std::uint8_t> room) {
  const std::size_t clear = std::min(clear_bytes(packet.starts_frame, packet.starts_keyframe), packet.payload.size());
  const auto rest = std::ranges::copy(packet.payload.first(clear), room.begin()).out;
  std::ranges::transform(packet.payload.subspan(clear), rest,
                         [](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ kKey); });
  return PacketVerdict::replace(packet.payload.size());
}
inline Bytes decrypt(Bytes bytes, std::size_t clear) {
  for (std::size_t i = clear; i < bytes.size(); ++i) bytes[i] ^= kKey;
  return bytes;
}
inline Bytes decrypt_packet(const Bytes& payload) {
  const auto descriptor = codec::parse_vp8(payload);
  REQUIRE(descriptor);
  return decrypt(payload, descriptor->size + clear_bytes(descriptor->starts_frame(), descriptor->is_keyframe));
}

// A VP8 key frame of 640 by 360, as far as anyone looks who does not decode it.
inline Bytes key_frame(std::uint8_t fill) {
  Bytes frame = {0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01};
  frame.resize(3000, fill);
  return frame;
}

// A film of the host's own in a room, and somebody who watches it.
struct Cinema {
  explicit Cinema(Engine& of, const std::string& room = "cinema") : engine(of), name(room) {
    player = *of.room(room).join(Listener::options("player"), of_player);
    watcher = *of.room(room).join(Listener::options("watcher"), of_watcher);
    player->publish("film", {.codec = MediaCodec::kVp8, .width = 640, .height = 360});
    REQUIRE(people.run_until([&] { return of_watcher.subscribed == 1 && !of_player.published().empty(); }));
  }
  Track track() const { return engine.room(name).participant("player").track(of_player.published()); }
  void play(int frames) {
    for (int i = 0; i < frames; ++i) {
      const Bytes frame = key_frame(static_cast<std::uint8_t>(played));
      player->write_frame("film", {.bytes = frame, .timestamp = 3000U * played++, .is_keyframe = true});
    }
  }
  // Plays on until it holds.
  bool play_until(const std::function<bool()>& condition) {
    return people.run_until([&] {
      play(1);
      return condition();
    });
  }

  Engine& engine;
  std::string name;
  Listener of_player;
  Listener of_watcher;
  std::unique_ptr<LocalParticipant> player;
  std::unique_ptr<LocalParticipant> watcher;
  People people;  // nobody; they wait
  std::uint32_t played = 0;
};

inline bool is_gapless(const std::vector<std::uint16_t>& sequence) {
  for (std::size_t i = 1; i < sequence.size(); ++i) {
    if (static_cast<std::uint16_t>(sequence[i] - sequence[i - 1]) != 1) return false;
  }
  return true;
}

// Of the one track that somebody watches.
inline const std::map<std::int64_t, sim::Viewer::Track::Packet>& seen_by(const Person& person) {
  static const std::map<std::int64_t, sim::Viewer::Track::Packet> nothing;
  const auto& tracks = person.viewer().tracks();
  return tracks.size() == 1 ? tracks.begin()->second.packets : nothing;
}

}  // namespace sfu::engine_test
