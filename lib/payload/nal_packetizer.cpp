// SPDX-License-Identifier: Apache-2.0
#include "payload/nal_packetizer.hpp"

#include <algorithm>

#include "payload/annexb.hpp"
#include "payload/codecs.hpp"

namespace sfu::payload {
namespace {

void put_be16(std::size_t value, Payloads& out) {
  out.put(static_cast<std::uint8_t>(value >> 8));
  out.put(static_cast<std::uint8_t>(value));
}

}  // namespace

void NalPacketizer::packetize(ByteView frame, bool, std::size_t limit, Payloads& out) {
  out.clear();
  if (limit <= fragment_headers_) return;
  units_.clear();
  for_each_nal_unit(frame, [&](ByteView unit) {
    if (is_sent(unit)) units_.push_back(unit);
  });
  for (std::span<const ByteView> rest = units_; !rest.empty();) {
    const std::size_t together = count_together(rest, limit);
    if (together > 1) {
      aggregate(rest.first(together), out);
    } else if (rest.front().size() <= limit) {
      out.put(rest.front());
      out.end();
    } else {
      fragment(rest.front(), limit, out);
    }
    rest = rest.subspan(together);
  }
}

// How many of the first units fit into one packet; 1 if not even two.
std::size_t NalPacketizer::count_together(std::span<const ByteView> units, std::size_t limit) const {
  std::size_t size = unit_header_;
  std::size_t count = 0;
  while (count < units.size() && size + 2 + units[count].size() <= limit) size += 2 + units[count++].size();
  return std::max<std::size_t>(count, 1);
}

void NalPacketizer::aggregate(std::span<const ByteView> units, Payloads& out) const {
  put_aggregate_header(units, out);
  for (const ByteView unit : units) {
    put_be16(unit.size(), out);
    out.put(unit);
  }
  out.end();
}

void NalPacketizer::fragment(ByteView unit, std::size_t limit, Payloads& out) const {
  const ByteView content = unit.subspan(unit_header_);
  const std::size_t share = even_share(content.size(), limit - fragment_headers_);
  for (std::size_t at = 0; at < content.size(); at += share) {
    const std::size_t size = std::min(share, content.size() - at);
    const int bits = (at == 0 ? kFragmentStart : 0) | (at + size == content.size() ? kFragmentEnd : 0);
    put_fragment_headers(unit, static_cast<std::uint8_t>(bits), out);
    out.put(content.subspan(at, size));
    out.end();
  }
}

}  // namespace sfu::payload
