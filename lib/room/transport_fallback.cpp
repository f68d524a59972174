// SPDX-License-Identifier: Apache-2.0
#include "room/transport_fallback.hpp"

#include <algorithm>
#include <utility>

#include "clientconfig/version.hpp"

namespace sfu::room {

void TransportFallback::set(Instant now, std::string_view room, std::string_view identity,
                            livekit::CandidateProtocol protocol) {
  put(now, {now, std::string(room), std::string(identity), protocol});
}

livekit::CandidateProtocol TransportFallback::find(Instant now, std::string_view room,
                                                   std::string_view identity) const {
  const Entry* entry = entry_of(now, room, identity);
  return entry != nullptr ? entry->protocol : livekit::UDP;
}

livekit::CandidateProtocol TransportFallback::failed(Instant now, std::string_view room, std::string_view identity,
                                                     const Failure& failure) {
  if (!ways_.enabled || failure.silence >= kSilence) return find(now, room, identity);
  const Entry* known = entry_of(now, room, identity);
  Entry entry = known != nullptr ? *known : Entry{now, std::string(room), std::string(identity)};
  entry.at = now;
  const bool again = entry.failed_at && now - *entry.failed_at <= kWindow;
  entry.failed_at = now;
  if (failure.short_lived || again) {
    entry.protocol = after(entry.protocol, failure.client_has_tcp);
    entry.failed_at.reset();
  }
  const auto next = entry.protocol;
  put(now, std::move(entry));
  return next;
}

void TransportFallback::put(Instant now, Entry entry) {
  while (!entries_.empty() && now - entries_.front().at > kKeep) entries_.pop_front();
  std::erase_if(entries_, [&](const Entry& old) { return old.room == entry.room && old.identity == entry.identity; });
  if (entry.protocol == livekit::UDP && !entry.failed_at) return;
  if (entries_.size() == kMax) entries_.pop_front();
  entries_.push_back(std::move(entry));
}

const TransportFallback::Entry* TransportFallback::entry_of(Instant now, std::string_view room,
                                                            std::string_view identity) const {
  const auto found = std::ranges::find_if(
      entries_, [&](const Entry& entry) { return entry.room == room && entry.identity == identity; });
  return found == entries_.end() || now - found->at > kKeep ? nullptr : &*found;
}

livekit::CandidateProtocol TransportFallback::after(livekit::CandidateProtocol present, bool client_has_tcp) const {
  if (present == livekit::UDP && ways_.tcp && client_has_tcp) return livekit::TCP;
  if (present != livekit::TLS && ways_.tls) return livekit::TLS;
  return livekit::UDP;
}

bool has_ice_tcp(const livekit::ClientInfo& client) {
  if (client.sdk() == livekit::ClientInfo::GO) return false;
  if (client.sdk() != livekit::ClientInfo::SWIFT) return true;
  const auto version = clientconfig::Version::parse(client.version());
  return version && *version >= *clientconfig::Version::parse("1.0.5");
}

}  // namespace sfu::room
