// SPDX-License-Identifier: Apache-2.0
// What browsers send (tests/data/rtp), with their sender reports, through a publisher's Endpoint to one subscriber:
// what comes out begins with a key frame, has one line of numbers, and needs nothing that did not come out.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "codec/codec.hpp"
#include "codec/dependency_descriptor.hpp"
#include "codec/red.hpp"
#include "codec/vp8.hpp"
#include "media/endpoint.hpp"
#include "media/testing.hpp"
#include "rtp_capture.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;

namespace {

constexpr std::uint8_t kDescriptorOut = 8;

const std::vector<std::string> kSimulcast = {"chromium_vp8_simulcast", "chromium_vp8_picture_ids",
                                             "chromium_h264_simulcast", "firefox_vp8_simulcast"};
const std::vector<std::string> kPlain = {"firefox_vp9", "firefox_av1", "chromium_opus", "chromium_red", "firefox_opus"};

PublishedTrackConfig config_of(const RtpCapture& capture) {
  PublishedTrackConfig config;
  config.extensions = capture.extensions;
  for (const auto& [payload_type, codec] : capture.codecs) {
    if (codec == rtp::Codec::kRtx) continue;
    const auto repair = capture.repair.find(payload_type);
    const std::uint8_t rtx = repair == capture.repair.end() ? kNoPayloadType : repair->second;
    config.kind = rtp::kind_of(codec);
    config.payloads.push_back({payload_type, codec, rtp::clock_rate(codec), rtx});
  }
  return config;
}

// A packet that the subscriber got, and that which it was made of.
struct Got {
  rtp::PacketView packet;
  rtp::PacketView source;
};

class Stage {
 public:
  explicit Stage(const std::string& name, std::uint8_t max_layer = 2, std::uint8_t max_temporal = 3,
                 bool takes_red = true)
      : capture(name), uplink_(publisher_), track_(config_of(capture), publisher_, world_.random) {
    uplink_.configure(capture.extensions, true, false);
    uplink_.router().add_section("0", track_, capture.rids);
    ForwarderConfig config;
    config.sink = &subscriber_;
    config.ssrc = 0x5000;
    config.extensions.set(kDescriptorOut, rtp::Extension::kDependencyDescriptor);
    config.max_layer = max_layer;
    config.max_temporal = max_temporal;
    for (const auto& [payload_type, codec] : capture.codecs) {
      const bool unpack = codec == rtp::Codec::kRed && !takes_red;
      if (codec != rtp::Codec::kRtx) config.payloads.push_back({payload_type, payload_type, kNoPayloadType, unpack});
    }
    Output output = world_.out();
    track_.add_forwarder(world_.now(), config, output);
    play();
  }

  rtp::Codec codec(const Got& one) const { return capture.codec(one.source); }
  codec::PayloadInfo info(const Got& one) const {
    return codec::inspect(codec(one), one.packet.payload(), one.packet.extension(kDescriptorOut));
  }

  RtpCapture capture;
  std::vector<Got> got;

 private:
  void play() {
    Duration elapsed{};
    std::vector<const RtpCapture::Packet*> sources;
    for (const RtpCapture::Packet& packet : capture.packets) {
      world_.advance(track_, packet.at - std::exchange(elapsed, packet.at));
      Bytes bytes = packet.bytes;
      Output output = world_.out();
      if (packet.is_rtcp()) {
        uplink_.receive_rtcp(world_.now(), bytes, output);
      } else {
        uplink_.receive_rtp(world_.now(), bytes, world_.now(), output);
      }
      sources.resize(subscriber_.rtp.size(), &packet);
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
      got.push_back({*rtp::PacketView::parse(subscriber_.rtp[i]), sources[i]->view()});
    }
  }

