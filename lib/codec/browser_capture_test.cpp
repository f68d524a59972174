// SPDX-License-Identifier: Apache-2.0
// What browsers send (tests/data/rtp), as the parsers read it. How many packets, pictures and key frames there are was
// counted by other means.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "codec/codec.hpp"
#include "codec/dependency_descriptor.hpp"
#include "codec/red.hpp"
#include "codec/vp8.hpp"
#include "codec/vp9.hpp"
#include "rtp_capture.hpp"

namespace sfu::codec {
namespace {

ByteView descriptor_of(const RtpCapture& capture, const rtp::PacketView& packet) {
  return packet.extension(capture.extensions.id(rtp::Extension::kDependencyDescriptor));
}

struct Expected {
  const char* name;
  const char* rid;
  std::size_t packets;
  std::size_t frames;
  std::size_t keyframes;
  std::uint16_t width;
  std::uint16_t height;
};

// Where spatial layers are inside, their frames count, and the size is that of the lowest, or of AV1's sequence.
constexpr Expected kVideo[] = {
    {"chromium_vp8_simulcast", "q", 34, 34, 5, 80, 45},
    {"chromium_vp8_simulcast", "h", 35, 35, 6, 160, 90},
    {"chromium_vp8_simulcast", "f", 37, 35, 6, 320, 180},
    {"chromium_vp8_picture_ids", "q", 34, 34, 5, 80, 45},
    {"chromium_vp8_picture_ids", "h", 35, 35, 5, 160, 90},
    {"chromium_vp8_picture_ids", "f", 38, 35, 5, 320, 180},
    {"chromium_h264_simulcast", "q", 30, 30, 4, 80, 44},
    {"chromium_h264_simulcast", "h", 30, 30, 4, 160, 90},
    {"chromium_h264_simulcast", "f", 37, 30, 4, 320, 180},
    {"firefox_vp8_simulcast", "q", 35, 35, 8, 80, 45},
    {"firefox_vp8_simulcast", "h", 35, 35, 8, 160, 90},
    {"firefox_vp8_simulcast", "f", 35, 35, 8, 320, 180},
    {"firefox_h264_simulcast", "q", 32, 32, 7, 80, 44},
    {"firefox_h264_simulcast", "h", 32, 32, 7, 160, 90},
    {"firefox_h264_simulcast", "f", 41, 31, 7, 320, 180},
    {"firefox_vp9", "", 51, 42, 1, 320, 180},
    {"firefox_av1", "", 48, 48, 1, 320, 180},
    {"chromium_vp9_svc", "", 71, 61, 2, 240, 135},
    {"chromium_av1_svc", "", 81, 72, 1, 960, 540},
};

struct ExpectedStructure {
  const char* name;
  int templates, targets, chains, spatial, temporal;
  bool resolutions;
};
constexpr ExpectedStructure kStructures[] = {
    {"chromium_vp8_simulcast", 7, 3, 0, 1, 3, true},   {"firefox_vp8_simulcast", 5, 2, 0, 1, 2, true},
    {"chromium_h264_simulcast", 2, 1, 1, 1, 1, false}, {"chromium_vp9_svc", 15, 9, 3, 3, 3, true},
    {"chromium_av1_svc", 15, 9, 3, 3, 3, true},
};

void check_structure(const FrameDependencyStructure& structure, const ExpectedStructure& expected) {
  CHECK(structure.template_count == expected.templates);
  CHECK(structure.decode_target_count == expected.targets);
  CHECK(structure.chain_count == expected.chains);
  CHECK(structure.spatial_layer_count == expected.spatial);
  CHECK(structure.temporal_layer_count == expected.temporal);
  CHECK(structure.has_resolutions == expected.resolutions);
  // Targets are in the order of their layers: S0T0, S0T1 ...
  for (int target = 0; target < expected.targets; ++target) {
    CHECK(structure.target_spatial[target] == target / expected.temporal);
    CHECK(structure.target_temporal[target] == target % expected.temporal);
    if (expected.chains > 0) CHECK(structure.protecting_chain[target] == target / expected.temporal);
  }
}

using Frames = std::map<std::uint16_t, FrameDependencies>;  // of one stream, by number

// A frame needs what came before it in its own stream, of its own layers or lower ones.
void check_needs(const DependencyDescriptor& told, int chains, const Frames& known) {
  const std::uint16_t number = told.header.frame_number;
  const FrameDependencies& frame = told.frame;
  CHECK(told.header.first_in_frame == !known.contains(number));
  if (told.header.first_in_frame) CHECK((frame.frame_diff_count == 0) == told.header.has_structure);
  for (std::size_t i = 0; i < frame.frame_diff_count; ++i) {
    const auto needed = known.find(static_cast<std::uint16_t>(number - frame.frame_diffs[i]));
    REQUIRE(needed != known.end());
    CHECK(needed->second.spatial_layer <= frame.spatial_layer);
    CHECK(needed->second.temporal_layer <= frame.temporal_layer);
  }
  for (int chain = 0; chain < chains; ++chain) {
    const std::uint8_t diff = frame.chain_diffs[chain];
    if (diff != 0) CHECK(known.contains(static_cast<std::uint16_t>(number - diff)));
  }
}

}  // namespace

TEST_CASE("[M-031] of what browsers send each packet is valid, and its frames and key frames are found") {
  for (const Expected& expected : kVideo) {
    CAPTURE(std::string(expected.name));
    CAPTURE(std::string(expected.rid));
    const RtpCapture capture(expected.name);
    const auto packets = capture.media(expected.rid);
    CHECK(packets.size() == expected.packets);
    std::size_t frames = 0;
    std::size_t keyframes = 0;
    bool ended = true;
    for (const rtp::PacketView& packet : packets) {
      CAPTURE(packet.sequence_number());
      const ByteView descriptor = descriptor_of(capture, packet);
      const PayloadInfo info = inspect(capture.codec(packet), packet.payload(), descriptor);
      REQUIRE(info.valid);
      // What follows the end of a frame begins one, and nothing else does.
      const bool layered = !descriptor.empty() || capture.codec(packet) == rtp::Codec::kVp9;
      CHECK(info.starts_frame == ended);
      ended = layered ? info.ends_frame : packet.marker();
      if (!info.starts_frame) continue;
      ++frames;
      if (!info.is_keyframe) continue;
      ++keyframes;
      CHECK(info.width == expected.width);
      CHECK(info.height == expected.height);
    }
    CHECK(frames == expected.frames);
    CHECK(keyframes == expected.keyframes);
  }
}

TEST_CASE("[M-031] VP8 of Chromium without dependency descriptors numbers its pictures and temporal layers") {
  const RtpCapture capture("chromium_vp8_picture_ids");
  for (const std::string& rid : capture.rids) {
    CAPTURE(rid);
    Vp8Descriptor last;
    int phase = 0;
    for (const rtp::PacketView& packet : capture.media(rid)) {
      CAPTURE(packet.sequence_number());
      const auto now = parse_vp8(packet.payload());
      REQUIRE(now);
      REQUIRE((now->long_picture_id && now->has_tl0_picture_index && now->has_temporal_layer && !now->has_key_index));
      const bool first = last.size == 0;
      if (now->starts_frame()) {
        // L1T3, which a key frame begins anew.
        phase = now->is_keyframe ? 0 : phase + 1;
        constexpr std::uint8_t kPattern[] = {0, 2, 1, 2};
        CHECK(now->temporal_layer == kPattern[phase % 4]);
        CHECK(now->non_reference == (now->temporal_layer == 2));
        CHECK(now->layer_sync == (phase < 3));
        if (!first) CHECK(now->picture_id == ((last.picture_id + 1) & 0x7fff));
        const int base = now->temporal_layer == 0 ? 1 : 0;
        if (!first) CHECK(now->tl0_picture_index == static_cast<std::uint8_t>(last.tl0_picture_index + base));
      } else {
        CHECK(now->picture_id == last.picture_id);
        CHECK(now->tl0_picture_index == last.tl0_picture_index);
        CHECK(now->temporal_layer == last.temporal_layer);
      }
      // Written again it is the same, byte for byte.
      std::array<std::uint8_t, kMaxVp8DescriptorSize> again{};
      REQUIRE(write_vp8_descriptor(*now, again) == now->size);
      CHECK(std::ranges::equal(ByteView(again).first(now->size), packet.payload().first(now->size)));
      last = *now;
    }
  }
}

TEST_CASE("[M-031] VP8 that goes along with dependency descriptors has a payload descriptor of one byte") {
  for (const char* name : {"chromium_vp8_simulcast", "firefox_vp8_simulcast"}) {
    const RtpCapture capture(name);
    for (const rtp::PacketView& packet : capture.media()) {
      const auto descriptor = parse_vp8(packet.payload());
      REQUIRE(descriptor);
      CHECK(descriptor->size == 1);
      CHECK_FALSE((descriptor->has_picture_id || descriptor->has_tl0_picture_index || descriptor->has_temporal_layer));
    }
  }
}

TEST_CASE("[M-031] VP9 of Chromium as L3T3_KEY says in its payload what its dependency descriptors say") {
  const RtpCapture capture("chromium_vp9_svc");
  DependencyDescriptorReader reader;
  std::vector<int> structures;
  std::int32_t picture = -1;
  std::uint32_t timestamp = 0;
  for (const rtp::PacketView& packet : capture.media()) {
    CAPTURE(packet.sequence_number());
    const auto vp9 = parse_vp9(packet.payload());
    const auto told = reader.read(descriptor_of(capture, packet));
    REQUIRE((vp9 && told));
    REQUIRE((vp9->flexible && vp9->has_layers && vp9->long_picture_id));
    CHECK(vp9->spatial_layer == told->frame.spatial_layer);
    CHECK(vp9->temporal_layer == told->frame.temporal_layer);
    CHECK(vp9->starts_frame == told->header.first_in_frame);
    CHECK(vp9->ends_frame == told->header.last_in_frame);
    // K-SVC: an upper layer needs the lower one in key pictures, and only itself in others.
    const bool key_picture = !vp9->inter_picture_predicted;
    CHECK(vp9->inter_layer_predicted == (key_picture && vp9->spatial_layer > 0));
    CHECK(vp9->reference_count == (key_picture ? 0 : 1));
    CHECK(vp9->is_keyframe == (told->header.has_structure && vp9->starts_frame));
    // A picture of all layers has one number and one time.
    if (picture >= 0) {
      CHECK(vp9->picture_id == (picture + (packet.timestamp() == timestamp ? 0 : 1)) % 0x8000);
    }
    picture = vp9->picture_id;
    timestamp = packet.timestamp();
    if (!vp9->has_scalability) continue;
    structures.push_back(vp9->spatial_layer_count);
    for (std::uint16_t layer = 0; layer < vp9->spatial_layer_count; ++layer) {
      CHECK(vp9->resolutions[layer].width == 240 << layer);
      CHECK(vp9->resolutions[layer].height == 135 << layer);
    }
  }
  CHECK(structures == std::vector{2, 3});  // the third layer comes once there is bandwidth for it
  CHECK(picture == 0x62d2);
}

TEST_CASE("[M-031] VP9 of Firefox is one layer whose pictures are numbered, and whose key frame tells the size") {
  const RtpCapture capture("firefox_vp9");
  int next = 0x43c4;
  for (const rtp::PacketView& packet : capture.media()) {
    CAPTURE(packet.sequence_number());
    const auto vp9 = parse_vp9(packet.payload());
    REQUIRE(vp9);
    CHECK(vp9->long_picture_id);
    CHECK_FALSE((vp9->flexible || vp9->has_layers));
    CHECK(vp9->picture_id == next);
    CHECK(vp9->ends_frame == packet.marker());
    CHECK(vp9->has_scalability == (vp9->is_keyframe && vp9->starts_frame));
    if (vp9->has_scalability) {
      CHECK(vp9->spatial_layer_count == 1);
      CHECK(vp9->resolution.width == 320);
      CHECK(vp9->resolution.height == 180);
    }
    if (vp9->ends_frame) ++next;
  }
  CHECK(next == 0x43ed + 1);
}

TEST_CASE("[M-041] what browsers tell in dependency descriptors fits together") {
  for (const ExpectedStructure& expected : kStructures) {
    CAPTURE(std::string(expected.name));
    const RtpCapture capture(expected.name);
    std::map<rtp::Ssrc, DependencyDescriptorReader> readers;
    std::map<rtp::Ssrc, Frames> frames;
    std::set<std::uint16_t> numbers;
    for (const rtp::PacketView& packet : capture.media()) {
      CAPTURE(packet.sequence_number());
      DependencyDescriptorReader& reader = readers[packet.ssrc()];
      const auto told = reader.read(descriptor_of(capture, packet));
      REQUIRE(told);
      check_structure(*reader.structure(), expected);
      check_needs(*told, expected.chains, frames[packet.ssrc()]);
      numbers.insert(told->header.frame_number);
      frames[packet.ssrc()].emplace(told->header.frame_number, told->frame);
    }
    // All encodings of a simulcast take their numbers from one line.
    CHECK(*numbers.begin() == 1);
    CHECK(*numbers.rbegin() == numbers.size());
  }
}

TEST_CASE("RED of Chromium carries each packet of Opus twice, 20 ms apart") {
  const RtpCapture capture("chromium_red");
  std::vector<std::uint8_t> before;
  std::size_t packets = 0;
  for (const rtp::PacketView& packet : capture.media()) {
    CAPTURE(packet.sequence_number());
    std::array<RedBlock, kMaxRedBlocks> blocks;
    const auto count = split_red(packet.payload(), blocks);
    REQUIRE(count);
    REQUIRE(*count == (packets == 0 ? 1 : 2));
    const RedBlock& primary = blocks[*count - 1];
    CHECK(capture.codecs.at(primary.payload_type) == rtp::Codec::kOpus);
    if (packets > 0) {
      CHECK(blocks[0].payload_type == primary.payload_type);
      CHECK(blocks[0].timestamp_offset == 960);
      CHECK(std::ranges::equal(blocks[0].payload, before));
    }
    // Built again it is the same, byte for byte.
    std::array<std::uint8_t, 1500> again;
    const auto size = build_red(std::span(blocks).first(*count), again);
    REQUIRE(size);
    CHECK(std::ranges::equal(ByteView(again).first(*size), packet.payload()));
    before.assign(primary.payload.begin(), primary.payload.end());
    ++packets;
  }
  CHECK(packets == 98);
}

}  // namespace sfu::codec
