// SPDX-License-Identifier: Apache-2.0
// Clients with sockets of their own on loopback, all driven by the test's thread; only what the engine tells them comes
// from its workers. Each films, watches, and sends and receives data.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "camera.hpp"
#include "client/session.hpp"
#include "net/loop.hpp"
#include "net/udp_transport.hpp"
#include "sfu/engine.hpp"
#include "tcp_lines.hpp"
#include "viewer.hpp"

namespace sfu::engine_test {

class People;

// How a client reaches the server.
enum class Over : std::uint8_t { kUdp, kTcp };

class Person final : private PacketSink {
 public:
  Person(People& people, Engine& engine, const std::string& room, const std::string& identity, Over over);
  ~Person() override;

  // Publishes a camera, and films from when it is negotiated: 20 frames a second, of 10 kbit each, or as many as said.
  void publish(Duration frame_interval = sim::Camera::kInterval);
  // Reliable data to everybody else. False until the way there is open.
  bool send(const std::string& text);
  // A datagram to the server from the socket of its publishing connection, past all encryption.
  void send_datagram(std::string_view bytes);
  // Bytes as a signalling message, whatever they are.
  void send_signal(std::string_view bytes, bool text) { signalling_->receive(as_bytes(bytes), text); }
  // Says goodbye, and waits for nothing.
  void leave();

  const livekit::JoinResponse* joined() const { return joined_ ? &*joined_ : nullptr; }
  const livekit::LeaveRequest* told_to_leave() const { return leave_ ? &*leave_ : nullptr; }
  std::optional<std::uint16_t> closed() const { return closed_; }  // the WebSocket, by the server
  bool connected() const { return session_->subscriber_connected(); }
  const std::string& track_sid() const { return track_sid_; }  // of the camera, once it films
  // Why it does not film, if the server refused its camera.
  const std::string& publish_error() const { return publish_error_; }
  // Identities of the others, as the server tells them.
  const std::vector<std::string>& others() const { return others_; }
  const std::vector<std::string>& texts() const { return texts_; }
  std::uint32_t frames_filmed() const { return frames_filmed_; }
  const sim::Viewer& viewer() const { return viewer_; }
  // Of who came over TCP.
  TcpLines& lines() { return *lines_; }
  // Packets of the one track that it watches.
  std::size_t packets() const;

 private:
  friend class People;
  class Inbox;
  void turn(Instant now);
  void film(Instant now);
  void on_signal(Instant now, const livekit::SignalResponse& message);
  void on_event(const client::Event& event);
  void flush();
  void receive(Instant now, const Path& path, std::span<std::uint8_t> bytes) override;
  Instant deadline() const;
  client::Output output() { return {datagrams_, requests_, events_}; }

  People& people_;
  std::unique_ptr<PacketTransport> transport_;
  TcpLines* lines_ = nullptr;  // transport_, over TCP
  std::unique_ptr<client::Session> session_;
  std::shared_ptr<Inbox> inbox_;
  std::unique_ptr<SignalSession> signalling_;
  SocketAddress server_;  // where datagrams come from
  SendBatch datagrams_;
  std::vector<livekit::SignalRequest> requests_;
  std::vector<client::Event> events_;
  sim::Viewer viewer_;
  sim::Camera camera_;
  Instant next_frame_ = kNever;
  Duration frame_interval_{};
  std::uint32_t frames_filmed_ = 0;
  std::optional<livekit::JoinResponse> joined_;
  std::optional<livekit::LeaveRequest> leave_;
  std::optional<std::uint16_t> closed_;
  std::string track_sid_;
  std::string publish_error_;
  std::vector<std::string> others_;
  std::vector<std::string> texts_;
};

class People {
 public:
  People();

  // Begins to join; a good while later it is connected.
  Person& join(Engine& engine, const std::string& room, const std::string& identity, Over over = Over::kUdp);
  // Two who film, see each other and have exchanged data.
  std::pair<Person&, Person&> call(Engine& engine, const std::string& room, Over over = Over::kUdp);

  // Lets them live until `condition` holds. False when it does not within `limit`.
  bool run_until(const std::function<bool()>& condition, Duration limit = std::chrono::seconds(20));
  // Both go on seeing each other, and get each other's data.
  bool call_goes_on(Person& one, Person& other);

  Instant now() const { return wall_.at; }

  // For a test that waits for more than them: it is called in place of waiting, and returns after `most`, or when
  // descriptor() polls readable.
  std::function<void(Duration most)> wait;
  int descriptor() const { return loop_->descriptor(); }

 private:
  friend class Person;
  SystemClock clock_;
  SystemRandom random_;
  WallAnchor wall_;
  dtls::Certificate certificate_;
  std::shared_ptr<net::Loop> loop_;  // what the engine still tells those who are gone wakes it too
  std::vector<std::unique_ptr<Person>> people_;
};

}  // namespace sfu::engine_test
