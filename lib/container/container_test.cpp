// SPDX-License-Identifier: Apache-2.0
#include "container/container.hpp"

#include <doctest/doctest.h>

#include "container/testing.hpp"

using namespace sfu;
using namespace sfu::container;
using namespace sfu::container::testing;
using namespace std::chrono_literals;

namespace {

Bytes to_bytes(ByteView view) {
  return {view.begin(), view.end()};
}

std::vector<Bytes> all(Reader& reader) {
  std::vector<Bytes> samples;
  while (const auto sample = reader.next()) samples.push_back(to_bytes(sample->bytes));
  return samples;
}

}  // namespace

TEST_CASE("IVF: frames with their times, and again from the beginning") {
  const std::vector<Bytes> frames = {{0x10, 1}, {0x11, 2, 3}, {0x11}};
  const Bytes file = ivf("VP80", frames, 25, 1);
  auto reader = open(file);
  REQUIRE(reader);
  CHECK((*reader)->codec() == rtp::Codec::kVp8);
  CHECK((*reader)->width() == 320);
  CHECK((*reader)->height() == 180);
  CHECK((*reader)->next()->at == 0ms);
  const auto second = (*reader)->next();
  CHECK(second->at == 40ms);
  CHECK(second->duration == 40ms);
  (*reader)->rewind();
  CHECK(all(**reader) == frames);
  const Bytes av1 = ivf("AV01", frames);
  CHECK((*open(av1))->codec() == rtp::Codec::kAv1);
  const Bytes vp9 = ivf("VP90", frames);
  CHECK((*open(vp9))->codec() == rtp::Codec::kVp9);
}

TEST_CASE("IVF: a rate beyond reason gives frames a length that can be waited for") {
  const Bytes file = ivf("VP80", {{0x10, 1}, {0x11, 2}}, 0xffffffff, 1);
  auto reader = open(file);
  CHECK((*reader)->next()->duration == 1ms);
}

TEST_CASE("IVF: what is cut off ends the file; other codecs and headers are refused") {
  Bytes file = ivf("VP80", {{0x10, 1}, {0x11, 2, 3}});
  file.pop_back();
  CHECK(all(**open(file)).size() == 1);
  CHECK(open(ivf("H264", {})).error().code == Errc::kUnsupported);
  file.resize(31);
  CHECK(open(file).error().code == Errc::kMalformed);
}

TEST_CASE("Annex B: parameter sets belong to the slice behind them, slices of one picture stay together") {
  const auto unit = [](std::uint8_t header, std::uint8_t second) { return Bytes{0, 0, 0, 1, header, second, 0x33}; };
  const auto join = [](std::vector<Bytes> parts) {
    Bytes whole;
    for (const Bytes& part : parts) whole.insert(whole.end(), part.begin(), part.end());
    return whole;
  };
  const Bytes key = join({unit(0x09, 0xf0), unit(0x67, 0x42), unit(0x68, 0xce), unit(0x65, 0x88), unit(0x65, 0x40)});
  const Bytes delta = unit(0x41, 0x9a);
  const Bytes other = unit(0x41, 0xe0);
  const Bytes file = join({key, delta, other});
  auto reader = open(file, 40ms);
  REQUIRE(reader);
  CHECK((*reader)->codec() == rtp::Codec::kH264);
  CHECK(all(**reader) == std::vector<Bytes>{key, delta, other});
  (*reader)->rewind();
  (void)(*reader)->next();
  CHECK((*reader)->next()->at == 40ms);
}

TEST_CASE("Ogg Opus: packets over segments and pages, headers left out, another stream between them ignored") {
  const Bytes head = text_bytes("OpusHead\x01\x02");
  const Bytes tags = text_bytes("OpusTags");
  Bytes long_packet(300, 0x55);
  long_packet[0] = 0xfc;  // CELT, 20 ms, stereo, one frame
  const Bytes first(long_packet.begin(), long_packet.begin() + 255);
  const Bytes rest(long_packet.begin() + 255, long_packet.end());
  const Bytes small = {0xf8, 7};
  Bytes file;
  for (const Bytes& page : {ogg_page(1, false, {head}), ogg_page(1, false, {tags}), ogg_page(1, false, {small, first}),
                            ogg_page(2, false, {{1, 2, 3}}), ogg_page(1, true, {rest, small})}) {
    file.insert(file.end(), page.begin(), page.end());
  }
  auto reader = open(file);
  REQUIRE(reader);
  CHECK((*reader)->codec() == rtp::Codec::kOpus);
  CHECK(all(**reader) == std::vector<Bytes>{small, long_packet, small});
  (*reader)->rewind();
  (void)(*reader)->next();
  CHECK((*reader)->next()->at == 20ms);
}

TEST_CASE("Ogg Opus: the rest of a packet whose beginning is lost is left out") {
  const Bytes small = {0xf8, 7};
  Bytes file;
  for (const Bytes& page : {ogg_page(1, false, {text_bytes("OpusHead")}), ogg_page(1, false, {text_bytes("OpusTags")}),
                            ogg_page(1, true, {{9, 9, 9}, small})}) {
    file.insert(file.end(), page.begin(), page.end());
  }
  CHECK(all(**open(file)) == std::vector<Bytes>{small});
  CHECK(open(ogg_page(1, false, {text_bytes("theora")})).error().code == Errc::kMalformed);
}

TEST_CASE("RFC 6716 3.1: how long an Opus packet plays") {
  CHECK(opus_duration(Bytes{0x00}) == 10ms);  // SILK
  CHECK(opus_duration(Bytes{0x18}) == 60ms);
  CHECK(opus_duration(Bytes{0x60}) == 10ms);    // hybrid
  CHECK(opus_duration(Bytes{0xe0}) == 2500us);  // CELT
  CHECK(opus_duration(Bytes{0xf8}) == 20ms);
  CHECK(opus_duration(Bytes{0xf9}) == 40ms);        // two frames
  CHECK(opus_duration(Bytes{0xfb, 0x03}) == 60ms);  // a count of three
  CHECK(opus_duration(Bytes{0x1b, 0x03}) == 0ms);   // 180 ms are too many
  CHECK(opus_duration(Bytes{}) == 0ms);
}
