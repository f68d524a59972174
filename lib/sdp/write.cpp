// SPDX-License-Identifier: Apache-2.0
#include <concepts>
#include <string>

#include "sdp/sdp.hpp"

namespace sfu::sdp {

namespace {

std::string_view name_of(Direction direction) {
  switch (direction) {
    case Direction::kInactive: return "inactive";
    case Direction::kSendOnly: return "sendonly";
    case Direction::kRecvOnly: return "recvonly";
    case Direction::kSendRecv: return "sendrecv";
  }
  return "inactive";
}

std::string_view name_of(Setup setup) {
  switch (setup) {
    case Setup::kAbsent: return "";
    case Setup::kActpass: return "actpass";
    case Setup::kActive: return "active";
    case Setup::kPassive: return "passive";
  }
  return "";
}

class Writer {
 public:
  std::string run(const SessionDescription& session) {
    out_.reserve(1024 + session.media.size() * 2048);
    write_session(session);
    for (const MediaDescription& media : session.media) write_media(media);
    return std::move(out_);
  }

 private:
  // One line of parts, ended by CRLF (RFC 8866 5).
  template <typename... Parts>
  void line(const Parts&... parts) {
    (append(parts), ...);
    out_ += "\r\n";
  }
  void append(std::string_view text) { out_ += text; }
  void append(const std::string& text) { out_ += text; }
  void append(const char* text) { out_ += text; }
  template <std::integral T>
  void append(T number) {
    out_ += std::to_string(number);
  }

  template <typename Level>
  void write_transport(const Level& level) {
    if (!level.ice_ufrag.empty()) line("a=ice-ufrag:", level.ice_ufrag);
    if (!level.ice_pwd.empty()) line("a=ice-pwd:", level.ice_pwd);
    if (!level.ice_options.empty()) line("a=ice-options:", level.ice_options);
    for (const Fingerprint& f : level.fingerprints) line("a=fingerprint:", f.algorithm, " ", f.value);
    if (level.setup != Setup::kAbsent) line("a=setup:", name_of(level.setup));
  }

  void write_session(const SessionDescription& s) {
    line("v=0");
    line("o=- ", s.session_id, " ", s.session_version, " IN IP4 127.0.0.1");
    line("s=-");
    line("t=0 0");
    if (s.ice_lite) line("a=ice-lite");
    if (!s.bundle.empty()) {
      out_ += "a=group:BUNDLE";
      for (const std::string& mid : s.bundle) out_ += " " + mid;
      out_ += "\r\n";
    }
    if (s.extmap_allow_mixed) line("a=extmap-allow-mixed");
    if (!s.msid_semantic.empty()) line("a=msid-semantic: ", s.msid_semantic);
    write_transport(s);
  }

  void write_media(const MediaDescription& m) {
    out_ += "m=" + m.type + " " + std::to_string(m.port) + " " + m.protocol;
    for (const std::string& format : m.formats) out_ += " " + format;
    out_ += "\r\n";
    line("c=", m.connection);
    for (const std::string& candidate : m.candidates) line("a=candidate:", candidate);
    if (m.end_of_candidates) line("a=end-of-candidates");
    write_transport(m);
    if (!m.mid.empty()) line("a=mid:", m.mid);
    if (m.is_data()) {
      if (m.sctp_port) line("a=sctp-port:", *m.sctp_port);
      if (m.max_message_size) line("a=max-message-size:", *m.max_message_size);
      return;
    }
    if (m.bundle_only) line("a=bundle-only");
    if (m.extmap_allow_mixed.value_or(false)) line("a=extmap-allow-mixed");
    for (const ExtMap& e : m.extensions) write_extension(e);
    line("a=", name_of(m.direction));
    for (const Msid& msid : m.msids) line("a=msid:", msid.stream_id, msid.track_id.empty() ? "" : " ", msid.track_id);
    if (m.rtcp_mux) line("a=rtcp-mux");
    if (m.rtcp_rsize) line("a=rtcp-rsize");
    write_codecs(m);
    write_streams(m);
  }

  void write_extension(const ExtMap& e) {
    if (e.direction == Direction::kSendRecv) {
      line("a=extmap:", e.id, " ", e.uri);
    } else {
      line("a=extmap:", e.id, "/", name_of(e.direction), " ", e.uri);
    }
  }

  void write_codecs(const MediaDescription& m) {
    for (const RtpMap& map : m.rtpmaps) {
      out_ += "a=rtpmap:" + std::to_string(map.payload_type) + " " + map.name + "/" + std::to_string(map.clock_rate);
      if (map.channels != 1) out_ += "/" + std::to_string(map.channels);
      out_ += "\r\n";
      for (const RtcpFeedback& feedback : m.feedback) {
        if (feedback.payload_type == map.payload_type) line("a=rtcp-fb:", map.payload_type, " ", feedback.value);
      }
      if (const auto parameters = m.fmtp(map.payload_type); !parameters.empty()) {
        line("a=fmtp:", map.payload_type, " ", parameters);
      }
    }
    for (const RtcpFeedback& feedback : m.feedback) {
      if (!feedback.payload_type) line("a=rtcp-fb:* ", feedback.value);
    }
  }

  void write_streams(const MediaDescription& m) {
    for (const SsrcGroup& group : m.ssrc_groups) {
      out_ += "a=ssrc-group:" + group.semantics;
      for (const std::uint32_t ssrc : group.ssrcs) out_ += " " + std::to_string(ssrc);
      out_ += "\r\n";
    }
    for (const SsrcAttribute& a : m.ssrcs) {
      line("a=ssrc:", a.ssrc, " ", a.name, a.value.empty() ? "" : ":", a.value);
    }
    for (const Rid& rid : m.rids) {
      line("a=rid:", rid.id, rid.send ? " send" : " recv", rid.restrictions.empty() ? "" : " ", rid.restrictions);
    }
    if (m.simulcast) {
      out_ += "a=simulcast:";
      write_simulcast("send", m.simulcast->send, false);
      write_simulcast("recv", m.simulcast->recv, !m.simulcast->send.empty());
      out_ += "\r\n";
    }
  }

  void write_simulcast(std::string_view direction, const std::vector<std::string>& rids, bool blank) {
    if (rids.empty()) return;
    if (blank) out_ += ' ';
    out_ += direction;
    for (std::size_t i = 0; i < rids.size(); ++i) {
      out_ += i == 0 ? ' ' : ';';
      out_ += rids[i];
    }
  }

  std::string out_;
};

}  // namespace

std::string write(const SessionDescription& description) {
  return Writer().run(description);
}

}  // namespace sfu::sdp
