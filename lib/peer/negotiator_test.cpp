// SPDX-License-Identifier: Apache-2.0
// The Negotiator against the offers of real browsers (tests/data/sdp).
#include "peer/negotiator.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "peer/test_sdp.hpp"

namespace sfu::peer {
namespace {

using test::load;
using test::make_negotiator;
using test::replace_all;

sdp::SessionDescription answer_of(Negotiator& negotiator) {
  const auto text = negotiator.create_answer();
  REQUIRE(text);
  auto parsed = sdp::parse(*text);
  REQUIRE(parsed);
  return *std::move(parsed);
}

std::vector<std::string> feedback_of(const sdp::MediaDescription& media, std::uint8_t payload_type) {
  std::vector<std::string> list;
  for (const auto& feedback : media.feedback) {
    if (feedback.payload_type == payload_type) list.push_back(feedback.value);
  }
  std::ranges::sort(list);
  return list;
}

std::vector<std::string> uris_of(const sdp::MediaDescription& media) {
  std::vector<std::string> list;
  list.reserve(media.extensions.size());
  for (const auto& extension : media.extensions) list.push_back(extension.uri);
  return list;
}

bool has_uri(const sdp::MediaDescription& media, rtp::Extension extension) {
  const auto uris = uris_of(media);
  return std::ranges::find(uris, rtp::uri(extension)) != uris.end();
}

TEST_CASE("an answer carries our transport, bundled, lite and passive") {
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(load("chrome_v0_publisher.sdp")));
  const auto answer = answer_of(negotiator);
  CHECK(answer.ice_lite);
  CHECK(answer.extmap_allow_mixed);
  CHECK(answer.msid_semantic == "WMS *");
  CHECK(answer.bundle == std::vector<std::string>{"0", "1", "2"});
  REQUIRE(answer.fingerprints.size() == 1);
  REQUIRE(answer.media.size() == 3);
  for (const auto& media : answer.media) {
    CHECK(media.setup == sdp::Setup::kPassive);
    CHECK(media.ice_ufrag == "localufrag");
    CHECK(media.fingerprints.empty());
    if (media.is_data()) continue;
    CHECK(media.rtcp_mux);
    CHECK(media.rtcp_rsize);
    CHECK(media.direction == sdp::Direction::kRecvOnly);
  }
  CHECK(answer.media[0].candidates.size() == 1);
  CHECK(answer.media[0].end_of_candidates);
  CHECK(answer.media[1].candidates.empty());
  CHECK(answer.media[2].sctp_port == 5000);
  CHECK(answer.media[2].max_message_size == 65535);
  CHECK(negotiator.local_setup() == sdp::Setup::kPassive);
  CHECK(negotiator.remote_transport().ice_ufrag == "jp8I");
  CHECK(negotiator.remote_transport().data);
  CHECK(negotiator.mid_to_track_id().empty());
}

TEST_CASE("an offer that dictates passive is answered active") {
  std::string offer = load("chrome_v0_publisher.sdp");
  replace_all(offer, "a=setup:actpass", "a=setup:passive");
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(offer));
  CHECK(answer_of(negotiator).media[0].setup == sdp::Setup::kActive);
}

TEST_CASE("[S-037] simulcast q/h/f is answered with recv rids and told lowest first") {
  for (const char* name : {"chrome_v0_publisher.sdp", "firefox_h264_publisher.sdp", "safari_v0_publisher.sdp"}) {
    CAPTURE(name);
    Negotiator negotiator = make_negotiator();
    std::string offer = load(name);
    replace_all(offer, "a=simulcast:send q;h;f", "a=simulcast:send f;~h;q");
    const auto changes = negotiator.apply_offer(offer);
    REQUIRE(changes);
    CHECK(changes->started.size() == 2);
    CHECK_FALSE(changes->ice_restart);
    const auto answer = answer_of(negotiator);
    const auto video_section = std::ranges::find(answer.media, "video", &sdp::MediaDescription::type);
    REQUIRE(video_section->simulcast);
    CHECK(video_section->simulcast->recv == std::vector<std::string>{"f", "h", "q"});
    CHECK(video_section->simulcast->send.empty());
    CHECK(video_section->rids.size() == 3);
    CHECK(std::ranges::none_of(video_section->rids, &sdp::Rid::send));
    const ReceiveSection* receive = negotiator.receive_section(video_section->mid);
    REQUIRE(receive != nullptr);
    CHECK(receive->rids == std::vector<std::string>{"q", "h", "f"});
    CHECK(receive->extensions.has(rtp::Extension::kRid));
    CHECK(receive->extensions.has(rtp::Extension::kRepairedRid));
    CHECK(receive->extensions.has(rtp::Extension::kTransportCc));
  }
}

