// SPDX-License-Identifier: Apache-2.0
// Opus on its way to subscribers that know RED (RFC 2198): older blocks are those of the packets right before, as they
// are kept for repeats (media spec 2.7).
#pragma once

#include <cstdint>

#include "media/encodings.hpp"
#include "media/incoming_packet.hpp"

namespace sfu::media {

// Gives `packet` the blocks that are at hand of those in `wanted`, a mask as in IncomingPacket::Redundancy. Borrowed
// until more is stored.
void add_redundancy(const Encodings& encodings, IncomingPacket& packet,
                    std::uint8_t wanted = IncomingPacket::Redundancy::kAll);

}  // namespace sfu::media
