// SPDX-License-Identifier: Apache-2.0
// layers: codec
// A stream of dependency descriptors for one reader: each begins with a byte for its size.
#include <array>
#include <cstdint>
#include <cstdlib>

#include "codec/dependency_descriptor.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu::codec;
  DependencyDescriptorReader reader;
  sfu::ByteReader input(sfu::ByteView(data, size));
  while (input.ok() && input.remaining() > 0) {
    const sfu::ByteView value = input.bytes(input.u8());
    const auto read = reader.read(value);
    if (!read) continue;
    const FrameDependencyStructure* structure = reader.structure();
    if (structure == nullptr || read->frame.frame_diff_count > kMaxFrameDiffs ||
        read->frame.spatial_layer >= structure->spatial_layer_count) {
      std::abort();
    }
    // With another mask it is still readable, and says that mask.
    std::array<std::uint8_t, 300> room;
    const auto targets = structure->decode_target_count;
    const auto mask = static_cast<std::uint32_t>(0x5a5a5a5a & ((std::uint64_t{1} << targets) - 1));
    const std::size_t written = write_with_active_targets(value, targets, mask, room);
    DependencyDescriptorReader again = reader;
    const auto changed = again.read(sfu::ByteView(room).first(written));
    if (written == 0 || !changed || changed->active_decode_targets != mask) std::abort();
  }
  return 0;
}
