// SPDX-License-Identifier: Apache-2.0
// Which peer of a worker a datagram belongs to. First by what it is (RFC 7983), then by the 5-tuple that an
// authenticated check has proven; a STUN request also by the ufrag it names. A datagram that nobody owns is counted
// and dropped: a stranger creates no state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bytes.hpp"
#include "base/text_hash.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::ice {

// By the first byte (RFC 7983 7), and RTCP from RTP by the second (RFC 5761 4).
enum class PacketKind : std::uint8_t { kStun, kZrtp, kDtls, kTurnChannel, kRtp, kRtcp, kUnknown };
PacketKind classify(ByteView datagram);

// What the owner of the peers calls them; it has no meaning here.
using PeerKey = std::uint32_t;

// One per worker. Lookups allocate nothing.
class Demux {
 public:
  struct Counters {
    std::uint64_t unknown_path = 0;   // not STUN, from a 5-tuple that nobody owns
    std::uint64_t unknown_ufrag = 0;  // a STUN request for a ufrag that nobody has
    std::uint64_t malformed = 0;      // of no known kind, or STUN that does not parse
  };

  void add_ufrag(std::string_view ufrag, PeerKey peer);
  void remove_ufrag(std::string_view ufrag);
  // A path belongs to the peer that proved it last: ports are reused.
  void add_path(const Path& path, PeerKey peer);
  // Does nothing if another peer has taken the path over.
  void remove_path(const Path& path, PeerKey peer);
  // Forgets every path and ufrag of the peer.
  void remove_peer(PeerKey peer);

  // The owner of a datagram; empty (and counted) when it must be dropped. STUN requests go by ufrag before the
  // 5-tuple, because a NAT may have given an old peer's address to a new one.
  std::optional<PeerKey> route(const Path& path, ByteView datagram);

  // Valid until the next change.
  std::span<const Path> paths_of(PeerKey peer) const;
  std::optional<PeerKey> find_path(const Path& path) const;
  std::optional<PeerKey> find_ufrag(std::string_view ufrag) const;
  const Counters& counters() const { return counters_; }

 private:
  // What a peer has, so that its end costs nothing for the others'.
  struct Owned {
    std::vector<Path> paths;
    std::vector<std::string> ufrags;
  };

  std::unordered_map<PeerKey, Owned> owned_;
  std::unordered_map<Path, PeerKey> paths_;
  std::unordered_map<std::string, PeerKey, TextHash, std::equal_to<>> ufrags_;
  Counters counters_;
};

}  // namespace sfu::ice
