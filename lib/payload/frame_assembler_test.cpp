// SPDX-License-Identifier: Apache-2.0
#include "payload/frame_assembler.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "rtp/packet_writer.hpp"

using namespace sfu;
using namespace sfu::payload;
using namespace std::chrono_literals;
using rtp::Codec;
using Bytes = std::vector<std::uint8_t>;

namespace {

// A track's packets, each to be delivered or not as the test likes.
class Source {
 public:
  explicit Source(Codec codec) : random_(9), packetizer_(make_packetizer(codec, random_)) {}

  std::vector<Bytes> frame(const Bytes& bytes, bool keyframe) {
    Payloads payloads;
    packetizer_->packetize(bytes, keyframe, 100, payloads);
    timestamp_ += 3000;
    std::vector<Bytes> packets;
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      Bytes packet(300);
      rtp::PacketWriter writer(packet, {.marker = i + 1 == payloads.size(),
                                        .payload_type = 96,
                                        .sequence_number = sequence_++,
                                        .timestamp = timestamp_,
                                        .ssrc = 1});
      writer.payload(payloads[i]);
      packet.resize(writer.size());
      packets.push_back(std::move(packet));
    }
    return packets;
  }

 private:
  SeededRandom random_;
  std::unique_ptr<Packetizer> packetizer_;
  std::uint16_t sequence_ = 65530;  // wraps soon
  std::uint32_t timestamp_ = 1000;
};

struct Sink {
  explicit Sink(Codec codec) : assembler(codec, 100ms) {}
  void give(const Bytes& packet) { assembler.receive(now, *rtp::PacketView::parse(packet), frames); }
  void give(const std::vector<Bytes>& packets) {
    for (const Bytes& packet : packets) give(packet);
  }
  void pass(Duration time) {
    now += time;
    assembler.advance(now, frames);
  }
  Instant now{1s};
  std::vector<Frame> frames;
  FrameAssembler assembler;
};

Bytes vp8(bool keyframe, std::size_t size, std::uint8_t fill) {
  Bytes bytes(size, fill);
  bytes[0] = keyframe ? 0x10 : 0x11;
  return bytes;
}

}  // namespace

TEST_CASE("frames come out whole and in order, also when packets are shuffled, repeated and sequence numbers wrap") {
  Source source(Codec::kVp8);
  Sink sink(Codec::kVp8);
  std::vector<Bytes> sent;
  for (int i = 0; i < 10; ++i) {
    const Bytes frame = vp8(i == 0, 350, static_cast<std::uint8_t>(i));
    sent.push_back(frame);
    std::vector<Bytes> packets = source.frame(frame, i == 0);
    REQUIRE(packets.size() == 4);
    if (i > 0) std::ranges::reverse(packets);
    sink.give(packets);
    sink.give(packets[2]);
  }
  REQUIRE(sink.frames.size() == sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) CHECK(sink.frames[i].bytes == sent[i]);
  CHECK(sink.frames[0].is_keyframe);
  CHECK_FALSE(sink.frames[1].is_keyframe);
  CHECK(sink.frames[1].timestamp - sink.frames[0].timestamp == 3000);
  CHECK(sink.assembler.stats().packets_dropped == 10);
}

TEST_CASE("a frame that waits for a repeat comes when the repeat does") {
  Source source(Codec::kVp8);
  Sink sink(Codec::kVp8);
  sink.give(source.frame(vp8(true, 50, 1), true));
  auto hurt = source.frame(vp8(false, 350, 2), false);
  sink.give(hurt[0]);
  sink.give(hurt[2]);
  sink.give(hurt[3]);
  sink.give(source.frame(vp8(false, 50, 3), false));
  CHECK(sink.frames.size() == 1);
  sink.pass(99ms);
  CHECK(sink.frames.size() == 1);
  sink.give(hurt[1]);
  CHECK(sink.frames.size() == 3);
  CHECK_FALSE(sink.assembler.take_keyframe_wish());
}

TEST_CASE("what never comes is given up after a while, and video goes on with a key frame, which is asked for once") {
  Source source(Codec::kVp8);
  Sink sink(Codec::kVp8);
  sink.give(source.frame(vp8(true, 50, 1), true));
  auto hurt = source.frame(vp8(false, 350, 2), false);
  sink.give(hurt[0]);
  sink.give(hurt[3]);
  sink.give(source.frame(vp8(false, 50, 3), false));
  CHECK(sink.assembler.deadline() == sink.now + 100ms);
  sink.pass(100ms);
  CHECK(sink.assembler.take_keyframe_wish());
  CHECK_FALSE(sink.assembler.take_keyframe_wish());
  CHECK(sink.frames.size() == 1);
  CHECK(sink.assembler.stats().undecodable == 1);
  CHECK(sink.assembler.stats().packets_lost == 2);
  sink.give(source.frame(vp8(true, 50, 4), true));
  sink.give(source.frame(vp8(false, 50, 5), false));
  CHECK(sink.frames.size() == 3);
}

TEST_CASE("a stream that is joined in the middle of a frame begins with the next key frame") {
  Source source(Codec::kH264);
  Sink sink(Codec::kH264);
  Bytes idr = {0, 0, 0, 1, 0x65, 0x88};  // first_mb_in_slice 0
  idr.resize(300, 0x55);
  idr.insert(idr.end(), {0, 0, 0, 1, 0x65, 0x41});  // its second slice
  idr.resize(400, 0x55);
  auto hurt = source.frame(idr, true);
  sink.give(hurt.back());  // the second slice alone: a unit that is whole by itself
  CHECK(sink.frames.empty());
  sink.give(source.frame(idr, true));
  CHECK(sink.frames.size() == 1);
}