  World world_;
  RecordingSink publisher_;
  RecordingSink subscriber_;
  Endpoint uplink_;
  PublishedTrack track_;
};

// The payload without what a forwarder may write anew.
ByteView body(rtp::Codec codec, const rtp::PacketView& packet) {
  const bool rewritten = codec == rtp::Codec::kVp8;
  return packet.payload().subspan(rewritten ? codec::descriptor_size(codec, packet.payload()) : 0);
}

// One line of numbers and times, from a key frame on, of the bytes that were published.
void check_line(const Stage& stage) {
  REQUIRE_FALSE(stage.got.empty());
  const codec::PayloadInfo first = stage.info(stage.got[0]);
  CHECK((first.is_keyframe && first.starts_frame));
  for (std::size_t i = 0; i < stage.got.size(); ++i) {
    const auto& [packet, source] = stage.got[i];
    CAPTURE(source.sequence_number());
    CHECK(std::ranges::equal(body(stage.codec(stage.got[i]), packet), body(stage.codec(stage.got[i]), source)));
    CHECK(packet.ssrc() == 0x5000);
    if (i == 0) continue;
    const rtp::PacketView& before = stage.got[i - 1].packet;
    REQUIRE(packet.sequence_number() == static_cast<std::uint16_t>(before.sequence_number() + 1));
    CHECK(rtp::distance(before.timestamp(), packet.timestamp()) >= 0);
    if (rtp::kind_of(stage.codec(stage.got[i])) == rtp::MediaKind::kAudio) continue;
    CHECK(before.marker() == (packet.timestamp() != before.timestamp()));
  }
}

// All that a frame needs has come out before it.
void check_references(const Stage& stage) {
  codec::DependencyDescriptorReader reader;
  std::set<std::uint16_t> frames;
  for (const Got& got : stage.got) {
    CAPTURE(got.source.sequence_number());
    const auto told = reader.read(got.packet.extension(kDescriptorOut));
    REQUIRE(told);
    for (std::size_t i = 0; i < told->frame.frame_diff_count; ++i) {
      CHECK(frames.contains(static_cast<std::uint16_t>(told->header.frame_number - told->frame.frame_diffs[i])));
    }
    frames.insert(told->header.frame_number);
  }
}

}  // namespace

TEST_CASE("[M-022] [M-029] what a browser sends as one stream comes out whole, without its padding and repeats") {
  for (const std::string& name : kPlain) {
    CAPTURE(name);
    const Stage stage(name);
    check_line(stage);
    CHECK(stage.got.size() == stage.capture.media().size());
  }
}

TEST_CASE("[M-028] of a browser's simulcast the best encoding comes out whole") {
  for (const std::string& name : kSimulcast) {
    CAPTURE(name);
    const Stage stage(name);
    check_line(stage);
    CHECK(stage.got.size() == stage.capture.media("f").size());
    for (const Got& got : stage.got) CHECK(got.source.ssrc() == stage.capture.ssrc("f"));
  }
}

TEST_CASE("[M-053] [M-054] a browser's sender reports let a subscriber go down to its encoding at a key frame") {
  for (const std::string& name : kSimulcast) {
    for (const std::uint8_t layer : {0, 1}) {
      CAPTURE(name);
      CAPTURE(layer);
      const Stage stage(name, layer);
      check_line(stage);
      // The best comes first, and is shown until there are sender reports of both and a key frame of the other.
      const rtp::Ssrc wanted = stage.capture.ssrc(stage.capture.rids[layer]);
      const auto down = std::ranges::find(stage.got, wanted, [](const Got& got) { return got.source.ssrc(); });
      REQUIRE(down != stage.got.begin());
      REQUIRE(down != stage.got.end());
      CHECK(stage.info(*down).is_keyframe);
      const int height = 45 << layer;  // H264's are even
      CHECK(stage.info(*down).height == (name == "chromium_h264_simulcast" ? height & ~1 : height));
      CHECK(std::all_of(down, stage.got.end(), [&](const Got& got) { return got.source.ssrc() == wanted; }));
    }
  }
}

