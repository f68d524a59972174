// SPDX-License-Identifier: Apache-2.0
#include "rtcp/transport_feedback.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "rtcp/compound_reader.hpp"

namespace sfu::rtcp {
namespace {

using namespace std::chrono_literals;
using Bytes = std::vector<std::uint8_t>;

// Five times the reference unit of 64 ms.
constexpr Instant kStart{320ms};

Bytes feedback_for(std::int64_t first, const std::vector<PacketArrival>& arrivals, std::size_t expected_taken) {
  std::vector<std::uint8_t> buffer(1200);
  ByteWriter writer(buffer);
  CHECK(write_transport_feedback(writer, 1, 2, 9, first, arrivals) == expected_taken);
  CHECK(writer.ok());
  CHECK(writer.size() % 4 == 0);
  return {writer.written().begin(), writer.written().end()};
}

Bytes feedback_for(const std::vector<PacketArrival>& arrivals) {
  return feedback_for(arrivals[0].sequence, arrivals, arrivals.size());
}

TransportFeedback parsed(const Bytes& bytes) {
  CompoundReader reader(bytes);
  Message message;
  REQUIRE(reader.next(message));
  CHECK(reader.malformed() == 0);
  REQUIRE(std::holds_alternative<TransportFeedback>(message));
  return std::get<TransportFeedback>(message);
}

// '0' lost, '1' received, '?' received without a time.
std::string statuses(const TransportFeedback& feedback) {
  std::string text;
  feedback.for_each([&](const TransportFeedback::Status& status) {
    text += !status.received ? '0' : status.has_time ? '1' : '?';
  });
  return text;
}

TEST_CASE("packets in a row make a run-length chunk") {
  CHECK(feedback_for({{1000, kStart}, {1001, kStart + 1ms}, {1002, kStart + 2ms}}) ==
        Bytes{0xaf, 205, 0, 6, 0, 0, 0, 1, 0, 0, 0, 2, 0x03, 0xe8, 0, 3, 0, 0, 5, 9, 0x20, 0x03, 0, 4, 4, 0, 0, 3});
}

TEST_CASE("losses among small deltas make a one-bit vector") {
  CHECK(feedback_for({{10, kStart}, {12, kStart}, {13, kStart}, {17, kStart + 63750us}}) ==
        Bytes{0xaf, 205, 0, 6, 0, 0, 0, 1, 0, 0, 0, 2, 0, 10, 0, 8, 0, 0, 5, 9, 0xac, 0x40, 0, 0, 0, 255, 0, 2});
}

TEST_CASE("a large delta makes a two-bit vector") {
  CHECK(feedback_for({{10, kStart}, {12, kStart + 100ms}}) ==
        Bytes{0xaf, 205, 0, 6, 0, 0, 0, 1, 0, 0, 0, 2, 0, 10, 0, 3, 0, 0, 5, 9, 0xd2, 0x00, 0, 1, 0x90, 0, 0, 3});
}

TEST_CASE("a packet that overtook another has a negative delta") {
  const Bytes bytes = feedback_for({{10, kStart + 2ms}, {11, kStart}});
  CHECK(bytes ==
        Bytes{0xaf, 205, 0, 6, 0, 0, 0, 1, 0, 0, 0, 2, 0, 10, 0, 2, 0, 0, 5, 9, 0xd8, 0x00, 8, 0xff, 0xf8, 0, 0, 3});
  std::vector<Duration> arrivals;
  parsed(bytes).for_each([&](const TransportFeedback::Status& status) { arrivals.push_back(status.arrival); });
  CHECK(arrivals == std::vector<Duration>{322ms, 320ms});
}

TEST_CASE("the base sequence wraps") {
  const Bytes bytes = feedback_for({{65535, kStart}, {65536, kStart}, {65538, kStart}});
  const auto feedback = parsed(bytes);
  CHECK(feedback.base_sequence() == 65535);
  CHECK(feedback.status_count() == 4);
  std::vector<int> sequences;
  feedback.for_each([&](const TransportFeedback::Status& status) { sequences.push_back(status.sequence); });
  CHECK(sequences == std::vector<int>{65535, 0, 1, 2});
  CHECK(statuses(feedback) == "1101");
}

TEST_CASE("losses before the first arrival are told from the base on") {
  const auto bytes = feedback_for(5, {{8, kStart}}, 1);
  CHECK(statuses(parsed(bytes)) == "0001");
  CHECK(parsed(bytes).feedback_count() == 9);
  // The base reaches back by less than half the sequence space.
  CHECK(parsed(feedback_for(0, {{100'000, kStart}}, 1)).status_count() == 0x7fff);
}

TEST_CASE("the chunk examples of the draft are understood (3.1.3, 3.1.4)") {
  const auto with_chunk = [](std::uint16_t count, std::uint16_t chunk) {
    Bytes bytes = {0, 0, 0, 0, 0, 0, 0, 0};
    store_be16(&bytes[2], count);
    bytes.push_back(static_cast<std::uint8_t>(chunk >> 8));
    bytes.push_back(static_cast<std::uint8_t>(chunk));
    bytes.resize(bytes.size() + 64);
    return bytes;
  };
  const auto read = [](const Bytes& body) { return statuses(*TransportFeedback::parse(1, 2, body)); };
  CHECK(read(with_chunk(221, 0b0'00'0000011011101)) == std::string(221, '0'));
  CHECK(read(with_chunk(24, 0b0'11'0000000011000)) == std::string(24, '?'));
  CHECK(read(with_chunk(14, 0b1'0'01111100011100)) == "01111100011100");
  CHECK(read(with_chunk(7, 0b1'1'00'11'01'01'01'00'00)) == "0?11100");
}

TEST_CASE("feedback that contradicts itself is refused") {
  const auto refused = [](const Bytes& body) { return !TransportFeedback::parse(1, 2, body).has_value(); };
  CHECK(refused({0, 1, 0, 1, 0, 0, 0}));
  CHECK(refused({0, 1, 0, 0, 0, 0, 0, 0, 0x20, 1, 0, 0}));        // no packets
  CHECK(refused({0, 1, 0, 9, 0, 0, 0, 0, 0x20, 1, 0, 0}));        // too few chunks
  CHECK(refused({0, 1, 0, 4, 0, 0, 0, 0, 0x20, 4, 0, 0}));        // too few deltas
  CHECK_FALSE(refused({0, 1, 0, 2, 0, 0, 0, 0, 0x20, 9, 0, 0}));  // a run beyond the count is cut
}

TEST_CASE("what a delta cannot hold begins another block") {
  const std::vector<PacketArrival> far = {{1, kStart}, {2, kStart + 9s}, {3, kStart + 9s}};
  const auto first = feedback_for(1, far, 1);
  CHECK(statuses(parsed(first)) == "1");
  const auto second = feedback_for(2, {far[1], far[2]}, 2);
  CHECK(statuses(parsed(second)) == "11");
}

TEST_CASE("a full writer takes what fits, and nothing if that is none") {
  std::vector<PacketArrival> arrivals(100);
  for (int i = 0; i < 100; ++i) arrivals[static_cast<std::size_t>(i)] = {i, kStart + i * 1ms};
  std::vector<std::uint8_t> buffer(64);
  ByteWriter writer(buffer);
  const std::size_t taken = write_transport_feedback(writer, 1, 2, 0, arrivals);
  CHECK(taken == 42);  // 64 - 20 - one chunk of two bytes
  CHECK(writer.ok());
  const Bytes written(writer.written().begin(), writer.written().end());
  CHECK(parsed(written).status_count() == 42);
  CHECK(write_transport_feedback(writer, 1, 2, 0, arrivals) == 0);
  CHECK(writer.ok());
}

TEST_CASE("random arrivals come back from as many blocks as they need") {
  SeededRandom random(4711);
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    std::vector<PacketArrival> arrivals;
    std::int64_t sequence = random.u16();
    Instant time{Duration(random.u64() % 1'000'000'000'000)};
    for (std::uint32_t i = random.below(400) + 1; i > 0; --i) {
      sequence += 1 + (random.below(4) == 0 ? random.below(random.below(20) == 0 ? 9000 : 20) : 0);
      time += Duration(static_cast<std::int64_t>(random.below(10'000'000)) - 1'000'000);
      if (random.below(50) == 0) time += Duration(random.u64() % 9'000'000'000);
      arrivals.push_back({sequence, time});
    }
    std::span<const PacketArrival> rest = arrivals;
    while (!rest.empty()) {
      std::vector<std::uint8_t> buffer(40 + random.below(400));
      ByteWriter writer(buffer);
      const std::size_t taken = write_transport_feedback(writer, 1, 2, 0, rest);
      REQUIRE(taken > 0);
      const Bytes bytes(writer.written().begin(), writer.written().end());
      const auto feedback = parsed(bytes);
      std::size_t at = 0;
      feedback.for_each([&](const TransportFeedback::Status& status) {
        if (!status.received) return;
        REQUIRE(at < taken);
        CHECK(status.sequence == static_cast<std::uint16_t>(rest[at].sequence));
        const Duration error = status.arrival - rest[at].arrival.time_since_epoch();
        CHECK(std::max(error, -error) <= 125us);
        ++at;
      });
      CHECK(at == taken);
      rest = rest.subspan(taken);
    }
  }
}

}  // namespace
}  // namespace sfu::rtcp
