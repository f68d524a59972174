// SPDX-License-Identifier: Apache-2.0
// What subscribers get of a stream with several layers inside.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "media/svc_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// A publisher of SVC and one subscriber.
struct Stage {
  explicit Stage(SvcOptions options, std::uint8_t spatial = 2, std::uint8_t temporal = 3)
      : source(options), track(svc_config(), publisher, world.random) {
    auto config = svc_forwarder_config(subscriber);
    config.max_layer = spatial;
    config.max_temporal = temporal;
    Output output = world.out();
    id = track.add_forwarder(world.now(), config, output);
  }
  void set_max(std::uint8_t spatial, std::uint8_t temporal = 3, bool deficient = false) {
    Output output = world.out();
    track.set_max_quality(world.now(), id, spatial, temporal, output, deficient);
  }
  void picture(bool key = false) {
    for (const auto& packet : source.picture(world.now(), key)) world.receive(track, 0, packet.bytes);
    world.advance(track, 33ms);
  }
  void pictures(int count) {
    for (int i = 0; i < count; ++i) picture();
  }
  // What was sent since the last clear().
  std::vector<GotSvc> got() const {
    std::vector<GotSvc> all;
    all.reserve(subscriber.rtp.size());
    for (const Bytes& bytes : subscriber.rtp) all.push_back(read_svc(bytes));
    return all;
  }
  // Layers of the frames that were sent, as 10 * spatial + temporal.
  std::set<int> layers() const {
    std::set<int> found;
    for (const GotSvc& got : got())
      found.insert(source.frame(got.frame).spatial * 10 + source.frame(got.frame).temporal);
    return found;
  }
  int plis() {
    const int count = publisher.sent<rtcp::Pli>();
    publisher.clear();
    return count;
  }

  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  SvcSource source;
  PublishedTrack track;
  ForwarderId id;
};

// Without loss: numbers without holes, references that went out, one marker a picture and at its end.
void check_stream(const Stage& stage) {
  const auto got = stage.got();
  std::set<std::uint32_t> frames;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const SvcFrame& frame = stage.source.frame(got[i].frame);
    if (i > 0) REQUIRE(got[i].sequence == static_cast<std::uint16_t>(got[i - 1].sequence + 1));
    for (const std::uint32_t reference : frame.references) {
      CAPTURE(frame.number);
      CAPTURE(reference);
      REQUIRE((frames.contains(reference) || reference < got[0].frame));
    }
    frames.insert(frame.number);
    const bool ends = i + 1 == got.size() || stage.source.frame(got[i + 1].frame).timestamp != frame.timestamp;
    REQUIRE(got[i].marker == ends);
  }
}

constexpr SvcOptions kVp9Flexible{.vp9 = true, .descriptors = false};
constexpr SvcOptions kVp9Fixed{.vp9 = true, .descriptors = false, .flexible = false};

}  // namespace

TEST_CASE(
    "[M-056] VP9 SVC: a spatial layer is entered only where it needs no earlier picture, and the marker ends it") {
  SvcOptions options;
  SUBCASE("flexible mode") {
    options = kVp9Flexible;
  }
  SUBCASE("non-flexible mode") {
    options = kVp9Fixed;
  }
  Stage stage(options);
  stage.picture(true);
  stage.pictures(7);
  CHECK(stage.layers() == std::set<int>{0, 1, 2, 10, 11, 12, 20, 21, 22});
  check_stream(stage);

  // Down at once, where a picture begins.
  stage.set_max(0);
  stage.subscriber.clear();
  stage.plis();
  stage.pictures(8);
  CHECK(stage.layers() == std::set<int>{0, 1, 2});
  check_stream(stage);
  CHECK(stage.plis() == 0);

  // Up: frames of the layer are not enough; a key picture is asked for.
  stage.set_max(1);
  stage.subscriber.clear();
  stage.pictures(40);
  CHECK(stage.layers() == std::set<int>{0, 1, 2});
  CHECK(stage.plis() > 0);
  stage.picture(true);
  stage.plis();
  stage.pictures(40);
  CHECK(stage.layers() == std::set<int>{0, 1, 2, 10, 11, 12});
  CHECK(stage.plis() == 0);
  check_stream(stage);
  CHECK(stage.track.forwarder(stage.id)->stats().layer == 1);
}

