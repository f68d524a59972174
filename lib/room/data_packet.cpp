// SPDX-License-Identifier: Apache-2.0
#include "room/data_packet.hpp"

#include <algorithm>

namespace sfu::room {

namespace {

template <typename List>
bool names(const List& list, const std::string& name) {
  return std::ranges::find(list, name) != list.end();
}

// An agent may speak for someone else, but its words are then marked as made by a machine.
bool agent_speaks_for_another(livekit::DataPacket& packet, const Profile& sender) {
  if (!sender.is_agent() || packet.participant_identity().empty() ||
      packet.participant_identity() == sender.identity()) {
    return false;
  }
  if (packet.has_chat_message()) {
    packet.mutable_chat_message()->set_generated(true);
    return true;
  }
  if (packet.has_stream_header() && packet.stream_header().has_text_header()) {
    packet.mutable_stream_header()->mutable_text_header()->set_generated(true);
    return true;
  }
  return false;
}

}  // namespace

bool stamp_sender(livekit::DataPacket& packet, const Profile& sender, bool reliable) {
  if (packet.has_transcription() && !sender.is_agent()) return false;
  if (packet.has_metrics()) return false;
  packet.set_kind(reliable ? livekit::DataPacket::RELIABLE : livekit::DataPacket::LOSSY);
  packet.set_participant_sid(sender.sid());
  const std::string identity = sender.hidden() ? std::string() : sender.identity();
  if (!agent_speaks_for_another(packet, sender)) packet.set_participant_identity(identity);
  if (!packet.has_user()) return true;
  // Older clients read the same out of the user packet.
  auto* user = packet.mutable_user();
  user->set_participant_sid(sender.sid());
  user->set_participant_identity(identity);
  if (!packet.destination_identities().empty()) {
    *user->mutable_destination_identities() = packet.destination_identities();
  } else {
    *packet.mutable_destination_identities() = user->destination_identities();
  }
  return true;
}

bool has_destinations(const livekit::DataPacket& packet) {
  return !packet.destination_identities().empty() || (packet.has_user() && !packet.user().destination_sids().empty());
}

bool is_destination(const livekit::DataPacket& packet, const Profile& participant) {
  return !has_destinations(packet) || names(packet.destination_identities(), participant.identity()) ||
         (packet.has_user() && names(packet.user().destination_sids(), participant.sid()));
}

}  // namespace sfu::room
