// SPDX-License-Identifier: Apache-2.0
#include "media/red_recovery.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "media/testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;

namespace {

constexpr std::int64_t kStep = 960;

struct Block {
  std::uint16_t offset = 0;
  std::uint8_t payload_type = kOpus;
  std::size_t size = 2;
};

// One stream of which a test says what comes.
struct Stream {
  // RED of the packet at `timestamp` and older blocks, oldest first. The numbers that are brought back.
  std::vector<std::int64_t> red(std::int64_t sequence, std::int64_t timestamp, const std::vector<Block>& older) {
    const Bytes bytes(1100, 0x77);
    std::vector<codec::RedBlock> blocks;
    for (const Block& block : older) {
      blocks.push_back({block.payload_type, block.offset, ByteView(bytes).first(block.size)});
    }
    blocks.push_back({kOpus, 0, ByteView(bytes).first(3)});
    payload.resize(1400);
    payload.resize(*codec::build_red(blocks, payload));
    IncomingPacket packet = described(sequence, timestamp, rtp::Codec::kRed);
    packet.payload = payload;
    late = recovery.note(packet);
    std::vector<std::int64_t> numbers;
    timestamps.clear();
    for (const RedRecovery::Lost& lost : recovery.find(packet, room)) {
      CHECK(recovery.is_brought_back(lost.sequence));
      CHECK(lost.payload_type == kOpus);
      numbers.push_back(lost.sequence);
      timestamps.push_back(lost.timestamp);
    }
    return numbers;
  }
  std::vector<std::int64_t> red(std::int64_t sequence) {
    return red(sequence, sequence * kStep, {{2 * kStep}, {kStep}});
  }
  // A packet without redundancy.
  bool opus(std::int64_t sequence, std::int64_t timestamp) {
    return recovery.note(described(sequence, timestamp, rtp::Codec::kOpus));
  }
  IncomingPacket described(std::int64_t sequence, std::int64_t timestamp, rtp::Codec codec) const {
    IncomingPacket packet;
    packet.sequence = sequence;
    packet.timestamp = timestamp;
    packet.generation = generation;
    packet.codec = codec;
    return packet;
  }

  RedRecovery recovery;
  RedRecovery::Room room;
  Bytes payload;
  std::vector<std::int64_t> timestamps;
  std::uint8_t generation = 0;
  bool late = false;  // what note() said of the last RED
};

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("what is lost of RED comes back from the next packet, as many in a row as it has blocks, oldest first") {
  Stream stream;
  CHECK(stream.red(10) == Numbers{});  // nothing before the first is missing
  CHECK(stream.red(11) == Numbers{});
  CHECK(stream.red(13) == Numbers{12});
  CHECK(stream.timestamps == Numbers{12 * kStep});
  CHECK(stream.red(14) == Numbers{});  // its oldest block is 12, which is there
  CHECK(stream.red(17) == Numbers{15, 16});
  CHECK(stream.timestamps == Numbers{15 * kStep, 16 * kStep});
  CHECK(stream.red(21) == Numbers{19, 20});
  CHECK(stream.red(22) == Numbers{});
  CHECK_FALSE(stream.recovery.is_brought_back(18));
}

TEST_CASE("a packet that comes after it was brought back is known, one that was not is not") {
  Stream stream;
  stream.red(10);
  CHECK(stream.red(14) == Numbers{12, 13});
  CHECK(stream.red(11) == Numbers{});
  CHECK_FALSE(stream.late);
  CHECK(stream.red(12) == Numbers{});
  CHECK(stream.late);
  CHECK(stream.opus(13, 13 * kStep));
  for (std::int64_t sequence = 15; sequence < 77; ++sequence) stream.red(sequence);
  CHECK(stream.opus(13, 13 * kStep));
  stream.red(100);
  CHECK(stream.opus(13, 13 * kStep));        // too late to tell
  CHECK_FALSE(stream.opus(90, 90 * kStep));  // missing, and no block brought it
}

TEST_CASE("a late packet of RED brings back what is missing before it") {
  Stream stream;
  stream.red(10);
  CHECK(stream.red(15) == Numbers{13, 14});
  CHECK(stream.red(13) == Numbers{11, 12});
  CHECK(stream.late);
}

TEST_CASE("after silence blocks are told by their timestamps") {
  Stream stream;
  stream.red(10, 10'000, {});
  SUBCASE("the sender leaves out what is too long ago") {
    CHECK(stream.red(13, 10'000 + 40'000, {{kStep}}) == Numbers{12});
    CHECK(stream.timestamps == Numbers{10'000 + 40'000 - kStep});
  }
  SUBCASE("a jump between the blocks") {
    CHECK(stream.red(13, 10'000 + 16'000, {{15'000}, {kStep}}) == Numbers{11, 12});
    CHECK(stream.timestamps == Numbers{11'000, 26'000 - kStep});
  }
  SUBCASE("what is as old as the last that came, or older, is stale") {
    CHECK(stream.red(12, 10'000 + kStep, {{2 * kStep}, {kStep}}) == Numbers{});
    CHECK(stream.red(14, 10'000 + 3 * kStep, {{3 * kStep}, {kStep}}) == Numbers{13});
  }
  SUBCASE("also across a jump in the numbers") {
    CHECK(stream.red(2000, 10'000 + kStep, {{2 * kStep}, {kStep}}) == Numbers{});
    CHECK(stream.red(2010, 10'000 + 3 * kStep, {{2 * kStep}, {kStep}}) == Numbers{2009});
  }
}

TEST_CASE("a packet that was sent without RED shifts the blocks behind it") {
  Stream stream;
  stream.red(10);
  // 11 is lost; 12 was too large for RED, and is in nobody's blocks.
  stream.opus(12, 12 * kStep);
  CHECK(stream.red(13, 13 * kStep, {{3 * kStep}, {2 * kStep}}) == Numbers{11});
  CHECK(stream.timestamps == Numbers{11 * kStep});
}

TEST_CASE("blocks that no packet before can have had bring nothing back") {
  Stream stream;
  stream.red(10);
  SUBCASE("as new as their packet") {
    CHECK(stream.red(13, 13 * kStep, {{kStep}, {0}}) == Numbers{});
  }
  SUBCASE("in another order") {
    CHECK(stream.red(14, 14 * kStep, {{kStep}, {2 * kStep}}) == Numbers{13});
  }
  SUBCASE("empty, or of another codec") {
    CHECK(stream.red(13, 13 * kStep, {{2 * kStep, kOpus, 0}, {kStep, 13}}) == Numbers{});
  }
  SUBCASE("as large as a header can say") {
    CHECK(stream.red(12, 12 * kStep, {{kStep, kOpus, codec::kMaxOlderRedBlock}}) == Numbers{11});
    CHECK(stream.room[0].block.size() == codec::kMaxOlderRedBlock);
  }
  SUBCASE("no RED at all") {
    IncomingPacket packet = stream.described(12, 12 * kStep, rtp::Codec::kRed);
    const Bytes junk = {0xff, 0xff};
    packet.payload = junk;
    stream.recovery.note(packet);
    CHECK(stream.recovery.find(packet, stream.room).empty());
  }
}

TEST_CASE("a sender that begins afresh begins with nothing missing") {
  Stream stream;
  stream.red(10);
  CHECK(stream.red(12) == Numbers{11});
  ++stream.generation;
  CHECK(stream.red(12) == Numbers{});
  CHECK_FALSE(stream.late);
  CHECK(stream.red(14) == Numbers{13});
}
