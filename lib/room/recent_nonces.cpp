// SPDX-License-Identifier: Apache-2.0
#include "room/recent_nonces.hpp"

namespace sfu::room {

bool RecentNonces::has_seen(Instant now, std::string_view nonce) {
  while (!in_order_.empty() && now - in_order_.front().at >= kKept) forget_oldest();
  if (set_.contains(nonce)) return true;
  while (!in_order_.empty() && (in_order_.size() >= kMost || bytes_ + nonce.size() > kMostBytes)) forget_oldest();
  const Seen& seen = in_order_.emplace_back(now, std::string(nonce));
  set_.insert(seen.nonce);
  bytes_ += nonce.size();
  return false;
}

void RecentNonces::forget_oldest() {
  const std::string& oldest = in_order_.front().nonce;
  set_.erase(oldest);
  bytes_ -= oldest.size();
  in_order_.pop_front();
}

}  // namespace sfu::room