TEST_CASE("[M-056] VP9 SVC: temporal layers come and go at switching points, without a key frame") {
  Stage stage(kVp9Flexible, 2, 0);
  stage.picture(true);
  stage.pictures(7);
  CHECK(stage.layers() == std::set<int>{0, 10, 20});
  check_stream(stage);
  stage.set_max(2, 3);
  stage.subscriber.clear();
  stage.plis();
  stage.pictures(8);
  CHECK(stage.layers() == std::set<int>{0, 1, 2, 10, 11, 12, 20, 21, 22});
  check_stream(stage);
  stage.set_max(2, 1);
  stage.subscriber.clear();
  stage.pictures(40);
  CHECK(stage.layers() == std::set<int>{0, 1, 10, 11, 20, 21});
  check_stream(stage);
  CHECK(stage.plis() == 0);
}

TEST_CASE(
    "[M-056] K-SVC: lower layers go along in key pictures only, and a lower one is shown from the next of them on") {
  for (const bool descriptors : {false, true}) {
    for (const bool deficient : {false, true}) {
      CAPTURE(descriptors);
      CAPTURE(deficient);
      Stage stage({.scheme = Scheme::kKey, .vp9 = !descriptors, .descriptors = descriptors});
      stage.picture(true);
      CHECK(stage.layers() == std::set<int>{0, 10, 20});
      stage.subscriber.clear();
      stage.pictures(8);
      CHECK(stage.layers() == std::set<int>{20, 21, 22});
      check_stream(stage);

      // A wish shows on what there is; want of bandwidth stops it.
      stage.subscriber.clear();
      stage.plis();
      stage.set_max(0, 3, deficient);
      stage.pictures(8);
      CHECK(stage.layers() == (deficient ? std::set<int>{} : std::set<int>{20, 21, 22}));
      CHECK(stage.plis() > 0);
      stage.subscriber.clear();
      stage.picture(true);
      stage.pictures(8);
      CHECK(stage.layers() == std::set<int>{0, 1, 2});
      check_stream(stage);
    }
  }
}

TEST_CASE("[M-057] AV1 L3T3: who may have S1T1 gets the frames that it needs, and is told of no other targets") {
  Stage stage({}, 1, 1);
  stage.picture(true);
  stage.pictures(20);
  CHECK(stage.layers() == std::set<int>{0, 1, 10, 11});
  check_stream(stage);
  codec::DependencyDescriptorReader reader;
  std::optional<int> offset;
  for (const GotSvc& got : stage.got()) {
    const auto descriptor = reader.read(got.descriptor);
    REQUIRE(descriptor);
    // S0T0, S0T1, S1T0 and S1T1.
    CHECK(reader.active_decode_targets() == 0b011011);
    CHECK(descriptor->frame.frame_diff_count == stage.source.frame(got.frame).references.size());
    // Frames that are left out keep their numbers, across the wrap too.
    const int shift = static_cast<std::uint16_t>(descriptor->header.frame_number - got.frame);
    CHECK(shift == offset.value_or(shift));
    offset = shift;
  }
}

