// SPDX-License-Identifier: Apache-2.0
#include "network.hpp"

namespace sfu::sim {

void Network::set_links(const SocketAddress& address, Link up, Link down) {
  hosts_[address] = {up, down};
}

const Network::Host& Network::host(const SocketAddress& address) const {
  static const Host kPerfect;
  const auto found = hosts_.find(address);
  return found == hosts_.end() ? kPerfect : found->second;
}

std::optional<Duration> Network::pass(const Link& link, SeededRandom& random) {
  if (random.unit() < link.loss) return std::nullopt;
  return link.delay + Duration(static_cast<Duration::rep>(random.unit() * static_cast<double>(link.jitter.count())));
}

SeededRandom& Network::random(const SocketAddress& from, const SocketAddress& to, ByteView bytes) {
  const bool dtls = !bytes.empty() && bytes[0] >= 20 && bytes[0] <= 63;  // RFC 7983 7
  const auto found = random_.find({from, to, dtls});
  if (found != random_.end()) return found->second;
  std::uint64_t mixed = seed_;
  for (const SocketAddress* address : {&from, &to}) {
    for (const std::uint8_t byte : address->ip.bytes()) mixed = (mixed ^ byte) * 0x100000001b3;
    mixed = (mixed ^ address->port) * 0x100000001b3;
  }
  return random_.emplace(std::tuple(from, to, dtls), SeededRandom(mixed * 2 + (dtls ? 1 : 0))).first->second;
}

void Network::send(Instant now, const SocketAddress& from, const SocketAddress& to, ByteView bytes) {
  const Host& sender = host(from);
  const Host& receiver = host(to);
  SeededRandom& chance = random(from, to, bytes);
  const int copies = chance.unit() < sender.up.duplicate ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    ++sent_;
    const auto up = pass(sender.up, chance);
    const auto down = up ? pass(receiver.down, chance) : std::nullopt;
    if (!down) {
      ++lost_;
      continue;
    }
    pending_.push({now + *up + *down, sent_, Path{to, from}, {bytes.begin(), bytes.end()}});
  }
}

Instant Network::next_arrival() const {
  return pending_.empty() ? kNever : pending_.top().at;
}

std::optional<Network::Arrival> Network::pop_due(Instant now) {
  if (pending_.empty() || pending_.top().at > now) return std::nullopt;
  const Pending& top = pending_.top();
  Arrival arrival{top.at, top.path, top.bytes};
  pending_.pop();
  const auto mix = [this](std::uint64_t value) { trace_ = (trace_ ^ value) * 0x100000001b3; };
  mix(static_cast<std::uint64_t>(arrival.at.time_since_epoch().count()));
  mix(arrival.path.local.port);
  mix(arrival.path.remote.port);
  return arrival;
}

}  // namespace sfu::sim
