// SPDX-License-Identifier: Apache-2.0
#include "rtcp/compound_reader.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "rtcp/builders.hpp"

namespace sfu::rtcp {
namespace {

using Bytes = std::vector<std::uint8_t>;

struct Read {
  std::vector<std::size_t> kinds;  // index in Message
  std::uint32_t malformed = 0;
  std::uint32_t unknown = 0;
};

Read read_all(const Bytes& bytes) {
  Read read;
  CompoundReader reader(bytes);
  Message message;
  while (reader.next(message)) read.kinds.push_back(message.index());
  read.malformed = reader.malformed();
  read.unknown = reader.unknown();
  return read;
}

constexpr std::size_t kSr = 0, kRr = 1, kBye = 3, kNack = 4, kPli = 6, kXr = 9;

void append(Bytes& to, const Bytes& block) {
  to.insert(to.end(), block.begin(), block.end());
}

Bytes pli() {
  return {0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
}

TEST_CASE("a compound packet is read block by block") {
  std::uint8_t buffer[256];
  ByteWriter writer(buffer);
  write_sender_report(writer, {1, 2, 3, 4, 5});
  write_cname(writer, 1, "name");
  write_pli(writer, 1, 2);
  const Bytes bytes(writer.written().begin(), writer.written().end());
  const Read read = read_all(bytes);
  CHECK(read.kinds == std::vector<std::size_t>{kSr, 2, kPli});
  CHECK(read.malformed == 0);
}

TEST_CASE("[M-094] a malformed block is skipped and counted while the others are processed") {
  const std::vector<Bytes> bad = {
      {0x81, 200, 0, 1, 0, 0, 0, 1},                                              // SR without its sender info
      {0x82, 201, 0, 1, 0, 0, 0, 1},                                              // RR without its blocks
      {0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, 'a', 'b'},                              // SDES text runs out
      {0x81, 202, 0, 2, 0, 0, 0, 1, 1, 2, 'a', 'b'},                              // SDES chunk without an end
      {0x82, 203, 0, 1, 0, 0, 0, 1},                                              // BYE of two with one
      {0x80, 203, 0, 1, 9, 'a', 'b', 'c'},                                        // BYE with a reason that runs out
      {0x81, 205, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2},                                  // NACK of nothing
      {0xa1, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3},                      // NACK of less than a pair
      {0x81, 206, 0, 1, 0, 0, 0, 1},                                              // PLI without media
      {0x84, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 5},                      // half a FIR
      {0x8f, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 1, 0, 0, 1},  // REMB of one with none
      {0x8f, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 0, 0xff, 0xff, 0xff},  // more than 2^63
      {0x8f, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 9, 0, 0, 0, 0},                   // feedback without chunks
      {0x80, 207, 0, 2, 0, 0, 0, 1, 4, 0, 0, 2},                                           // XR block runs out
      {0x80, 207, 0, 3, 0, 0, 0, 1, 4, 0, 0, 1, 0, 0, 0, 0},                               // RRTR of the wrong size
      {0x80, 207, 0, 3, 0, 0, 0, 1, 5, 0, 0, 1, 0, 0, 0, 0},                               // DLRR of the wrong size
      {0xa0, 201, 0, 1, 0, 0, 0, 0},                                                       // padding of zero
      {0xa0, 201, 0, 1, 0, 0, 0, 8},  // padding larger than the block
      {0xa0, 201, 0, 0},              // padding, but no body
  };
  for (const Bytes& block : bad) {
    CAPTURE(block.size());
    CAPTURE(static_cast<int>(block[1]));
    CAPTURE(static_cast<int>(block[0]));
    Bytes bytes = pli();
    append(bytes, block);
    append(bytes, {0x80, 201, 0, 1, 0, 0, 0, 1});
    const Read read = read_all(bytes);
    CHECK(read.kinds == std::vector<std::size_t>{kPli, kRr});
    CHECK(read.malformed == 1);
    CHECK(read.unknown == 0);
  }
}

TEST_CASE("unknown blocks are skipped without being malformed") {
  const std::vector<Bytes> unknown = {
      {0x80, 204, 0, 1, 0, 0, 0, 1},                                  // APP
      {0x83, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0},          // TMMBR
      {0x82, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0},          // SLI
      {0x8f, 206, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 'X', 'X', 'X', 'X'},  // another application's
  };
  for (const Bytes& block : unknown) {
    Bytes bytes = block;
    append(bytes, pli());
    const Read read = read_all(bytes);
    CHECK(read.kinds == std::vector<std::size_t>{kPli});
    CHECK(read.malformed == 0);
    CHECK(read.unknown == 1);
  }
}

TEST_CASE("a broken length or version ends the packet") {
  for (const Bytes& end : {Bytes{0x81, 206, 0, 9, 0, 0, 0, 1}, Bytes{0x41, 206, 0, 0}, Bytes{0x81, 206, 0}}) {
    Bytes bytes = pli();
    append(bytes, end);
    const Read read = read_all(bytes);
    CHECK(read.kinds == std::vector<std::size_t>{kPli});
    CHECK(read.malformed == 1);
  }
  CHECK(read_all({}).malformed == 0);
}

TEST_CASE("padding is cut off the block that has it") {
  Bytes bytes = {0xa1, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 0, 7, 0, 0, 0, 0, 0, 4};
  CompoundReader reader(bytes);
  Message message;
  REQUIRE(reader.next(message));
  CHECK(std::get<Nack>(message).pairs.size() == 1);
}

TEST_CASE("XR report blocks of other types are skipped (RFC 3611 2)") {
  const Bytes bytes = {0x80, 207, 0, 6, 0, 0, 0, 1, 7, 0, 0, 1, 9, 9, 9, 9, 4, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
  CompoundReader reader(bytes);
  Message message;
  REQUIRE(reader.next(message));
  CHECK(std::get<ExtendedReport>(message).reference_time == 0x0000000100000002);
  CHECK(read_all(bytes).kinds == std::vector<std::size_t>{kXr});
}

TEST_CASE("profile-specific words behind report blocks are ignored (RFC 3550 6.4.3)") {
  const Bytes bytes = {0x80, 201, 0, 2, 0, 0, 0, 1, 9, 9, 9, 9};
  CHECK(read_all(bytes).kinds == std::vector<std::size_t>{kRr});
  CHECK(read_all({0x80, 203, 0, 0}).kinds == std::vector<std::size_t>{kBye});
  CHECK(read_all({0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 1, 0, 0}).kinds == std::vector<std::size_t>{kNack});
}

}  // namespace
}  // namespace sfu::rtcp
