// SPDX-License-Identifier: Apache-2.0
#include "sctp/channel.hpp"

#include <algorithm>
#include <limits>

namespace sfu::sctp {

Socket::Delivery Channel::delivery(const Message& message) const {
  Socket::Delivery delivery;
  delivery.stream = id_;
  delivery.ppid = message.ppid;
  delivery.ordered = message.ordered;
  if (message.is_dcep()) return delivery;  // ordered and reliable (RFC 8832 6)
  delivery.max_retransmits = options_.max_retransmits;
  if (options_.max_lifetime) {
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(*options_.max_lifetime).count();
    delivery.lifetime_ms = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(milliseconds, 0, std::numeric_limits<std::uint32_t>::max()));
  }
  return delivery;
}

void Channel::push(Message message) {
  if (!message.is_dcep()) buffered_ += message.left().size();
  queue_.push_back(std::move(message));
}

void Channel::take(std::size_t bytes) {
  Message& message = queue_.front();
  message.taken += bytes;
  if (!message.is_dcep()) buffered_ -= bytes;
  if (message.left().empty()) queue_.pop_front();
}

void Channel::drop_expired(Instant now) {
  // One that usrsctp has begun must be finished, or the stream would stay in the middle of it.
  std::erase_if(queue_, [&](const Message& message) {
    if (message.expires > now || message.taken > 0) return false;
    buffered_ -= message.bytes.size();
    return true;
  });
}

void Channel::clear_queue() {
  const bool begun = !queue_.empty() && queue_.front().taken > 0;
  queue_.erase(queue_.begin() + (begun ? 1 : 0), queue_.end());
  buffered_ = 0;
  for (const Message& message : queue_) {
    if (!message.is_dcep()) buffered_ += message.left().size();
  }
}

}  // namespace sfu::sctp
