// SPDX-License-Identifier: Apache-2.0
#include "codec/dependency_descriptor.hpp"

#include <algorithm>

#include "codec/bit_reader.hpp"

namespace sfu::codec {
namespace {

constexpr std::size_t kMandatorySize = 3;
constexpr std::uint8_t kMaxSpatialLayer = 3;
constexpr std::uint8_t kMaxTemporalLayer = 7;

// A.8.2: template_layers().
bool read_template_layers(BitReader& reader, FrameDependencyStructure& out) {
  enum NextLayer : std::uint32_t { kSame = 0, kNextTemporal = 1, kNextSpatial = 2, kNoMore = 3 };
  std::uint8_t spatial = 0;
  std::uint8_t temporal = 0;
  std::uint32_t next = kSame;
  do {
    if (out.template_count == kMaxTemplates || spatial > kMaxSpatialLayer || temporal > kMaxTemporalLayer) return false;
    FrameDependencies& frame = out.templates[out.template_count++];
    frame.spatial_layer = spatial;
    frame.temporal_layer = temporal;
    out.spatial_layer_count = std::max<std::uint8_t>(out.spatial_layer_count, spatial + 1);
    out.temporal_layer_count = std::max<std::uint8_t>(out.temporal_layer_count, temporal + 1);
    next = reader.bits(2);
    if (next == kNextTemporal) ++temporal;
    if (next == kNextSpatial) {
      ++spatial;
      temporal = 0;
    }
  } while (next != kNoMore && reader.ok());
  return reader.ok();
}

void read_indications(BitReader& reader, unsigned targets, FrameDependencies& out) {
  for (unsigned target = 0; target < targets; ++target) {
    out.decode_targets[target] = static_cast<DecodeTargetIndication>(reader.bits(2));
  }
}

bool add_frame_diff(std::uint32_t diff, FrameDependencies& out) {
  if (out.frame_diff_count == kMaxFrameDiffs) return false;
  out.frame_diffs[out.frame_diff_count++] = static_cast<std::uint16_t>(diff);
  return true;
}

// template_fdiffs(): one bit says that another follows.
bool read_template_frame_diffs(BitReader& reader, FrameDependencies& out) {
  while (reader.bit()) {
    if (!add_frame_diff(reader.bits(4) + 1, out)) return false;
  }
  return true;
}

void read_template_chains(BitReader& reader, FrameDependencyStructure& out) {
  out.chain_count = static_cast<std::uint8_t>(reader.below(out.decode_target_count + 1U));
  if (out.chain_count == 0) return;
  for (unsigned target = 0; target < out.decode_target_count; ++target) {
    out.protecting_chain[target] = static_cast<std::uint8_t>(reader.below(out.chain_count));
  }
  for (unsigned i = 0; i < out.template_count; ++i) {
    for (unsigned chain = 0; chain < out.chain_count; ++chain) {
      out.templates[i].chain_diffs[chain] = static_cast<std::uint8_t>(reader.bits(4));
    }
  }
}

// decode_target_layers(): not on the wire, but follows from the indications.
void derive_target_layers(FrameDependencyStructure& out) {
  for (unsigned target = 0; target < out.decode_target_count; ++target) {
    for (unsigned i = 0; i < out.template_count; ++i) {
      const FrameDependencies& frame = out.templates[i];
      if (frame.decode_targets[target] == DecodeTargetIndication::kNotPresent) continue;
      out.target_spatial[target] = std::max(out.target_spatial[target], frame.spatial_layer);
      out.target_temporal[target] = std::max(out.target_temporal[target], frame.temporal_layer);
    }
  }
}

std::uint16_t read_length(BitReader& reader) {
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(reader.bits(16) + 1, 0xffff));
}

bool read_structure(BitReader& reader, FrameDependencyStructure& out) {
  out = FrameDependencyStructure();
  out.id_offset = static_cast<std::uint8_t>(reader.bits(6));
  out.decode_target_count = static_cast<std::uint8_t>(reader.bits(5) + 1);
  if (!read_template_layers(reader, out)) return false;
  for (unsigned i = 0; i < out.template_count; ++i) {
    read_indications(reader, out.decode_target_count, out.templates[i]);
  }
  for (unsigned i = 0; i < out.template_count; ++i) {
    if (!read_template_frame_diffs(reader, out.templates[i])) return false;
  }
  read_template_chains(reader, out);
  derive_target_layers(out);
  out.has_resolutions = reader.bit();
  if (out.has_resolutions) {
    for (unsigned layer = 0; layer < out.spatial_layer_count; ++layer) {
      out.resolutions[layer].width = read_length(reader);
      out.resolutions[layer].height = read_length(reader);
    }
  }
  return reader.ok();
}

// frame_fdiffs(): two bits give the size of the next one in units of four bits; 0 ends.
bool read_custom_frame_diffs(BitReader& reader, FrameDependencies& out) {
  out.frame_diff_count = 0;
  while (const std::uint32_t size = reader.bits(2)) {
    if (!add_frame_diff(reader.bits(4 * size) + 1, out)) return false;
  }
  return true;
}

}  // namespace

