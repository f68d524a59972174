// SPDX-License-Identifier: Apache-2.0
#include "runtime/turn_service.hpp"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "net/interfaces.hpp"

namespace sfu::runtime {
namespace {

// Read in one turn, so that many who send do not keep out who asks.
constexpr int kReadsPerTurn = 8;
// A turn may produce more than the caches hold; then part of it leaves early.
constexpr std::size_t kFlushAt = 1024;
// Bytes that wait for a client's connection. What is relayed beyond it is dropped, as a full queue on the way would.
constexpr std::size_t kDataBacklog = 512 << 10;

IpAddress wildcard_of(const IpAddress& ip) {
  return ip.is_v4() ? IpAddress::v4({}) : IpAddress();
}

// One of each family: IPv4 first.
std::vector<IpAddress> one_of_each_family(const std::vector<IpAddress>& addresses) {
  std::vector<IpAddress> chosen;
  for (const bool v4 : {true, false}) {
    std::vector<IpAddress> family;
    std::ranges::copy_if(addresses, std::back_inserter(family), [&](const IpAddress& ip) { return ip.is_v4() == v4; });
    if (const auto preferred = net::preferred(family)) chosen.push_back(*preferred);
  }
  return chosen;
}

std::string host_of(const IpAddress& ip) {
  return ip.is_v4() ? ip.to_string() : '[' + ip.to_string() + ']';
}

// Relayed data may be lost, answers may not.
bool is_data(ByteView message) {
  const std::uint16_t type = load_be16(message.data());
  constexpr std::uint16_t kDataIndication = 0x0017;
  return turn::is_channel(type) || type == kDataIndication;
}

}  // namespace

TurnService::TurnService(Config config) : config_(std::move(config)) {}

TurnService::~TurnService() {
  stop();
}

Result<std::unique_ptr<TurnService>> TurnService::open(Config config) {
  const TurnOptions& options = config.options;
  if (options.relay_port_last < options.relay_port_first || options.relay_port_first == 0) {
    return fail(Errc::kInvalidArgument, "the range of the TURN server's relay ports ends before it begins");
  }
  if (options.tls_port != 0 && options.domain.empty()) {
    return fail(Errc::kInvalidArgument, "a TURN server by TLS needs a domain");
  }
  auto service = std::unique_ptr<TurnService>(new TurnService(std::move(config)));
  SFU_CHECK_OK(service->open_sockets());
  SFU_CHECK_OK(service->watch());
  return service;
}

Result<void> TurnService::open_sockets() {
  const TurnOptions& options = config_.options;
  SFU_TRY(loop_, net::Loop::create());
  SFU_TRY(const auto listen_addresses, net::listen_addresses(config_.listen));
  const auto addresses =
      config_.listen.advertised.empty() ? one_of_each_family(listen_addresses) : config_.listen.advertised;
  tell(addresses);
  users_ = std::make_unique<TurnUsers>(told_.keys);
  server_.emplace(server_config(addresses), *users_, static_cast<turn::RelayPorts&>(*this));
  SFU_TRY(relays_, net::RelaySockets::create(options.relay_port_first, options.relay_port_last, random_));
  if (options.udp_port != 0) {
    net::UdpTransportOptions udp;
    static_cast<net::ListenOptions&>(udp) = config_.listen;
    udp.port = options.udp_port;
    SFU_TRY(udp_, net::UdpTransport::open(udp));
  }
  if (options.tls_port == 0) return {};
  if (!options.external_tls) {
    SFU_TRY(tls_, tls::ServerContext::load(options.certificate_file, options.key_file));
  }
  net::ListenOptions tcp = config_.listen;
  tcp.port = options.tls_port;
  SFU_TRY(streams_, net::StreamServer::listen(tcp));
  return {};
}

Result<void> TurnService::watch() {
  const auto add = [this](int descriptor, bool& readable) {
    return loop_->add(descriptor, [&readable] { readable = true; });
  };
  if (udp_) SFU_CHECK_OK(add(udp_->poll_descriptor(), udp_readable_));
  if (streams_) SFU_CHECK_OK(add(streams_->poll_descriptor(), streams_readable_));
  return add(relays_->poll_descriptor(), relays_readable_);
}

turn::Config TurnService::server_config(const std::vector<IpAddress>& addresses) {
  const TurnOptions& options = config_.options;
  turn::Config config;
  for (const IpAddress& ip : addresses) {
    // An address outside, in front of a NAT, is none that a socket could have.
    const bool own = config_.listen.advertised.empty() || ip.is_loopback();
    config.relays.push_back({own ? ip : wildcard_of(ip), ip});
  }
  config.peers = turn::PeerPolicy(options.allowed_peers, options.denied_peers);
  config.allocations_per_user = options.allocations_per_participant;
  random_.fill(config.nonce_key);
  return config;
}

void TurnService::tell(const std::vector<IpAddress>& addresses) {
  const TurnOptions& options = config_.options;
  auth::KeyMap::Keys keys(options.keys.begin(), options.keys.end());
  if (keys.empty()) {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    keys.emplace("turn", random_.text(43, kLetters));
  }
  told_.keys = std::make_shared<const auth::KeyMap>(std::move(keys));
  told_.credential_ttl = options.credential_ttl;
  if (options.udp_port != 0) {
    for (const IpAddress& ip : addresses) {
      told_.udp_urls.push_back("turn:" + host_of(ip) + ':' + std::to_string(options.udp_port) + "?transport=udp");
    }
  }
  if (options.tls_port != 0) {
    told_.tls_url = "turns:" + options.domain + ':' + std::to_string(options.advertised_tls_port) + "?transport=tcp";
  }
}

void TurnService::start(std::vector<SocketAddress> media) {
  server_->set_own_media(std::move(media));
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "sfu-turn");
}