TEST_CASE("the answer keeps payload types and extension ids, and lists only what is supported") {
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(load("chrome_v0_publisher.sdp")));
  const auto answer = answer_of(negotiator);
  const auto& media = answer.media[0];
  CHECK(media.formats == std::vector<std::string>{"96", "97", "108", "109", "114", "115", "45", "46", "98", "99"});
  CHECK(media.fmtp(108) == "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f");
  CHECK(feedback_of(media, 96) == std::vector<std::string>{"ccm fir", "nack", "nack pli", "transport-cc"});
  CHECK(has_uri(media, rtp::Extension::kMid));
  CHECK(has_uri(media, rtp::Extension::kDependencyDescriptor));
  CHECK_FALSE(has_uri(media, rtp::Extension::kAbsSendTime));
  CHECK_FALSE(has_uri(media, rtp::Extension::kVideoOrientation));
  const ReceiveSection* receive = negotiator.receive_section("0");
  REQUIRE(receive != nullptr);
  CHECK(receive->track_id == "d8ebde66-cc8d-4a11-88e9-5f8288dd8a5a");
  CHECK(receive->extensions.id(rtp::Extension::kTransportCc) == 4);
  CHECK(receive->extensions.id(rtp::Extension::kDependencyDescriptor) == 13);
  CHECK(receive->streams.empty());
  bool is_rtx = false;
  const PayloadCodec* codec = find_payload(receive->codecs, 46, &is_rtx);
  REQUIRE(codec != nullptr);
  CHECK(is_rtx);
  CHECK(codec->codec == rtp::Codec::kAv1);

  const auto& audio = answer.media[1];
  CHECK(audio.formats == std::vector<std::string>{"111", "63", "0", "8"});
  CHECK(uris_of(audio).size() == 2);  // audio level, mid
}

TEST_CASE("without rids the SSRCs tell the stream and its RTX") {
  Negotiator negotiator = make_negotiator();
  const std::string text = load("chrome_video_ssrc.sdp");
  REQUIRE(negotiator.apply_offer(text));
  const auto offered = sdp::parse(text);
  const auto& group = offered->media[0].ssrc_groups.at(0);
  const ReceiveSection* receive = negotiator.receive_section("0");
  REQUIRE(receive != nullptr);
  CHECK(receive->rids.empty());
  CHECK(receive->streams == std::vector<AnnouncedStream>{{group.ssrcs[0], group.ssrcs[1]}});
  CHECK_FALSE(answer_of(negotiator).media[0].simulcast);
}

TEST_CASE("what Firefox publishes on /rtc/v1 is agreed, behind port 0 of its bundled sections too") {
  Negotiator negotiator = make_negotiator(test::v1_config());
  const auto changes = negotiator.apply_offer(load("firefox_v1_publish.sdp"));
  REQUIRE(changes);
  CHECK(changes->started == std::vector<std::string>{"7", "8"});
  const auto answer = answer_of(negotiator);
  for (const char* placeholder : {"0", "1", "2", "3", "4", "5"}) {
    CAPTURE(placeholder);
    CHECK(answer.find(placeholder)->port != 0);
    CHECK(answer.find(placeholder)->direction == sdp::Direction::kSendOnly);
  }
  CHECK(answer.find("7")->formats.front() == "109");
  CHECK(answer.find("7")->direction == sdp::Direction::kRecvOnly);
  CHECK(answer.find("8")->direction == sdp::Direction::kRecvOnly);
  CHECK(answer.find("8")->simulcast->recv == std::vector<std::string>{"q", "h"});
  CHECK(negotiator.receive_section("8")->track_id == "{d8331afb-8501-401c-8e52-4036d3c0523d}");
}

