// SPDX-License-Identifier: Apache-2.0
#include "room/publish_watchdog.hpp"

#include <algorithm>

namespace sfu::room {

namespace {

// As the reference takes it: a section of one stream is enough, simulcast has come with its first packet.
bool has_come(const Publication& publication) {
  const auto& primary = publication.primary();
  return primary.live() && (primary.section.rids.empty() || primary.media->last_packet() != Instant());
}

}  // namespace

bool PublishWatchdog::is_overdue(Instant now, const Participant& publisher, Publication& publication) {
  const bool expected = publisher.publisher && publisher.publisher->was_connected && !publication.info.muted();
  if (!expected || has_come(publication)) {
    publication.expected_by = kNever;
    return false;
  }
  publication.expected_by = std::min(publication.expected_by, now + kPatience);
  deadline_ = std::min(deadline_, publication.expected_by);
  return now >= publication.expected_by;
}

void PublishWatchdog::advance(Instant now, Output& out) {
  if (!state_.options.reconnect_on_publication_error) return;
  deadline_ = kNever;
  state_.roster.for_each([&](Participant& publisher) {
    bool overdue = false;
    for (const auto& publication : publisher.publications) overdue |= is_overdue(now, publisher, *publication);
    if (overdue) lifecycle_.require_full_reconnect(now, publisher, out);
  });
}

}  // namespace sfu::room
