// SPDX-License-Identifier: Apache-2.0
// From negotiated sections to the configurations of media/. Plain functions.
#pragma once

#include <span>
#include <vector>

#include "livekit_models.pb.h"
#include "media/endpoint.hpp"
#include "peer/negotiated.hpp"
#include "room/profile.hpp"

namespace sfu::room {

// What the answer to a publisher's section says. `info` is null for a section that no announced track has claimed;
// `announced` is the codec that the client said would come in it.
peer::ReceiveOptions receive_options(const livekit::TrackInfo* info, rtp::Codec announced, rtp::MediaKind kind,
                                     const Profile& publisher, std::span<const livekit::Codec> enabled);

media::PublishedTrackConfig published_track_config(const peer::ReceiveSection& section, const livekit::TrackInfo& info,
                                                   rtp::Ssrc rtcp_ssrc, const std::string& sif_trailer,
                                                   const RoomOptions& options);

// The codec that the publisher will send: what it announced, if that was agreed; else the first agreed.
rtp::Codec expected_codec(const peer::ReceiveSection& section, rtp::Codec announced);
// What subscribers are offered of the section when the publisher sends `sent`: all profiles of that codec; and for
// RED also the codec inside it, which is what remains for those without RED. With `makes_red`, RED for Opus.
std::vector<peer::PayloadCodec> offered_codecs(const peer::ReceiveSection& section, rtp::Codec sent, bool makes_red);
// Whether subscribers get RED of what the publisher sends as plain Opus.
bool makes_red(const livekit::TrackInfo& info, rtp::Codec sent, const RoomOptions& options);

// How the publisher's payload types leave towards a subscriber with these codecs.
std::vector<media::PayloadMapping> payload_mappings(const std::vector<peer::PayloadCodec>& from,
                                                    const std::vector<peer::PayloadCodec>& to, bool makes_red = false);

// Tells the router what the section's description says of its streams.
void route_section(media::SsrcRouter& router, const peer::ReceiveSection& section, media::PublishedTrack& track);

}  // namespace sfu::room
