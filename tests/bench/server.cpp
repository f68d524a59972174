// SPDX-License-Identifier: Apache-2.0
#include "server.hpp"

#include <pthread.h>

#include <cstdlib>
#include <string>

#include "auth/base64url.hpp"
#include "base/time.hpp"
#include "baseline.hpp"
#include "cpu_time.hpp"
#include "livekit_rtc.pb.h"

namespace sfu::bench {
namespace {

enum class Kind { kMedia, kControl, kOther };

Kind kind_of(ByteView datagram) {
  if (datagram.size() < 12 || datagram[0] < 128 || datagram[0] > 191) return Kind::kOther;
  return datagram[1] >= 192 && datagram[1] <= 223 ? Kind::kControl : Kind::kMedia;
}

// One thread writes.
void add(std::atomic<std::uint64_t>& counter, std::uint64_t count) {
  counter.store(counter.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
}

}  // namespace

WorkerFigures WorkerFigures::operator-(const WorkerFigures& before) const {
  return {cpu_ns - before.cpu_ns,
          system_calls - before.system_calls,
          allocations - before.allocations,
          media_received - before.media_received,
          media_sent - before.media_sent,
          media_allocations - before.media_allocations,
          control_received - before.control_received,
          control_allocations - before.control_allocations,
          dropped - before.dropped};
}

void MeteredTransport::adopt_thread() {
  if (thread_.load(std::memory_order_relaxed) != nullptr) return;
  pthread_getcpuclockid(pthread_self(), &clock_);
  thread_ = &thread_counts();
}

void MeteredTransport::send(std::span<const Datagram> batch) {
  adopt_thread();
  std::uint64_t media = 0;
  for (const Datagram& datagram : batch) media += kind_of(datagram.bytes) == Kind::kMedia;
  add(media_sent_, media);
  inner_->send(batch);
  dropped_.store(inner_->stats().dropped, std::memory_order_relaxed);
}

bool MeteredTransport::receive(Instant now, PacketSink& sink) {
  adopt_thread();
  sink_ = &sink;
  return inner_->receive(now, *this);
}

void MeteredTransport::receive(Instant now, const Path& path, std::span<std::uint8_t> bytes) {
  const Kind kind = kind_of(bytes);
  if (kind == Kind::kOther) return sink_->receive(now, path, bytes);
  ThreadCounts& thread = thread_counts();
  const std::uint64_t before = thread.allocations.load(std::memory_order_relaxed);
  if (trace_ > 0) thread.traced = trace_.load();
  sink_->receive(now, path, bytes);
  if (trace_ > 0) trace_ = thread.traced.exchange(0);
  const std::uint64_t allocated = thread.allocations.load(std::memory_order_relaxed) - before;
  add(kind == Kind::kMedia ? media_received_ : control_received_, 1);
  add(kind == Kind::kMedia ? media_allocations_ : control_allocations_, allocated);
}

WorkerFigures MeteredTransport::figures() const {
  WorkerFigures now;
  const ThreadCounts* thread = thread_;
  if (thread == nullptr) return now;
  now.cpu_ns = bench::cpu_ns(clock_);
  now.system_calls = thread->system_calls;
  now.allocations = thread->allocations;
  now.media_received = media_received_;
  now.media_sent = media_sent_;
  now.media_allocations = media_allocations_;
  now.control_received = control_received_;
  now.control_allocations = control_allocations_;
  now.dropped = dropped_;
  return now;
}

class Server::Sink final : public SignalSink {
 public:
  Sink(Channel& channel, std::uint32_t client) : channel_(channel), client_(client) {}
  void accepted() override {}
  void rejected(int, std::string_view) override { channel_.send(Word::kRejected, client_); }
  void send(std::span<const std::uint8_t> message, bool) override { channel_.send(Word::kSignal, client_, message); }
  void close(std::uint16_t) override {}

