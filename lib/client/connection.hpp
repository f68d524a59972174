// SPDX-License-Identifier: Apache-2.0
// One of a client's peer connections: the Peer, what media knows of it, and its data channels by label.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/events.hpp"
#include "client/peer_sink.hpp"
#include "media/endpoint.hpp"
#include "peer/peer.hpp"

namespace sfu::client {

class Connection {
 public:
  // `ufrag_prefix` tells the connections of one process apart in a capture.
  void open(const SessionConfig& config, const std::vector<SocketAddress>& addresses, std::string_view ufrag_prefix);
  // Both channels of LiveKit's protocol; the other side's come by themselves.
  void open_channels(Instant now, SendBatch& datagrams);

  explicit operator bool() const { return peer_ != nullptr; }
  bool owns(const SocketAddress& local) const;
  bool connected() const { return peer_ && peer_->state() == peer::State::kConnected; }

  peer::Peer& peer() { return *peer_; }
  const peer::Peer* peer_or_null() const { return peer_.get(); }
  PeerSink& sink() { return *sink_; }
  media::Endpoint& endpoint() { return *endpoint_; }
  peer::Output output(SendBatch& datagrams) { return {datagrams, events_}; }

  // What the Peer told since last asked. Channels that opened are noted on the way.
  std::vector<peer::Event> take_events();
  std::optional<peer::ChannelId> channel(std::string_view label) const;
  std::string_view label(peer::ChannelId channel) const;

  // What is agreed about what it receives has changed.
  void configure_endpoint();

  void advance(Instant now, media::Output out);
  Instant deadline() const;

 private:
  std::vector<SocketAddress> addresses_;
  std::unique_ptr<peer::Peer> peer_;
  std::unique_ptr<PeerSink> sink_;
  std::unique_ptr<media::Endpoint> endpoint_;
  std::vector<peer::Event> events_;
  std::map<peer::ChannelId, std::string> labels_;
};

}  // namespace sfu::client
