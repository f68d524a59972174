// SPDX-License-Identifier: Apache-2.0
// Two Peers joined by an in-memory network in virtual time: a controlling one, as a client would be, and a lite one.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "dtls/certificate.hpp"
#include "peer/peer.hpp"

namespace sfu::peer::test {

inline const dtls::Certificate& certificate() {
  static const dtls::Certificate made = *dtls::Certificate::make();
  return made;
}

struct End {
  std::unique_ptr<Peer> peer;
  SocketAddress address;
  std::vector<Event> events;                   // all since the start
  std::vector<std::vector<std::uint8_t>> rtp;  // received, decrypted
  std::vector<std::vector<std::uint8_t>> rtcp;

  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const Event& event : events) {
      if (const T* item = std::get_if<T>(&event)) found.push_back(*item);
    }
    return found;
  }
};

class Link {
 public:
  Link(std::uint64_t seed, double loss, NegotiatorConfig client = {}, NegotiatorConfig server = {})
      : random_(seed), loss_(loss) {
    make(client_, IceRole::kControlling, {SocketAddress{*IpAddress::parse("192.0.2.7"), 40000}}, "clnt", client);
    make(server_, IceRole::kLite, {SocketAddress{*IpAddress::parse("198.51.100.1"), 7882}}, "srvr0001", server);
  }

  End& client() { return client_; }
  End& server() { return server_; }
  Instant now() const { return now_; }
  SendBatch& batch() { return batch_; }
  SeededRandom& random() { return random_; }
  void set_loss(double loss) { loss_ = loss; }
  // The client's packets seem to come from here: a NAT that rebinds.
  void move_client(SocketAddress address) { nat_ = address; }

  // What a call on `end` yields goes out on the network.
  Output output(End& end) { return {batch_, end.events}; }
  void flush(End& from) {
    End& to = &from == &client_ ? server_ : client_;
    for (const Datagram& datagram : batch_.datagrams()) {
      if (random_.unit() < loss_) continue;
      Path path{datagram.path.remote, datagram.path.local};
      if (&from == &client_ && nat_) path.remote = *nat_;
      if (&to == &client_) path.local = client_.address;
      packets_.push_back({now_ + kDelay, &to, path, {datagram.bytes.begin(), datagram.bytes.end()}});
    }
    batch_.clear();
  }

  // Offer and answer, whoever offers.
  void negotiate(End& offerer, bool with_data = true) {
    End& answerer = &offerer == &client_ ? server_ : client_;
    const auto offer = offerer.peer->create_offer(with_data);
    auto answerer_out = output(answerer);
    const auto applied = answerer.peer->apply_offer(now_, *offer, answerer_out);
    if (!applied) throw std::runtime_error(applied.error().message);
    const auto answer = answerer.peer->create_answer(now_, answerer_out);
    flush(answerer);
    auto offerer_out = output(offerer);
    const auto accepted = offerer.peer->apply_answer(now_, *answer, offerer_out);
    if (!accepted) throw std::runtime_error(accepted.error().message);
    flush(offerer);
  }

  // Runs until `done` or for at most `limit` of virtual time. Whether it is done.
  template <typename Done>
  bool run_until(Done&& done, Duration limit = std::chrono::seconds(20)) {
    const Instant end = now_ + limit;
    while (!done()) {
      Instant next = std::min(client_.peer->deadline(), server_.peer->deadline());
      if (!packets_.empty()) next = std::min(next, packets_.front().due);
      if (next > end) {
        now_ = end;
        return done();
      }
      now_ = std::max(now_, next);
      deliver();
      for (End* at : {&client_, &server_}) {
        if (at->peer->deadline() > now_) continue;
        auto out = output(*at);
        at->peer->advance(now_, out);
        flush(*at);
      }
    }
    return true;
  }
  void run_for(Duration time) {
    run_until([] { return false; }, time);
  }
  bool connect() {
    return run_until(
        [&] { return client_.peer->state() == State::kConnected && server_.peer->state() == State::kConnected; });
  }

 private:
  static constexpr Duration kDelay = std::chrono::milliseconds(20);
  struct Packet {
    Instant due;
    End* to;
    Path path;
    std::vector<std::uint8_t> bytes;
  };

  void make(End& end, IceRole role, std::vector<SocketAddress> addresses, std::string ufrag, NegotiatorConfig config) {
    end.address = addresses.front();
    PeerConfig settings;
    settings.ufrag = std::move(ufrag);
    settings.certificate = &certificate();
    settings.candidates = std::move(addresses);
    settings.random = &random_;
    settings.ice_role = role;
    settings.negotiation = std::move(config);
    end.peer = *Peer::create(std::move(settings));
  }

  void deliver() {
    while (!packets_.empty() && packets_.front().due <= now_) {
      Packet packet = std::move(packets_.front());
      packets_.pop_front();
      auto out = output(*packet.to);
      const auto received = packet.to->peer->receive(now_, packet.path, packet.bytes, out);
      auto& kept = received.kind == Peer::Received::Kind::kRtp ? packet.to->rtp : packet.to->rtcp;
      if (received.kind != Peer::Received::Kind::kNone)
        kept.emplace_back(received.packet.begin(), received.packet.end());
      flush(*packet.to);
    }
  }

  SeededRandom random_;
  double loss_;
  End client_, server_;
  SendBatch batch_;
  std::deque<Packet> packets_;
  std::optional<SocketAddress> nat_;
  Instant now_{std::chrono::seconds(100)};
};

}  // namespace sfu::peer::test
