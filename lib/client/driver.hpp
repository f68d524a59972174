// SPDX-License-Identifier: Apache-2.0
// A Room with sockets: a thread with an event loop, two UDP ports (one for each peer connection), and the signalling
// WebSocket, whose own thread only hands over what comes. The thread reads the clock once a turn, feeds the Room, does
// what it asks for, and has the Herald tell the observer what it told.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/mailbox.hpp"
#include "client/room.hpp"
#include "http/websocket_client.hpp"
#include "net/loop.hpp"
#include "net/udp_transport.hpp"
#include "participant/herald.hpp"
#include "sfu/client.hpp"

namespace sfu::client {

class Driver final : private PacketSink, private RtpObserver {
 public:
  // Errors: as of Client::connect().
  static Result<std::unique_ptr<Driver>> start(const ClientOptions& options, ClientObserver& observer);
  ~Driver() override;

  // Runs `function(now, room, out)` on the thread, in its turn. Any thread.
  template <typename Function>
  void post(Function function) {
    mailbox_->post([this, function = std::move(function)](Instant now) mutable {
      RoomOutput out = output();
      function(now, *room_, out);
    });
  }
  const std::shared_ptr<Mailbox>& mailbox() const { return mailbox_; }
  // Leaves, ends the thread and joins it.
  void stop();

  // On the thread.
  participant::Herald& herald() { return *herald_; }

 private:
  Driver() = default;
  Result<void> open(const ClientOptions& options, ClientObserver& observer);
  Result<void> open_sockets(const ClientOptions& options);
  void run();
  void turn();
  void perform(SignalActions& actions);
  void dial(const Dial& dial);
  void flush();
  void receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) override;
  void on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) override;
  RoomOutput output() { return {datagrams_, actions_, events_}; }

  std::unique_ptr<participant::Herald> herald_;
  SystemClock clock_;
  SystemRandom random_;
  WallAnchor wall_;
  std::unique_ptr<dtls::Certificate> certificate_;
  std::unique_ptr<net::Loop> loop_;
  std::unique_ptr<net::UdpTransport> publisher_;
  std::unique_ptr<net::UdpTransport> subscriber_;
  std::unique_ptr<http::WebSocketClient> websockets_;
  http::ClientSocket socket_;
  std::shared_ptr<Mailbox> mailbox_;
  std::unique_ptr<Room> room_;

  SendBatch datagrams_;
  SignalActions actions_;
  std::vector<RoomEvent> events_;
  std::vector<Mailbox::Task> tasks_;
  bool readable_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sfu::client