TEST_CASE(
    "[M-057] AV1 L3T3: a frame of a chain that stays away makes a lower target of it, and a key frame is asked for") {
  Stage stage({}, 2);
  stage.picture(true);
  stage.pictures(3);
  // The lowest frame of the upper layer, which all that follow in it need.
  auto packets = stage.source.picture(stage.world.now(), false);
  for (std::size_t i = 0; i < 4; ++i) stage.world.receive(stage.track, 0, packets[i].bytes);
  stage.world.advance(stage.track, 33ms);
  stage.plis();
  stage.pictures(4);
  stage.subscriber.clear();
  stage.pictures(30);
  const auto layers = stage.layers();
  CHECK(layers.contains(12));
  stage.subscriber.clear();
  stage.pictures(8);
  CHECK(stage.layers() == std::set<int>{0, 1, 2, 10, 11, 12});
  CHECK(stage.plis() > 0);
  check_stream(stage);
  codec::DependencyDescriptorReader reader;
  stage.subscriber.clear();
  stage.picture(true);
  stage.pictures(8);
  CHECK(stage.layers().size() == 9);
  check_stream(stage);
  for (const GotSvc& got : stage.got()) REQUIRE(reader.read(got.descriptor));
  CHECK(reader.active_decode_targets() == 0x1ff);
}

TEST_CASE("[M-057] AV1 L3T3: without the lowest chain nothing can be decoded, and nothing goes out until a key frame") {
  Stage stage({}, 2);
  stage.picture(true);
  stage.pictures(3);
  auto packets = stage.source.picture(stage.world.now(), false);
  for (std::size_t i = 2; i < packets.size(); ++i) stage.world.receive(stage.track, 0, packets[i].bytes);
  stage.world.advance(stage.track, 33ms);
  stage.pictures(16);
  stage.plis();
  stage.subscriber.clear();
  stage.pictures(16);
  CHECK(stage.subscriber.rtp.empty());
  CHECK(stage.plis() > 0);
  stage.picture(true);
  stage.pictures(8);
  CHECK(stage.layers().size() == 9);
}

TEST_CASE("[M-057] where a structure is lost for good, another key frame is asked for") {
  Stage stage({}, 2);
  stage.picture(true);
  stage.pictures(3);
  stage.source.template_offset = 20;
  auto packets = stage.source.picture(stage.world.now(), true);
  for (std::size_t i = 1; i < packets.size(); ++i) stage.world.receive(stage.track, 0, packets[i].bytes);
  stage.world.advance(stage.track, 33ms);
  stage.subscriber.clear();
  stage.plis();
  stage.pictures(30);
  CHECK(stage.subscriber.rtp.empty());
  CHECK(stage.plis() > 0);
  stage.picture(true);
  stage.pictures(8);
  CHECK(stage.layers().size() == 9);
}

TEST_CASE("[M-057] frame numbers go on across a pause, and repeats are what was sent") {
  Stage stage({}, 1, 1);
  stage.picture(true);
  stage.pictures(4);
  Output output = stage.world.out();
  const auto last = stage.got().back();
  stage.track.set_paused(stage.world.now(), stage.id, Pause::kDisabled, true, output);
  stage.pictures(40);
  stage.track.set_paused(stage.world.now(), stage.id, Pause::kDisabled, false, output);
  stage.subscriber.clear();
  stage.picture(true);
  stage.pictures(3);
  const auto number = [](const GotSvc& got) {
    return codec::parse_dependency_descriptor_header(got.descriptor)->frame_number;
  };
  CHECK(number(stage.got().front()) == static_cast<std::uint16_t>(number(last) + 1));
  // The end of the first picture: its marker is ours, and so is its descriptor.
  std::vector<Bytes> sent = stage.subscriber.rtp;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    stage.subscriber.clear();
    Output again = stage.world.out();
    stage.track.on_nack(stage.world.now(), stage.id, std::vector<std::uint16_t>{read_svc(sent[i]).sequence}, again);
    REQUIRE(stage.subscriber.rtp.size() == 1);
    const auto repeat = *rtp::PacketView::parse(stage.subscriber.rtp[0]);
    const auto original = *rtp::PacketView::parse(sent[i]);
    CHECK(repeat.marker() == original.marker());
    CHECK(std::ranges::equal(repeat.extension(kDescriptorOut), original.extension(kDescriptorOut)));
  }
}

