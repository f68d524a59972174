// SPDX-License-Identifier: Apache-2.0
#include "room/transport.hpp"

namespace sfu::room {

void Transport::configure_endpoint() {
  rtp::ExtensionMap extensions;
  bool transport_cc = false;
  bool remb = false;
  for (const auto& mid : receive_mids()) {
    const auto* section = receive_section(mid);
    if (section == nullptr) continue;
    // In a bundle an id means one extension in all sections (RFC 8843 9.2), but not every section has all of them.
    for (std::size_t i = 0; i < rtp::kExtensionCount; ++i) {
      const auto extension = static_cast<rtp::Extension>(i);
      if (section->extensions.has(extension)) extensions.set(section->extensions.id(extension), extension);
    }
    for (const auto& codec : section->codecs) {
      transport_cc |= codec.transport_cc;
      remb |= codec.remb;
    }
  }
  endpoint_.configure(extensions, transport_cc, remb);
}

void Transport::remove_track(const media::PublishedTrack* track) {
  endpoint_.remove_track(*track);
  std::erase_if(tracks_, [track](const Track& entry) { return entry.track == track; });
}

void Transport::set_timer(const media::PublishedTrack* track, TimerKey key) {
  const auto found = std::ranges::find(tracks_, track, &Track::track);
  if (found != tracks_.end()) found->timer = key;
}

TimerKey Transport::timer_of(const media::PublishedTrack* track) const {
  const auto found = std::ranges::find(tracks_, track, &Track::track);
  return found != tracks_.end() ? found->timer : kNoTimer;
}

}  // namespace sfu::room
