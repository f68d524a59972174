// SPDX-License-Identifier: Apache-2.0
#include "room_client.hpp"

#include <algorithm>

#include "auth/auth.hpp"
#include "http/http.hpp"
#include "signal/connect.hpp"

namespace sfu::sim {
namespace {

constexpr Duration kSignalDelay = std::chrono::milliseconds(20);

SocketAddress address_of(unsigned number, std::uint16_t port) {
  return {IpAddress::v4({10, 2, 0, static_cast<std::uint8_t>(number)}), port};
}

}  // namespace

// One attempt's WebSocket, as the server sees it.
class RoomClient::Socket final : public SignalSink {
 public:
  Socket(RoomClient& client, std::uint32_t attempt, room::ConnectionId id)
      : client_(client), attempt_(attempt), id_(id) {}

  room::ConnectionId id() const { return id_; }
  void let_go() { gone_ = true; }

  void accepted() override {
    tell([this](Instant now, client::RoomOutput&) { client_.room_->on_opened(now, attempt_); });
  }
  void rejected(int status, std::string_view body) override {
    tell([this, status, text = std::string(body)](Instant now, client::RoomOutput& out) {
      client_.room_->on_refused(now, attempt_, status, text, out);
    });
  }
  void send(std::span<const std::uint8_t> message, bool) override {
    tell([this, bytes = std::string(as_text(message))](Instant now, client::RoomOutput& out) {
      client_.room_->on_message(now, attempt_, as_bytes(bytes), out);
    });
  }
  void close(std::uint16_t) override {
    tell([this](Instant now, client::RoomOutput& out) { client_.room_->on_closed(now, attempt_, out); });
  }

 private:
  template <typename Function>
  void tell(Function function) {
    if (gone_) return;
    client_.news_.push_back({client_.simulation_.now() + kSignalDelay,
                             [keep = client_.socket_, function = std::move(function)](
                                 Instant now, client::RoomOutput& out) mutable { function(now, out); }});
  }

  RoomClient& client_;
  std::uint32_t attempt_;
  room::ConnectionId id_;
  bool gone_ = false;
};

RoomClient::RoomClient(Simulation& simulation, unsigned number, const std::string& identity, Options options)
    : simulation_(simulation), publisher_(address_of(number, 50000)), subscriber_(address_of(number, 50001)) {
  Claims claims;
  claims.identity = identity;
  claims.video.emplace();
  claims.video->room_join = true;
  claims.video->room = "room";
  claims.video->can_update_own_metadata = true;
  client::RoomConfig config;
  config.url = "ws://server";
  config.token = auth::make_token(claims, "devkey", "secret", simulation.wall_now(), std::chrono::hours(1));
  config.join.auto_subscribe = options.auto_subscribe;
  config.single_connection = options.single_connection;
  config.session.publisher_addresses = {publisher_};
  config.session.subscriber_addresses = {subscriber_};
  config.session.certificate = &simulation.client_certificate();
  config.session.random = &simulation.random();
  config.session.wall = &simulation.wall();
  config.session.frames = true;
  room_ = *client::Room::create(std::move(config), nullptr);
  simulation.add_host(*this);
  with([&](client::Room& room, client::RoomOutput& out) { room.connect(simulation_.now(), out); });
}

RoomClient::~RoomClient() {
  if (socket_) socket_->let_go();
  simulation_.remove_host(*this);
}

bool RoomClient::owns(const SocketAddress& address) const {
  return address == publisher_ || address == subscriber_;
}

void RoomClient::receive(Instant now, const Path& path, ByteSpan bytes) {
  client::RoomOutput out = output();
  room_->receive(now, path, bytes, out);
  finish();
}

void RoomClient::advance(Instant now) {
  while (!news_.empty() && news_.front().at <= now) {
    const News news = std::move(news_.front());
    news_.pop_front();
    client::RoomOutput out = output();
    news.tell(now, out);
    finish();
  }
  if (room_->deadline() <= now) {
    client::RoomOutput out = output();
    room_->advance(now, out);
  }
  finish();
  while (!to_server_.empty() && to_server_.front().first <= now) {
    if (socket_ && !offline_) {
      simulation_.shard().receive_signal(now, socket_->id(), as_bytes(to_server_.front().second), false);
    }
    to_server_.pop_front();
  }
}

Instant RoomClient::deadline() const {
  Instant earliest = room_->deadline();
  if (!news_.empty()) earliest = std::min(earliest, news_.front().at);
  if (!to_server_.empty()) earliest = std::min(earliest, to_server_.front().first);
  return earliest;
}

void RoomClient::finish() {
  const Instant now = simulation_.now();
  client::RoomOutput out = output();
  room_->flush(now, out);
  for (const Datagram& datagram : datagrams_.datagrams()) {
    if (!offline_) simulation_.network().send(now, datagram.path.local, datagram.path.remote, datagram.bytes);
  }
  datagrams_.clear();
  for (client::SignalAction& action : std::exchange(actions_, {})) {
    if (const auto* wanted = std::get_if<client::Dial>(&action)) {
      dial(*wanted);
    } else if (auto* message = std::get_if<client::SendSignal>(&action)) {
      to_server_.emplace_back(now + kSignalDelay, std::move(message->bytes));
    } else {
      hang_up();
    }
  }
}

void RoomClient::dial(const client::Dial& dial) {
  dialled.push_back(dial.url);
  if (offline_) {
    news_.push_back({simulation_.now() + kSignalDelay, [this, attempt = dial.attempt](Instant now, auto& out) {
                       room_->on_refused(now, attempt, 0, "unreachable", out);
                     }});
    return;
  }
  ConnectRequest request;
  const std::string target = dial.url.substr(std::string("ws://server").size());
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  for (auto& [key, value] : http::parse_query(target.substr(question + 1))) request.query[key] = value;
  request.headers["authorization"] = "Bearer " + dial.token;
  static std::uint64_t connections = 1'000'000;  // ids beyond those of Clients
  socket_ = std::make_shared<Socket>(*this, dial.attempt, room::ConnectionId(++connections));
  auto prepared = signal::prepare(request, simulation_.authenticator(), simulation_.wall_now());
  if (auto* plan = std::get_if<signal::ConnectPlan>(&prepared)) {
    simulation_.shard().connect(simulation_.now(), socket_->id(), std::move(*plan), socket_);
  } else {
    const auto& rejection = std::get<signal::Rejection>(prepared);
    socket_->rejected(rejection.status, rejection.body);
  }
}

void RoomClient::hang_up() {
  if (!socket_) return;
  // What is queued arrives before the close does.
  for (auto& [at, bytes] : std::exchange(to_server_, {})) {
    if (!offline_) simulation_.shard().receive_signal(simulation_.now(), socket_->id(), as_bytes(bytes), false);
  }
  socket_->let_go();
  simulation_.shard().disconnected(simulation_.now(), socket_->id());
  socket_.reset();
}

void RoomClient::cut_signalling() {
  const auto socket = socket_;
  if (!socket) return;
  to_server_.clear();
  socket->close(1006);
  socket->let_go();
  simulation_.shard().disconnected(simulation_.now(), socket->id());
}

void RoomClient::server_gone() {
  to_server_.clear();
  news_.clear();
  if (!socket_) return;
  socket_->close(1006);
  socket_->let_go();
}

}  // namespace sfu::sim