TEST_CASE(
    "[M-051] [M-053] where a browser's lowest encoding begins first, the best is shown once reports tell where it "
    "belongs") {
  const Stage stage("firefox_h264_simulcast");
  check_line(stage);
  CHECK(stage.got.front().source.ssrc() == stage.capture.ssrc("q"));
  CHECK(stage.got.back().source.ssrc() == stage.capture.ssrc("f"));
  int switches = 0;
  for (std::size_t i = 1; i < stage.got.size(); ++i) {
    if (stage.got[i].source.ssrc() == stage.got[i - 1].source.ssrc()) continue;
    ++switches;
    CHECK(stage.info(stage.got[i]).is_keyframe);
  }
  CHECK(switches <= 2);
}

TEST_CASE("[M-050] without higher temporal layers of VP8 every fourth picture comes out, and picture numbers go on") {
  for (const std::string& name : {std::string("chromium_vp8_simulcast"), std::string("chromium_vp8_picture_ids")}) {
    CAPTURE(name);
    const Stage stage(name, 2, 0);
    check_line(stage);
    std::optional<codec::Vp8Descriptor> last;
    std::set<std::uint32_t> pictures;
    for (const Got& got : stage.got) {
      CAPTURE(got.source.sequence_number());
      pictures.insert(got.packet.timestamp());
      const auto vp8 = codec::parse_vp8(got.packet.payload());
      REQUIRE(vp8);
      CHECK(vp8->temporal_layer == 0);
      CHECK_FALSE(vp8->non_reference);
      if (last && vp8->has_picture_id) {
        const int step = vp8->starts_frame() ? 1 : 0;
        CHECK(vp8->picture_id == ((last->picture_id + step) & 0x7fff));
        CHECK(vp8->tl0_picture_index == static_cast<std::uint8_t>(last->tl0_picture_index + step));
      }
      last = *vp8;
    }
    CHECK(pictures.size() == 10);
  }
}

TEST_CASE("[M-056] [M-057] of a browser's K-SVC each limit lets through what its pictures need and no more") {
  struct Row {
    const char* name;
    std::size_t pictures;
    int first_spatial;  // of the first picture
  };
  for (const Row& row : {Row{"chromium_vp9_svc", 21, 1}, Row{"chromium_av1_svc", 24, 2}}) {
    for (const std::uint8_t spatial : {0, 1, 2}) {
      CAPTURE(std::string(row.name));
      CAPTURE(spatial);
      const Stage stage(row.name, spatial);
      check_line(stage);
      check_references(stage);
      std::map<std::uint32_t, std::set<int>> pictures;  // their spatial layers
      codec::DependencyDescriptorReader reader;
      std::set<std::uint32_t> key;
      for (const Got& got : stage.got) {
        const auto told = reader.read(got.packet.extension(kDescriptorOut));
        pictures[got.packet.timestamp()].insert(told->frame.spatial_layer);
        if (told->header.has_structure) key.insert(got.packet.timestamp());
      }
      CHECK(pictures.size() == row.pictures);
      int top = std::min<int>(spatial, row.first_spatial);
      for (const auto& [timestamp, layers] : pictures) {
        if (key.contains(timestamp) && timestamp != pictures.begin()->first) top = spatial;
        std::set<int> needed = {top};
        for (int lower = 0; key.contains(timestamp) && lower < top; ++lower) needed.insert(lower);
        CHECK(layers == needed);
      }
    }
  }
}

TEST_CASE("a subscriber without RED gets the Opus inside Chromium's, each packet once") {
  const Stage stage("chromium_red", 2, 3, false);
  CHECK(stage.got.size() == 98);
  for (std::size_t i = 0; i < stage.got.size(); ++i) {
    const auto& [packet, source] = stage.got[i];
    std::array<codec::RedBlock, codec::kMaxRedBlocks> blocks;
    const auto count = codec::split_red(source.payload(), blocks);
    REQUIRE(count);
    CHECK(std::ranges::equal(packet.payload(), blocks[*count - 1].payload));
    if (i > 0) CHECK(rtp::distance(stage.got[i - 1].packet.sequence_number(), packet.sequence_number()) == 1);
  }
}
