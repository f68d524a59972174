// SPDX-License-Identifier: Apache-2.0
#include "sdp/sdp.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "sdp/candidate.hpp"
#include "test_data.hpp"

namespace sfu::sdp {
namespace {

std::string load(const std::string& name) {
  return test_data("sdp/" + name);
}

constexpr std::string_view kSmall =
    "v=0\r\no=- 42 7 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n";

Result<SessionDescription> with_lines(std::string_view lines) {
  return parse(std::string(kSmall) + std::string(lines));
}

TEST_CASE("Chrome's simulcast offer is understood in full") {
  const auto parsed = parse(load("chrome_v0_publisher.sdp"));
  REQUIRE(parsed);
  CHECK(parsed->session_id == "4642074107038265373");
  CHECK(parsed->session_version == 2);
  CHECK(parsed->bundle == std::vector<std::string>{"0", "1", "2"});
  CHECK(parsed->extmap_allow_mixed);
  REQUIRE(parsed->media.size() == 3);

  const MediaDescription& video = parsed->media[0];
  CHECK(video.type == "video");
  CHECK(video.mid == "0");
  CHECK(video.direction == Direction::kSendOnly);
  CHECK(video.formats.size() == 23);
  REQUIRE(video.rtpmap(96) != nullptr);
  CHECK(video.rtpmap(96)->name == "VP8");
  CHECK(video.rtpmap(96)->clock_rate == 90000);
  CHECK(video.fmtp(97) == "apt=96");
  CHECK(video.ice_ufrag == "jp8I");
  CHECK(video.setup == Setup::kActpass);
  CHECK(video.rtcp_mux);
  CHECK(video.rtcp_rsize);
  REQUIRE(video.msids.size() == 1);
  CHECK(video.msids[0].stream_id == "-");
  CHECK(video.msids[0].track_id == "d8ebde66-cc8d-4a11-88e9-5f8288dd8a5a");
  REQUIRE(video.simulcast);
  CHECK(video.simulcast->send == std::vector<std::string>{"q", "h", "f"});
  CHECK(video.rids.size() == 3);
  REQUIRE(video.fingerprints.size() == 1);
  CHECK(video.fingerprints[0].algorithm == "sha-256");

  const MediaDescription& audio = parsed->media[1];
  CHECK(audio.rtpmap(111)->channels == 2);
  CHECK(audio.fmtp(63) == "111/111");
  REQUIRE(audio.ssrcs.size() == 2);
  CHECK(audio.ssrcs[0].name == "cname");
  CHECK(audio.ssrcs[1].value == "- 39c7c696-ae66-49b2-8b86-24238cb02d11");

  const MediaDescription& data = parsed->media[2];
  CHECK(data.is_data());
  CHECK(data.sctp_port == 5000);
  CHECK(data.max_message_size == 262144);
}

TEST_CASE("Firefox's offer: session-level fingerprint, extension directions, no a=ssrc msid") {
  const auto parsed = parse(load("firefox_h264_publisher.sdp"));
  REQUIRE(parsed);
  CHECK(parsed->fingerprints.size() == 1);
  REQUIRE(parsed->media.size() == 3);
  CHECK(parsed->media[0].is_data());
  const MediaDescription& video = parsed->media[2];
  CHECK(video.fingerprints.empty());
  const auto rid = std::find_if(video.extensions.begin(), video.extensions.end(), [](const ExtMap& e) {
    return e.uri == "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
  });
  REQUIRE(rid != video.extensions.end());
  CHECK(rid->id == 8);
  CHECK(rid->direction == Direction::kSendOnly);
  CHECK(video.ssrcs.size() == 6);
}

TEST_CASE("every stored offer survives writing and reading again") {
  for (const char* name :
       {"chrome_v0_publisher.sdp", "chrome_v1_join.sdp", "chrome_v1_publish.sdp", "chrome_video_ssrc.sdp",
        "firefox_v0_publisher.sdp", "firefox_h264_publisher.sdp", "firefox_v1_join.sdp", "firefox_v1_publish.sdp",
        "safari_v0_publisher.sdp", "safari_video_audio.sdp"}) {
    CAPTURE(name);
    const auto first = parse(load(name));
    REQUIRE(first);
    const std::string written = write(*first);
    const auto second = parse(written);
    REQUIRE(second);
    CHECK(write(*second) == written);
    REQUIRE(second->media.size() == first->media.size());
    for (std::size_t i = 0; i < first->media.size(); ++i) {
      const MediaDescription& a = first->media[i];
      const MediaDescription& b = second->media[i];
      CHECK(a.mid == b.mid);
      CHECK(a.formats == b.formats);
      CHECK(a.direction == b.direction);
      CHECK(a.rtpmaps.size() == b.rtpmaps.size());
      CHECK(a.extensions.size() == b.extensions.size());
      CHECK(a.ssrcs.size() == b.ssrcs.size());
      CHECK(a.rids.size() == b.rids.size());
      CHECK(a.candidates == b.candidates);
      CHECK(a.ice_pwd == b.ice_pwd);
    }
  }
}

TEST_CASE("LF alone ends a line too, and unknown lines are skipped") {
  std::string text = load("chrome_v0_publisher.sdp");
  std::erase(text, '\r');
  const auto parsed = parse(text);
  REQUIRE(parsed);
  CHECK(parsed->media.size() == 3);
  CHECK(with_lines("a=rtcp-xr:rcvr-rtt=all\r\nb=AS:500\r\nz=0\r\na=\r\na=x-unknown\r\n"));
}

TEST_CASE("simulcast: pause marks and alternatives are reduced, both directions are read") {
  const auto parsed = with_lines("a=simulcast:send ~q;h,x;f recv 1;~2\r\n");
  REQUIRE(parsed);
  CHECK(parsed->media[0].simulcast->send == std::vector<std::string>{"q", "h", "f"});
  CHECK(parsed->media[0].simulcast->recv == std::vector<std::string>{"1", "2"});
}

TEST_CASE("a port of a rejected section, of ssrc groups and feedback for all") {
  const auto parsed = with_lines(
      "a=rtcp-fb:* nack\r\na=ssrc-group:FID 1 2\r\na=ssrc:1 cname:c\r\nm=video 0 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\n"
      "a=bundle-only\r\n");
  REQUIRE(parsed);
  CHECK_FALSE(parsed->media[0].feedback[0].payload_type);
  CHECK(parsed->media[0].ssrc_groups[0].ssrcs == std::vector<std::uint32_t>{1, 2});
  CHECK(parsed->media[1].port == 0);
  CHECK(parsed->media[1].bundle_only);
}

TEST_CASE("what is broken is an error that names its line") {
  for (const char* line :
       {"a=rtpmap:111\r\n", "a=rtpmap:999 opus/48000\r\n", "a=rtpmap:96 VP8/fast\r\n", "a=extmap:0 urn:x\r\n",
        "a=extmap:256 urn:x\r\n", "a=extmap:x urn:x\r\n", "a=ssrc:4294967296 cname:x\r\n", "a=ssrc-group:FID x\r\n",
        "a=rid:q sideways\r\n", "a=rid:;h send\r\n", "a=simulcast:send ;;\r\n", "a=simulcast:both q\r\n",
        "a=setup:maybe\r\n", "a=fingerprint:sha-256\r\n", "a=sctp-port:99999\r\n", "m=video\r\n",
        "m=video x UDP/TLS/RTP/SAVPF 96\r\n", "nonsense\r\n", "a=mid:\r\n"}) {
    CAPTURE(line);
    const auto parsed = with_lines(line);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::kMalformed);
    CHECK(parsed.error().message.find("line 9") != std::string::npos);
  }
  CHECK_FALSE(parse(""));
  CHECK_FALSE(parse("hello"));
  CHECK_FALSE(parse("v=1\r\n"));
  CHECK_FALSE(parse("o=- 1 1 IN IP4 0.0.0.0\r\nv=0\r\n"));
}

TEST_CASE("size is bounded") {
  CHECK(parse(std::string(kMaxText + 1, 'a')).error().code == Errc::kLimitExceeded);
  std::string text(kSmall);
  for (std::size_t i = 0; i < kMaxSections; ++i) text += "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n";
  CHECK(parse(text).error().code == Errc::kLimitExceeded);
}

TEST_CASE("what one section may list is bounded, so that an offer of 1 MiB is refused within few lines") {
  const auto many = [](std::string_view line, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text.append(line).append("\r\n");
    return text;
  };
  struct Case {
    std::string_view line;
    std::size_t most;
  };
  for (const Case& list : {Case{"a=rtpmap:96 VP8/90000", Limits::kFormats}, Case{"a=fmtp:96 x=1", Limits::kFormats},
                           Case{"a=rtcp-fb:96 nack", Limits::kFeedback}, Case{"a=extmap:1 urn:x", Limits::kExtensions},
                           Case{"a=ssrc:1 cname:x", Limits::kSsrcLines},
                           Case{"a=ssrc-group:FID 1 2", Limits::kSsrcGroups}, Case{"a=rid:q send", Limits::kRids},
                           Case{"a=msid:- x", Limits::kMsids}, Case{"a=fingerprint:sha-256 AA", Limits::kFingerprints},
                           Case{"a=candidate:1 1 udp 1 192.0.2.1 9 typ host", Limits::kCandidates}}) {
    CAPTURE(list.line);
    CHECK(with_lines(many(list.line, list.most)));
    const auto refused = with_lines(many(list.line, list.most + 1));
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::kLimitExceeded);
    CHECK(refused.error().message.find("too many of ") != std::string::npos);
    CHECK(refused.error().message.find("line " + std::to_string(9 + list.most)) != std::string::npos);
  }

