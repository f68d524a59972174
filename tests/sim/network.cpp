// SPDX-License-Identifier: Apache-2.0
#include "network.hpp"

#include <algorithm>
#include <utility>

namespace sfu::sim {
namespace {

bool is_dtls(ByteView bytes) {
  return !bytes.empty() && bytes[0] >= 20 && bytes[0] <= 63;  // RFC 7983 7
}

}  // namespace

Network::Network(std::uint64_t seed) : seed_(seed) {
  add_link({.delay = Duration{}});  // that of hosts which were never set
}

LinkId Network::add_link(Link link) {
  const std::size_t index = links_.size();
  links_.push_back(std::make_unique<LinkState>(std::move(link), seed_ * 0x9e3779b97f4a7c15 + index));
  return static_cast<LinkId>(index);
}

void Network::attach(const SocketAddress& address, LinkId up, LinkId down) {
  hosts_[address] = {up, down, &received_[address.ip]};
}

void Network::set_links(const SocketAddress& address, Link up, Link down) {
  attach(address, add_link(std::move(up)), add_link(std::move(down)));
}

const Network::Host& Network::host(const SocketAddress& address) const {
  static const Host kPerfect;
  const auto found = hosts_.find(address);
  return found == hosts_.end() ? kPerfect : found->second;
}

const TrafficRecord* Network::received_by(const IpAddress& host) const {
  const auto found = received_.find(host);
  return found == received_.end() ? nullptr : &found->second;
}

SeededRandom& Network::random(const SocketAddress& from, const SocketAddress& to, ByteView bytes) {
  const bool dtls = is_dtls(bytes);
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
  settle(now);
  largest_ = std::max(largest_, bytes.size());
  LinkState& up = state(host(from).up);
  const bool queues = state(host(to).down).has_queue();
  SeededRandom& chance = random(from, to, bytes);
  const int copies = chance.unit() < up.link().duplicate ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    ++sent_;
    const Passage passage = up.pass(now, bytes.size(), chance, is_dtls(bytes));
    if (passage.fate != Fate::kDelivered) {
      ++lost_;
      continue;
    }
    std::vector<std::uint8_t> owned(bytes.begin(), bytes.end());
    // Who comes first to a queue is served first; without one, what becomes of a datagram can be told at once.
    if (queues && passage.exit > now) {
      rising_.push({passage.exit, sent_, Path{to, from}, std::move(owned), &chance});
    } else {
      descend(passage.exit, sent_, Path{to, from}, std::move(owned), chance);
    }
  }
}

void Network::descend(Instant at, std::uint64_t order, const Path& path, std::vector<std::uint8_t> bytes,
                      SeededRandom& chance) {
  const Host& receiver = host(path.local);
  const bool weightless = is_dtls(bytes);
  const Passage passage = state(receiver.down).pass(at, bytes.size(), chance, weightless);
  TrafficRecord* record = weightless ? nullptr : receiver.received;
  switch (passage.fate) {
    case Fate::kDelivered:
      if (record != nullptr) record->add(passage.leaves, bytes.size() + kDatagramOverhead, passage.wait);
      pending_.push({passage.exit, order, path, std::move(bytes), nullptr});
      return;
    case Fate::kDropped:
      if (record != nullptr) record->add_dropped(at);
      break;
    case Fate::kLost:
      if (record != nullptr) record->add_lost(at);
      break;
  }
  ++lost_;
}

void Network::settle(Instant now) {
  while (!rising_.empty() && rising_.top().at <= now) {
    // The queue's order does not depend on the bytes.
    Pending& top = const_cast<Pending&>(rising_.top());
    descend(top.at, top.order, top.path, std::move(top.bytes), *top.chance);
    rising_.pop();
  }
}

Instant Network::next_arrival() const {
  const Instant arrival = pending_.empty() ? kNever : pending_.top().at;
  return rising_.empty() ? arrival : std::min(arrival, rising_.top().at);
}

std::optional<Network::Arrival> Network::pop_due(Instant now) {
  settle(now);
  if (pending_.empty() || pending_.top().at > now) return std::nullopt;
  Pending& top = const_cast<Pending&>(pending_.top());  // as in settle()
  Arrival arrival{top.at, top.path, std::move(top.bytes)};
  pending_.pop();
  const auto mix = [this](std::uint64_t value) { trace_ = (trace_ ^ value) * 0x100000001b3; };
  mix(static_cast<std::uint64_t>(arrival.at.time_since_epoch().count()));
  mix(arrival.path.local.port);
  mix(arrival.path.remote.port);
  return arrival;
}

}  // namespace sfu::sim
