// SPDX-License-Identifier: Apache-2.0
// From a client's AddTrackRequest to the TrackInfo that others will see (signalling 2.7). Plain functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "livekit_models.pb.h"
#include "livekit_rtc.pb.h"
#include "rtp/codec_name.hpp"

namespace sfu::room {

// "TR_VC" for a camera, "TR_AM" for a microphone, ... (signalling 3.1)
std::string track_sid_prefix(livekit::TrackType type, livekit::TrackSource source);

// `enabled` are the room's codecs, the most wanted first: a disabled one is replaced by the first of its kind.
livekit::TrackInfo make_track_info(const livekit::AddTrackRequest& request, std::string sid,
                                   std::span<const livekit::Codec> enabled);

// Replaces the features, without duplicates, and what is derived from them.
void set_audio_features(livekit::TrackInfo& info, const google::protobuf::RepeatedField<int>& features);

// All codecs that this library forwards, in the order of signalling 2.3.
std::span<const livekit::Codec> supported_codecs();

// A codec of a published track is about to come as a track of its own (signalling 2.8): its entry learns under which
// cid, and with which layers. Gives the entry's index; nullopt if the request names no codec of the track.
std::optional<std::size_t> announce_backup(livekit::TrackInfo& info, const livekit::AddTrackRequest& request);

// True if `cid` is the client's track id of one of the track's codecs.
bool has_cid(const livekit::TrackInfo& info, std::string_view cid);
bool has_cid(const livekit::SimulcastCodecInfo& codec, std::string_view cid);

// The codec that the client announced first, or as `index`; kUnknown if it left the choice to the negotiation.
rtp::Codec announced_codec(const livekit::TrackInfo& info, std::size_t index = 0);

}  // namespace sfu::room
