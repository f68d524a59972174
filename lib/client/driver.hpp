// SPDX-License-Identifier: Apache-2.0
// A Room with sockets: a thread with an event loop, two UDP ports (one for each peer connection), and the signalling
// WebSocket, whose own thread only hands over what comes. The thread reads the clock once a turn, feeds the Room, does
// what it asks for, and tells the observer (driver_events.cpp) what it told.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "client/mailbox.hpp"
#include "client/room.hpp"
#include "http/websocket_client.hpp"
#include "net/loop.hpp"
#include "net/udp_transport.hpp"
#include "sfu/client.hpp"

namespace sfu::client {

class Driver final : private PacketSink, private RtpObserver {
 public:
  using Handler = std::function<void(RpcCall, std::string id)>;

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
  ClientObserver& observer() { return observer_; }
  void await_answer(const std::string& call, std::function<void(RpcResult)> done) { calls_[call] = std::move(done); }
  void set_handler(const std::string& method, Handler handler) { handlers_[method] = std::move(handler); }
  void remove_handler(const std::string& method) { handlers_.erase(method); }

 private:
  explicit Driver(ClientObserver& observer) : observer_(observer) {}
  Result<void> open(const ClientOptions& options);
  Result<void> open_sockets(const ClientOptions& options);
  void run();
  void turn();
  void perform(SignalActions& actions);
  void dial(const Dial& dial);
  void flush();
  void receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) override;
  void on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) override;
  RoomOutput output() { return {datagrams_, actions_, events_}; }

  // driver_events.cpp
  void tell_all();
  void tell(Joined& event);
  void tell(Ready& event);
  void tell(Reconnecting& event);
  void tell(Disconnected& event);
  void tell(Moved& event);
  void tell(RosterEvent& event);
  void tell(PublishReady& event);
  void tell(PublishFailed& event);
  void tell(SubscriptionStarted& event);
  void tell(SubscriptionEnded& event);
  void tell(FrameReceived& event);
  void tell(KeyframeRequested& event);
  void tell(UserData& event);
  void tell(StreamEvent& event);
  void tell(TextReceived& event);
  void tell(RpcInvoked& event);
  void tell(RpcCompleted& event);
  void tell(ServerMessage& event);

  ClientObserver& observer_;
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
  bool resuming_ = false;
  bool was_ready_ = false;
  std::map<std::string, std::function<void(RpcResult)>> calls_;  // by the id of the call
  std::map<std::string, Handler> handlers_;                      // by method
  std::thread thread_;
};

}  // namespace sfu::client