TEST_CASE("what Firefox publishes on /rtc is agreed, with the dependency descriptor, and its video in layers q and h") {
  Negotiator negotiator = make_negotiator();
  const auto changes = negotiator.apply_offer(load("firefox_v0_publisher.sdp"));
  REQUIRE(changes);
  CHECK(changes->started == std::vector<std::string>{"1", "2"});
  const auto answer = answer_of(negotiator);
  CHECK(answer.media[1].formats == std::vector<std::string>{"109", "0", "8"});
  CHECK(answer.media[2].formats == std::vector<std::string>{"120", "124", "121", "125", "99", "100"});
  CHECK(answer.media[2].simulcast->recv == std::vector<std::string>{"q", "h"});
  CHECK(negotiator.receive_section("2")->extensions.id(rtp::Extension::kDependencyDescriptor) == 8);
}

TEST_CASE("the announced codec comes first, and one alone where the client needs that") {
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(load("chrome_v0_publisher.sdp")));
  ReceiveOptions options;
  options.preferred = {rtp::Codec::kVp9};
  negotiator.set_receive_options("0", options);
  CHECK(answer_of(negotiator).media[0].formats.front() == "98");
  REQUIRE(negotiator.apply_offer(load("chrome_v0_publisher.sdp")));
  options.single_codec = true;
  negotiator.set_receive_options("0", options);
  CHECK(answer_of(negotiator).media[0].formats == std::vector<std::string>{"98", "99"});
  REQUIRE(negotiator.apply_offer(load("chrome_v0_publisher.sdp")));
}

TEST_CASE("codecs that are allowed but not announced keep the order in which the client offers them") {
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(load("chrome_v0_publisher.sdp")));
  negotiator.set_receive_options("0", {.codecs = std::vector{rtp::Codec::kH264, rtp::Codec::kVp8}, .preferred = {}});
  // @livekit/rtc-node announces no audio codec, and its libwebrtc refuses PCMU at Opus' bitrate.
  negotiator.set_receive_options("1", {.codecs = std::vector{rtp::Codec::kPcmu, rtp::Codec::kOpus}, .preferred = {}});
  const auto answer = answer_of(negotiator);
  CHECK(answer.media[0].formats == std::vector<std::string>{"96", "97", "108", "109", "114", "115"});
  CHECK(negotiator.receive_section("0")->codecs.front().codec == rtp::Codec::kVp8);
  CHECK(answer.media[1].formats == std::vector<std::string>{"111", "0"});
}

TEST_CASE("a section is refused where no codec of its kind is allowed, and the others go on") {
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(load("chrome_v0_publisher.sdp")));
  negotiator.set_receive_options("0", {.codecs = std::vector<rtp::Codec>(), .preferred = {}});
  const auto answer = answer_of(negotiator);
  CHECK(answer.media[0].direction == sdp::Direction::kInactive);
  CHECK_FALSE(negotiator.receive_section("0")->active);
  CHECK(answer.media[1].direction == sdp::Direction::kRecvOnly);
}

TEST_CASE("[S-038] Opus in the answer: usedtx by default, none without DTX, stereo with its bitrate when asked") {
  const auto fmtp_with = [](const ReceiveOptions& options) {
    std::string offer = load("chrome_v0_publisher.sdp");
    replace_all(offer, "a=fmtp:111 minptime=10;useinbandfec=1", "a=fmtp:111 minptime=10;useinbandfec=1;stereo=1");
    Negotiator negotiator = make_negotiator();
    REQUIRE(negotiator.apply_offer(offer));
    negotiator.set_receive_options("1", options);
    return std::string(answer_of(negotiator).media[1].fmtp(111));
  };
  CHECK(fmtp_with({}) == "minptime=10;useinbandfec=1;usedtx=1");
  CHECK(fmtp_with({.opus_dtx = false}) == "minptime=10;useinbandfec=1");
  CHECK(fmtp_with({.opus_dtx = false, .opus_stereo = true}) ==
        "minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=510000");
}

