// SPDX-License-Identifier: Apache-2.0
// The codecs that are forwarded, under the names that SDP and the LiveKit protocol give them.
#pragma once

#include <cstdint>
#include <string_view>

namespace sfu::rtp {

enum class MediaKind : std::uint8_t { kAudio, kVideo };

// "audio" or "video"
std::string_view to_string(MediaKind kind);

enum class Codec : std::uint8_t { kOpus, kRed, kPcmu, kPcma, kVp8, kVp9, kH264, kH265, kAv1, kRtx, kUnknown };

// "video/VP8", "audio/opus", ... as LiveKit spells them; "" for kUnknown. RTX is "video/rtx".
std::string_view mime_type(Codec codec);
// The encoding name that a=rtpmap uses: "VP8", "opus", ...
std::string_view encoding_name(Codec codec);
// Case is ignored (RFC 4855 3). kUnknown if the name is not known for this kind.
Codec codec_from_name(MediaKind kind, std::string_view encoding_name);
// "video/vp8" and the like, case ignored.
Codec codec_from_mime(std::string_view mime_type);

MediaKind kind_of(Codec codec);  // kRtx and kUnknown count as video
std::uint32_t clock_rate(Codec codec);

}  // namespace sfu::rtp
