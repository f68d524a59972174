// SPDX-License-Identifier: Apache-2.0
// How much one identity may ask for by signalling, however often it connects (runtime/message_budgets.hpp): two token
// buckets, of messages and of bytes. They are for floods, not for clients: one that joins a room of a thousand tracks
// and asks for each in a message of its own stays within, and so does one that renegotiates half a megabyte of SDP a
// few times a second. Over it the connection is closed, with 1008 (RFC 6455 7.4.1: policy violation). Reading more
// slowly instead would be kinder at first sight, but it leaves the program at fault with a signalling that is seconds
// late, pings that time out and no reason why, and takes the same share of the worker for ever; and only the owner of
// the socket can do it, who need not be us. Its messages are counted before they are queued for the worker, so that
// none of this costs others anything.
#pragma once

#include <cstddef>

#include "sfu/time.hpp"

namespace sfu::signal {

class MessageBudget {
 public:
  static constexpr double kMessagesPerSecond = 500;
  static constexpr double kMessagesAtOnce = 5000;
  static constexpr double kBytesPerSecond = 2.0 * 1024 * 1024;
  static constexpr double kBytesAtOnce = 16.0 * 1024 * 1024;

  explicit MessageBudget(Instant now) : last_(now) {}

  // One message came. False: it is too much, and its connection is to be closed. It costs nothing then.
  bool take(Instant now, std::size_t bytes);
  // As good as new.
  bool is_full(Instant now) const;

 private:
  double messages_at(Instant now) const;
  double bytes_at(Instant now) const;

  Instant last_;
  double messages_ = kMessagesAtOnce;
  double bytes_ = kBytesAtOnce;
};

}  // namespace sfu::signal
