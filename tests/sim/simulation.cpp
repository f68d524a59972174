// SPDX-License-Identifier: Apache-2.0
#include "simulation.hpp"

#include <algorithm>

#include "auth/auth.hpp"
#include "signal/connect.hpp"

namespace sfu::sim {
namespace {

constexpr Duration kSignalDelay = std::chrono::milliseconds(20);

SocketAddress address_of(unsigned number, std::uint16_t port) {
  return {IpAddress::v4({10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)}), port};
}

std::string to_bytes(std::span<const std::uint8_t> message) {
  return {reinterpret_cast<const char*>(message.data()), message.size()};
}

}  // namespace

Client::Client(Simulation& simulation, std::string identity, unsigned number, client::RtpObserver* observer,
               bool audio_redundancy)
    : simulation_(simulation),
      identity_(std::move(identity)),
      connection_(number),
      publisher_address_(address_of(number, 50000)),
      subscriber_address_(address_of(number, 50001)),
      session_({.publisher_addresses = {publisher_address_},
                .subscriber_addresses = {subscriber_address_},
                .certificate = simulation.client_certificate_.get(),
                .random = &simulation.random_,
                .wall = &simulation.wall_,
                .audio_redundancy = audio_redundancy},
               observer) {}

void Client::publish(const client::PublishOptions& options, const std::vector<participant::Layer>& svc) {
  client::Output out = output();
  (void)session_.publish(simulation_.now(), options, out);
  if (!svc.empty() && !requests_.empty() && requests_.back().has_add_track()) {
    livekit::AddTrackRequest& add = *requests_.back().mutable_add_track();
    for (std::size_t i = 0; i < svc.size(); ++i) {
      livekit::VideoLayer& layer = *add.add_layers();
      layer.set_quality(static_cast<livekit::VideoQuality>(i));
      layer.set_width(svc[i].width);
      layer.set_height(svc[i].height);
      layer.set_bitrate(svc[i].bitrate);
      layer.set_spatial_layer(static_cast<std::int32_t>(i));
      *add.mutable_simulcast_codecs(0)->add_layers() = layer;
    }
  }
  flush(simulation_.now());
}

void Client::write(const std::string& cid, ByteSpan packet, std::size_t layer) {
  client::Output out = output();
  session_.write(simulation_.now(), cid, packet, out, layer);
  flush(simulation_.now());
}

void Client::set_muted(const std::string& cid, bool muted) {
  client::Output out = output();
  (void)session_.set_muted(simulation_.now(), cid, muted, out);
  flush(simulation_.now());
}

void Client::request_key_frame(const std::string& track_sid) {
  client::Output out = output();
  session_.request_key_frame(track_sid, out);
  flush(simulation_.now());
}

Result<void> Client::send_data(const livekit::DataPacket& packet, bool reliable) {
  client::Output out = output();
  auto sent = session_.send_data(simulation_.now(), packet, reliable, out);
  flush(simulation_.now());
  return sent;
}

void Client::request(const livekit::SignalRequest& request) {
  to_server_.push_back({simulation_.now() + kSignalDelay, request.SerializeAsString()});
}

void Client::drop_signalling() {
  closed_ = true;
  simulation_.shard_->disconnected(simulation_.now(), connection_);
}

void Client::leave() {
  livekit::SignalRequest farewell;
  farewell.mutable_leave()->set_reason(livekit::CLIENT_INITIATED);
  request(farewell);
  client::Output out = output();
  session_.close(simulation_.now(), out);
  flush(simulation_.now());
}

void Client::rejected(int status, std::string_view) {
  rejected_status_ = status;
}

void Client::send(std::span<const std::uint8_t> message, bool) {
  to_client_.push_back({simulation_.now() + kSignalDelay, to_bytes(message)});
}

void Client::close(std::uint16_t) {
  closed_ = true;
}

void Client::on_signal(Instant now, const livekit::SignalResponse& message) {
  if (message.has_join()) joined_ = message.join();
  client::Output out = output();
  session_.on_signal(now, message, out);
}

void Client::advance(Instant now) {
  while (!to_client_.empty() && to_client_.front().at <= now) {
    livekit::SignalResponse message;
    if (message.ParseFromString(to_client_.front().bytes)) on_signal(now, message);
    to_client_.pop_front();
  }
  if (due() <= now) {
    client::Output out = output();
    session_.advance(now, out);
  }
  flush(now);
  while (!to_server_.empty() && to_server_.front().at <= now) {
    simulation_.shard_->receive_signal(now, connection_, as_bytes(to_server_.front().bytes), false);
    to_server_.pop_front();
  }
}

Instant Client::due() {
  if (!std::exchange(is_due_known_, true)) session_due_ = session_.deadline();
  Instant due = session_due_;
  if (!to_client_.empty()) due = std::min(due, to_client_.front().at);
  if (!to_server_.empty()) due = std::min(due, to_server_.front().at);
  return due;
}

void Client::flush(Instant now) {
  for (const Datagram& datagram : datagrams_.datagrams()) {
    simulation_.network_.send(now, datagram.path.local, datagram.path.remote, datagram.bytes);
  }
  datagrams_.clear();
  for (const livekit::SignalRequest& one : requests_) request(one);
  requests_.clear();
}

