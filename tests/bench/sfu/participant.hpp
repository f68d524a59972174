// SPDX-License-Identifier: Apache-2.0
// One participant of the load: a client::Room with sockets of its own, what it publishes, and the counting of what it
// gets. Its Lane owns it and runs it on its thread.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/room.hpp"
#include "http/websocket_client.hpp"
#include "media_source.hpp"
#include "net/udp_socket.hpp"
#include "reception.hpp"

namespace sfu::load {

class LaneParts;

// What it is there for.
struct Role {
  std::string room;
  std::string identity;
  std::string token;
  Bitrate video{};  // of its camera; zero: none
  Bitrate audio{};  // of its microphone
  bool data = false;
  bool subscribes = true;
  bool looks_at_speaker = false;
  Duration stay = Duration::max();  // once it is there
};

class Participant final : private PacketSink, private client::RtpObserver {
 public:
  // `id` is the lane's name for it. It begins to join. Errors: kUnavailable (sockets), kInvalidArgument (the URL).
  static Result<std::unique_ptr<Participant>> create(Instant now, std::uint32_t id, Role role, LaneParts& lane);
  ~Participant() override;

  // `now` is the clock's: the kernel's times of arrival are distances from it.
  void read(Instant now);
  void advance(Instant now);
  Instant deadline() const;
  // News of its WebSocket, or a wish: `function(now, room, output)`, with its own time.
  template <typename Function>
  void run(Instant now, Function&& function) {
    latest_ = std::max(latest_, now);
    client::RoomOutput out = output();
    function(latest_, *room_, out);
    finish(latest_);
  }

  void begin_measuring();
  void set_speaker(const std::string& identity);
  void stop_sending();
  void leave(Instant now);
  // It is not coming, or has gone.
  bool over() const { return room_->closed(); }
  // What is to be counted at the end, or when it goes.
  void add_up(Figures& figures) const;

 private:
  Participant(std::uint32_t id, Role role, LaneParts& lane, Instant now);
  Result<void> open();
  Result<SocketAddress> open_socket();
  void make_sources();

  void receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) override;
  void on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) override;
  client::RoomOutput output();
  void finish(Instant now);
  void flush();
  void perform();
  std::int64_t reported_lost() const { return room_->session() != nullptr ? room_->session()->packets_lost() : 0; }
  void dial(const client::Dial& dial);

  void hear_all();
  void hear(Instant now, const client::RoomEvent& event);
  void on_ready(Instant now);
  void on_disconnected();
  void settle();
  void choose_qualities();
  void send_media(Instant now);
  void send_messages(Instant now);

  std::uint32_t id_;
  Role role_;
  LaneParts& lane_;
  Instant begun_;
  Instant latest_;  // no time that it is told is before this
  std::vector<std::unique_ptr<net::UdpSocket>> sockets_;
  http::ClientSocket websocket_;
  std::unique_ptr<client::Room> room_;
  std::map<std::string, std::unique_ptr<MediaSource>, std::less<>> sources_;  // by cid
  Reception reception_;
  std::uint64_t sent_ = 0;  // of media, in this measurement
  std::int64_t lost_before_ = 0;
  std::string speaker_;
  std::map<std::string, livekit::VideoQuality> asked_;  // by track sid
  Instant next_message_ = kNever;
  std::uint16_t messages_ = 0;
  Instant leave_at_ = kNever;
  bool settled_ = false;  // is there, or will not come
  bool was_ready_ = false;
  bool leaving_ = false;
  bool got_media_ = false;
};

}  // namespace sfu::load
