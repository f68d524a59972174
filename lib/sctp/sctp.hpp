// SPDX-License-Identifier: Apache-2.0
// SCTP over DTLS (RFC 9260, 8261) with WebRTC's data channels on it (RFC 8831) and their opening handshake, DCEP
// (RFC 8832). An Association is one peer's; its Peer owns it, gives it the plaintext of DTLS application data and the
// time, and puts the packets that come out into DTLS. The protocol engine is usrsctp, whose state and timers are
// process-wide: stack.hpp hides that, so that associations of several workers, engines and tests live side by side.
// What a channel carries, and when to drop what a slow reader has not taken, is decided above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace sfu::sctp {

// A channel is the pair of SCTP streams with this id (RFC 8831 6.4). Used again after the channel has closed.
using ChannelId = std::uint16_t;

// Our part in the DTLS handshake: the client opens channels on even ids, the server on odd ones (RFC 8832 6).
enum class Role { kClient, kServer };

// What the SDP signals as max-message-size, and the largest message either way.
inline constexpr std::size_t kMaxMessageSize = 65535;

// At most one of the two limits may be set; with neither the channel is reliable (RFC 8832 5.1).
struct ChannelOptions {
  std::string label{};
  std::string protocol{};
  bool ordered = true;
  std::optional<std::uint32_t> max_retransmits{};
  std::optional<Duration> max_lifetime{};
  std::uint16_t priority = 256;  // RFC 8831 6.4: normal

  friend bool operator==(const ChannelOptions&, const ChannelOptions&) = default;
};

struct Event {
  enum class Kind : std::uint8_t {
    kConnected,          // the association stands; what was sent before goes out now
    kChannelOpen,        // the other side opened a channel, or acknowledged ours; `options` is set
    kMessage,            // `bytes`, may be empty
    kBufferedAmountLow,  // the channel's queue fell to its threshold (once per crossing)
    kChannelClosed,      // by either side; the id may come back with another channel
    kClosed,             // the association ended: aborted, shut down by the other side, or too many lost packets
  };
  Kind kind = Kind::kClosed;
  ChannelId channel = 0;
  bool binary = false;
  std::vector<std::uint8_t> bytes{};
  ChannelOptions options{};
};

// SCTP packets on their way into DTLS, each of at most kMaxPacketSize. Keeps its memory when cleared.
class PacketList {
 public:
  void add(ByteView packet) {
    bytes_.insert(bytes_.end(), packet.begin(), packet.end());
    ends_.push_back(bytes_.size());
  }
  std::size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  // Valid until the next add() or clear().
  ByteView operator[](std::size_t index) const {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return ByteView(bytes_).subspan(begin, ends_[index] - begin);
  }
  void clear() {
    bytes_.clear();
    ends_.clear();
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> ends_;
};

// With DTLS 1.2's 37 bytes (AES-GCM: header 13, nonce 8, tag 16) a datagram stays within 1200.
inline constexpr std::size_t kMaxPacketSize = 1160;

// The caller's sink, reused from call to call. `packets` are to be put into DTLS in their order.
struct Output {
  PacketList& packets;
  std::vector<Event>& events;
};

class Association {
 public:
  struct Config {
    std::uint16_t local_port = 5000;  // what the SDP says as sctp-port
    std::uint16_t remote_port = 5000;
    // Streams offered each way, and so the number of ids that both sides share. Each costs about 100 bytes; LiveKit's
    // clients open three channels.
    std::uint16_t streams = 32;
    std::size_t max_message_size = kMaxMessageSize;
    std::size_t send_queue_limit = 1 << 20;  // bytes, for each channel
  };
  struct Stats {
    std::uint64_t messages_sent = 0;
    std::uint64_t messages_received = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t oversized_received = 0;  // longer than max_message_size: dropped whole
    std::uint64_t malformed_received = 0;  // DCEP that does not parse, unknown PPIDs, data without a channel
  };

  explicit Association(const Config& config);
  ~Association();  // frees without a word on the wire; close() first to say farewell
  Association(const Association&) = delete;
  Association& operator=(const Association&) = delete;

  // Sends INIT; both sides do (RFC 8831 5). Call once, when DTLS stands. Errors: kUnavailable, kFailedPrecondition.
  Result<void> start(Instant now, Role role, Output& out);
  // One SCTP packet out of DTLS. Anything goes: what does not fit is dropped.
  void receive(Instant now, ByteView packet, Output& out);
  void advance(Instant now, Output& out);
  // kNever while nothing is in flight: an idle association costs no wake-ups.
  Instant deadline() const;

  // Opens a channel by DCEP; allowed from start() on, also before kConnected. kChannelOpen follows when the other side
  // has acknowledged, but send() works at once. Errors: kFailedPrecondition, kInvalidArgument (both limits, a label
  // or protocol over 65535 bytes), kLimitExceeded (no id left).
  Result<ChannelId> open_channel(Instant now, const ChannelOptions& options, Output& out);
  // Sends what is queued, then resets the streams (RFC 6525). kChannelClosed follows when both directions are reset.
  Result<void> close_channel(Instant now, ChannelId channel, Output& out);
  // Takes the whole message or none of it, and never blocks. Errors: kNotFound, kLimitExceeded (larger than
  // max_message_size, or the channel's queue is full), kClosed.
  Result<void> send(Instant now, ChannelId channel, ByteView bytes, bool binary, Output& out);

  // Bytes accepted from send() that wait for the network to take them; 0 for an unknown channel.
  std::size_t buffered_amount(ChannelId channel) const;
  // kBufferedAmountLow comes when buffered_amount falls from above to this; 0 unless set.
  void set_buffered_amount_low_threshold(ChannelId channel, std::size_t bytes);
  // Null when there is no such channel.
  const ChannelOptions* options(ChannelId channel) const;

  bool connected() const;
  const Stats& stats() const;

  // Aborts: the other side learns at once. Nothing comes after it, and no event.
  void close(Instant now, Output& out);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu::sctp
