// SPDX-License-Identifier: Apache-2.0
// The dependency descriptor (RTP Payload Format For AV1, appendix A): which frames a frame needs and which decode
// targets need it, without a look at the payload. Most packets refer to a template of a structure that came with a key
// frame, so the reader keeps the latest structure of its stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sfu::codec {

inline constexpr std::size_t kMaxDecodeTargets = 32;
inline constexpr std::size_t kMaxTemplates = 64;
inline constexpr std::size_t kMaxChains = 32;
// The format has no bound; encoders use up to eight reference buffers. More is refused.
inline constexpr std::size_t kMaxFrameDiffs = 8;

// What a frame is for a decode target.
enum class DecodeTargetIndication : std::uint8_t { kNotPresent = 0, kDiscardable = 1, kSwitch = 2, kRequired = 3 };

struct FrameDependencies {
  std::uint8_t spatial_layer = 0;
  std::uint8_t temporal_layer = 0;
  std::uint8_t frame_diff_count = 0;
  std::array<std::uint16_t, kMaxFrameDiffs> frame_diffs{};  // how many frames back each needed frame is
  std::array<DecodeTargetIndication, kMaxDecodeTargets> decode_targets{};
  std::array<std::uint8_t, kMaxChains> chain_diffs{};  // how far back the previous frame of each chain is; 0: none
};

struct FrameDependencyStructure {
  struct Resolution {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
  };

  std::uint8_t id_offset = 0;
  std::uint8_t template_count = 0;
  std::uint8_t decode_target_count = 0;
  std::uint8_t chain_count = 0;
  std::uint8_t spatial_layer_count = 0;
  std::uint8_t temporal_layer_count = 0;
  bool has_resolutions = false;
  std::array<FrameDependencies, kMaxTemplates> templates;
  std::array<std::uint8_t, kMaxDecodeTargets> protecting_chain{};  // by decode target
  std::array<Resolution, 4> resolutions{};                         // by spatial layer
  // The layer each decode target reaches: the highest one among the frames it needs.
  std::array<std::uint8_t, kMaxDecodeTargets> target_spatial{};
  std::array<std::uint8_t, kMaxDecodeTargets> target_temporal{};
};

// The first three bytes, which every packet has and which need no structure.
struct DependencyDescriptorHeader {
  bool first_in_frame = false;
  bool last_in_frame = false;
  std::uint8_t template_id = 0;
  std::uint16_t frame_number = 0;
  bool has_structure = false;  // the frame begins a coded video sequence
};
std::optional<DependencyDescriptorHeader> parse_dependency_descriptor_header(ByteView extension);

struct DependencyDescriptor {
  DependencyDescriptorHeader header;
  FrameDependencies frame;                             // template, with what the packet overrides
  std::optional<std::uint32_t> active_decode_targets;  // bit i: target i; only if this packet changes them
  std::uint16_t width = 0;                             // of the frame's spatial layer; 0: unknown
  std::uint16_t height = 0;
};

class DependencyDescriptorReader {
 public:
  // kFailedPrecondition: no structure seen yet. kNotFound: the template is not in it (it belongs to another, lost
  // structure). kMalformed, kTruncated. On an error the kept structure stays as it was.
  Result<DependencyDescriptor> read(ByteView extension);

  // The latest; nullptr before the first.
  const FrameDependencyStructure* structure() const { return has_structure_ ? &structures_[current_] : nullptr; }
  // Bit i: target i. The latest that was told.
  std::uint32_t active_decode_targets() const { return active_decode_targets_; }
  void reset() { has_structure_ = false; }

 private:
  std::array<FrameDependencyStructure, 2> structures_;  // the kept one, and room to read the next into
  std::size_t current_ = 0;
  bool has_structure_ = false;
  std::uint32_t active_decode_targets_ = 0;
};

// Puts another frame number into an extension value being sent.
void rewrite_frame_number(ByteSpan extension, std::uint16_t frame_number);

// Writes an extension value with another mask of active decode targets into `out`, and returns its size; 0 if it
// cannot be read or does not fit. `target_count`: of the structure, unless the value brings one itself.
std::size_t write_with_active_targets(ByteView extension, unsigned target_count, std::uint32_t active_targets,
                                      ByteSpan out);

}  // namespace sfu::codec
