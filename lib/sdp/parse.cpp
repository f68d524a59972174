// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "sdp/sdp.hpp"
#include "sdp/text.hpp"

namespace sfu::sdp {

namespace {

std::optional<Direction> direction_from(std::string_view name) {
  if (name == "sendrecv") return Direction::kSendRecv;
  if (name == "sendonly") return Direction::kSendOnly;
  if (name == "recvonly") return Direction::kRecvOnly;
  if (name == "inactive") return Direction::kInactive;
  return std::nullopt;
}

std::optional<Setup> setup_from(std::string_view value) {
  if (value == "actpass") return Setup::kActpass;
  if (value == "active") return Setup::kActive;
  if (value == "passive") return Setup::kPassive;
  return std::nullopt;  // holdconn has no use in WebRTC (RFC 8842 5.2)
}

// "sha-256 AA:BB:…"
std::optional<Fingerprint> fingerprint_from(std::string_view value) {
  Fingerprint fingerprint{std::string(next_word(value)), std::string(trim(value))};
  if (fingerprint.algorithm.empty() || fingerprint.value.empty()) return std::nullopt;
  std::ranges::transform(fingerprint.algorithm, fingerprint.algorithm.begin(), to_lower);
  std::ranges::transform(fingerprint.value, fingerprint.value.begin(), to_upper);
  return fingerprint;
}

// "111 opus/48000/2"
std::optional<RtpMap> rtpmap_from(std::string_view value) {
  RtpMap map;
  if (!parse_number(next_word(value), map.payload_type) || map.payload_type > 127) return std::nullopt;
  value = trim(value);
  map.name = next_until(value, '/');
  if (map.name.empty() || !parse_number(next_until(value, '/'), map.clock_rate)) return std::nullopt;
  if (!value.empty() && !parse_number(value, map.channels)) return std::nullopt;
  return map;
}

std::optional<Fmtp> fmtp_from(std::string_view value) {
  Fmtp fmtp;
  if (!parse_number(next_word(value), fmtp.payload_type) || fmtp.payload_type > 127) return std::nullopt;
  fmtp.parameters = trim(value);
  return fmtp;
}

std::optional<RtcpFeedback> feedback_from(std::string_view value) {
  RtcpFeedback feedback;
  const std::string_view type = next_word(value);
  if (type != "*") {
    std::uint8_t payload_type = 0;
    if (!parse_number(type, payload_type) || payload_type > 127) return std::nullopt;
    feedback.payload_type = payload_type;
  }
  feedback.value = trim(value);
  if (feedback.value.empty()) return std::nullopt;
  return feedback;
}

// "3/sendonly urn:… attributes"
std::optional<ExtMap> extmap_from(std::string_view value) {
  ExtMap map;
  std::string_view id = next_word(value);
  const std::string_view number = next_until(id, '/');
  if (!parse_number(number, map.id) || map.id == 0) return std::nullopt;
  if (!id.empty()) {
    const auto direction = direction_from(id);
    if (!direction) return std::nullopt;
    map.direction = *direction;
  }
  map.uri = next_word(value);
  if (map.uri.empty()) return std::nullopt;
  return map;
}

std::optional<SsrcAttribute> ssrc_from(std::string_view value) {
  SsrcAttribute attribute;
  if (!parse_number(next_word(value), attribute.ssrc)) return std::nullopt;
  value = trim(value);
  attribute.name = next_until(value, ':');
  attribute.value = trim(value);
  return attribute;
}

std::optional<SsrcGroup> ssrc_group_from(std::string_view value) {
  SsrcGroup group;
  group.semantics = next_word(value);
  for (std::string_view word = next_word(value); !word.empty(); word = next_word(value)) {
    std::uint32_t ssrc = 0;
    if (!parse_number(word, ssrc) || group.ssrcs.size() >= Limits::kSsrcs) return std::nullopt;
    group.ssrcs.push_back(ssrc);
  }
  if (group.semantics.empty()) return std::nullopt;
  return group;
}

// RFC 8851 10 (errata 7132): letters, digits, "-" and "_".
bool is_rid(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    const char lower = to_lower(c);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::optional<Rid> rid_from(std::string_view value) {
  Rid rid;
  rid.id = next_word(value);
  const std::string_view direction = next_word(value);
  if (!is_rid(rid.id) || (direction != "send" && direction != "recv")) return std::nullopt;
  rid.send = direction == "send";
  rid.restrictions = trim(value);
  return rid;
}

// "send ~q;h,x;f recv 1"
std::optional<Simulcast> simulcast_from(std::string_view value) {
  Simulcast simulcast;
  while (!trim(value).empty()) {
    const std::string_view direction = next_word(value);
    if (direction != "send" && direction != "recv") return std::nullopt;
    std::string_view list = next_word(value);
    // Chrome before 70 and Firefox before 64 wrote "rid=q;h;f" (draft-ietf-mmusic-sdp-simulcast-03).
    if (list.starts_with("rid=")) list.remove_prefix(4);
    auto& rids = direction == "send" ? simulcast.send : simulcast.recv;
    while (!list.empty()) {
      std::string_view stream = next_until(list, ';');
      std::string_view rid = next_until(stream, ',');
      if (rid.starts_with('~')) rid.remove_prefix(1);
      if (!is_rid(rid) || rids.size() >= Limits::kRids) return std::nullopt;
      rids.emplace_back(rid);
    }
  }
  return simulcast;
}

// Lines into a SessionDescription, one at a time. Broken attributes that matter are errors: to guess what a client
// meant would hide the bug until media fails.
class Parser {
 public:
  Result<SessionDescription> run(std::string_view text) {
    if (text.size() > kMaxText) return fail(Errc::kLimitExceeded, "SDP larger than 1 MiB");
    while (!text.empty()) {
      std::string_view line = next_until(text, '\n');
      ++line_number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) continue;
      SFU_CHECK_OK(parse_line(line));
    }
    if (!seen_version_) return fail(Errc::kMalformed, "SDP without v=0");
    return std::move(session_);
  }

 private:
  Failure malformed(std::string_view what) const {
    return fail(Errc::kMalformed, "SDP line " + std::to_string(line_number_) + ": " + std::string(what));
  }
  Failure too_many(std::string_view what) const {
    return fail(Errc::kLimitExceeded,
                "SDP line " + std::to_string(line_number_) + ": too many of " + std::string(what));
  }

  Result<void> parse_line(std::string_view line) {
    if (line.size() < 2 || line[1] != '=') return malformed("not of the form x=value");
    // Values of it are written into our own descriptions, where neither may begin another line.
    if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos)
      return malformed("control character");
    const std::string_view value = line.substr(2);
    if (!seen_version_ && line[0] != 'v') return malformed("does not begin with v=0");
    switch (line[0]) {
      case 'v':
        if (trim(value) != "0") return malformed("unknown version");
        seen_version_ = true;
        return {};
      case 'o': return parse_origin(value);
      case 'm': return parse_media(value);
      case 'c':
        if (in_media()) media().connection = value;
        return {};
      case 'a': return parse_attribute(value);
      default: return {};  // s=, t=, b=, ... say nothing that WebRTC needs
    }
  }

