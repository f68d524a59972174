// SPDX-License-Identifier: Apache-2.0
// What the payload formats of H264 and H265 do alike (RFC 6184, RFC 7798): small NAL units go together in one packet,
// large ones apart in fragmentation units.
#pragma once

#include <span>
#include <vector>

#include "payload/payload.hpp"

namespace sfu::payload {

enum FragmentBit : std::uint8_t { kFragmentStart = 0x80, kFragmentEnd = 0x40 };  // of the FU header

class NalPacketizer : public Packetizer {
 public:
  void packetize(ByteView frame, bool is_keyframe, std::size_t limit, Payloads& out) final;

 protected:
  // In bytes: a unit's header, which an aggregation packet has too; what a fragment has in place of it.
  NalPacketizer(std::size_t unit_header, std::size_t fragment_headers)
      : unit_header_(unit_header), fragment_headers_(fragment_headers) {}

  virtual bool is_sent(ByteView unit) const = 0;
  virtual void put_aggregate_header(std::span<const ByteView> units, Payloads& out) const = 0;
  // `bits` of FragmentBit.
  virtual void put_fragment_headers(ByteView unit, std::uint8_t bits, Payloads& out) const = 0;

 private:
  std::size_t count_together(std::span<const ByteView> units, std::size_t limit) const;
  void aggregate(std::span<const ByteView> units, Payloads& out) const;
  void fragment(ByteView unit, std::size_t limit, Payloads& out) const;

  std::size_t unit_header_;
  std::size_t fragment_headers_;
  std::vector<ByteView> units_;
};

}  // namespace sfu::payload