TEST_CASE("[M-057] end-to-end encrypted AV1 is chosen by its descriptors alone") {
  Stage stage({.encrypted = true}, 0, 1);
  stage.picture(true);
  stage.pictures(12);
  CHECK(stage.layers() == std::set<int>{0, 1});
  check_stream(stage);
}

TEST_CASE("temporal layers of H264 are left out by dependency descriptors, which do not go on") {
  Stage stage({.spatial = 1}, 2, 1);
  for (int i = 0; i < 16; ++i) {
    for (const auto& packet : stage.source.picture(stage.world.now(), i == 0)) {
      const auto view = *rtp::PacketView::parse(packet.bytes);
      Bytes payload(view.payload().begin(), view.payload().end());
      payload[0] = i == 0 ? 0x65 : 0x41;
      stage.world.receive(stage.track, 0,
                          rtp_packet({view.marker(), kH264, view.sequence_number(), view.timestamp(), view.ssrc()},
                                     payload, kDescriptorIn, view.extension(kDescriptorIn)));
    }
    stage.world.advance(stage.track, 33ms);
  }
  CHECK(stage.layers() == std::set<int>{0, 1});
  CHECK(stage.subscriber.rtp.size() == 16);
  CHECK(stage.got().back().descriptor.empty());
  check_stream(stage);
}

TEST_CASE(
    "[M-050] temporal layers of VP8 are left out by dependency descriptors, where its own descriptor tells nothing") {
  Stage stage({.spatial = 1}, 2, 1);
  for (int i = 0; i < 16; ++i) {
    bool first = true;
    for (const auto& packet : stage.source.picture(stage.world.now(), i == 0)) {
      const auto view = *rtp::PacketView::parse(packet.bytes);
      Bytes payload(view.payload().begin(), view.payload().end());
      payload[0] = std::exchange(first, false) ? 0x10 : 0x00;  // as Chrome sends it: only where a frame starts
      payload[1] = i == 0 ? 0x00 : 0x01;
      stage.world.receive(stage.track, 0,
                          rtp_packet({view.marker(), kVp8, view.sequence_number(), view.timestamp(), view.ssrc()},
                                     payload, kDescriptorIn, view.extension(kDescriptorIn)));
    }
    stage.world.advance(stage.track, 33ms);
  }
  CHECK(stage.layers() == std::set<int>{0, 1});
  CHECK(stage.subscriber.rtp.size() == 16);
  check_stream(stage);
}

TEST_CASE("temporal layers of H265 are left out by the whole frame, and taken up again where the stream says") {
  constexpr std::uint8_t kH265 = 103, kOutH265 = 113;
  World world;
  RecordingSink publisher, subscriber;
  auto track_config = video_config();
  track_config.payloads.push_back({kH265, rtp::Codec::kH265, 90000, kNoPayloadType});
  PublishedTrack track(track_config, publisher, world.random);
  auto config = forwarder_config(subscriber);
  config.payloads = {{kH265, kOutH265, kNoPayloadType, false}};
  config.max_temporal = 0;
  Output output = world.out();
  const ForwarderId id = track.add_forwarder(world.now(), config, output);
  std::uint16_t sequence = 5;
  // T1 frames are TSA only where `access` is set.
  const auto frame = [&](std::uint8_t temporal, bool keyframe, bool access) {
    const std::uint8_t type = keyframe ? 19 : access ? 3 : 1;
    for (int i = 0; i < 2; ++i) {
      const Bytes payload = {static_cast<std::uint8_t>(type << 1), static_cast<std::uint8_t>(temporal + 1),
                             static_cast<std::uint8_t>(i == 0 ? 0x80 : 0), 0x11};
      world.receive(
          track, 0,
          rtp_packet({.marker = i == 1,
                      .payload_type = kH265,
                      .sequence_number = sequence++,
                      .timestamp = static_cast<std::uint32_t>(to_ticks(world.now().time_since_epoch(), 90000)),
                      .ssrc = 0x1000},
                     payload));
    }
    world.advance(track, 33ms);
  };
  const auto play = [&](bool access) {
    for (int i = 0; i < 4; ++i) {
      frame(0, false, false);
      frame(1, false, access);
    }
  };
  const auto sent = [&] {
    std::vector<int> layers;
    for (std::size_t i = 0; i < subscriber.rtp.size(); ++i) {
      const auto view = *rtp::PacketView::parse(subscriber.rtp[i]);
      layers.push_back(view.payload()[1] - 1);
      if (i > 0) CHECK(view.sequence_number() == rtp::PacketView::parse(subscriber.rtp[i - 1])->sequence_number() + 1);
    }
    subscriber.clear();
    return layers;
  };
  frame(0, true, false);
  play(true);
  CHECK(sent() == std::vector<int>(10, 0));
  track.set_max_quality(world.now(), id, 2, 3, output);
  play(false);
  CHECK(sent() == std::vector<int>(8, 0));
  play(true);
  CHECK(sent() == std::vector<int>{0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1});
}