 private:
  Channel& channel_;
  std::uint32_t client_;
};

// A token is "room/identity", and whoever shows it may join.
class Server::AnyToken final : public Authenticator {
 public:
  Result<Claims> authenticate(std::string_view token, WallTime now) const override {
    Claims claims;
    claims.api_key = "bench";
    const std::size_t slash = token.find('/');
    if (slash == std::string_view::npos) return fail(Errc::kUnauthenticated);
    claims.identity = token.substr(slash + 1);
    claims.video.emplace();
    claims.video->room_join = true;
    claims.video->room = token.substr(0, slash);
    claims.expires_at = now + std::chrono::hours(1);
    return claims;
  }
  std::string refresh(const Claims& claims, WallTime, Duration) const override {
    return claims.video->room + '/' + claims.identity;
  }
};

Server::Server(Channel channel, std::size_t per_room, bool v1)
    : channel_(std::move(channel)), per_room_(per_room), v1_(v1), authenticator_(std::make_unique<AnyToken>()) {
  EngineOptions options;
  options.workers = 1;
  options.make_transport = [this](unsigned) -> Result<std::unique_ptr<PacketTransport>> {
    net::UdpTransportOptions udp;
    udp.bind_addresses = {IpAddress::v4({127, 0, 0, 1})};
    SFU_TRY(auto inner, net::UdpTransport::open(udp));
    auto transport = std::make_unique<MeteredTransport>(std::move(inner));
    transport_ = transport.get();
    return std::unique_ptr<PacketTransport>(std::move(transport));
  };
  start(std::move(options));
}

Server::Server(Channel channel, EngineOptions options)
    : channel_(std::move(channel)), authenticator_(std::make_unique<AnyToken>()) {
  start(std::move(options));
}

void Server::start(EngineOptions options) {
  options.authenticator = authenticator_.get();
  auto engine = Engine::create(std::move(options));
  if (!engine) die("the engine");
  engine_ = *std::move(engine);
}

Server::~Server() {
  engine_->stop();
  channel_.close();
}

void Server::ask(Word word, std::uint32_t number) {
  channel_.send(word, number);
  if (!serve_until(Word::kReady, std::chrono::seconds(60))) die("the clients did not get what they should");
}

bool Server::serve_until(Word word, Duration limit) {
  const SystemClock clock;
  const Instant end = clock.now() + limit;
  while (clock.now() < end) {
    const auto message = channel_.receive(50);
    if (!message) continue;
    handle(*message);
    if (message->word == word) return true;
  }
  return false;
}

void Server::serve_for(Duration time) {
  const SystemClock clock;
  const Instant end = clock.now() + time;
  for (Instant now = clock.now(); now < end; now = clock.now()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - now).count();
    if (const auto message = channel_.receive(static_cast<int>(left) + 1)) handle(*message);
  }
}

std::uint64_t Server::count_received() {
  channel_.send(Word::kCount, 0);
  return serve_until(Word::kCount, std::chrono::seconds(5)) ? answered_ : 0;
}

void Server::handle(const Channel::Message& message) {
  switch (message.word) {
    case Word::kConnect: connect(message.client); break;
    case Word::kSignal: sessions_[message.client]->receive(message.bytes, false); break;
    case Word::kCount:
      answered_ = std::strtoull(std::string(message.bytes.begin(), message.bytes.end()).c_str(), nullptr, 10);
      break;
    default: break;
  }
}

void Server::connect(std::uint32_t client) {
  const std::size_t room = per_room_ != 0 ? client / per_room_ : 0;
  ConnectRequest request;
  request.query["access_token"] = "room-" + std::to_string(room) + "/client-" + std::to_string(client);
  if (v1_) {
    livekit::JoinRequest join;
    join.mutable_client_info()->set_protocol(16);
    join.mutable_connection_settings()->set_auto_subscribe(true);
    livekit::WrappedJoinRequest wrapped;
    wrapped.set_join_request(join.SerializeAsString());
    request.path = "/rtc/v1";
    request.query["join_request"] = auth::encode_base64url(wrapped.SerializeAsString());
  } else {
    request.path = "/rtc";
    request.query["protocol"] = "16";
    request.query["sdk"] = "cpp";
    request.query["auto_subscribe"] = "1";
  }
  sessions_[client] = engine_->connect(request, std::make_shared<Sink>(channel_, client));
}

}  // namespace sfu::bench
