// SPDX-License-Identifier: Apache-2.0
#include "sctp/dcep.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "base/utf8.hpp"

namespace sfu::sctp::dcep {
namespace {

constexpr std::size_t kOpenHeader = 12;

// RFC 8832 8.2.2: the lower bits tell the reliability, the top bit that order does not matter.
constexpr std::uint8_t kReliable = 0x00;
constexpr std::uint8_t kLimitedRetransmits = 0x01;
constexpr std::uint8_t kLimitedLifetime = 0x02;
constexpr std::uint8_t kUnordered = 0x80;

}  // namespace

Result<std::vector<std::uint8_t>> write_open(const ChannelOptions& options) {
  if (options.max_retransmits && options.max_lifetime) {
    return fail(Errc::kInvalidArgument, "a data channel limits retransmissions or lifetime, not both");
  }
  constexpr std::size_t kLongest = std::numeric_limits<std::uint16_t>::max();
  if (options.label.size() > kLongest || options.protocol.size() > kLongest) {
    return fail(Errc::kInvalidArgument, "a data channel's label or protocol is longer than 65535 bytes");
  }
  std::uint8_t type = kReliable;
  std::uint32_t parameter = 0;
  if (options.max_retransmits) {
    type = kLimitedRetransmits;
    parameter = *options.max_retransmits;
  } else if (options.max_lifetime) {
    type = kLimitedLifetime;
    const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(*options.max_lifetime).count();
    parameter = static_cast<std::uint32_t>(
        std::clamp<std::int64_t>(milliseconds, 0, std::numeric_limits<std::uint32_t>::max()));
  }
  if (!options.ordered) type |= kUnordered;

  std::vector<std::uint8_t> message(kOpenHeader + options.label.size() + options.protocol.size());
  ByteWriter writer(message);
  writer.u8(static_cast<std::uint8_t>(MessageType::kOpen));
  writer.u8(type);
  writer.u16(options.priority);
  writer.u32(parameter);
  writer.u16(static_cast<std::uint16_t>(options.label.size()));
  writer.u16(static_cast<std::uint16_t>(options.protocol.size()));
  writer.bytes(as_bytes(options.label));
  writer.bytes(as_bytes(options.protocol));
  return message;
}

std::vector<std::uint8_t> write_ack() {
  return {static_cast<std::uint8_t>(MessageType::kAck)};
}

bool is_ack(ByteView message) {
  return !message.empty() && message[0] == static_cast<std::uint8_t>(MessageType::kAck);
}

Result<ChannelOptions> parse_open(ByteView message) {
  ByteReader reader(message);
  if (reader.u8() != static_cast<std::uint8_t>(MessageType::kOpen)) return fail(Errc::kMalformed);
  const std::uint8_t type = reader.u8();
  ChannelOptions options;
  options.priority = reader.u16();
  const std::uint32_t parameter = reader.u32();
  const std::uint16_t label_length = reader.u16();
  const std::uint16_t protocol_length = reader.u16();
  const std::string_view label = as_text(reader.bytes(label_length));
  const std::string_view protocol = as_text(reader.bytes(protocol_length));
  if (!reader.ok()) return fail(Errc::kTruncated);
  // Labels end up in events and in JSON.
  if (!is_utf8(label) || !is_utf8(protocol)) return fail(Errc::kMalformed);
  options.ordered = (type & kUnordered) == 0;
  switch (type & ~kUnordered) {
    case kReliable: break;  // the parameter is ignored (RFC 8832 5.1)
    case kLimitedRetransmits: options.max_retransmits = parameter; break;
    case kLimitedLifetime: options.max_lifetime = std::chrono::milliseconds(parameter); break;
    default: return fail(Errc::kUnsupported);
  }
  options.label = label;
  options.protocol = protocol;
  return options;
}

}  // namespace sfu::sctp::dcep
