// SPDX-License-Identifier: Apache-2.0
// The packet path through a room: peer -> endpoint -> published track -> forwarders -> peers. Nothing here allocates;
// settle() runs only when a peer had news, which is never a media packet.
#include "room/local_transport.hpp"
#include "room/room.hpp"
#include "room/room_parts.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::room {

void Room::receive(Instant now, PeerKey peer, const Path& path, ByteSpan datagram, Instant arrived, Output& out) {
  auto& parts = *parts_;
  auto& state = parts.state;
  PeerTransport* transport = state.roster.find_peer(peer);
  if (transport == nullptr) return;
  // While it is decrypted.
  if (const auto* outbound = transport->endpoint().outbound(); outbound != nullptr && rtp::is_rtcp(datagram)) {
    outbound->prefetch_for_feedback();
  }
  peer::Output sink{out.datagrams, parts.packet_events};
  const auto received = transport->peer().receive(now, path, datagram, sink);
  std::uint8_t changes = 0;
  if (received.kind == peer::Peer::Received::Kind::kRtp) {
    changes = parts.receive_rtp(now, *transport, received.packet, arrived, out);
  } else if (received.kind == peer::Peer::Received::Kind::kRtcp) {
    auto media_out = state.media_output(out);
    if (transport->endpoint().receive_rtcp(now, received.packet, media_out)) parts.reschedule_heard(*transport);
    parts.note_capacity(now, *transport, out);
  } else {
    transport->renew_from_peer();
  }
  state.timers.schedule(transport->timer, transport->deadline());
  if (parts.packet_events.empty() && changes == 0) return;
  for (auto& event : parts.packet_events) state.peer_events.emplace_back(peer, std::move(event));
  parts.packet_events.clear();
  parts.settle(now, out);
}

bool Room::has_gathered() const {
  return !parts_->state.gathering.empty();
}

void Room::end_reading(Instant now, Output& out) {
  auto media_out = parts_->state.media_output(out);
  parts_->state.gathering.end(now, media_out);
}

void Room::path_lost(Instant now, PeerKey peer, const Path& path, Output& out) {
  auto& state = parts_->state;
  PeerTransport* transport = state.roster.find_peer(peer);
  if (transport == nullptr) return;
  state.with_peer(*transport, out, [&](peer::Output& sink) { transport->peer().path_lost(now, path, sink); });
  parts_->settle(now, out);
}

std::uint8_t RoomParts::receive_rtp(Instant now, Transport& transport, ByteSpan packet, Instant arrived, Output& out) {
  auto media_out = state.media_output(out);
  auto* track = transport.endpoint().receive_rtp(now, packet, arrived, media_out);
  if (track == nullptr) return 0;
  state.timers.schedule(transport.timer_of(track), track->deadline());
  const std::uint8_t changes = track->take_changes();
  if (changes != 0) note_changes(now, transport, *track, changes, out);
  return changes;
}

void Room::write_rtp(Instant now, ParticipantId from, std::string_view cid, std::size_t layer, ByteSpan packet,
                     Output& out) {
  LocalTransport* transport = parts_->state.roster.find_local(from);
  if (transport == nullptr || !transport->address(cid, layer, packet)) return;
  if (parts_->receive_rtp(now, *transport, packet, now, out) != 0) parts_->settle(now, out);
}

// Who lacks something may have made a track of someone else due: it asks its publisher for a key frame.
void RoomParts::reschedule_heard(const Transport& transport) {
  const auto* participant = state.roster.find(transport.owner());
  if (participant == nullptr) return;
  for (const auto& [sid, subscription] : participant->subscriptions) {
    if (!subscription.forwarding()) continue;
    if (const auto track = state.roster.find_track(sid)) state.reschedule(*track.publication);
  }
}

void RoomParts::note_capacity(Instant now, Transport& transport, Output& out) {
  const auto estimate = transport.endpoint().take_estimate();
  auto* outbound = transport.endpoint().outbound();
  const bool changed = outbound != nullptr && outbound->control().take_change();
  if (!estimate && !changed) return;
  auto* participant = state.roster.find(transport.owner());
  if (participant == nullptr || &participant->downlink() != &transport) return;
  if (estimate) streams.estimated(now, *participant, *estimate);
  if (changed) streams.capacity_changed(now, *participant, out);
  next_control = std::min(next_control, streams.deadline());
}

void RoomParts::note_changes(Instant now, const Transport& transport, const media::PublishedTrack& track,
                             std::uint8_t changes, Output& out) {
  auto* participant = state.roster.find(transport.owner());
  if (participant == nullptr) return;
  for (auto& publication : participant->publications) {
    for (auto& codec : publication->codecs) {
      if (codec->media.get() == &track) publishing.media_changed(now, *codec, changes, out);
    }
  }
}

void Room::advance(Instant now, Output& out) {
  parts_->advance_timers(now, out);
  if (now >= parts_->next_control || !parts_->state.peer_events.empty()) parts_->settle(now, out);
}

Instant Room::deadline() const {
  return std::min(parts_->state.timers.deadline(), parts_->next_control);
}

}  // namespace sfu::room