Simulation::Simulation(std::uint64_t seed)
    : random_(seed),
      network_(seed + 1),
      authenticator_(make_token_authenticator({{"devkey", "secret"}})),
      server_address_{IpAddress::v4({10, 1, 0, 1}), 7882},
      server_seed_(seed + 2) {
  wall_ = {clock_.now(), clock_.wall_now()};
  client_certificate_ = std::make_unique<dtls::Certificate>(*dtls::Certificate::make());
  start_server();
}

void Simulation::start_server() {
  runtime::ShardConfig config;
  config.candidates = {server_address_};
  config.identity = {.version = "1.13.5", .node_id = "ND_sim", .region = ""};
  config.authenticator = authenticator_.get();
  config.random = std::make_unique<SeededRandom>(server_seed_++);
  shard_ = *runtime::Shard::create(std::move(config));
  shard_->begin_turn(wall_);
}

void Simulation::restart_server() {
  for (Host* host : hosts_) host->server_gone();
  start_server();
}

Client& Simulation::join(const std::string& room, const std::string& identity, Link up, Link down,
                         client::RtpObserver* observer) {
  return join_over(room, identity, network_.add_link(std::move(up)), network_.add_link(std::move(down)), observer);
}

Client& Simulation::join_over(const std::string& room, const std::string& identity, LinkId up, LinkId down,
                              client::RtpObserver* observer, const JoinOptions& options) {
  clients_.push_back(std::make_unique<Client>(*this, identity, static_cast<unsigned>(clients_.size() + 1), observer,
                                              options.audio_redundancy));
  Client& client = *clients_.back();
  network_.attach(client.publisher_address_, up, down);
  network_.attach(client.subscriber_address_, up, down);

  Claims claims;
  claims.identity = identity;
  claims.video.emplace();
  claims.video->room_join = true;
  claims.video->room = room;
  claims.video->can_update_own_metadata = true;
  ConnectRequest request;
  request.path = "/rtc";
  request.query = {
      {"access_token", auth::make_token(claims, "devkey", "secret", clock_.wall_now(), std::chrono::hours(1))},
      {"protocol", "16"},
      {"sdk", "cpp"},
      {"auto_subscribe", options.auto_subscribe ? "1" : "0"}};
  if (options.adaptive_stream) request.query["adaptive_stream"] = "1";
  if (options.allow_pause) request.query["subscriber_allow_pause"] = "1";
  auto prepared = signal::prepare(request, *authenticator_, clock_.wall_now());
  if (auto* plan = std::get_if<signal::ConnectPlan>(&prepared)) {
    // The shard shares its sinks; this one lives as long as the simulation.
    shard_->connect(now(), client.connection_, std::move(*plan),
                    std::shared_ptr<SignalSink>(&client, [](SignalSink*) {}));
  } else {
    client.rejected_status_ = std::get<signal::Rejection>(prepared).status;
  }
  return client;
}

void Simulation::at(Instant at, std::function<void()> task) {
  tasks_.push_back({at, task_order_++, std::move(task)});
}

void Simulation::every(Duration interval, std::function<bool()> task) {
  at(now() + interval, [this, interval, task = std::move(task)] {
    if (task()) every(interval, task);
  });
}

Instant Simulation::next() {
  Instant earliest = std::min(network_.next_arrival(), shard_->deadline());
  for (const auto& client : clients_) earliest = std::min(earliest, client->due());
  for (const Host* host : hosts_) earliest = std::min(earliest, host->deadline());
  for (const Task& task : tasks_) earliest = std::min(earliest, task.at);
  return earliest;
}

void Simulation::flush_server(Instant now) {
  for (const Datagram& datagram : shard_->datagrams().datagrams()) {
    network_.send(now, datagram.path.local, datagram.path.remote, datagram.bytes);
  }
  shard_->datagrams().clear();
}

void Simulation::step(Instant at) {
  if (at > clock_.now()) clock_.advance(at - clock_.now());
  const Instant now = clock_.now();
  wall_ = {now, clock_.wall_now()};
  shard_->begin_turn(wall_);

  while (auto arrival = network_.pop_due(now)) {
    if (arrival->path.local == server_address_) {
      shard_->receive(now, arrival->path, arrival->bytes, now);
      continue;
    }
    const auto to = std::ranges::find_if(clients_, [&](const auto& client) {
      return client->publisher_address_ == arrival->path.local || client->subscriber_address_ == arrival->path.local;
    });
    if (to == clients_.end()) {
      for (Host* host : hosts_) {
        if (host->owns(arrival->path.local)) host->receive(now, arrival->path, arrival->bytes);
      }
      continue;
    }
    client::Output out = (*to)->output();
    (*to)->session_.receive(now, arrival->path, arrival->bytes, out);
  }
  for (std::size_t i = 0; i < tasks_.size();) {
    if (tasks_[i].at > now) {
      ++i;
      continue;
    }
    const auto run = std::move(tasks_[i].run);
    tasks_.erase(tasks_.begin() + static_cast<std::ptrdiff_t>(i));
    run();
  }
  for (const auto& client : clients_) client->advance(now);
  for (Host* host : hosts_) host->advance(now);
  shard_->advance(now);
  flush_server(now);
}

void Simulation::run_for(Duration duration) {
  const Instant end = now() + duration;
  for (Instant at = next(); at <= end; at = next()) step(at);
  step(end);
}

bool Simulation::run_until(const std::function<bool()>& condition, Duration limit) {
  const Instant end = now() + limit;
  while (!condition()) {
    const Instant at = next();
    if (at > end) return false;
    step(at);
  }
  return true;
}

}  // namespace sfu::sim
