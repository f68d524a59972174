// SPDX-License-Identifier: Apache-2.0
// What older blocks of RED (RFC 2198) bring of packets that did not come, for subscribers that get the Opus inside:
// they cannot look into the blocks themselves, and nobody asks a sender of RED again (media spec 2.7). Knows what came
// last of one stream; a PublishedTrack has one while such subscribers are there.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "base/bytes.hpp"
#include "codec/red.hpp"
#include "media/incoming_packet.hpp"

namespace sfu::media {

class RedRecovery {
 public:
  static constexpr std::int64_t kHistory = 8;  // packets, the newest included
  // What is later than this is of no use any more, and counts as brought back.
  static constexpr std::int64_t kMaxBehind = 64;

  struct Lost {
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;
    std::uint8_t payload_type = 0;  // inside RED
    ByteView block;
  };
  using Room = std::array<Lost, codec::kMaxRedBlocks - 1>;

  // Each packet of the stream, in the order of arrival. True: it is late, and was brought back before.
  bool note(const IncomingPacket& packet);
  // The missing ones of which `packet`, noted just now, has blocks, oldest first; from now on they are brought back.
  std::span<const Lost> find(const IncomingPacket& packet, Room& room);
  bool is_brought_back(std::int64_t sequence) const;

 private:
  static constexpr std::uint8_t kAll = 0xff;  // of the history
  static constexpr std::int64_t kLongAgo = std::numeric_limits<std::int64_t>::min();

  void move_on(std::int64_t packets);
  void add(std::int64_t sequence, std::int64_t timestamp);
  bool is_in_history(std::int64_t sequence) const { return newest_ - sequence < kHistory; }
  bool is_known(std::int64_t sequence) const;
  std::int64_t timestamp_of(std::int64_t sequence) const { return timestamps_[place(sequence)]; }
  std::int64_t timestamp_before(std::int64_t sequence) const;
  static std::size_t place(std::int64_t sequence) { return static_cast<std::uint64_t>(sequence) % kHistory; }

  bool started_ = false;
  std::uint8_t generation_ = 0;
  std::uint8_t known_ = 0;          // bit n: the packet n before the newest came or was brought back
  std::uint64_t brought_back_ = 0;  // the same, brought back alone
  std::int64_t newest_ = 0;
  std::int64_t before_ = kLongAgo;  // timestamp of the last one known before the history
  std::array<std::int64_t, kHistory> timestamps_{};
};

}  // namespace sfu::media