void TurnService::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  loop_->wake();
  thread_.join();
}

void TurnService::run() {
  while (!stopping_.load()) {
    const bool more = udp_readable_ || streams_readable_ || relays_readable_;
    Instant deadline = server_->deadline();
    if (streams_) deadline = std::min(deadline, streams_->deadline());
    loop_->wait(more ? Duration::zero() : std::max(deadline - config_.clock->now(), Duration::zero()));
    take_turn();
  }
}

void TurnService::take_turn() {
  now_ = {config_.clock->now(), config_.clock->wall_now()};
  if (std::exchange(udp_readable_, false)) {
    for (int i = 0; i < kReadsPerTurn && udp_->receive(now_.at, *this); ++i) {
    }
  }
  if (std::exchange(streams_readable_, false)) streams_->poll(now_.at, *this);
  if (std::exchange(relays_readable_, false)) relays_->receive(now_.at, peers_);
  server_->advance(now_.at, out_);
  flush();
  if (streams_) streams_->advance(now_.at, *this);
  events_.clear();  // of connections that have just ended
  publish();
}

// The descriptors tell of what is left.
void TurnService::receive(Instant, const Path& path, std::span<std::uint8_t> bytes) {
  server_->receive(now_, path, bytes, out_);
  if (to_peers_.size() >= kFlushAt || to_clients_.size() >= kFlushAt) flush();
}

void TurnService::PeerSink::receive(Instant, const Path& path, std::span<std::uint8_t> bytes) {
  service.server_->receive_from_peer(service.now_.at, path.local, path.remote, bytes, service.out_);
  if (service.to_clients_.size() >= kFlushAt) service.flush();
}

bool TurnService::stream_received(const Path& path, ByteSpan bytes) {
  Stream& stream = connections_[path];
  bool open = true;
  if (tls_) {
    if (!stream.tls) stream.tls.emplace(*tls_);
    plain_.clear();
    encrypted_.clear();
    open = stream.tls->receive(bytes, plain_, encrypted_);
    if (!encrypted_.empty()) streams_->send(path, encrypted_);
    bytes = plain_;
  }
  ByteSpan message;
  for (;;) {
    const auto step = stream.splitter.next(bytes, message);
    if (step == turn::StreamSplitter::Step::kMore) return open;
    if (step == turn::StreamSplitter::Step::kMalformed) return false;
    server_->receive(now_, path, message, out_);
    if (to_peers_.size() >= kFlushAt) flush();
  }
}

void TurnService::stream_closed(const Path& path) {
  connections_.erase(path);
  server_->disconnected(path, out_);
}

void TurnService::flush() {
  if (udp_) udp_->send(to_clients_.datagrams());
  if (streams_) {
    for (const Datagram& datagram : to_clients_.datagrams()) {
      if (datagram.path.protocol == TransportProtocol::kTcp) send_to_stream(datagram);
    }
    for (const turn::Event& event : events_) {
      if (event.client.protocol != TransportProtocol::kTcp) continue;
      if (event.kind == turn::Event::Kind::kBegan) {
        streams_->keep(event.client);
      } else {
        streams_->release(now_.at, event.client);
      }
    }
  }
  relays_->send(to_peers_.datagrams());
  to_clients_.clear();
  to_peers_.clear();
  events_.clear();
}

void TurnService::send_to_stream(const Datagram& datagram) {
  if (is_data(datagram.bytes) && streams_->backlog(datagram.path) > kDataBacklog) {
    ++backlogged_;
    return;
  }
  if (!tls_) return streams_->send(datagram.path, datagram.bytes);
  const auto at = connections_.find(datagram.path);
  if (at == connections_.end() || !at->second.tls) return;
  encrypted_.clear();
  if (at->second.tls->send(datagram.bytes, encrypted_)) streams_->send(datagram.path, encrypted_);
}

void TurnService::publish() {
  const turn::Stats& stats = server_->stats();
  const auto put = [this](Figure figure, std::uint64_t value) {
    figures_[figure].store(value, std::memory_order_relaxed);
  };
  put(kAllocations, stats.allocations);
  put(kAllocated, stats.allocated);
  put(kStreams, streams_ ? streams_->size() : 0);
  put(kToPeersPackets, stats.to_peers.packets);
  put(kToPeersBytes, stats.to_peers.bytes);
  put(kToClientsPackets, stats.to_clients.packets);
  put(kToClientsBytes, stats.to_clients.bytes);
  put(kRefused, stats.refused);
  put(kDropped, stats.dropped);
  put(kBacklogged, backlogged_);
}

TurnStatistics TurnService::statistics() const {
  const auto get = [this](Figure figure) { return figures_[figure].load(std::memory_order_relaxed); };
  TurnStatistics statistics;
  statistics.allocations = get(kAllocations);
  statistics.streams = get(kStreams);
  statistics.allocated = get(kAllocated);
  statistics.to_peers = {get(kToPeersPackets), get(kToPeersBytes)};
  statistics.to_clients = {get(kToClientsPackets), get(kToClientsBytes)};
  statistics.refused = get(kRefused);
  statistics.dropped = get(kDropped);
  statistics.dropped_backlog = get(kBacklogged);
  return statistics;
}

}  // namespace sfu::runtime
