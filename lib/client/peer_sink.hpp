// SPDX-License-Identifier: Apache-2.0
// A Peer as the place where this client's media goes.
#pragma once

#include "media/media.hpp"
#include "peer/peer.hpp"

namespace sfu::client {

class PeerSink final : public media::RtpSink {
 public:
  explicit PeerSink(peer::Peer& peer) : peer_(peer) {}  // outlives the sink

  void send_rtp(SendBatch& batch, std::size_t size) override { (void)peer_.send_rtp(batch, size); }
  void send_rtcp(ByteView compound, SendBatch& batch) override { (void)peer_.send_rtcp(compound, batch); }

 private:
  peer::Peer& peer_;
};

}  // namespace sfu::client