TEST_CASE("[M-058] VP9 with dependency descriptors and without gives the same selection") {
  for (const Scheme scheme : {Scheme::kFull, Scheme::kKey}) {
    std::vector<std::vector<std::pair<std::uint32_t, bool>>> selections;
    for (const bool descriptors : {false, true}) {
      Stage stage({.scheme = scheme, .vp9 = true, .descriptors = descriptors}, 2, 3);
      SeededRandom random(7);
      for (int step = 0; step < 60; ++step) {
        const auto spatial = static_cast<std::uint8_t>(random.below(3));
        const auto temporal = static_cast<std::uint8_t>(random.below(4));
        stage.set_max(spatial, temporal, random.below(3) == 0);
        stage.picture(random.below(4) == 0 || step == 0);
        // At least to the next T0: of K-SVC descriptors tell of chains, which then first miss a frame of a lower layer.
        stage.pictures(4 + static_cast<int>(random.below(6)));
      }
      auto& selection = selections.emplace_back();
      for (const GotSvc& got : stage.got()) selection.emplace_back(got.frame, got.marker);
      CHECK(selection.size() > 300);
    }
    CHECK(selections[0] == selections[1]);
  }
}

TEST_CASE("[M-058] VP8 with dependency descriptors and without gives the same selection") {
  std::vector<std::vector<std::uint16_t>> selections;
  for (const bool descriptors : {false, true}) {
    World world;
    RecordingSink publisher, subscriber;
    PublishedTrack track(svc_config(), publisher, world.random);
    auto config = svc_forwarder_config(subscriber);
    config.max_temporal = 1;
    Output output = world.out();
    track.add_forwarder(world.now(), config, output);
    SeededRandom random(3);
    Vp8Source source(0, random);
    for (int i = 0; i < 40; ++i) {
      for (const Bytes& packet : source.frame(world.now(), i == 0, 2, true)) {
        const auto view = *rtp::PacketView::parse(packet);
        // A descriptor as of a stream without layers, which says less than VP8's own.
        const Bytes descriptor = {0xc0, 0, static_cast<std::uint8_t>(i)};
        world.receive(track, 0,
                      rtp_packet({view.marker(), kVp8, view.sequence_number(), view.timestamp(), view.ssrc()},
                                 view.payload(), kDescriptorIn, descriptors ? ByteView(descriptor) : ByteView()));
      }
      world.advance(track, 33ms);
    }
    auto& selection = selections.emplace_back();
    for (const Bytes& bytes : subscriber.rtp) {
      selection.push_back(codec::parse_vp8(rtp::PacketView::parse(bytes)->payload())->picture_id);
    }
    CHECK(selection.size() == 40);  // two packets of every second frame
  }
  CHECK(selections[0] == selections[1]);
}
