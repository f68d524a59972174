// SPDX-License-Identifier: Apache-2.0
#include "codec/packet_trailer.hpp"

#include <algorithm>
#include <array>

namespace sfu::codec {
namespace {

constexpr std::array<std::uint8_t, 4> kMagic = {'L', 'K', 'T', 'S'};
constexpr std::size_t kEnvelope = 1 + kMagic.size();

}  // namespace

ByteView without_packet_trailer(ByteView payload) {
  if (payload.size() < kEnvelope || !std::ranges::equal(payload.last(kMagic.size()), kMagic)) return payload;
  const std::size_t size = payload[payload.size() - kEnvelope] ^ 0xFFU;
  if (size < kEnvelope || size > payload.size()) return payload;
  return payload.first(payload.size() - size);
}

}  // namespace sfu::codec
