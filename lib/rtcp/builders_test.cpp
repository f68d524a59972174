// SPDX-License-Identifier: Apache-2.0
#include "rtcp/builders.hpp"

#include <doctest/doctest.h>

#include <array>
#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.hpp"
#include "rtcp/compound_reader.hpp"

namespace sfu::rtcp {
namespace {

using Bytes = std::vector<std::uint8_t>;

template <typename Write>
Bytes built(const Write& write, std::size_t room = 1200) {
  std::vector<std::uint8_t> buffer(room);
  ByteWriter writer(buffer);
  write(writer);
  CHECK(writer.ok());
  return {writer.written().begin(), writer.written().end()};
}

// Reads exactly one message of type T. The bytes must outlive it.
template <typename T>
T only(const Bytes& bytes) {
  CompoundReader reader(bytes);
  Message message;
  REQUIRE(reader.next(message));
  REQUIRE(std::holds_alternative<T>(message));
  const T found = std::get<T>(message);
  CHECK_FALSE(reader.next(message));
  CHECK(reader.malformed() == 0);
  return found;
}

TEST_CASE("a sender report has the bytes of RFC 3550 6.4.1") {
  const ReportBlock report{.ssrc = 0x01020304,
                           .fraction_lost = 0x40,
                           .total_lost = -2,
                           .highest_sequence = 0x00011234,
                           .jitter = 7,
                           .last_sr = 0xaabbccdd,
                           .delay_since_last_sr = 0x10000};
  const Bytes bytes = built(
      [&](ByteWriter& w) { write_sender_report(w, {0x11111111, 0x2222222233333333, 0x44444444, 5, 6}, {&report, 1}); });
  CHECK(bytes == Bytes{0x81, 200,  0,    12,   0x11, 0x11, 0x11, 0x11, 0x22, 0x22, 0x22, 0x22, 0x33,
                       0x33, 0x33, 0x33, 0x44, 0x44, 0x44, 0x44, 0,    0,    0,    5,    0,    0,
                       0,    6,    1,    2,    3,    4,    0x40, 0xff, 0xff, 0xfe, 0,    1,    0x12,
                       0x34, 0,    0,    0,    7,    0xaa, 0xbb, 0xcc, 0xdd, 0,    1,    0,    0});
  const auto parsed = only<SenderReport>(bytes);
  CHECK(parsed.sender.ntp == 0x2222222233333333);
  CHECK(parsed.sender.rtp_timestamp == 0x44444444);
  CHECK(parsed.sender.packet_count == 5);
  REQUIRE(parsed.reports.size() == 1);
  CHECK(parsed.reports[0].total_lost == -2);
  CHECK(parsed.reports[0].fraction_lost == 0x40);
  CHECK(parsed.reports[0].highest_sequence == 0x00011234);
  CHECK(parsed.reports[0].last_sr == 0xaabbccdd);
}

TEST_CASE("a receiver report holds 31 blocks at most, and clamps the total") {
  std::vector<ReportBlock> reports(40);
  reports[0].total_lost = 0x7fffffff;
  reports[1].total_lost = -0x7fffffff;
  const Bytes bytes = built([&](ByteWriter& w) { write_receiver_report(w, 9, reports); });
  const auto parsed = only<ReceiverReport>(bytes);
  CHECK(parsed.sender == 9);
  REQUIRE(parsed.reports.size() == 31);
  CHECK(parsed.reports[0].total_lost == 0x7fffff);
  CHECK(parsed.reports[1].total_lost == -0x800000);
}

TEST_CASE("SDES chunks end with a zero item at a word (RFC 3550 6.5)") {
  const std::array<SdesChunk, 2> chunks = {SdesChunk{1, "ab", {}}, SdesChunk{2, "abc", "7"}};
  const Bytes bytes = built([&](ByteWriter& w) { write_sdes(w, chunks); });
  CHECK(bytes == Bytes{0x82, 202, 0, 7, 0, 0, 0,   1,   1,   2,  'a', 'b', 0, 0, 0, 0,
                       0,    0,   0, 2, 1, 3, 'a', 'b', 'c', 15, 1,   '7', 0, 0, 0, 0});
  std::vector<std::tuple<Ssrc, int, std::string>> items;
  only<Sdes>(bytes).for_each_item(
      [&](Ssrc ssrc, std::uint8_t type, std::string_view text) { items.emplace_back(ssrc, type, text); });
  CHECK(items == std::vector<std::tuple<Ssrc, int, std::string>>{{1, 1, "ab"}, {2, 1, "abc"}, {2, 15, "7"}});
}

TEST_CASE("BYE names its sources and may give a reason") {
  const std::array<Ssrc, 2> ssrcs = {1, 2};
  const Bytes bytes = built([&](ByteWriter& w) { write_bye(w, ssrcs, "done"); });
  CHECK(bytes == Bytes{0x82, 203, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 4, 'd', 'o', 'n', 'e', 0, 0, 0});
  const auto parsed = only<Bye>(bytes);
  CHECK(parsed.ssrcs.size() == 2);
  CHECK(parsed.ssrcs[1].ssrc == 2);
  CHECK(parsed.reason == "done");
  const Bytes quiet = built([&](ByteWriter& w) { write_bye(w, ssrcs); });
  CHECK(only<Bye>(quiet).reason.empty());
}

TEST_CASE("[M-026] NACK packing: 17 losses in a row are one pair") {
  std::vector<std::uint16_t> lost(17);
  std::iota(lost.begin(), lost.end(), std::uint16_t{65530});
  const Bytes bytes = built([&](ByteWriter& w) { CHECK(write_nack(w, 1, 2, lost) == 17); });
  CHECK(bytes == Bytes{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 0xfa, 0xff, 0xff});
  std::vector<std::uint16_t> parsed;
  only<Nack>(bytes).for_each([&](std::uint16_t sequence) { parsed.push_back(sequence); });
  CHECK(parsed == lost);
}

TEST_CASE("NACKs that are apart take a pair each, and what does not fit is left for the next packet") {
  const std::vector<std::uint16_t> lost = {10, 10, 12, 27, 100, 200};
  const Bytes bytes = built([&](ByteWriter& w) { CHECK(write_nack(w, 1, 2, lost) == 6); });
  const auto pairs = only<Nack>(bytes).pairs;
  REQUIRE(pairs.size() == 4);
  CHECK(pairs[0].packet_id == 10);
  CHECK(pairs[0].following == 0x0002);
  CHECK(pairs[1].packet_id == 27);

  std::uint8_t small[20];
  ByteWriter writer(small);
  CHECK(write_nack(writer, 1, 2, lost) == 4);
  CHECK(writer.ok());
  CHECK(writer.size() == 20);
  CHECK(write_nack(writer, 1, 2, lost) == 0);
  CHECK(writer.ok());
}

TEST_CASE("random sets of losses come back from their NACKs") {
  SeededRandom random(77);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    std::vector<std::uint16_t> lost;
    std::uint16_t at = random.u16();
    for (std::uint32_t i = random.below(100) + 1; i > 0; --i) {
      lost.push_back(at = static_cast<std::uint16_t>(at + 1 + random.below(random.below(2) == 0 ? 2 : 40)));
    }
    const Bytes bytes = built([&](ByteWriter& w) { CHECK(write_nack(w, 1, 2, lost) == lost.size()); });
    std::vector<std::uint16_t> parsed;
    only<Nack>(bytes).for_each([&](std::uint16_t sequence) { parsed.push_back(sequence); });
    REQUIRE(parsed == lost);
  }
}

TEST_CASE("PLI and FIR have the bytes of RFC 4585 6.3.1 and RFC 5104 4.3.1") {
  const Bytes pli = built([](ByteWriter& w) { write_pli(w, 1, 2); });
  CHECK(pli == Bytes{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2});
  CHECK(only<Pli>(pli).media == 2);

  const FirEntry entry{5, 9};
  const Bytes fir = built([&](ByteWriter& w) { write_fir(w, 1, {&entry, 1}); });
  CHECK(fir == Bytes{0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5, 9, 0, 0, 0});
  CHECK(only<Fir>(fir).entries[0].media == 5);
  CHECK(only<Fir>(fir).entries[0].number == 9);
}

TEST_CASE("REMB writes its rate as mantissa and exponent (draft-alvestrand-rmcat-remb-03 2.2)") {
  const std::array<Ssrc, 3> ssrcs = {0x23456789, 0x2345678a, 0x2345678b};
  const Bytes bytes = built([&](ByteWriter& w) { write_remb(w, 0x12345678, {522'022}, ssrcs); });
  CHECK(bytes == Bytes{0x8f, 206,  0,    7,    0x12, 0x34, 0x56, 0x78, 0,    0,    0,    0,    'R',  'E',  'M',  'B',
                       3,    0x07, 0xfb, 0x93, 0x23, 0x45, 0x67, 0x89, 0x23, 0x45, 0x67, 0x8a, 0x23, 0x45, 0x67, 0x8b});
  const auto parsed = only<Remb>(bytes);
  CHECK(parsed.bitrate.bps == 522'022);
  CHECK(parsed.ssrcs.size() == 3);

  for (const std::int64_t bps : {std::int64_t{0}, std::int64_t{0x3ffff}, std::int64_t{0x40000}, INT64_MAX}) {
    const Bytes again = built([&](ByteWriter& w) { write_remb(w, 1, {bps}, {}); });
    const std::int64_t read = only<Remb>(again).bitrate.bps;
    CHECK(read <= bps);
    CHECK(static_cast<double>(bps - read) <= static_cast<double>(bps) / 0x20000);
  }
}

TEST_CASE("XR carries the reference time and answers to it (RFC 3611 4.4, 4.5)") {
  const Bytes time = built([](ByteWriter& w) { write_xr_reference_time(w, 1, 0x0102030405060708); });
  CHECK(time == Bytes{0x80, 207, 0, 4, 0, 0, 0, 1, 4, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(only<ExtendedReport>(time).reference_time == 0x0102030405060708);

  const DlrrItem item{2, 3, 4};
  const Bytes dlrr = built([&](ByteWriter& w) { write_xr_dlrr(w, 1, {&item, 1}); });
  CHECK(dlrr == Bytes{0x80, 207, 0, 5, 0, 0, 0, 1, 5, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4});
  const auto parsed = only<ExtendedReport>(dlrr);
  CHECK_FALSE(parsed.reference_time);
  REQUIRE(parsed.dlrr.size() == 1);
  CHECK(parsed.dlrr[0].last_rr == 3);
  CHECK(parsed.dlrr[0].delay_since_last_rr == 4);
}

TEST_CASE("a block that does not fit is told by the writer") {
  std::uint8_t small[11];
  ByteWriter writer(small);
  write_pli(writer, 1, 2);
  CHECK_FALSE(writer.ok());
}

}  // namespace
}  // namespace sfu::rtcp
