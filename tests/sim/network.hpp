// SPDX-License-Identifier: Apache-2.0
// A network in virtual time: datagrams between addresses, over links (link.hpp) that
// lose, delay, reorder, repeat and queue them. All chance comes from one seed, so a run repeats exactly.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "link.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::sim {

enum class LinkId : std::uint32_t {};

class Network {
 public:
  explicit Network(std::uint64_t seed);

  LinkId add_link(Link link);
  // Datagrams between two hosts pass the sender's up-link, then the receiver's down-link. A host that was never set has
  // perfect links of no delay. Several addresses, of one host or of several, may share a link.
  void attach(const SocketAddress& address, LinkId up, LinkId down);
  // Both directions, shared with nobody.
  void set_links(const SocketAddress& address, Link up, Link down);

  void send(Instant now, const SocketAddress& from, const SocketAddress& to, ByteView bytes);

  struct Arrival {
    Instant at{};
    Path path;  // as the receiver sees it: local is its own address
    std::vector<std::uint8_t> bytes;
  };
  Instant next_arrival() const;  // kNever: nothing is on its way
  std::optional<Arrival> pop_due(Instant now);

  std::uint64_t sent() const { return sent_; }
  std::uint64_t lost() const { return lost_; }
  // Bytes of the largest datagram that anybody sent.
  std::size_t largest() const { return largest_; }
  const LinkState& link(LinkId id) const { return *links_[static_cast<std::size_t>(id)]; }
  // What passed the down-links to the host of this address, whatever the port; null if nothing could.
  const TrafficRecord* received_by(const IpAddress& host) const;
  // A hash over when and where datagrams arrived: equal for equal runs. Not over their bytes, which DTLS makes from
  // randomness of its own.
  std::uint64_t trace() const { return trace_; }

 private:
  struct Host {
    LinkId up{};
    LinkId down{};
    TrafficRecord* received = nullptr;
  };
  struct Pending {
    Instant at;           // at the receiver, or at its down-link
    std::uint64_t order;  // of sending; settles ties
    Path path;
    std::vector<std::uint8_t> bytes;
    SeededRandom* chance;  // of its way
    friend bool operator>(const Pending& a, const Pending& b) {
      return std::pair(a.at, a.order) > std::pair(b.at, b.order);
    }
  };
  const Host& host(const SocketAddress& address) const;
  LinkState& state(LinkId id) { return *links_[static_cast<std::size_t>(id)]; }
  // Onto the down-link at `at`.
  void descend(Instant at, std::uint64_t order, const Path& path, std::vector<std::uint8_t> bytes,
               SeededRandom& chance);
  // What has reached its down-link by `now`.
  void settle(Instant now);
  // Chance is drawn apart for each way and kind of packet: SCTP, whose heartbeats usrsctp times by randomness of its
  // own, so has no say in what becomes of media. For the same reason its datagrams, and those of the handshake, wait in
  // queues but take no room there, and are in no record.
  SeededRandom& random(const SocketAddress& from, const SocketAddress& to, ByteView bytes);

  std::uint64_t seed_;
  std::map<std::tuple<SocketAddress, SocketAddress, bool>, SeededRandom> random_;
  std::vector<std::unique_ptr<LinkState>> links_;
  std::map<SocketAddress, Host> hosts_;
  std::map<IpAddress, TrafficRecord> received_;
  std::priority_queue<Pending, std::vector<Pending>, std::greater<>> pending_;
  std::priority_queue<Pending, std::vector<Pending>, std::greater<>> rising_;  // on their way to a down-link
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
  std::size_t largest_ = 0;
  std::uint64_t trace_ = 0xcbf29ce484222325;
};

}  // namespace sfu::sim