TEST_CASE("H265: a picture whose fragment is lost is given up, and what follows waits for parameter sets and an IRAP") {
  Source source(Codec::kH265);
  Sink sink(Codec::kH265);
  const auto picture = [](std::uint8_t type, std::uint8_t fill) {
    Bytes bytes = {0, 0, 0, 1, static_cast<std::uint8_t>(type << 1), 1, 0xd0};
    bytes.resize(400, fill);
    return bytes;
  };
  Bytes key = {0, 0, 0, 1, 0x40, 1, 0x0c, 0, 0, 0, 1, 0x42, 1, 0x60, 0, 0, 0, 1, 0x44, 1, 0xc1};
  const Bytes idr = picture(19, 0x33);
  key.insert(key.end(), idr.begin(), idr.end());
  sink.give(source.frame(key, true));
  sink.give(source.frame(picture(1, 0x44), false));
  CHECK(sink.frames.size() == 2);
  CHECK(sink.frames[0].bytes == key);
  CHECK(sink.frames[0].is_keyframe);
  CHECK(sink.frames[1].bytes == picture(1, 0x44));

  auto hurt = source.frame(picture(1, 0x55), false);
  REQUIRE(hurt.size() > 3);
  hurt.erase(hurt.begin() + 2);
  sink.give(hurt);
  sink.give(source.frame(picture(19, 0x66), false));  // without its parameter sets
  sink.pass(100ms);
  CHECK(sink.frames.size() == 2);
  CHECK(sink.assembler.take_keyframe_wish());
  sink.give(source.frame(key, true));
  CHECK(sink.frames.size() == 3);
}

TEST_CASE("audio goes on after a loss, without a wish for anything") {
  Source source(Codec::kOpus);
  Sink sink(Codec::kOpus);
  sink.give(source.frame({0xf8, 1}, true));
  (void)source.frame({0xf8, 2}, true);
  sink.give(source.frame({0xf8, 3}, true));
  CHECK(sink.frames.size() == 1);
  sink.pass(100ms);
  CHECK(sink.frames.size() == 2);
  CHECK_FALSE(sink.assembler.take_keyframe_wish());
  CHECK(sink.assembler.deadline() == kNever);
}

TEST_CASE("at the end of a stream what waits for a missing packet comes out without it") {
  Source source(Codec::kOpus);
  Sink sink(Codec::kOpus);
  sink.give(source.frame({0xf8, 1}, true));
  (void)source.frame({0xf8, 2}, true);
  sink.give(source.frame({0xf8, 3}, true));
  (void)source.frame({0xf8, 4}, true);
  sink.give(source.frame({0xf8, 5}, true));
  CHECK(sink.frames.size() == 1);
  sink.assembler.flush(sink.frames);
  CHECK(sink.frames.size() == 3);
  CHECK(sink.assembler.deadline() == kNever);
}

TEST_CASE("a sender that loses the first packet of each frame keeps no more than a bounded number of packets") {
  Source source(Codec::kVp8);
  Sink sink(Codec::kVp8);
  sink.give(source.frame(vp8(true, 50, 1), true));
  for (int i = 0; i < 2000; ++i) {
    const auto packets = source.frame(vp8(false, 350, 2), false);
    for (std::size_t at = 1; at < packets.size(); ++at) sink.give(packets[at]);
  }
  CHECK(sink.assembler.stats().packets_lost > 1500);
}

TEST_CASE("video that begins without a key frame has one asked for at once, and each second until it comes") {
  Source source(Codec::kVp8);
  Sink sink(Codec::kVp8);
  int wishes = 0;
  for (int i = 0; i < 25; ++i) {
    sink.give(source.frame(vp8(false, 50, 1), false));
    if (sink.assembler.take_keyframe_wish()) ++wishes;
    if (i == 0) CHECK(wishes == 1);
    sink.pass(100ms);
  }
  CHECK(wishes == 3);
  sink.give(source.frame(vp8(true, 50, 2), true));
  sink.give(source.frame(vp8(false, 50, 3), false));
  CHECK(sink.frames.size() == 2);
  CHECK_FALSE(sink.assembler.take_keyframe_wish());
}

TEST_CASE("a frame that never ends is given up at 16 MiB, and video goes on with the next key frame") {
  struct Sender {
    Codec codec;
    Bytes key_frame;
    Bytes begin;
    Bytes more;
  };
  const auto filled = [](Bytes bytes) {
    bytes.resize(1100, 0x55);
    return bytes;
  };
  for (const Sender& sender :
       {Sender{Codec::kVp8, filled({0x10, 0x10}), filled({0x10, 0x11}), filled({0x00})},
        // A sequence header; then a frame's OBU that goes on in each next packet. W = 1: no lengths.
        Sender{Codec::kAv1, filled({0x18, 0x08}), filled({0x50, 0x30}), filled({0xd0})}}) {
    Sink sink(sender.codec);
    std::uint16_t sequence = 0;
    const auto give = [&](const Bytes& payload, std::uint32_t timestamp, bool marker) {
      Bytes packet(1200);
      rtp::PacketWriter writer(
          packet,
          {.marker = marker, .payload_type = 96, .sequence_number = sequence++, .timestamp = timestamp, .ssrc = 1});
      writer.payload(payload);
      packet.resize(writer.size());
      sink.give(packet);
    };
    give(sender.key_frame, 1000, true);
    REQUIRE(sink.frames.size() == 1);
    give(sender.begin, 2000, false);
    for (std::size_t size = 0; size < FrameAssembler::kMaxFrame + 100'000; size += sender.more.size()) {
      give(sender.more, 2000, false);
    }
    CHECK(sink.assembler.stats().given_up == 1);
    CHECK(sink.assembler.take_keyframe_wish());
    give(sender.key_frame, 3000, true);
    CHECK(sink.frames.size() == 2);
  }
}
