// SPDX-License-Identifier: Apache-2.0
// Redundant audio (RFC 2198 3): older blocks with their distance in time, then the primary.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sfu::codec {

struct RedBlock {
  std::uint8_t payload_type = 0;
  std::uint16_t timestamp_offset = 0;  // how much older than the packet's timestamp, 14 bits; 0 for the primary
  ByteView payload;                    // at most kMaxOlderRedBlock bytes in an older block
};

inline constexpr std::size_t kMaxRedBlocks = 8;
inline constexpr std::size_t kMaxOlderRedBlock = 0x3ff;

// Splits a RED payload into `out`, oldest first as in the packet, the primary last. Returns how many. Errors:
// kTruncated, kLimitExceeded (more blocks than `out` holds).
Result<std::size_t> split_red(ByteView payload, std::span<RedBlock> out);

// Writes a RED payload of `blocks`, the primary last, and returns its size. kInvalidArgument for an offset or size
// that the header cannot hold, or no blocks; kLimitExceeded if `out` is too small.
Result<std::size_t> build_red(std::span<const RedBlock> blocks, ByteSpan out);

}  // namespace sfu::codec
