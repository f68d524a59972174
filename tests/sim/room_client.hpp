// SPDX-License-Identifier: Apache-2.0
// A client::Room in the simulation: its WebSockets end at the shard, its datagrams go over simulated links. It keeps
// what it was told.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/room.hpp"
#include "simulation.hpp"

namespace sfu::sim {

class RoomClient final : public Host {
 public:
  struct Options {
    bool single_connection = true;
    bool auto_subscribe = true;
  };
  // `number` tells it from others, and is its address.
  RoomClient(Simulation& simulation, unsigned number, const std::string& identity, Options options);
  // Its machine is switched off: nobody is told.
  ~RoomClient() override;

  client::Room& room() { return *room_; }
  // Calls `function(room, output)` as its host would.
  template <typename Function>
  auto with(Function function) {
    client::RoomOutput out = output();
    if constexpr (std::is_void_v<decltype(function(*room_, out))>) {
      function(*room_, out);
      finish();
    } else {
      auto result = function(*room_, out);
      finish();
      return result;
    }
  }
  // The WebSocket is gone without a word, or nothing passes any more: neither dials nor messages.
  void cut_signalling();
  void set_offline(bool offline) { offline_ = offline; }

  // How many events of this kind there were, over all.
  template <typename Event>
  std::size_t count() const {
    std::size_t n = 0;
    for (const client::RoomEvent& event : events) n += std::holds_alternative<Event>(event);
    return n;
  }
  template <typename Event>
  const Event* last() const {
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (const auto* found = std::get_if<Event>(&*event)) return found;
    }
    return nullptr;
  }
  std::vector<client::RoomEvent> events;
  std::vector<std::string> dialled;  // URLs

  bool owns(const SocketAddress& address) const override;
  void receive(Instant now, const Path& path, ByteSpan bytes) override;
  void advance(Instant now) override;
  Instant deadline() const override;
  void server_gone() override;

 private:
  class Socket;
  struct News {
    Instant at;
    std::function<void(Instant now, client::RoomOutput& out)> tell;
  };

  client::RoomOutput output() { return {datagrams_, actions_, events}; }
  void finish();
  void dial(const client::Dial& dial);
  void hang_up();

  Simulation& simulation_;
  SocketAddress publisher_;
  SocketAddress subscriber_;
  std::unique_ptr<client::Room> room_;
  SendBatch datagrams_;
  client::SignalActions actions_;
  std::shared_ptr<Socket> socket_;
  std::deque<News> news_;  // on its way to the room
  std::deque<std::pair<Instant, std::string>> to_server_;
  bool offline_ = false;
};

}  // namespace sfu::sim