TEST_CASE("[S-039] RED goes first when asked, and audio NACK with it") {
  std::string offer = load("chrome_v0_publisher.sdp");
  replace_all(offer, "a=rtcp-fb:111 transport-cc\r\n", "a=rtcp-fb:111 transport-cc\r\na=rtcp-fb:111 nack\r\n");
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(offer));
  auto answer = answer_of(negotiator);
  CHECK(answer.media[1].formats.front() == "111");
  CHECK(feedback_of(answer.media[1], 111) == std::vector<std::string>{"nack"});
  REQUIRE(negotiator.apply_offer(offer));
  negotiator.set_receive_options("1", {.red_first = true});
  answer = answer_of(negotiator);
  CHECK(answer.media[1].formats.front() == "63");
  CHECK(answer.media[1].fmtp(63) == "111/111");
  CHECK(feedback_of(answer.media[1], 111).empty());
}

TEST_CASE("hints of livekit-client in fmtp lines do not disturb the match, and come back in the answer") {
  std::string offer = load("chrome_v0_publisher.sdp");
  replace_all(offer, "a=rtpmap:97 rtx", "a=fmtp:96 x-google-start-bitrate=1190\r\na=rtpmap:97 rtx");
  replace_all(offer, "profile-id=0", "profile-id=0;x-google-start-bitrate=1190");
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(offer));
  const auto answer = answer_of(negotiator);
  CHECK(answer.media[0].fmtp(96) == "x-google-start-bitrate=1190");
  CHECK(answer.media[0].fmtp(98) == "profile-id=0;x-google-start-bitrate=1190");
}

TEST_CASE("a section of no common codec is rejected, and its neighbours are not") {
  std::string offer = load("chrome_v0_publisher.sdp");
  NegotiatorConfig config;
  config.codecs = {rtp::Codec::kOpus};
  Negotiator negotiator = make_negotiator(config);
  const auto changes = negotiator.apply_offer(offer);
  REQUIRE(changes);
  CHECK(changes->started == std::vector<std::string>{"1"});
  const auto answer = answer_of(negotiator);
  CHECK(answer.media[0].port == 0);
  CHECK(answer.media[0].mid == "0");
  CHECK(answer.bundle == std::vector<std::string>{"1", "2"});
  CHECK(answer.media[1].candidates.size() == 1);
}

TEST_CASE("a stopped sender is told, and its section may carry another track later") {
  Negotiator negotiator = make_negotiator();
  const std::string offer = load("chrome_v0_publisher.sdp");
  REQUIRE(negotiator.apply_offer(offer));
  answer_of(negotiator);
  CHECK(negotiator.apply_offer(offer)->started.empty());
  answer_of(negotiator);

  std::string stopped = offer;
  stopped.replace(stopped.find("a=sendonly"), 10, "a=inactive");
  auto changes = negotiator.apply_offer(stopped);
  REQUIRE(changes);
  CHECK(changes->stopped == std::vector<std::string>{"0"});
  CHECK(changes->started.empty());
  CHECK(answer_of(negotiator).media[0].direction == sdp::Direction::kInactive);
  CHECK(negotiator.receive_mids() == std::vector<std::string>{"1"});

  std::string another = offer;
  replace_all(another, "d8ebde66-cc8d-4a11-88e9-5f8288dd8a5a", "another-camera");
  changes = negotiator.apply_offer(another);
  CHECK(changes->started == std::vector<std::string>{"0"});
  CHECK(negotiator.receive_section("0")->track_id == "another-camera");
}

TEST_CASE("changed ICE credentials in an offer are a restart") {
  Negotiator negotiator = make_negotiator();
  std::string offer = load("chrome_v0_publisher.sdp");
  CHECK_FALSE(negotiator.apply_offer(offer)->ice_restart);
  answer_of(negotiator);
  replace_all(offer, "jp8I", "jp8J");
  CHECK(negotiator.apply_offer(offer)->ice_restart);
}

