// SPDX-License-Identifier: Apache-2.0
// layers: codec rtp
// The first byte chooses the codec, the rest is a payload. VP8 descriptors and RED payloads are written again and must
// come back the same.
#include <array>
#include <cstdlib>
#include <vector>

#include "codec/codec.hpp"
#include "codec/packet_trailer.hpp"
#include "codec/red.hpp"
#include "codec/vp8.hpp"

namespace {

using namespace sfu::codec;

void require(bool condition) {
  if (!condition) std::abort();
}

void rewrite_vp8(sfu::ByteView payload) {
  const auto before = parse_vp8(payload);
  if (!before) return;
  std::array<std::uint8_t, kMaxVp8DescriptorSize> descriptor;
  const std::size_t size = write_vp8_descriptor(*before, descriptor);
  std::vector<std::uint8_t> again(descriptor.begin(), descriptor.begin() + static_cast<std::ptrdiff_t>(size));
  const sfu::ByteView frame = payload.subspan(before->size);
  again.insert(again.end(), frame.begin(), frame.end());
  const auto after = parse_vp8(again);
  require(after && after->picture_id == before->picture_id && after->is_keyframe == before->is_keyframe &&
          after->tl0_picture_index == before->tl0_picture_index && after->key_index == before->key_index &&
          after->temporal_layer == before->temporal_layer);
}

void rebuild_red(sfu::ByteView payload) {
  std::array<RedBlock, kMaxRedBlocks> blocks;
  const auto count = split_red(payload, blocks);
  if (!count) return;
  std::vector<std::uint8_t> again(payload.size());
  const auto size = build_red(std::span(blocks).first(*count), again);
  require(size && *size == payload.size() && again == std::vector<std::uint8_t>(payload.begin(), payload.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using sfu::rtp::Codec;
  if (size == 0) return 0;
  const sfu::ByteView payload(data + 1, size - 1);
  require(without_packet_trailer(payload).data() == payload.data());
  switch (data[0] % 7) {
    case 0: (void)inspect(Codec::kVp8, payload); break;
    case 1: (void)inspect(Codec::kVp9, payload); break;
    case 2: (void)inspect(Codec::kH264, payload); break;
    case 3: (void)inspect(Codec::kH265, payload); break;
    case 4: (void)inspect(Codec::kAv1, payload); break;
    case 5: rewrite_vp8(payload); break;
    case 6: rebuild_red(payload); break;
  }
  return 0;
}
