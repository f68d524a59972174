// SPDX-License-Identifier: Apache-2.0
#include "rtp/extension.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "rtp/codec_name.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/sequence.hpp"

namespace sfu::rtp {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

template <std::size_t kCount>
Bytes vector_of(const std::array<std::uint8_t, kCount>& bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST_CASE("every extension is found by its URI") {
  for (std::size_t i = 0; i < kExtensionCount; ++i) {
    const auto extension = static_cast<Extension>(i);
    CHECK(extension_from_uri(uri(extension)) == extension);
  }
  CHECK_FALSE(extension_from_uri("urn:example:none"));
  CHECK(uri(Extension::kAudioLevel) == "urn:ietf:params:rtp-hdrext:ssrc-audio-level");
}

TEST_CASE("an extension map answers by id and by extension") {
  ExtensionMap map;
  CHECK(map.set(3, Extension::kMid));
  CHECK(map.set(200, Extension::kTransportCc));
  CHECK_FALSE(map.set(0, Extension::kRid));
  CHECK_FALSE(map.set(15, Extension::kRid));
  CHECK(map.id(Extension::kMid) == 3);
  CHECK(map.kind(200) == Extension::kTransportCc);
  CHECK_FALSE(map.kind(4));
  CHECK_FALSE(map.has(Extension::kRid));

  CHECK(map.set(3, Extension::kRid));  // the id changes hands
  CHECK_FALSE(map.has(Extension::kMid));
  CHECK(map.kind(3) == Extension::kRid);
  map.erase(Extension::kRid);
  CHECK_FALSE(map.kind(3));
  CHECK(map.id(Extension::kRid) == 0);
}

TEST_CASE("extension values survive a round trip and have the bytes of their specifications") {
  CHECK(vector_of(AudioLevel{30, true}.bytes()) == Bytes{0x9e});  // RFC 6464 3: V, then the level
  CHECK(AudioLevel::parse(Bytes{0x9e})->level == 30);
  CHECK(AudioLevel::parse(Bytes{0x9e})->voice);
  CHECK_FALSE(AudioLevel::parse({}));

  CHECK(vector_of(TransportSequence{0x0102}.bytes()) == Bytes{1, 2});
  CHECK(TransportSequence::parse(Bytes{1, 2})->value == 0x0102);
  CHECK(TransportSequence::parse(Bytes{1, 2, 0x80, 1})->value == 0x0102);
  CHECK_FALSE(TransportSequence::parse(Bytes{1, 2, 3}));

  CHECK(vector_of(AbsSendTime::at(Instant(1500ms)).bytes()) == Bytes{0x06, 0, 0});  // 1.5 * 2^18
  CHECK(AbsSendTime::at(Instant(65500ms)).units == AbsSendTime::at(Instant(1500ms)).units);
  CHECK(AbsSendTime::parse(Bytes{6, 0, 0})->units == 0x60000);

  CHECK(vector_of(PlayoutDelay{100ms, 400ms}.bytes()) == Bytes{0x00, 0xa0, 0x28});
  CHECK(PlayoutDelay::parse(Bytes{0x00, 0xa0, 0x28})->max == 400ms);
  CHECK(vector_of(PlayoutDelay{-1s, 1h}.bytes()) == Bytes{0x00, 0x0f, 0xff});

  std::array<std::uint8_t, 16> out{};
  CHECK(AbsCaptureTime{0x0102030405060708, std::nullopt}.write(out) == 8);
  CHECK(AbsCaptureTime{0x0102030405060708, -1}.write(out) == 16);
  CHECK(AbsCaptureTime::parse(out)->ntp == 0x0102030405060708);
  CHECK(AbsCaptureTime::parse(out)->clock_offset == -1);
  CHECK_FALSE(AbsCaptureTime::parse(ByteView(out).first(9)));

  const VideoOrientation orientation{3, false, true};
  CHECK(vector_of(orientation.bytes()) == Bytes{0x0b});
  CHECK(VideoOrientation::parse(Bytes{0x0b})->quarter_turns == 3);
  CHECK(VideoOrientation::parse(Bytes{0x0b})->back_camera);

  CHECK(TransmissionOffset::parse(TransmissionOffset{-5}.bytes())->units == -5);
  CHECK(TransmissionOffset::parse(Bytes{0x7f, 0xff, 0xff})->units == 0x7fffff);
}

TEST_CASE("mid and rid are printable tokens, and zero padding goes") {
  CHECK(sdes_text(Bytes{'h', 'i'}) == "hi");
  CHECK(sdes_text(Bytes{'q', 0, 0}) == "q");
  CHECK(sdes_text(Bytes{'q', 0, 'x'}).empty());
  CHECK(sdes_text(Bytes{0xc3, 0xa4}).empty());
  CHECK(sdes_text({}).empty());
}

TEST_CASE("codecs are known by name and mime type whatever the case") {
  CHECK(mime_type(Codec::kVp8) == "video/VP8");
  CHECK(encoding_name(Codec::kOpus) == "opus");
  CHECK(codec_from_name(MediaKind::kVideo, "h264") == Codec::kH264);
  CHECK(codec_from_name(MediaKind::kAudio, "H264") == Codec::kUnknown);
  CHECK(codec_from_name(MediaKind::kAudio, "rtx") == Codec::kRtx);
  CHECK(codec_from_mime("VIDEO/vp9") == Codec::kVp9);
  CHECK(codec_from_mime("audio/RED") == Codec::kRed);
  CHECK(codec_from_mime("video") == Codec::kUnknown);
  CHECK(codec_from_mime("") == Codec::kUnknown);
  CHECK(codec_from_name(MediaKind::kVideo, "") == Codec::kUnknown);
  CHECK(kind_of(Codec::kPcma) == MediaKind::kAudio);
  CHECK(clock_rate(Codec::kPcma) == 8000);
}

TEST_CASE("sequence numbers unwrap both ways over the edge") {
  SequenceUnwrapper line;
  CHECK(line.unwrap(65534) == 65534);
  CHECK(line.unwrap(1) == 65537);
  CHECK(line.unwrap(65535) == 65535);  // late: does not move the line
  CHECK(line.highest() == 65537);
  CHECK(line.peek(0) == 65536);
  CHECK(line.unwrap(static_cast<std::uint16_t>(1 + 32767)) == 65537 + 32767);

  SequenceUnwrapper early;
  CHECK(early.unwrap(0) == 0);
  CHECK(early.unwrap(65535) == -1);
}

TEST_CASE("a line survives many wraps, with reordering, and restarts where it is told") {
  TimestampUnwrapper line;
  std::uint32_t wire = 0xfffff000;
  std::int64_t expected = wire;
  for (int i = 0; i < 10'000; ++i) {
    REQUIRE(line.unwrap(wire) == expected);
    REQUIRE(line.unwrap(wire - 90'000) == expected - 90'000);
    wire += 3'000'000;
    expected += 3'000'000;
  }
  line.restart_at(std::int64_t{7} << 32);
  CHECK(line.unwrap(10) == (std::int64_t{7} << 32) + 10);
  line.reset();
  CHECK(line.unwrap(5) == 5);
}

TEST_CASE("newer is the short way round") {
  CHECK(is_newer<std::uint16_t>(0, 65535));
  CHECK_FALSE(is_newer<std::uint16_t>(65535, 0));
  CHECK_FALSE(is_newer<std::uint16_t>(7, 7));
  CHECK(distance<std::uint16_t>(65535, 1) == 2);
}

}  // namespace
}  // namespace sfu::rtp
