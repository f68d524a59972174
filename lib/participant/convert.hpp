// SPDX-License-Identifier: Apache-2.0
// Between the public values of include/sfu/client*.hpp and those of this folder and of the protocol. (Those of
// sfu/info.hpp: wire/infos.hpp.)
#pragma once

#include "participant/events.hpp"
#include "participant/rpc.hpp"
#include "participant/streams.hpp"
#include "sfu/client_events.hpp"
#include "sfu/client_media.hpp"

namespace sfu::participant {

rtp::Codec to_codec(MediaCodec codec);
MediaCodec to_media_codec(rtp::Codec codec);

sfu::StreamInfo to_public(const StreamInfo& info);
sfu::RpcError to_public(const RpcError& error);
Disconnect to_public(livekit::DisconnectReason reason, const Error& error);

PublishOptions to_options(std::string cid, const PublishTrack& track);
livekit::UpdateTrackSettings to_message(std::string track_sid, const TrackSettings& settings);
StreamInfo to_stream(bool text, const StreamOptions& options);

}  // namespace sfu::participant
