// SPDX-License-Identifier: Apache-2.0
#include "codec/red.hpp"

#include <array>

namespace sfu::codec {
namespace {

constexpr std::uint16_t kMaxTimestampOffset = 0x3fff;

}  // namespace

Result<std::size_t> split_red(ByteView payload, std::span<RedBlock> out) {
  ByteReader reader(payload);
  std::array<std::size_t, kMaxRedBlocks> sizes{};
  std::size_t count = 0;
  while (true) {
    if (count == out.size() || count == sizes.size()) return fail(Errc::kLimitExceeded);
    const std::uint8_t first = reader.u8();
    out[count] = {static_cast<std::uint8_t>(first & 0x7f), 0, {}};
    if ((first & 0x80) == 0) break;
    const std::uint32_t rest = reader.u24();
    out[count].timestamp_offset = static_cast<std::uint16_t>(rest >> 10);
    sizes[count++] = rest & kMaxOlderRedBlock;
  }
  for (std::size_t i = 0; i < count; ++i) out[i].payload = reader.bytes(sizes[i]);
  out[count].payload = reader.rest();
  if (!reader.ok()) return fail(Errc::kTruncated);
  return count + 1;
}

Result<std::size_t> build_red(std::span<const RedBlock> blocks, ByteSpan out) {
  if (blocks.empty()) return fail(Errc::kInvalidArgument);
  ByteWriter writer(out);
  const std::span<const RedBlock> older = blocks.first(blocks.size() - 1);
  for (const RedBlock& block : older) {
    if (block.payload.size() > kMaxOlderRedBlock || block.timestamp_offset > kMaxTimestampOffset) {
      return fail(Errc::kInvalidArgument);
    }
    writer.u8(0x80 | block.payload_type);
    writer.u24(static_cast<std::uint32_t>(block.timestamp_offset) << 10 |
               static_cast<std::uint32_t>(block.payload.size()));
  }
  writer.u8(blocks.back().payload_type & 0x7f);
  for (const RedBlock& block : blocks) writer.bytes(block.payload);
  if (!writer.ok()) return fail(Errc::kLimitExceeded);
  return writer.size();
}

}  // namespace sfu::codec
