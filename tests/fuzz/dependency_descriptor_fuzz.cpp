// SPDX-License-Identifier: Apache-2.0
// layers: codec
// A stream of dependency descriptors for one reader: each begins with a byte for its size.
#include <cstdlib>

#include "codec/dependency_descriptor.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu::codec;
  DependencyDescriptorReader reader;
  sfu::ByteReader input(sfu::ByteView(data, size));
  while (input.ok() && input.remaining() > 0) {
    const auto read = reader.read(input.bytes(input.u8()));
    if (!read) continue;
    const FrameDependencyStructure* structure = reader.structure();
    if (structure == nullptr || read->frame.frame_diff_count > kMaxFrameDiffs ||
        read->frame.spatial_layer >= structure->spatial_layer_count) {
      std::abort();
    }
  }
  return 0;
}
