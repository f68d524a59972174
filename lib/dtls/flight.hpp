// SPDX-License-Identifier: Apache-2.0
// The datagrams of the handshake flight that waits for the peer's answer (RFC 6347 4.2.4), kept to be sent again. A
// record that is sent again needs a new sequence number, or the receiver may take it for a replay. The records of epoch
// 0 are not yet protected, so this side numbers all of them itself, whatever OpenSSL wrote. Those of epoch 1 are; of
// them a flight has one, the Finished, which a receiver that has seen it does not need again.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "dtls/packet_list.hpp"

namespace sfu::dtls {

class Flight {
 public:
  // Gives the records of epoch 0 in an outgoing datagram their numbers.
  void number(ByteSpan datagram);
  // Keeps a copy. The first add() after begin() drops the flight before.
  void begin() { fresh_ = true; }
  void add(ByteView datagram);

  bool has_grown() const { return !fresh_; }  // since begin()
  bool empty() const { return packets_.empty(); }
  void drop() { packets_ = PacketList(); }
  PacketList& packets() { return packets_; }

 private:
  PacketList packets_;
  std::uint64_t next_sequence_ = 0;
  bool fresh_ = true;
};

// Whether the datagram opens with a handshake or ChangeCipherSpec record.
bool is_handshake(ByteView datagram);
bool is_client_hello(ByteView datagram);

}  // namespace sfu::dtls
