// SPDX-License-Identifier: Apache-2.0
#include "codec/dependency_descriptor.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "codec/bit_writer_testing.hpp"

namespace sfu::codec {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Dti = DecodeTargetIndication;
using testing::BitWriter;

BitWriter mandatory(bool first, bool last, unsigned template_id, unsigned frame_number) {
  BitWriter writer;
  writer.bits(1, first).bits(1, last).bits(6, template_id).bits(16, frame_number);
  return writer;
}

// Structure, active targets, custom indications, custom diffs, custom chains.
BitWriter& flags(BitWriter& writer, bool structure, bool active, bool dtis, bool diffs, bool chains) {
  return writer.bits(1, structure).bits(1, active).bits(1, dtis).bits(1, diffs).bits(1, chains);
}

// Two spatial layers (L2T1). Decode target 0 is the upper layer, 1 the lower one; a chain for each. Templates: S0 key,
// S0 delta, S1 of a key, S1 delta.
constexpr unsigned kIdOffset = 62;

Bytes key_packet(unsigned frame_number, bool with_active_targets = false) {
  BitWriter w = mandatory(true, false, kIdOffset, frame_number);
  flags(w, true, with_active_targets, false, false, false);
  w.bits(6, kIdOffset).bits(5, 2 - 1);
  w.bits(2, 0).bits(2, 2).bits(2, 0).bits(2, 3);
  w.indications("SS").indications("SS").indications("S-").indications("S-");
  w.bits(1, 0);                                                      // S0 key: needs nothing
  w.bits(1, 1).bits(4, 2 - 1).bits(1, 0);                            // S0: the frame two back
  w.bits(1, 1).bits(4, 1 - 1).bits(1, 0);                            // S1 of a key: the one before
  w.bits(1, 1).bits(4, 2 - 1).bits(1, 1).bits(4, 1 - 1).bits(1, 0);  // S1: both
  w.bits(2, 3);                                                      // two chains: ns(3) has the codes 0, 10 and 11
  w.bits(1, 1).bits(1, 0);                                           // target 0 by chain 1, target 1 by chain 0: ns(2)
  w.bits(4, 0).bits(4, 0);                                           // chain diffs of each template
  w.bits(4, 2).bits(4, 1);
  w.bits(4, 1).bits(4, 1);
  w.bits(4, 1).bits(4, 1);
  w.bits(1, 1);  // resolutions
  w.bits(16, 320 - 1).bits(16, 180 - 1).bits(16, 640 - 1).bits(16, 360 - 1);
  if (with_active_targets) w.bits(2, 0b10);
  return w.bytes();
}

TEST_CASE("[M-041] a structure is read with its templates, targets, chains and sizes") {
  DependencyDescriptorReader reader;
  const auto key = reader.read(key_packet(65535));
  REQUIRE(key);
  CHECK(key->header.first_in_frame);
  CHECK_FALSE(key->header.last_in_frame);
  CHECK(key->header.frame_number == 65535);
  CHECK(key->header.has_structure);
  CHECK(key->active_decode_targets == 0b11);
  CHECK(key->width == 320);
  CHECK(key->frame.frame_diff_count == 0);

  const FrameDependencyStructure* structure = reader.structure();
  REQUIRE(structure != nullptr);
  CHECK(structure->template_count == 4);
  CHECK(structure->decode_target_count == 2);
  CHECK(structure->chain_count == 2);
  CHECK(structure->spatial_layer_count == 2);
  CHECK(structure->temporal_layer_count == 1);
  CHECK(structure->protecting_chain[0] == 1);
  CHECK(structure->protecting_chain[1] == 0);
  CHECK(structure->target_spatial[0] == 1);
  CHECK(structure->target_spatial[1] == 0);
  CHECK(structure->templates[3].frame_diffs[0] == 2);
  CHECK(structure->templates[3].frame_diffs[1] == 1);
  CHECK(structure->resolutions[1].height == 360);
}

TEST_CASE("[M-041] later packets name a template, whose id wraps at 64") {
  DependencyDescriptorReader reader;
  REQUIRE(reader.read(key_packet(1)));
  // Template 3 has the id 62 + 3 mod 64 = 1.
  const auto delta = reader.read(mandatory(true, true, 1, 2).bytes());
  REQUIRE(delta);
  CHECK(delta->header.last_in_frame);
  CHECK(delta->frame.spatial_layer == 1);
  CHECK(delta->frame.decode_targets[0] == Dti::kSwitch);
  CHECK(delta->frame.decode_targets[1] == Dti::kNotPresent);
  REQUIRE(delta->frame.frame_diff_count == 2);
  CHECK(delta->frame.chain_diffs[0] == 1);
  CHECK(delta->width == 640);
  CHECK_FALSE(delta->active_decode_targets);
}

TEST_CASE("[M-041] a packet may override what its template says") {
  DependencyDescriptorReader reader;
  REQUIRE(reader.read(key_packet(1)));
  BitWriter w = mandatory(true, true, 63, 2);
  flags(w, false, false, true, true, true);
  w.indications("RD");
  w.bits(2, 1).bits(4, 5 - 1).bits(2, 3).bits(12, 4096 - 1).bits(2, 0);
  w.bits(8, 200).bits(8, 7);
  const auto custom = reader.read(w.bytes());
  REQUIRE(custom);
  CHECK(custom->frame.decode_targets[0] == Dti::kRequired);
  CHECK(custom->frame.decode_targets[1] == Dti::kDiscardable);
  REQUIRE(custom->frame.frame_diff_count == 2);
  CHECK(custom->frame.frame_diffs[0] == 5);
  CHECK(custom->frame.frame_diffs[1] == 4096);
  CHECK(custom->frame.chain_diffs[0] == 200);
  CHECK(reader.structure()->templates[1].frame_diff_count == 1);  // the template is untouched
}

TEST_CASE("[M-041] the mask of active decode targets is kept until it changes") {
  DependencyDescriptorReader reader;
  REQUIRE(reader.read(key_packet(1, /*with_active_targets=*/true)));
  CHECK(reader.active_decode_targets() == 0b10);
  REQUIRE(reader.read(mandatory(true, true, 63, 2).bytes()));
  CHECK(reader.active_decode_targets() == 0b10);
  BitWriter w = mandatory(true, true, 63, 3);
  flags(w, false, true, false, false, false).bits(2, 0b01);
  CHECK(reader.read(w.bytes())->active_decode_targets == 0b01);
  CHECK(reader.active_decode_targets() == 0b01);
  REQUIRE(reader.read(key_packet(4)));
  CHECK(reader.active_decode_targets() == 0b11);
}

TEST_CASE("[M-041] without a structure, or with an unknown template, a packet cannot be read") {
  DependencyDescriptorReader reader;
  const Bytes delta = mandatory(true, true, 63, 2).bytes();
  CHECK(reader.read(delta).error().code == Errc::kFailedPrecondition);
  REQUIRE(reader.read(key_packet(1)));
  CHECK(reader.read(mandatory(true, true, 2, 2).bytes()).error().code == Errc::kNotFound);
  CHECK(reader.read(mandatory(true, true, 61, 2).bytes()).error().code == Errc::kNotFound);
  CHECK(reader.read(Bytes{1, 2}).error().code == Errc::kTruncated);
  CHECK(reader.read(delta));
  reader.reset();
  CHECK(reader.structure() == nullptr);
  CHECK(reader.read(delta).error().code == Errc::kFailedPrecondition);
}

TEST_CASE("[M-041] a broken structure leaves the old one in place") {
  DependencyDescriptorReader reader;
  REQUIRE(reader.read(key_packet(1)));
  const Bytes key = key_packet(2);
  for (std::size_t size = 4; size < key.size() - 1; ++size) {
    CAPTURE(size);
    CHECK_FALSE(reader.read(ByteView(key).first(size)));
    REQUIRE(reader.structure() != nullptr);
    CHECK(reader.structure()->template_count == 4);
  }
  BitWriter endless = mandatory(true, true, 0, 3);
  flags(endless, true, false, false, false, false).bits(11, 0);
  for (int i = 0; i < 100; ++i) endless.bits(2, 0);
  CHECK(reader.read(endless.bytes()).error().code == Errc::kMalformed);
  BitWriter high = mandatory(true, true, 0, 3);
  flags(high, true, false, false, false, false).bits(11, 0);
  for (int i = 0; i < 5; ++i) high.bits(2, 2);
  CHECK(reader.read(high.bytes()).error().code == Errc::kMalformed);
  CHECK(reader.read(mandatory(true, true, 1, 2).bytes()));
}

TEST_CASE("32 decode targets are all active") {
  BitWriter w = mandatory(true, true, 0, 3);
  flags(w, true, false, false, false, false).bits(6, 0).bits(5, 31).bits(2, 3);
  w.indications(std::string(32, 'S')).bits(1, 0).bits(5, 0).bits(1, 0).bits(1, 0);
  DependencyDescriptorReader reader;
  const auto key = reader.read(w.bytes());
  REQUIRE(key);
  CHECK(key->active_decode_targets == 0xffffffff);
  CHECK(reader.structure()->chain_count == 0);
}

TEST_CASE("[M-041] a frame number can be rewritten in place") {
  Bytes bytes = mandatory(true, false, 5, 7).bytes();
  rewrite_frame_number(bytes, 0xfffe);
  CHECK(parse_dependency_descriptor_header(bytes)->frame_number == 0xfffe);
  CHECK(parse_dependency_descriptor_header(bytes)->template_id == 5);
  Bytes tiny = {1, 2};
  rewrite_frame_number(tiny, 1);
  CHECK(tiny == Bytes{1, 2});
}

// As the specification writes them: for each template its layers, indications, frame diffs and chain diffs.
TEST_CASE("[M-041] the specification's L1T2 and L2T1 are read as its tables have them") {
  BitWriter l1t2 = mandatory(true, true, 0, 1);
  flags(l1t2, true, false, false, false, false).bits(6, 0).bits(5, 1);
  l1t2.bits(2, 0).bits(2, 1).bits(2, 3);  // T0 key, T0, T1
  l1t2.indications("SS").indications("SS").indications("-D");
  l1t2.bits(1, 0).bits(1, 1).bits(4, 1).bits(1, 0).bits(1, 1).bits(4, 0).bits(1, 0);
  l1t2.bits(2, 2);  // one chain: ns(3) has the codes 0, 10 and 11
  l1t2.bits(4, 0).bits(4, 2).bits(4, 1);
  l1t2.bits(1, 0);
  DependencyDescriptorReader reader;
  const auto key = reader.read(l1t2.bytes());
  REQUIRE(key);
  const FrameDependencyStructure& one = *reader.structure();
  CHECK(one.template_count == 3);
  CHECK(one.chain_count == 1);
  CHECK(one.target_temporal[0] == 0);
  CHECK(one.target_temporal[1] == 1);
  CHECK(one.templates[1].frame_diffs[0] == 2);
  CHECK(one.templates[1].chain_diffs[0] == 2);
  CHECK(one.templates[2].temporal_layer == 1);
  CHECK(one.templates[2].decode_targets[0] == Dti::kNotPresent);
  CHECK(one.templates[2].decode_targets[1] == Dti::kDiscardable);
  CHECK(one.templates[2].chain_diffs[0] == 1);

  REQUIRE(reader.read(key_packet(2)));
  const FrameDependencyStructure& two = *reader.structure();
  CHECK(two.target_spatial[0] == 1);
  CHECK(two.templates[1].chain_diffs[1] == 1);
  CHECK(two.templates[2].frame_diffs[0] == 1);
}

TEST_CASE("[M-057] a value is written with another mask of active targets, and says the same else") {
  const auto plain = mandatory(true, true, 63, 7).bytes();
  BitWriter own = mandatory(true, true, 63, 8);
  flags(own, false, true, true, false, false).bits(2, 0b01).indications("RD");
  const Bytes values[] = {key_packet(6), key_packet(6, /*with_active_targets=*/true), plain, own.bytes()};
  for (const Bytes& value : values) {
    DependencyDescriptorReader before, after;
    REQUIRE(before.read(key_packet(5)));
    REQUIRE(after.read(key_packet(5)));
    Bytes room(255);
    room.resize(write_with_active_targets(value, 2, 0b10, room));
    const auto was = before.read(value);
    const auto is = after.read(room);
    REQUIRE(was);
    REQUIRE(is);
    CHECK(is->active_decode_targets == 0b10);
    CHECK(is->header.frame_number == was->header.frame_number);
    CHECK(is->header.has_structure == was->header.has_structure);
    CHECK(is->frame.decode_targets == was->frame.decode_targets);
    CHECK(is->frame.chain_diffs == was->frame.chain_diffs);
    CHECK(is->width == was->width);
  }
  Bytes little(4);
  CHECK(write_with_active_targets(values[0], 2, 0b10, little) == 0);
  CHECK(write_with_active_targets(Bytes{1, 2}, 2, 0b10, little) == 0);
}

}  // namespace
}  // namespace sfu::codec
