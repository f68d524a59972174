// SPDX-License-Identifier: Apache-2.0
// Sections in which we send: in answers (v1) and in our own offers (v0 subscriber).
#include <doctest/doctest.h>

#include <algorithm>

#include "peer/negotiator.hpp"
#include "peer/test_sdp.hpp"

namespace sfu::peer {
namespace {

using test::load;
using test::make_negotiator;
using test::mic;
using test::replace_all;
using test::v1_config;
using test::video;
using Mids = std::map<std::string, std::string>;

sdp::SessionDescription parsed(const Result<std::string>& text) {
  REQUIRE(text);
  auto description = sdp::parse(*text);
  REQUIRE(description);
  return *std::move(description);
}

// What a browser answers to our offer: everything accepted, the other direction.
std::string browser_answer(const std::string& offer, std::string_view setup = "active") {
  auto description = *sdp::parse(offer);
  for (auto& media : description.media) {
    media.direction = sdp::reverse(media.direction);
    media.ssrcs.clear();
    media.ssrc_groups.clear();
    media.msids.clear();
    media.candidates.clear();
    media.setup = setup == "active" ? sdp::Setup::kActive : sdp::Setup::kPassive;
  }
  description.ice_lite = false;
  return sdp::write(description);
}

TEST_CASE("[S-027] a placeholder is answered without msid; later it gets one, then rests inactive, then another") {
  Negotiator negotiator = make_negotiator(v1_config());
  const std::string offer = load("chrome_v1_join.sdp");
  REQUIRE(negotiator.apply_offer(offer));
  auto answer = parsed(negotiator.create_answer());
  REQUIRE(answer.media.size() == 7);
  CHECK(answer.bundle.size() == 7);
  for (const auto& media : answer.media) {
    if (media.is_data()) continue;
    CHECK(media.direction == sdp::Direction::kSendOnly);
    CHECK(media.msids.empty());
    CHECK(media.ssrcs.empty());
    CHECK(media.port == 9);
  }
  CHECK(negotiator.mid_to_track_id().empty());

  const auto mid = negotiator.bind_sender(video("TR_v1"));
  REQUIRE(mid);
  CHECK(negotiator.needs_negotiation());
  REQUIRE(negotiator.apply_offer(offer));
  answer = parsed(negotiator.create_answer());
  CHECK_FALSE(negotiator.needs_negotiation());
  const sdp::MediaDescription* used = answer.find(*mid);
  REQUIRE(used->msids.size() == 1);
  CHECK(used->direction == sdp::Direction::kSendOnly);
  CHECK(used->msids[0].track_id == "TR_v1");
  CHECK(used->formats == std::vector<std::string>{"96", "97"});

  CHECK(negotiator.unbind_sender(*mid));
  REQUIRE(negotiator.apply_offer(offer));
  answer = parsed(negotiator.create_answer());
  CHECK(answer.find(*mid)->direction == sdp::Direction::kInactive);
  CHECK(answer.find(*mid)->msids.empty());

  const auto again = negotiator.bind_sender(video("TR_v2", rtp::Codec::kVp9, "profile-id=0"));
  REQUIRE(again);
  CHECK(*again == *mid);  // the used section before an unused one
  REQUIRE(negotiator.apply_offer(offer));
  answer = parsed(negotiator.create_answer());
  CHECK(answer.find(*mid)->msids[0].track_id == "TR_v2");
  CHECK(answer.find(*mid)->formats == std::vector<std::string>{"98", "99"});
}

TEST_CASE("placeholders accept the extensions that a later camera needs: Chrome offers again only what was accepted") {
  Negotiator negotiator = make_negotiator(v1_config());
  REQUIRE(negotiator.apply_offer(load("chrome_v1_join.sdp")));
  const auto answer = parsed(negotiator.create_answer());
  for (const rtp::Extension extension :
       {rtp::Extension::kMid, rtp::Extension::kRid, rtp::Extension::kRepairedRid, rtp::Extension::kTransportCc,
        rtp::Extension::kAbsSendTime, rtp::Extension::kDependencyDescriptor}) {
    CAPTURE(rtp::uri(extension));
    const auto offered = *sdp::parse(load("chrome_v1_join.sdp"));
    const auto stated = std::ranges::find(offered.media[1].extensions, rtp::uri(extension), &sdp::ExtMap::uri);
    if (stated == offered.media[1].extensions.end()) continue;
    const auto agreed = std::ranges::find(answer.media[1].extensions, rtp::uri(extension), &sdp::ExtMap::uri);
    REQUIRE(agreed != answer.media[1].extensions.end());
    CHECK(agreed->id == stated->id);
  }
}

TEST_CASE("[S-024] mid_to_track_id has every section we send in, until it is unsubscribed") {
  Negotiator negotiator = make_negotiator(v1_config());
  const std::string offer = load("chrome_v1_join.sdp");
  REQUIRE(negotiator.apply_offer(offer));
  const std::string audio = *negotiator.bind_sender(mic("TR_a"));
  const std::string camera = *negotiator.bind_sender(video("TR_v"));
  CHECK(negotiator.mid_to_track_id().empty());
  (void)negotiator.create_answer();
  CHECK(negotiator.mid_to_track_id() == Mids{{audio, "TR_a"}, {camera, "TR_v"}});
  negotiator.unbind_sender(audio);
  REQUIRE(negotiator.apply_offer(offer));
  (void)negotiator.create_answer();
  CHECK(negotiator.mid_to_track_id() == Mids{{camera, "TR_v"}});
}

TEST_CASE("[S-025] [S-026] free sections are counted by kind, and their lack is told") {
  Negotiator negotiator = make_negotiator(v1_config());
  REQUIRE(negotiator.apply_offer(load("chrome_v1_join.sdp")));
  CHECK(negotiator.free_sections(rtp::MediaKind::kAudio) == 3);
  CHECK(negotiator.free_sections(rtp::MediaKind::kVideo) == 3);
  REQUIRE(negotiator.bind_sender(video("TR_1")));
  REQUIRE(negotiator.bind_sender(video("TR_2")));
  CHECK(negotiator.free_sections(rtp::MediaKind::kVideo) == 1);
  REQUIRE(negotiator.bind_sender(video("TR_3")));
  const auto none = negotiator.bind_sender(video("TR_4"));
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::kNotFound);
  CHECK(negotiator.free_sections(rtp::MediaKind::kAudio) == 3);
}

TEST_CASE("[S-029] a sending section has msid, cname and its FID group") {
  Negotiator negotiator = make_negotiator(v1_config());
  REQUIRE(negotiator.apply_offer(load("chrome_v1_join.sdp")));
  const std::string mid = *negotiator.bind_sender(video("TR_v"));
  const auto answer = parsed(negotiator.create_answer());
  const sdp::MediaDescription& media = *answer.find(mid);
  CHECK(media.msids[0].stream_id == "PA_alice|TR_v");
  CHECK(media.msids[0].track_id == "TR_v");
  REQUIRE(media.ssrc_groups.size() == 1);
  CHECK(media.ssrc_groups[0].semantics == "FID");
  CHECK(media.ssrc_groups[0].ssrcs == std::vector<std::uint32_t>{1000, 1001});
  REQUIRE(media.ssrcs.size() == 4);
  CHECK(media.ssrcs[0].value == "PA_alice");
  CHECK(media.ssrcs[1].value == "PA_alice|TR_v TR_v");
  const SendSection* send = negotiator.send_section(mid);
  REQUIRE(send != nullptr);
  CHECK(send->negotiated);
  CHECK_FALSE(send->codec_unsupported);
  REQUIRE(send->codecs.size() == 1);
  CHECK(send->codecs[0].payload_type == 96);
  CHECK(send->codecs[0].rtx_payload_type == 97);
  CHECK(send->codecs[0].remb);
  CHECK(send->extensions.has(rtp::Extension::kAbsSendTime));
  CHECK_FALSE(send->extensions.has(rtp::Extension::kMid));
}

TEST_CASE("[S-036] a v1 audio answer keeps the offered payload type, Firefox's 109 too") {
  Negotiator negotiator = make_negotiator(v1_config());
  REQUIRE(negotiator.apply_offer(load("firefox_v1_join.sdp")));
  const std::string mid = *negotiator.bind_sender(mic("TR_a"));
  const auto answer = parsed(negotiator.create_answer());
  CHECK(answer.find(mid)->formats == std::vector<std::string>{"109"});
  CHECK(negotiator.send_section(mid)->codecs[0].payload_type == 109);
}

TEST_CASE("RED goes to who offered it with its Opus, and Opus to who did not") {
  SenderSpec spec = mic("TR_a");
  spec.codecs = {test::source_codec(rtp::Codec::kRed, "111/111"), test::source_codec(rtp::Codec::kOpus)};
  Negotiator chrome = make_negotiator(v1_config());
  REQUIRE(chrome.apply_offer(load("chrome_v1_join.sdp")));
  const std::string mid = *chrome.bind_sender(spec);
  CHECK(parsed(chrome.create_answer()).find(mid)->formats == std::vector<std::string>{"63", "111"});
  Negotiator firefox = make_negotiator(v1_config());
  REQUIRE(firefox.apply_offer(load("firefox_v1_join.sdp")));
  const std::string other = *firefox.bind_sender(spec);
  CHECK(parsed(firefox.create_answer()).find(other)->formats == std::vector<std::string>{"109"});
}

TEST_CASE("a codec that the subscriber lacks is told, and the section is not used up") {
  Negotiator negotiator = make_negotiator(v1_config());
  const std::string offer = load("firefox_v1_join.sdp");
  REQUIRE(negotiator.apply_offer(offer));
  const std::string mid = *negotiator.bind_sender(video("TR_v", rtp::Codec::kH265));
  auto answer = parsed(negotiator.create_answer());
  CHECK(negotiator.send_section(mid)->codec_unsupported);
  CHECK(answer.find(mid)->msids.empty());
  CHECK(answer.find(mid)->direction == sdp::Direction::kSendOnly);
  CHECK(negotiator.mid_to_track_id().empty());
  negotiator.unbind_sender(mid);
  CHECK(negotiator.free_sections(rtp::MediaKind::kVideo) == 3);
}

TEST_CASE("H264 goes to the payload type of its profile and packetization mode") {
  const auto payload_type_for = [](std::string fmtp) -> int {
    Negotiator negotiator = make_negotiator(v1_config());
    REQUIRE(negotiator.apply_offer(load("chrome_v1_join.sdp")));
    const std::string mid = *negotiator.bind_sender(video("TR_v", rtp::Codec::kH264, std::move(fmtp)));
    (void)negotiator.create_answer();
    const auto& codecs = negotiator.send_section(mid)->codecs;
    REQUIRE_FALSE(codecs.empty());
    return codecs[0].payload_type;
  };
  CHECK(payload_type_for("packetization-mode=1;profile-level-id=42e01f") == 108);
  CHECK(payload_type_for("packetization-mode=0;profile-level-id=42e034") == 114);
}

TEST_CASE("publishing and subscribing share one v1 connection and one set of Opus parameters") {
  Negotiator negotiator = make_negotiator(v1_config());
  const std::string offer = load("chrome_v1_publish.sdp");
  const auto changes = negotiator.apply_offer(offer);
  REQUIRE(changes);
  REQUIRE(changes->started.size() == 2);
  const std::string heard = *negotiator.bind_sender(mic("TR_bob"));
  const auto answer = parsed(negotiator.create_answer());
  std::string microphone;
  for (const std::string& mid : changes->started) {
    const ReceiveSection* receive = negotiator.receive_section(mid);
    if (receive->kind == rtp::MediaKind::kAudio) microphone = mid;
    if (receive->kind == rtp::MediaKind::kVideo) {
      CHECK(receive->rids.size() == 3);
      CHECK(receive->extensions.has(rtp::Extension::kAbsSendTime));  // v1 has it too
    }
    CHECK(answer.find(mid)->direction == sdp::Direction::kRecvOnly);
  }
  CHECK(answer.find(microphone)->fmtp(111) == "minptime=10;useinbandfec=1;usedtx=1");
  CHECK(answer.find(heard)->fmtp(111) == answer.find(microphone)->fmtp(111));
}

TEST_CASE("sections are not reused where the client cannot have that") {
  auto config = v1_config();
  config.reuse_sections = false;
  Negotiator negotiator = make_negotiator(config);
  const std::string offer = load("chrome_v1_join.sdp");
  REQUIRE(negotiator.apply_offer(offer));
  const std::string first = *negotiator.bind_sender(mic("TR_1"));
  (void)negotiator.create_answer();
  negotiator.unbind_sender(first);
  REQUIRE(negotiator.apply_offer(offer));
  (void)negotiator.create_answer();
  CHECK(*negotiator.bind_sender(mic("TR_2")) != first);
  CHECK(negotiator.free_sections(rtp::MediaKind::kAudio) == 1);
}

TEST_CASE("[S-020] our first offer has the data section last, says actpass, and its answer completes it") {
  Negotiator negotiator = make_negotiator();
  const std::string mid = *negotiator.bind_sender(video("TR_v"));
  const auto text = negotiator.create_offer();
  const auto offer = parsed(text);
  REQUIRE(offer.media.size() == 2);
  CHECK(offer.media[1].is_data());
  CHECK(offer.media[1].sctp_port == 5000);
  CHECK(offer.media[0].setup == sdp::Setup::kActpass);
  CHECK(offer.media[0].direction == sdp::Direction::kSendOnly);
  CHECK(offer.media[0].formats == std::vector<std::string>{"96", "97"});
  CHECK(offer.media[0].ssrc_groups.size() == 1);
  CHECK(negotiator.mid_to_track_id() == Mids{{mid, "TR_v"}});
  CHECK_FALSE(negotiator.send_section(mid)->negotiated);
  CHECK(negotiator.offer_outstanding());

  REQUIRE(negotiator.apply_answer(browser_answer(*text)));
  CHECK_FALSE(negotiator.offer_outstanding());
  CHECK(negotiator.local_setup() == sdp::Setup::kPassive);
  const SendSection* send = negotiator.send_section(mid);
  CHECK(send->negotiated);
  REQUIRE(send->codecs.size() == 1);
  CHECK(send->codecs[0].payload_type == 96);
  CHECK(send->codecs[0].rtx_payload_type == 97);
  CHECK(send->codecs[0].nack);
  CHECK(send->codecs[0].remb);
  CHECK(send->extensions.id(rtp::Extension::kAbsSendTime) == 4);
}

TEST_CASE("an offer with nothing but data completes too, and the data section keeps its place") {
  Negotiator negotiator = make_negotiator();
  auto text = negotiator.create_offer();
  REQUIRE(parsed(text).media.size() == 1);
  REQUIRE(negotiator.apply_answer(browser_answer(*text)));
  CHECK(negotiator.remote_transport().data);
  REQUIRE(negotiator.bind_sender(mic("TR_a")));
  text = negotiator.create_offer();
  const auto offer = parsed(text);
  REQUIRE(offer.media.size() == 2);
  CHECK(offer.media[0].is_data());
  CHECK(offer.media[1].type == "audio");
  CHECK(offer.media[1].formats == std::vector<std::string>{"111"});
}

TEST_CASE("[S-028] after an unsubscribe the section serves the next track of the kind, once the client knows") {
  Negotiator negotiator = make_negotiator();
  const std::string first = *negotiator.bind_sender(video("TR_1"));
  auto text = negotiator.create_offer();
  REQUIRE(negotiator.apply_answer(browser_answer(*text)));
  negotiator.unbind_sender(first);
  CHECK(negotiator.needs_negotiation());
  CHECK(*negotiator.bind_sender(video("TR_2")) != first);  // the client does not know yet
  text = negotiator.create_offer();
  CHECK(parsed(text).find(first)->direction == sdp::Direction::kInactive);
  REQUIRE(negotiator.apply_answer(browser_answer(*text)));
  CHECK(*negotiator.bind_sender(video("TR_3", rtp::Codec::kAv1)) == first);
  text = negotiator.create_offer();
  const auto offer = parsed(text);
  CHECK(offer.find(first)->direction == sdp::Direction::kSendOnly);
  CHECK(offer.find(first)->msids[0].track_id == "TR_3");
  CHECK(offer.media.size() == 3);
  CHECK(offer.find(first)->formats == std::vector<std::string>{"35", "36"});
}

TEST_CASE("a track bound while our offer is unanswered waits for the next one") {
  Negotiator negotiator = make_negotiator();
  const std::string first = *negotiator.bind_sender(video("TR_1"));
  const auto text = negotiator.create_offer();
  const std::string second = *negotiator.bind_sender(video("TR_2"));
  REQUIRE(negotiator.apply_answer(browser_answer(*text)));
  CHECK(negotiator.send_section(first)->negotiated);
  CHECK_FALSE(negotiator.send_section(second)->negotiated);
  CHECK(negotiator.needs_negotiation());
}

TEST_CASE("an answer that rejects a section tells that no codec fits") {
  Negotiator negotiator = make_negotiator();
  const std::string mid = *negotiator.bind_sender(video("TR_v", rtp::Codec::kH265));
  const auto text = negotiator.create_offer();
  auto answer = *sdp::parse(browser_answer(*text));
  answer.media[0].port = 0;
  answer.bundle = {answer.media[1].mid};
  REQUIRE(negotiator.apply_answer(sdp::write(answer)));
  CHECK(negotiator.send_section(mid)->codec_unsupported);
  negotiator.unbind_sender(mid);
  const auto next = parsed(negotiator.create_offer());
  CHECK(next.media[0].port == 0);
  CHECK(next.bundle.size() == 1);
}

TEST_CASE("[S-052] an answer that rejects a section as pion does, without its mid, is an answer") {
  Negotiator negotiator = make_negotiator();
  const std::string camera = *negotiator.bind_sender(video("TR_v", rtp::Codec::kH265));
  const std::string sound = *negotiator.bind_sender(mic("TR_a"));
  const auto text = negotiator.create_offer();
  auto answer = *sdp::parse(browser_answer(*text));
  sdp::MediaDescription bare;
  bare.type = "video";
  bare.port = 0;
  bare.formats = {"0"};
  answer.media[0] = bare;
  std::erase(answer.bundle, camera);
  auto misplaced = answer;
  misplaced.media[0].mid = sound;
  CHECK_FALSE(negotiator.apply_answer(sdp::write(misplaced)));
  REQUIRE(negotiator.apply_answer(sdp::write(answer)));
  CHECK(negotiator.send_section(camera)->codec_unsupported);
  CHECK(negotiator.send_section(sound)->negotiated);
  CHECK_FALSE(negotiator.send_section(sound)->codec_unsupported);
}

TEST_CASE("of a publisher's H265 parameters subscribers are offered those that can do no harm in their descriptions") {
  Negotiator negotiator = make_negotiator();
  const std::string long_one = ";sprop-vps=" + std::string(1000, 'x');
  REQUIRE(negotiator.bind_sender(
      video("TR_v", rtp::Codec::kH265, "level-id=93;note=a b;tier-flag=0;evil=\ra=candidate:1" + long_one)));
  CHECK(parsed(negotiator.create_offer()).media[0].fmtp(116) == "level-id=93;tier-flag=0");
}

TEST_CASE("a stereo source says so, and a bad answer changes nothing") {
  Negotiator negotiator = make_negotiator();
  SenderSpec music = mic("TR_m");
  music.stereo = true;
  REQUIRE(negotiator.bind_sender(music));
  const auto text = negotiator.create_offer();
  CHECK(parsed(text).media[0].fmtp(111) == "minptime=10;useinbandfec=1;sprop-stereo=1");
  std::string answer = browser_answer(*text);
  CHECK_FALSE(negotiator.apply_answer("nonsense"));
  std::string swapped = answer;
  replace_all(swapped, "a=mid:0", "a=mid:7");
  CHECK_FALSE(negotiator.apply_answer(swapped));
  CHECK(negotiator.offer_outstanding());
  CHECK(negotiator.apply_answer(answer));
  CHECK_FALSE(negotiator.apply_answer(answer));
}

TEST_CASE("a source that no offer can carry is refused at once") {
  Negotiator negotiator = make_negotiator();
  const auto bound = negotiator.bind_sender(test::sender(rtp::MediaKind::kVideo, "TR_x", {}));
  REQUIRE_FALSE(bound);
  CHECK(bound.error().code == Errc::kUnsupported);
}

}  // namespace
}  // namespace sfu::peer