  Result<void> parse_origin(std::string_view value) {
    next_word(value);
    session_.session_id = next_word(value);
    // RFC 8829 5.2.1 wants 63 bits; what does not fit is of no use to us, so it is not an error.
    if (!parse_number(next_word(value), session_.session_version)) session_.session_version = 0;
    return {};
  }

  Result<void> parse_media(std::string_view value) {
    if (session_.media.size() >= kMaxSections) return fail(Errc::kLimitExceeded, "SDP with too many sections");
    MediaDescription media;
    media.type = next_word(value);
    std::string_view port = next_word(value);
    const std::string_view number = next_until(port, '/');
    media.protocol = next_word(value);
    if (media.type.empty() || media.protocol.empty() || !parse_number(number, media.port)) {
      return malformed("bad m= line");
    }
    std::size_t count = 0;
    for (std::string_view word = next_word(value); !word.empty(); word = next_word(value)) {
      if (++count > Limits::kFormats) return too_many("formats");
      if (std::ranges::find(media.formats, word) == media.formats.end()) media.formats.emplace_back(word);
    }
    session_.media.push_back(std::move(media));
    return {};
  }

  Result<void> parse_attribute(std::string_view value) {
    const std::string_view name = next_until(value, ':');
    if (parse_transport_attribute(name, value)) return {};
    if (name == "fingerprint") {
      auto& fingerprints = in_media() ? media().fingerprints : session_.fingerprints;
      return append(fingerprints, fingerprint_from(value), name, Limits::kFingerprints);
    }
    if (name == "setup") {
      const auto setup = setup_from(trim(value));
      if (!setup) return malformed("bad setup");
      (in_media() ? media().setup : session_.setup) = *setup;
      return {};
    }
    return in_media() ? parse_media_attribute(name, value) : parse_session_attribute(name, value);
  }

