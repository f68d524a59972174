// SPDX-License-Identifier: Apache-2.0
// For this folder's tests: a server with keys and ports of its own, in virtual time, and clients that write requests.
#pragma once

#include <openssl/evp.h>

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "turn/turn.hpp"

namespace sfu::turn::testing {

using namespace std::chrono_literals;
using ice::stun::Class;
using Bytes = std::vector<std::uint8_t>;

inline IpAddress ip(const char* text) {
  return *IpAddress::parse(text);
}
inline Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

// Of users by name; the password is "pw-" and the participant.
struct KnownUsers final : Credentials {
  std::map<std::string, User, std::less<>> users;
  std::optional<User> find(std::string_view username) const override {
    const auto at = users.find(username);
    return at == users.end() ? std::nullopt : std::optional(at->second);
  }
};

struct FewPorts final : RelayPorts {
  std::set<SocketAddress> bound;
  std::uint16_t next = 30000;
  std::size_t most = 1000;
  std::optional<SocketAddress> open(const IpAddress& address, bool even) override {
    if (bound.size() == most) return std::nullopt;
    if (even && next % 2 != 0) ++next;
    return *bound.insert({address, next++}).first;
  }
  void close(const SocketAddress& relay) override { bound.erase(relay); }
};

// What came back to a client, or was relayed to a peer.
struct Sent {
  Path path;
  Bytes bytes;
};

struct Answer {
  Bytes bytes;
  int error = -1;  // -1: no answer, 0: success
  Attributes attributes;
  std::optional<SocketAddress> mapped;
  std::optional<SocketAddress> relayed;
  bool has_integrity = false;
};

struct Stage {
  ManualClock clock;
  KnownUsers users;
  FewPorts ports;
  Config config = [] {
    Config initial;
    initial.relays = {{ip("10.0.0.7"), ip("203.0.113.7")}};
    initial.nonce_key.fill(7);
    return initial;
  }();
  std::optional<Server> made;
  SendBatch to_clients;
  SendBatch to_peers;
  std::vector<Event> events;
  Output out{to_clients, to_peers, events};

  Server& server() { return made ? *made : made.emplace(config, users, ports); }
  WallAnchor now() const { return {clock.now(), clock.wall_now()}; }

  // The user name of a new participant.
  std::string add_user(const std::string& participant, Duration ttl = 5min) {
    users.users["user-" + participant] = {participant, "pw-" + participant, clock.wall_now() + ttl};
    return "user-" + participant;
  }

  static std::vector<Sent> take(SendBatch& batch) {
    std::vector<Sent> taken;
    for (const Datagram& datagram : batch.datagrams()) {
      taken.push_back({datagram.path, Bytes(datagram.bytes.begin(), datagram.bytes.end())});
    }
    batch.clear();
    return taken;
  }
  std::vector<Sent> peers_got() { return take(to_peers); }
  std::vector<Sent> clients_got() { return take(to_clients); }
};

// One end of a 5-tuple, with the credential of one participant.
class Client {
 public:
  Client(Stage& stage, std::string participant, std::uint16_t port,
         TransportProtocol protocol = TransportProtocol::kUdp)
      : stage_(stage), participant_(std::move(participant)) {
    path = {{ip("203.0.113.7"), 3478}, {ip("198.51.100.1"), port}, protocol};
    username = "user-" + participant_;
    password = "pw-" + participant_;
  }

  Path path;
  std::string username;
  std::string password;
  std::string nonce;
  std::optional<ice::stun::TransactionId> fixed_transaction;  // instead of a new one each time

  using Fill = std::function<void(ice::stun::Writer&)>;

  // Signed with what is known: nothing before the first challenge.
  Answer ask(std::uint16_t method, const Fill& fill = {}) {
    std::uint8_t buffer[1500];
    ice::stun::TransactionId transaction{};
    store_be64(transaction.data(), ++counter());
    ice::stun::Writer writer(buffer, Class::kRequest, method, fixed_transaction.value_or(transaction));
    if (fill) fill(writer);
    if (!nonce.empty()) {
      writer.username(username);
      writer.attribute(attribute::kRealm, as_bytes(kRealm));
      writer.attribute(attribute::kNonce, as_bytes(nonce));
    }
    const std::string text = username + ":" + std::string(kRealm) + ":" + password;
    std::array<std::uint8_t, 16> key{};
    EVP_Digest(text.data(), text.size(), key.data(), nullptr, EVP_md5(), nullptr);
    const std::size_t size = writer.finish(nonce.empty() ? std::string_view() : as_text(key));
    send({buffer, size});
    return read(as_text(key));
  }

