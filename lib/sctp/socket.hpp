// SPDX-License-Identifier: Apache-2.0
// One usrsctp socket with one association, in our types. All of it is called with the Stack's Lock held.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sctp/stack.hpp"

struct socket;  // usrsctp's

namespace sfu::sctp {

class Socket {
 public:
  struct Config {
    std::uint16_t local_port = 5000;
    std::uint16_t remote_port = 5000;
    std::uint16_t streams = 128;
  };

  // How one message is to be sent. PR-SCTP policies: RFC 3758, RFC 7496.
  struct Delivery {
    std::uint16_t stream = 0;
    std::uint32_t ppid = 0;
    bool ordered = true;
    std::optional<std::uint32_t> max_retransmits;
    std::optional<std::uint32_t> lifetime_ms;
  };

  struct Received {
    enum class Kind : std::uint8_t {
      kNothing,
      kData,
      kConnected,       // `stream` is the number of outgoing streams
      kEnded,           // the association is gone
      kIncomingReset,   // the other side ended the streams in `streams`, all of them if it is empty
      kOutgoingReset,   // our reset was carried out, or refused
      kPartialAborted,  // the message begun on `stream` will not be finished
      kOther
    };
    Kind kind = Kind::kNothing;
    std::uint16_t stream = 0;
    std::uint32_t ppid = 0;
    bool end = false;                        // of the message; a part of one otherwise
    ByteView bytes;                          // in the Stack's scratch space
    std::span<const std::uint16_t> streams;  // likewise
  };

  // close() is due before it goes: the destructor has no Lock.
  Socket(const Stack::Lock& lock, const Config& config, PacketList* outbox);
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Binds and sends INIT. Errors: kUnavailable.
  Result<void> connect(const Stack::Lock& lock);
  void input(const Stack::Lock& lock, ByteView packet);
  void redirect(const Stack::Lock& lock, PacketList* outbox);

  // The number of bytes taken; 0 when there is no room now, nothing when the association is gone. `bytes` is what is
  // left of the message and reaches to its end.
  std::optional<std::size_t> send(const Stack::Lock& lock, const Delivery& delivery, ByteView bytes);
  Received receive(const Stack::Lock& lock);
  // Asks for the reset of our direction (RFC 6525 5.1.2), carried out once all its data is acknowledged. False if the
  // other side cannot.
  bool reset_stream(const Stack::Lock& lock, std::uint16_t stream);

  // Chunks sent and not acknowledged. usrsctp holds others back only while there are some.
  bool in_flight(const Stack::Lock& lock) const;
  // Lets usrsctp hold two congestion windows: enough to keep it busy, and what waits longer waits with us, where it
  // is counted by channel.
  void fit_send_buffer(const Stack::Lock& lock);

  // ABORT to the other side, if there is one, into the outbox.
  void close(const Stack::Lock& lock);

 private:
  Received notification(ByteView bytes) const;

  Config config_;
  Stack::Address address_ = 0;
  struct socket* socket_ = nullptr;
  int send_buffer_ = 0;
};

}  // namespace sfu::sctp
