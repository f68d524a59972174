// SPDX-License-Identifier: Apache-2.0
// The Data Channel Establishment Protocol's two messages (RFC 8832 5).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "sctp/sctp.hpp"

namespace sfu::sctp::dcep {

// Payload protocol identifiers (RFC 8831 8). SCTP cannot carry an empty message: one zero byte stands for it.
inline constexpr std::uint32_t kPpidDcep = 50;
inline constexpr std::uint32_t kPpidString = 51;
inline constexpr std::uint32_t kPpidBinary = 53;
inline constexpr std::uint32_t kPpidStringEmpty = 56;
inline constexpr std::uint32_t kPpidBinaryEmpty = 57;

enum class MessageType : std::uint8_t { kAck = 0x02, kOpen = 0x03 };

// Both limits set, or a label or protocol longer than its length field: kInvalidArgument.
Result<std::vector<std::uint8_t>> write_open(const ChannelOptions& options);
std::vector<std::uint8_t> write_ack();

// Errors: kTruncated, kMalformed (not an OPEN, text that is not UTF-8), kUnsupported (an unknown channel type).
Result<ChannelOptions> parse_open(ByteView message);
bool is_ack(ByteView message);

}  // namespace sfu::sctp::dcep