TEST_CASE("a bad offer is an error and changes nothing") {
  Negotiator negotiator = make_negotiator();
  const std::string offer = load("chrome_v0_publisher.sdp");
  REQUIRE(negotiator.apply_offer(offer));
  const auto before = negotiator.create_answer();
  const auto broken = [&](std::string_view from, std::string_view to) {
    std::string text = offer;
    replace_all(text, from, to);
    return text;
  };
  const std::string fewer = offer.substr(0, offer.find("m=application"));
  for (const std::string& text :
       {std::string("nonsense"), std::string(), broken("a=mid:1", "a=mid:0"), broken("a=mid:1", "a=mid:9"),
        broken("a=mid:1\r\n", ""), broken("a=ice-pwd:FeNP/6paJbloMQ/4WUhH9X/V\r\n", ""),
        broken("a=fingerprint:sha-256 0A:", "a=fingerprint:md5 0A:"), broken("a=group:BUNDLE 0 1 2\r\n", ""),
        broken("a=simulcast:send q;h;f", "a=simulcast:q"), fewer}) {
    CHECK_FALSE(negotiator.apply_offer(text));
  }
  CHECK(negotiator.receive_section("0")->track_id == "d8ebde66-cc8d-4a11-88e9-5f8288dd8a5a");
  CHECK_FALSE(negotiator.create_answer());  // there is nothing to answer
  const auto changes = negotiator.apply_offer(offer);
  REQUIRE(changes);
  CHECK(changes->started.empty());
  const auto after = sdp::parse(*negotiator.create_answer());
  CHECK(after->media.size() == sdp::parse(*before)->media.size());
}

TEST_CASE("a Firefox answer mirrors extension directions and keeps its payload types") {
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(load("firefox_h264_publisher.sdp")));
  const auto answer = answer_of(negotiator);
  const auto& media = answer.media[2];
  CHECK(media.formats == std::vector<std::string>{"120", "124", "121", "125", "126", "127", "97", "98", "99", "100"});
  const auto rid = std::ranges::find(media.extensions, std::uint8_t{8}, &sdp::ExtMap::id);
  REQUIRE(rid != media.extensions.end());
  CHECK(rid->direction == sdp::Direction::kRecvOnly);
  CHECK(answer.media[1].formats == std::vector<std::string>{"109", "0", "8"});
  CHECK(answer.media[1].fmtp(109) == "maxplaybackrate=48000;useinbandfec=1;usedtx=1");
}

TEST_CASE("what Safari publishes is agreed: H264 High in both packetization modes, H265 without parameters") {
  Negotiator negotiator = make_negotiator();
  REQUIRE(negotiator.apply_offer(load("safari_v0_publisher.sdp")));
  const auto answer = answer_of(negotiator);
  const auto& media = answer.media[2];
  CHECK(media.formats == std::vector<std::string>{"96", "97", "98", "99", "100", "101", "102", "103", "104", "105",
                                                  "106", "107", "108", "109"});
  CHECK(negotiator.receive_section("2")->codecs.front().codec == rtp::Codec::kH264);
  CHECK(media.fmtp(104).empty());
  CHECK(answer.media[1].formats == std::vector<std::string>{"111", "63", "0", "8"});
}

TEST_CASE("Safari's camera without rids is told by its SSRCs, with extension ids that differ from section to section") {
  Negotiator negotiator = make_negotiator();
  const std::string text = load("safari_video_audio.sdp");
  REQUIRE(negotiator.apply_offer(text));
  CHECK(answer_of(negotiator).media[0].direction == sdp::Direction::kRecvOnly);
  const auto offered = sdp::parse(text);
  const auto& group = offered->media[0].ssrc_groups.at(0);
  const ReceiveSection* camera = negotiator.receive_section("0");
  REQUIRE(camera != nullptr);
  CHECK(camera->streams == std::vector<AnnouncedStream>{{group.ssrcs[0], group.ssrcs[1]}});
  CHECK(camera->extensions.id(rtp::Extension::kTransportCc) == 4);
  const ReceiveSection* microphone = negotiator.receive_section("1");
  REQUIRE(microphone != nullptr);
  CHECK(microphone->extensions.id(rtp::Extension::kAudioLevel) == 14);
  CHECK(microphone->extensions.id(rtp::Extension::kMid) == 9);
}

}  // namespace
}  // namespace sfu::peer