  // The challenge and then the request, as clients do.
  Answer allocate(const Fill& more = {}) {
    const Fill fill = [&](ice::stun::Writer& writer) {
      const std::uint8_t udp[4] = {kTransportUdp};
      writer.attribute(attribute::kRequestedTransport, udp);
      if (more) more(writer);
    };
    if (nonce.empty()) take_nonce(ask(method::kAllocate, fill));
    return ask(method::kAllocate, fill);
  }
  Answer refresh(std::uint32_t lifetime) {
    return ask(method::kRefresh, [&](auto& writer) { write_u32(writer, attribute::kLifetime, lifetime); });
  }
  Answer permit(const std::vector<SocketAddress>& peers) {
    return ask(method::kCreatePermission, [&](auto& writer) {
      for (const auto& peer : peers) writer.xor_address(attribute::kXorPeerAddress, peer);
    });
  }
  Answer bind(std::uint16_t channel, const SocketAddress& peer) {
    return ask(method::kChannelBind, [&](auto& writer) {
      write_u32(writer, attribute::kChannelNumber, std::uint32_t{channel} << 16);
      writer.xor_address(attribute::kXorPeerAddress, peer);
    });
  }
  void send_to(const SocketAddress& peer, ByteView data) {
    std::uint8_t buffer[1600];
    ice::stun::Writer writer(buffer, Class::kIndication, method::kSend, {});
    writer.xor_address(attribute::kXorPeerAddress, peer);
    writer.attribute(attribute::kData, data);
    send({buffer, writer.finish({})});
  }
  void send_on(std::uint16_t channel, ByteView data) {
    Bytes message(kChannelHeader);
    store_be16(message.data(), channel);
    store_be16(message.data() + 2, static_cast<std::uint16_t>(data.size()));
    message.insert(message.end(), data.begin(), data.end());
    send(message);
  }
  void send(ByteView bytes) { stage_.server().receive(stage_.now(), path, bytes, stage_.out); }

  void take_nonce(const Answer& challenge) {
    if (challenge.attributes.nonce) nonce = *challenge.attributes.nonce;
  }

  static void write_u32(ice::stun::Writer& writer, std::uint16_t type, std::uint32_t value) {
    std::uint8_t bytes[4];
    store_be32(bytes, value);
    writer.attribute(type, bytes);
  }

 private:
  static std::uint64_t& counter() {
    static std::uint64_t value = 0;
    return value;
  }

  Answer read(std::string_view key) {
    auto sent = stage_.clients_got();
    if (sent.size() != 1 || sent[0].path != path) return {};
    kept_.push_back(std::move(sent[0].bytes));  // answers borrow it
    const auto message = ice::stun::Message::parse(kept_.back());
    if (!message) return {};
    Answer answer;
    answer.bytes = kept_.back();
    answer.error = message->message_class == Class::kSuccess ? 0 : message->error_code;
    answer.attributes = Attributes::read(*message);
    answer.mapped = message->xor_mapped_address;
    answer.has_integrity = message->has_integrity && message->verify(key);
    answer.relayed = find_relayed(*message);
    return answer;
  }
  // It has the form of XOR-PEER-ADDRESS.
  static std::optional<SocketAddress> find_relayed(const ice::stun::Message& message) {
    Bytes copy(message.bytes.begin(), message.bytes.end());
    for (std::size_t at = 20; at + 4 <= copy.size(); at += 4 + ((load_be16(&copy[at + 2]) + 3u) & ~3u)) {
      if (load_be16(&copy[at]) != attribute::kXorRelayedAddress) continue;
      store_be16(&copy[at], attribute::kXorPeerAddress);
      auto renamed = message;
      renamed.bytes = copy;
      const Attributes attributes = Attributes::read(renamed);
      const auto peers = attributes.peers();
      return peers.empty() ? std::nullopt : std::optional(peers[0]);
    }
    return std::nullopt;
  }

  Stage& stage_;
  std::string participant_;
  std::deque<Bytes> kept_;
};

}  // namespace sfu::turn::testing
