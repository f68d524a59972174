// SPDX-License-Identifier: Apache-2.0
// Participants of the host's own. What they share with all others goes through the same functions as a client's
// requests; here is what a client would do by SDP, RTCP and data channels.
#include "room/local_transport.hpp"
#include "room/room.hpp"
#include "room/room_parts.hpp"

namespace sfu::room {

void Room::publish_local(Instant now, ParticipantId from, const livekit::AddTrackRequest& request, rtp::Codec codec,
                         std::size_t layers, Output& out) {
  auto* transport = parts_->state.roster.find_local(from);
  if (transport == nullptr) return;
  if (transport->section_of(request.cid()) == nullptr) transport->add_section(request.cid(), codec, layers);
  add_track(now, from, request, out);
}

void Room::unpublish_local(Instant now, ParticipantId from, const std::string& cid, Output& out) {
  auto* transport = parts_->state.roster.find_local(from);
  const auto* section = transport != nullptr ? transport->section_of(cid) : nullptr;
  if (section == nullptr) return;
  peer::OfferChanges changes;
  changes.stopped.push_back(section->mid);
  transport->remove_section(cid);
  parts_->publishing.offer_applied(now, *parts_->state.roster.find(from), changes, out);
  parts_->settle(now, out);
}

void Room::send_data_as(Instant now, ParticipantId from, livekit::DataPacket packet, bool reliable, Output& out) {
  auto* sender = parts_->state.roster.find(from);
  if (sender == nullptr || !sender->profile.can_publish_data()) return;
  parts_->data.forward(now, *sender, std::move(packet), reliable, out);
  parts_->settle(now, out);
}

std::size_t Room::waiting_data(ParticipantId from, const livekit::DataPacket& packet) const {
  return parts_->data.most_waiting(from, packet);
}

void Room::request_key_frame(Instant now, ParticipantId from, const std::string& track_sid, Output& out) {
  auto* subscriber = parts_->state.roster.find(from);
  if (subscriber == nullptr) return;
  const auto subscription = subscriber->subscriptions.find(track_sid);
  const auto track = parts_->state.roster.find_track(track_sid);
  if (!track || subscription == subscriber->subscriptions.end() || !subscription->second.forwarding()) return;
  auto media_out = parts_->state.media_output(out);
  track.publication->media(subscription->second.codec)->on_pli(now, subscription->second.forwarder, media_out);
  parts_->state.reschedule(*track.publication);
}

}  // namespace sfu::room
