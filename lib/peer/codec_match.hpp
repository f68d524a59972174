// SPDX-License-Identifier: Apache-2.0
// Codecs out of a section's attributes, and which payload type of one side fits a codec of the other. Payload types are
// only labels: what counts is codec and the parameters that change the bitstream (RFC 6184 8.2.2, RFC 9628, AV1 RTP).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "peer/negotiated.hpp"
#include "sdp/sdp.hpp"

namespace sfu::peer {

struct H264Profile {
  std::uint8_t profile = 0x42;  // profile_idc
  std::uint8_t constraints = 0xe0;
  bool packetization_mode_1 = false;

  // RFC 6184 8.1: what is absent means Baseline, mode 0.
  static H264Profile parse(std::string_view fmtp);
};

// The payload types of a section that this library forwards, in the order of the m= line, each with its RTX and its
// feedback as stated there. `codecs` limits them; `extra_h264` are exact fmtp lines accepted beside the usual profiles.
std::vector<PayloadCodec> supported_codecs(const sdp::MediaDescription& media, rtp::MediaKind kind,
                                           std::span<const rtp::Codec> codecs, std::span<const std::string> extra_h264);

// The one that decodes what `source` encodes; null if there is none. An exact profile is best, then one that includes
// it, and last any of the same codec and packetization: decoders take more than they announce.
const PayloadCodec* match_codec(const PayloadCodec& source, const std::vector<PayloadCodec>& candidates);

// fmtp as lists of parameters; names compare without case.
std::string without_parameter(std::string_view fmtp, std::string_view name);
std::string with_parameter(std::string_view fmtp, std::string_view name, std::string_view value);
// Without x-google-…: hints of livekit-client for its own browser, which may differ from section to section.
std::string without_hints(std::string_view fmtp);
std::string hints_of(std::string_view fmtp);
// What one client's description may carry into another's: whole parameters without blanks and control characters, and
// not more of them than codecs have.
std::string plain_parameters(std::string_view fmtp);

// The payload type of the Opus inside RED, out of "111/111".
std::optional<std::uint8_t> red_payload(std::string_view fmtp);

}  // namespace sfu::peer
