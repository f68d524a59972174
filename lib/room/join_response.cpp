// SPDX-License-Identifier: Apache-2.0
#include "room/join_response.hpp"

#include <algorithm>

namespace sfu::room {

namespace {

constexpr int kPingTimeoutSeconds = 15;
constexpr int kPingIntervalSeconds = 5;

bool same_codec(const livekit::Codec& a, const livekit::Codec& b) {
  return rtp::codec_from_mime(a.mime()) == rtp::codec_from_mime(b.mime());
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

std::vector<livekit::Codec> publish_codecs(const std::vector<livekit::Codec>& enabled,
                                           const livekit::ClientConfiguration& client) {
  std::vector<livekit::Codec> codecs;
  for (const auto& codec : enabled) {
    const auto is_same = [&](const livekit::Codec& other) { return same_codec(codec, other); };
    const auto& disabled = client.disabled_codecs();
    if (rtp::codec_from_mime(codec.mime()) == rtp::Codec::kRtx || std::ranges::any_of(disabled.codecs(), is_same) ||
        std::ranges::any_of(disabled.publish(), is_same)) {
      continue;
    }
    codecs.push_back(codec);
  }
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
