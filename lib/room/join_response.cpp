// SPDX-License-Identifier: Apache-2.0
#include "room/join_response.hpp"

#include <algorithm>
#include <iterator>

namespace sfu::room {

namespace {

constexpr int kPingTimeoutSeconds = 15;
constexpr int kPingIntervalSeconds = 5;

using Codecs = google::protobuf::RepeatedPtrField<livekit::Codec>;

bool contains(const Codecs& codecs, const livekit::Codec& codec) {
  return std::ranges::any_of(codecs, [name = rtp::codec_from_mime(codec.mime())](const livekit::Codec& other) {
    return rtp::codec_from_mime(other.mime()) == name;
  });
}

// JS starts to negotiate beside AddTrack only if it finds video first.
int codec_order(const livekit::Codec& codec) {
  switch (rtp::codec_from_mime(codec.mime())) {
    case rtp::Codec::kVp8: return 0;
    case rtp::Codec::kH264: return 1;
    default: return codec.mime().starts_with("video/") ? 2 : 3;
  }
}

}  // namespace

std::vector<livekit::Codec> usable_codecs(const std::vector<livekit::Codec>& enabled,
                                          const livekit::ClientConfiguration& client) {
  std::vector<livekit::Codec> codecs;
  std::ranges::copy_if(enabled, std::back_inserter(codecs), [&](const livekit::Codec& codec) {
    return !contains(client.disabled_codecs().codecs(), codec);
  });
  return codecs;
}

std::vector<livekit::Codec> publish_codecs(const std::vector<livekit::Codec>& usable,
                                           const livekit::ClientConfiguration& client) {
  std::vector<livekit::Codec> codecs;
  std::ranges::copy_if(usable, std::back_inserter(codecs), [&](const livekit::Codec& codec) {
    return rtp::codec_from_mime(codec.mime()) != rtp::Codec::kRtx &&
           !contains(client.disabled_codecs().publish(), codec);
  });
  std::ranges::stable_sort(codecs, {}, codec_order);
  return codecs;
}

livekit::JoinResponse make_join_response(RoomState& state, Participant& participant, livekit::JoinResponse begun) {
  livekit::JoinResponse response = std::move(begun);
  count_participants(state);
  *response.mutable_room() = state.info;
  *response.mutable_participant() = participant.info();
  add_others(state, participant, *response.mutable_other_participants());
  response.set_subscriber_primary(participant.subscriber_primary);
  response.set_ping_timeout(kPingTimeoutSeconds);
  response.set_ping_interval(kPingIntervalSeconds);
  response.set_sif_trailer(state.sif_trailer);
  for (const auto& codec : participant.publish_codecs) *response.add_enabled_publish_codecs() = codec;
  response.set_fast_publish(participant.profile.can_publish());
  return response;
}

void add_others(RoomState& state, Participant& participant,
                google::protobuf::RepeatedPtrField<livekit::ParticipantInfo>& others) {
  state.roster.for_each([&](Participant& other) {
    if (other.id == participant.id || other.profile.hidden()) return;
    auto info = other.info();
    participant.seen.accept(info.sid(), info.version());
    *others.Add() = std::move(info);
  });
}

void count_participants(RoomState& state) {
  std::uint32_t participants = 0;
  std::uint32_t publishers = 0;
  bool recording = false;
  state.roster.for_each([&](Participant& participant) {
    participants += participant.counts() ? 1 : 0;
    publishers += participant.profile.is_publisher() ? 1 : 0;
    recording |= participant.profile.is_recorder();
  });
  state.info.set_num_participants(participants);
  state.info.set_num_publishers(publishers);
  state.info.set_active_recording(recording);
}

}  // namespace sfu::room
