// SPDX-License-Identifier: Apache-2.0
#include "room/transport.hpp"

#include <algorithm>

namespace sfu::room {

Transport::Transport(ParticipantId owner, PeerKey key, livekit::SignalTarget target, std::unique_ptr<peer::Peer> peer,
                     rtp::Ssrc rtcp_ssrc)
    : owner_(owner),
      key_(key),
      target_(target),
      rtcp_ssrc_(rtcp_ssrc),
      peer_(std::move(peer)),
      endpoint_(*this, rtcp_ssrc) {}

void Transport::configure_endpoint() {
  rtp::ExtensionMap extensions;
  bool transport_cc = false;
  bool remb = false;
  for (const auto& mid : sections().receive_mids()) {
    const auto* section = sections().receive_section(mid);
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

void Transport::channel_opened(const peer::ChannelOpened& event) {
  channel_closed(event.channel);
  channels_.push_back(event);
}

void Transport::channel_closed(peer::ChannelId id) {
  std::erase_if(channels_, [id](const peer::ChannelOpened& channel) { return channel.channel == id; });
}

const peer::ChannelOpened* Transport::channel(peer::ChannelId id) const {
  const auto found = std::ranges::find(channels_, id, &peer::ChannelOpened::channel);
  return found != channels_.end() ? &*found : nullptr;
}

const peer::ChannelOpened* Transport::channel(std::string_view label) const {
  const auto found = std::ranges::find(channels_, label, &peer::ChannelOpened::label);
  return found != channels_.end() ? &*found : nullptr;
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
