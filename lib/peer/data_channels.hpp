// SPDX-License-Identifier: Apache-2.0
// The data channels of a Peer: an SCTP association that starts when DTLS stands and a data section is agreed. Channels
// asked for earlier wait here.
#pragma once

#include <memory>
#include <vector>

#include "dtls/dtls.hpp"
#include "peer/event.hpp"
#include "peer/peer.hpp"
#include "sctp/sctp.hpp"

namespace sfu::peer {

class DataChannels {
 public:
  bool started() const { return association_ != nullptr; }
  void start(Instant now, dtls::Role role, const NegotiatorConfig& local, const RemoteTransport& remote, Output& out);

  Result<void> open(Instant now, ChannelOptions options, Output& out);
  Result<void> send(Instant now, ChannelId channel, ByteView bytes, bool binary, Output& out);
  void close_channel(Instant now, ChannelId channel, Output& out);
  std::size_t buffered_amount(ChannelId channel) const;
  void set_buffered_amount_low_threshold(ChannelId channel, std::size_t bytes);

  void receive(Instant now, ByteView packet, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const;
  void close(Instant now, Output& out);

  // SCTP packets that the last call made: to be put into DTLS, then cleared.
  sctp::PacketList& packets() { return packets_; }

 private:
  void translate(Output& out);

  std::unique_ptr<sctp::Association> association_;
  sctp::Role role_ = sctp::Role::kServer;
  bool closed_ = false;
  std::vector<ChannelOptions> waiting_;
  sctp::PacketList packets_;
  std::vector<sctp::Event> events_;
};

}  // namespace sfu::peer
