// SPDX-License-Identifier: Apache-2.0
// One data channel: its options, how far it is open or closed, and the messages that usrsctp has not taken yet.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "sctp/dcep.hpp"
#include "sctp/sctp.hpp"
#include "sctp/socket.hpp"

namespace sfu::sctp {

class Channel {
 public:
  struct Message {
    std::vector<std::uint8_t> bytes{};
    std::size_t taken = 0;  // by usrsctp
    std::uint32_t ppid = 0;
    bool ordered = true;
    Instant expires = kNever;  // before usrsctp has begun with it

    ByteView left() const { return ByteView(bytes).subspan(taken); }
    bool is_dcep() const { return ppid == dcep::kPpidDcep; }
  };

  Channel(ChannelId id, ChannelOptions options, bool acknowledged)
      : id_(id), options_(std::move(options)), acknowledged_(acknowledged) {}

  ChannelId id() const { return id_; }
  const ChannelOptions& options() const { return options_; }

  bool acknowledged() const { return acknowledged_; }
  void set_acknowledged() { acknowledged_ = true; }

  // Until our OPEN is acknowledged everything is sent in order, so that nothing overtakes it (RFC 8832 6).
  bool sends_ordered() const { return options_.ordered || !acknowledged_; }
  Socket::Delivery delivery(const Message& message) const;

  // Closing: nothing new is taken, and both directions are reset before the id is free.
  bool closing() const { return closing_; }
  void set_closing() { closing_ = true; }
  bool incoming_reset = false;
  bool outgoing_reset = false;
  bool reset_requested = false;
  bool closed() const { return incoming_reset && outgoing_reset; }

  // The queue. `buffered` counts users' bytes, not DCEP's (W3C WebRTC 6.2).
  std::size_t buffered() const { return buffered_; }
  bool queue_empty() const { return queue_.empty(); }
  void push(Message message);
  Message* front() { return queue_.empty() ? nullptr : &queue_.front(); }
  void take(std::size_t bytes);  // from the front
  void drop_expired(Instant now);
  void clear_queue();

  void set_low_threshold(std::size_t bytes) { low_threshold_ = bytes; }
  // To be asked once a turn: true if buffered() was above the threshold at the end of an earlier turn and is not now.
  // So a message that goes out in the turn of its send() makes no event.
  bool fell_to_threshold() {
    const bool above = buffered_ > low_threshold_;
    return std::exchange(above_threshold_, above) && !above;
  }

 private:
  ChannelId id_;
  ChannelOptions options_;
  bool acknowledged_;
  bool closing_ = false;
  bool above_threshold_ = false;
  std::size_t buffered_ = 0;
  std::size_t low_threshold_ = 0;
  std::deque<Message> queue_;
};

}  // namespace sfu::sctp