  bool parse_transport_attribute(std::string_view name, std::string_view value) {
    if (name == "ice-ufrag") {
      (in_media() ? media().ice_ufrag : session_.ice_ufrag) = trim(value);
    } else if (name == "ice-pwd") {
      (in_media() ? media().ice_pwd : session_.ice_pwd) = trim(value);
    } else if (name == "ice-options") {
      (in_media() ? media().ice_options : session_.ice_options) = trim(value);
    } else if (name == "extmap-allow-mixed") {
      if (in_media()) {
        media().extmap_allow_mixed = true;
      } else {
        session_.extmap_allow_mixed = true;
      }
    } else {
      return false;
    }
    return true;
  }

  Result<void> parse_session_attribute(std::string_view name, std::string_view value) {
    if (name == "ice-lite") {
      session_.ice_lite = true;
    } else if (name == "msid-semantic") {
      session_.msid_semantic = trim(value);
    } else if (name == "group") {
      if (next_word(value) != "BUNDLE" || !session_.bundle.empty()) return {};
      for (std::string_view mid = next_word(value); !mid.empty(); mid = next_word(value)) {
        if (session_.bundle.size() >= kMaxSections) return too_many("mids in a group");
        session_.bundle.emplace_back(mid);
      }
    }
    return {};
  }

  // Appends what was made of the value; `what` names it in the error.
  template <typename T>
  Result<void> append(std::vector<T>& list, std::optional<T> item, std::string_view what, std::size_t most) {
    if (list.size() >= most) return too_many(what);
    if (!item) return malformed("bad " + std::string(what));
    list.push_back(*std::move(item));
    return {};
  }

  Result<void> parse_media_attribute(std::string_view name, std::string_view value) {
    MediaDescription& m = media();
    if (const auto direction = direction_from(name)) {
      m.direction = *direction;
      return {};
    }
    if (name == "mid") {
      m.mid = trim(value);
      if (m.mid.empty()) return malformed("empty mid");
      return {};
    }
    if (name == "rtpmap") return append(m.rtpmaps, rtpmap_from(value), name, Limits::kFormats);
    if (name == "fmtp") return append(m.fmtps, fmtp_from(value), name, Limits::kFormats);
    if (name == "rtcp-fb") return append(m.feedback, feedback_from(value), name, Limits::kFeedback);
    if (name == "extmap") return append(m.extensions, extmap_from(value), name, Limits::kExtensions);
    if (name == "ssrc") return append(m.ssrcs, ssrc_from(value), name, Limits::kSsrcLines);
    if (name == "ssrc-group") return append(m.ssrc_groups, ssrc_group_from(value), name, Limits::kSsrcGroups);
    if (name == "rid") return append(m.rids, rid_from(value), name, Limits::kRids);
    if (name == "simulcast") {
      auto simulcast = simulcast_from(value);
      if (!simulcast) return malformed("bad simulcast");
      m.simulcast = std::move(simulcast);
      return {};
    }
    return parse_other_media_attribute(m, name, value);
  }

  Result<void> parse_other_media_attribute(MediaDescription& m, std::string_view name, std::string_view value) {
    if (name == "msid") {
      if (m.msids.size() >= Limits::kMsids) return too_many(name);
      Msid msid;
      msid.stream_id = next_word(value);
      msid.track_id = next_word(value);
      m.msids.push_back(std::move(msid));
    } else if (name == "candidate") {
      if (m.candidates.size() >= Limits::kCandidates) return too_many(name);
      m.candidates.emplace_back(trim(value));
    } else if (name == "end-of-candidates") {
      m.end_of_candidates = true;
    } else if (name == "rtcp-mux") {
      m.rtcp_mux = true;
    } else if (name == "rtcp-rsize") {
      m.rtcp_rsize = true;
    } else if (name == "bundle-only") {
      m.bundle_only = true;
    } else if (name == "sctp-port") {
      std::uint16_t port = 0;
      if (!parse_number(trim(value), port)) return malformed("bad sctp-port");
      m.sctp_port = port;
    } else if (name == "max-message-size") {
      std::uint64_t size = 0;
      if (!parse_number(trim(value), size)) return malformed("bad max-message-size");
      m.max_message_size = static_cast<std::uint32_t>(std::min<std::uint64_t>(size, UINT32_MAX));
    }
    return {};
  }

  bool in_media() const { return !session_.media.empty(); }
  MediaDescription& media() { return session_.media.back(); }

  SessionDescription session_;
  std::size_t line_number_ = 0;
  bool seen_version_ = false;
};

}  // namespace

Result<SessionDescription> parse(std::string_view text) {
  return Parser().run(text);
}

}  // namespace sfu::sdp
