// SPDX-License-Identifier: Apache-2.0
// Session descriptions as WebRTC writes them (RFC 8866 with the attributes of RFC 8829, JSEP): text to plain structs
// and back. This layer knows the grammar and no meaning: what to answer is decided in peer/negotiator. It accepts CRLF
// and LF, skips lines it does not know, and bounds everything: the text (kMaxText), its sections, and what stands in
// one of them (Limits), because who reads a section compares its lists with each other. Nothing here keeps state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace sfu::sdp {

// A description longer than this is refused. Chrome's largest real ones, with a hundred sections, stay below it.
inline constexpr std::size_t kMaxText = std::size_t{1} << 20;
inline constexpr std::size_t kMaxSections = 512;

// What one section may list. Chrome's largest come to 34 formats, 77 lines of feedback and 24 lines of ssrc.
struct Limits {
  static constexpr std::size_t kFormats = 128;  // as many payload types as there are; rtpmaps and fmtps too
  static constexpr std::size_t kFeedback = 512;
  static constexpr std::size_t kExtensions = 255;  // RFC 8285 4.3
  static constexpr std::size_t kSsrcs = 64;
  static constexpr std::size_t kSsrcLines = 4 * kSsrcs;  // of cname, msid, mslabel and label
  static constexpr std::size_t kSsrcGroups = 64;
  static constexpr std::size_t kRids = 64;  // of simulcast, too, in each direction
  static constexpr std::size_t kMsids = 64;
  static constexpr std::size_t kFingerprints = 64;  // of the session, too
  static constexpr std::size_t kCandidates = 256;   // of a host with many networks; each is looked at once
};

enum class Direction : std::uint8_t { kInactive = 0, kSendOnly = 1, kRecvOnly = 2, kSendRecv = 3 };
constexpr bool sends(Direction d) {
  return (static_cast<unsigned>(d) & 1) != 0;
}
constexpr bool receives(Direction d) {
  return (static_cast<unsigned>(d) & 2) != 0;
}
constexpr Direction make_direction(bool sending, bool receiving) {
  return static_cast<Direction>((sending ? 1 : 0) | (receiving ? 2 : 0));
}
// The same direction seen from the other end.
constexpr Direction reverse(Direction d) {
  return make_direction(receives(d), sends(d));
}

enum class Setup : std::uint8_t { kAbsent, kActpass, kActive, kPassive };  // RFC 8842 5.2

struct Fingerprint {      // RFC 8122
  std::string algorithm;  // lower case: "sha-256"
  std::string value;      // upper-case hex with colons
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

struct RtpMap {
  std::uint8_t payload_type = 0;
  std::string name;
  std::uint32_t clock_rate = 0;
  std::uint16_t channels = 1;
};

struct Fmtp {
  std::uint8_t payload_type = 0;
  std::string parameters;
};

struct RtcpFeedback {                        // RFC 4585 4.2
  std::optional<std::uint8_t> payload_type;  // nullopt: "*"
  std::string value;                         // "nack", "nack pli", "transport-cc"
};

struct ExtMap {         // RFC 8285 5
  std::uint8_t id = 0;  // 1..14 one-byte form, up to 255 two-byte form
  Direction direction = Direction::kSendRecv;
  std::string uri;
};

struct SsrcAttribute {  // RFC 5576 4.1
  std::uint32_t ssrc = 0;
  std::string name;   // "cname", "msid", ...
  std::string value;  // may be empty
};

struct SsrcGroup {        // RFC 5576 4.2
  std::string semantics;  // "FID", "SIM", ...
  std::vector<std::uint32_t> ssrcs;
};

struct Rid {  // RFC 8851
  std::string id;
  bool send = false;
  std::string restrictions;  // "pt=96;max-width=1280", may be empty
};

struct Simulcast {  // RFC 8853; of alternatives ("a,b") the first; the "~" of a paused stream is dropped
  std::vector<std::string> send;
  std::vector<std::string> recv;
};

struct Msid {             // RFC 8830
  std::string stream_id;  // "-": no stream
  std::string track_id;   // may be empty
};

struct MediaDescription {
  // The m= line.
  std::string type;  // "audio", "video", "application"
  std::uint16_t port = 9;
  std::string protocol = "UDP/TLS/RTP/SAVPF";
  std::vector<std::string> formats;  // payload types or "webrtc-datachannel", each once
  std::string connection = "IN IP4 0.0.0.0";

  std::string mid;
  Direction direction = Direction::kSendRecv;
  bool bundle_only = false;
  bool rtcp_mux = false;
  bool rtcp_rsize = false;
  std::optional<bool> extmap_allow_mixed;  // set when the section says it itself
  std::vector<Msid> msids;
  std::vector<RtpMap> rtpmaps;
  std::vector<Fmtp> fmtps;
  std::vector<RtcpFeedback> feedback;
  std::vector<ExtMap> extensions;
  std::vector<SsrcAttribute> ssrcs;
  std::vector<SsrcGroup> ssrc_groups;
  std::vector<Rid> rids;
  std::optional<Simulcast> simulcast;

  // Transport; a value absent here is taken from the session level.
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string ice_options;
  std::vector<Fingerprint> fingerprints;
  Setup setup = Setup::kAbsent;
  std::vector<std::string> candidates;  // without "candidate:", see candidate.hpp
  bool end_of_candidates = false;

  // Data channels (RFC 8841).
  std::optional<std::uint16_t> sctp_port;
  std::optional<std::uint32_t> max_message_size;

  bool is_data() const { return type == "application"; }
  const RtpMap* rtpmap(std::uint8_t payload_type) const;
  // The parameters of a payload type, "" if there are none.
  std::string_view fmtp(std::uint8_t payload_type) const;
};

struct SessionDescription {
  std::string session_id = "0";  // o= line
  std::uint64_t session_version = 0;
  std::vector<std::string> bundle;  // mids of the (first) BUNDLE group, RFC 9143
  std::string msid_semantic;        // "WMS *"; empty: no line
  bool extmap_allow_mixed = false;
  bool ice_lite = false;
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string ice_options;
  std::vector<Fingerprint> fingerprints;
  Setup setup = Setup::kAbsent;
  std::vector<MediaDescription> media;

  const MediaDescription* find(std::string_view mid) const;
};

// Errors: kMalformed (line and reason in the message), kLimitExceeded.
Result<SessionDescription> parse(std::string_view text);

std::string write(const SessionDescription& description);

// One parameter of an fmtp line, case-insensitive name: fmtp_parameter("minptime=10;stereo=1", "stereo") is "1".
std::optional<std::string_view> fmtp_parameter(std::string_view fmtp, std::string_view name);

}  // namespace sfu::sdp