  std::string formats = "m=video 9 UDP/TLS/RTP/SAVPF";
  for (int i = 0; i < 300'000; ++i) formats += " 96";
  CHECK(with_lines(formats + "\r\n").error().code == Errc::kLimitExceeded);
  std::string bundle = "v=0\r\na=group:BUNDLE";
  for (std::size_t i = 0; i <= kMaxSections; ++i) bundle += " 0";
  CHECK(parse(bundle + "\r\n").error().code == Errc::kLimitExceeded);
  std::string group = "a=ssrc-group:SIM";
  for (std::size_t i = 0; i <= Limits::kSsrcs; ++i) group += " 1";
  CHECK_FALSE(with_lines(group + "\r\n"));
  std::string simulcast = "a=simulcast:send q";
  for (std::size_t i = 0; i < Limits::kRids; ++i) simulcast += ";q";
  CHECK_FALSE(with_lines(simulcast + "\r\n"));
}

TEST_CASE("formats that are listed twice count once") {
  const auto parsed = with_lines("m=video 9 UDP/TLS/RTP/SAVPF 96 97 96 97\r\na=mid:1\r\n");
  REQUIRE(parsed);
  CHECK(parsed->media[1].formats == std::vector<std::string>{"96", "97"});
}

TEST_CASE("simulcast of older Chrome, three encodings and their repeats with four lines each, is within the limits") {
  std::string lines = "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=ssrc-group:SIM 1 2 3\r\n";
  for (int i = 1; i <= 3; ++i) {
    lines += "a=ssrc-group:FID " + std::to_string(i) + " " + std::to_string(i + 10) + "\r\n";
    for (const int ssrc : {i, i + 10}) {
      for (const char* attribute : {"cname:c", "msid:s t", "mslabel:s", "label:t"}) {
        lines += "a=ssrc:" + std::to_string(ssrc) + " " + attribute + "\r\n";
      }
    }
  }
  const auto parsed = with_lines(lines);
  REQUIRE(parsed);
  CHECK(parsed->media[1].ssrcs.size() == 24);
}

TEST_CASE("fmtp parameters are found whatever case and blanks they have") {
  CHECK(fmtp_parameter("minptime=10; UseInbandFEC=1", "useinbandfec") == "1");
  CHECK(fmtp_parameter("stereo=1", "stereo") == "1");
  CHECK_FALSE(fmtp_parameter("sprop-stereo=1", "stereo"));
  CHECK_FALSE(fmtp_parameter("", "apt"));
}

TEST_CASE("candidates as browsers trickle them") {
  const auto host = parse_candidate(
      "candidate:916862533 1 udp 2122194687 192.0.2.2 32946 typ host generation 0 ufrag 8IaG network-id 1");
  REQUIRE(host);
  CHECK(host->priority == 2122194687);
  CHECK(host->ufrag == "8IaG");
  CHECK(host->address()->to_string() == "192.0.2.2:32946");
  const auto tcp = parse_candidate("a=candidate:1 1 TCP 1518214911 fd00::2 9 typ host tcptype active\r\n");
  REQUIRE(tcp);
  CHECK(tcp->transport == "tcp");
  CHECK(tcp->tcp_type == "active");
  const auto reflexive =
      parse_candidate("842163049 1 udp 1677729535 203.0.113.9 46154 typ srflx raddr 10.0.0.1 rport 46154 generation 0");
  REQUIRE(reflexive);
  CHECK(reflexive->type == "srflx");
}

TEST_CASE("[S-033] an mDNS candidate parses and has no address") {
  const auto mdns =
      parse_candidate("candidate:1 1 udp 2113937151 6b3f9b1e-4d1c-4b8a-9f43-2b1f0b7e55aa.local 51472 typ host");
  REQUIRE(mdns);
  CHECK(mdns->is_mdns());
  CHECK_FALSE(mdns->address());
}

TEST_CASE("a candidate that is none is an error") {
  for (const char* text : {"", "candidate:", "candidate:1 1 udp x 192.0.2.1 9 typ host",
                           "candidate:1 1 udp 1 h 70000 typ host", "candidate:1 1 udp 1 192.0.2.1 9 type host"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_candidate(text));
  }
  CHECK_FALSE(parse_candidate(std::string(5000, 'x')));
}

TEST_CASE("our own host candidates are read back, in falling priority") {
  const SocketAddress v4{*IpAddress::parse("192.0.2.1"), 7882};
  const SocketAddress v6{*IpAddress::parse("2001:db8::1"), 7882};
  const Candidate first = make_host_candidate(v4, 0);
  CHECK(write_candidate(first) == "candidate:1 1 udp 2130706431 192.0.2.1 7882 typ host");
  const auto second = parse_candidate(write_candidate(make_host_candidate(v6, 1)));
  REQUIRE(second);
  CHECK(*second->address() == v6);
  CHECK(second->priority < first.priority);
}

TEST_CASE("[M-012] TCP candidates are passive, and below all of UDP as pion has them") {
  const SocketAddress v4{IpAddress::v4({192, 0, 2, 1}), 7881};
  CHECK(write_candidate(make_tcp_candidate(v4, 0)) ==
        "candidate:tcp1 1 tcp 1671430143 192.0.2.1 7881 typ host tcptype passive");
  const auto second = parse_candidate(write_candidate(make_tcp_candidate(v4, 1)));
  REQUIRE(second);
  CHECK(second->transport == "tcp");
  CHECK(second->tcp_type == "passive");
  CHECK(second->priority == 1671429887);
  CHECK(second->priority < make_host_candidate(v4, 65535).priority);
}

}  // namespace
}  // namespace sfu::sdp