std::optional<DependencyDescriptorHeader> parse_dependency_descriptor_header(ByteView extension) {
  if (extension.size() < kMandatorySize) return std::nullopt;
  DependencyDescriptorHeader header;
  header.first_in_frame = (extension[0] & 0x80) != 0;
  header.last_in_frame = (extension[0] & 0x40) != 0;
  header.template_id = extension[0] & 0x3f;
  header.frame_number = load_be16(&extension[1]);
  header.has_structure = extension.size() > kMandatorySize && (extension[3] & 0x80) != 0;
  return header;
}

Result<DependencyDescriptor> DependencyDescriptorReader::read(ByteView extension) {
  const auto header = parse_dependency_descriptor_header(extension);
  if (!header) return fail(Errc::kTruncated);
  DependencyDescriptor out;
  out.header = *header;

  BitReader reader(extension.subspan(kMandatorySize));
  const bool is_extended = extension.size() > kMandatorySize;
  const bool has_structure = is_extended && reader.bit();
  const bool has_active_targets = is_extended && reader.bit();
  const bool has_custom_targets = is_extended && reader.bit();
  const bool has_custom_diffs = is_extended && reader.bit();
  const bool has_custom_chains = is_extended && reader.bit();

  const std::size_t next = has_structure ? 1 - current_ : current_;
  if (has_structure) {
    if (!read_structure(reader, structures_[next])) return fail(Errc::kMalformed);
  } else if (!has_structure_) {
    return fail(Errc::kFailedPrecondition);
  }
  const FrameDependencyStructure& structure = structures_[next];
  if (has_active_targets) {
    out.active_decode_targets = reader.bits(structure.decode_target_count);
  } else if (has_structure) {
    out.active_decode_targets = static_cast<std::uint32_t>((std::uint64_t{1} << structure.decode_target_count) - 1);
  }

  const unsigned index = (header->template_id + kMaxTemplates - structure.id_offset) % kMaxTemplates;
  if (index >= structure.template_count) return fail(Errc::kNotFound);
  out.frame = structure.templates[index];
  if (has_custom_targets) read_indications(reader, structure.decode_target_count, out.frame);
  if (has_custom_diffs && !read_custom_frame_diffs(reader, out.frame)) return fail(Errc::kMalformed);
  if (has_custom_chains) {
    for (unsigned chain = 0; chain < structure.chain_count; ++chain) {
      out.frame.chain_diffs[chain] = static_cast<std::uint8_t>(reader.bits(8));
    }
  }
  if (!reader.ok()) return fail(Errc::kTruncated);
  if (structure.has_resolutions) {
    out.width = structure.resolutions[out.frame.spatial_layer].width;
    out.height = structure.resolutions[out.frame.spatial_layer].height;
  }

  current_ = next;
  has_structure_ = true;
  if (out.active_decode_targets) active_decode_targets_ = *out.active_decode_targets;
  return out;
}

std::size_t write_with_active_targets(ByteView extension, unsigned target_count, std::uint32_t active_targets,
                                      ByteSpan out) {
  if (extension.size() < kMandatorySize) return 0;
  constexpr std::size_t kFlags = kMandatorySize * 8;
  BitReader reader(extension.subspan(kMandatorySize));
  const bool is_extended = extension.size() > kMandatorySize;
  const std::uint32_t flags = is_extended ? reader.bits(5) : 0;
  std::size_t before = kFlags + 5;  // bits up to where the mask belongs
  if ((flags & 0x10) != 0) {
    FrameDependencyStructure structure;
    if (!read_structure(reader, structure)) return 0;
    target_count = structure.decode_target_count;
    before = kFlags + reader.position();
  }
  const std::size_t end = is_extended ? extension.size() * 8 : before;
  const std::size_t after = before + ((flags & 0x08) != 0 ? target_count : 0);
  if (after > end) return 0;
  const std::size_t size = (before + target_count + (end - after) + 7) / 8;
  if (size > out.size()) return 0;

  std::fill_n(out.begin(), size, std::uint8_t{0});
  std::size_t at = 0;
  const auto put = [&](std::uint32_t bit) {
    out[at / 8] = static_cast<std::uint8_t>(out[at / 8] | bit << (7 - at % 8));
    ++at;
  };
  const auto copy = [&](std::size_t from, std::size_t to) {
    for (; from < to; ++from) put(from / 8 < extension.size() ? extension[from / 8] >> (7 - from % 8) & 1u : 0u);
  };
  copy(0, before);
  for (unsigned bit = target_count; bit-- > 0;) put(active_targets >> bit & 1);
  copy(after, end);
  out[kMandatorySize] |= 0x40;  // the flag that a mask is there
  return size;
}

void rewrite_frame_number(ByteSpan extension, std::uint16_t frame_number) {
  if (extension.size() >= kMandatorySize) store_be16(&extension[1], frame_number);
}

}  // namespace sfu::codec
