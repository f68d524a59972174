// SPDX-License-Identifier: Apache-2.0
// SRTP and SRTCP (RFC 3711; AES-GCM: RFC 7714) for one direction of one peer, in place in the caller's buffer. One
// master key serves all SSRCs of the direction, as DTLS-SRTP keys them (RFC 5764): what is kept per SSRC is the
// roll-over counter, the SRTCP index and, inbound, the replay windows. A Peer owns two. Keys come from dtls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.hpp"
#include "base/footprint.hpp"
#include "base/result.hpp"
#include "base/send_batch.hpp"

namespace sfu::srtp {

// The registered numbers of use_srtp (RFC 5764 4.1.2, RFC 7714 14.2).
enum class Profile : std::uint16_t {
  kAes128CmHmacSha1_80 = 0x0001,
  kAeadAes128Gcm = 0x0007,
};

enum class Direction : std::uint8_t { kOutbound, kInbound };

// What protecting may add to a packet at most: the tag, and SRTCP's index.
inline constexpr std::size_t kMaxRtpGrowth = 16;
inline constexpr std::size_t kMaxRtcpGrowth = 20;

// How far an inbound packet may be behind the newest of its SSRC (RFC 3711 3.3.2).
inline constexpr std::size_t kReplayWindow = 1024;
// SSRCs that an inbound session remembers; a further one displaces the one unused for longest.
inline constexpr std::size_t kMaxInboundStreams = 256;

class Session {
 public:
  class Impl;
  struct Counters {
    std::uint64_t malformed = 0;
    std::uint64_t auth_failed = 0;
    std::uint64_t replayed = 0;  // seen before, or older than the window
  };

  // `key` 16 bytes; `salt` 14 bytes for AES-CM, 12 for GCM. Errors: kInvalidArgument, kUnsupported, kInternal.
  static Result<Session> create(Profile profile, Direction direction, ByteView key, ByteView salt);
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;
  ~Session();

  // Protect the packet in the first `size` bytes of `buffer`, which has room for kMax...Growth more, and return the new
  // size. Sending a packet of the same sequence number again is allowed, if it is the same packet. No allocation,
  // except for an SSRC's first packet. Errors: kMalformed, kInvalidArgument (no room), kInternal.
  Result<std::size_t> protect_rtp(ByteSpan buffer, std::size_t size);
  Result<std::size_t> protect_rtcp(ByteSpan buffer, std::size_t size);
  // As protect_rtp(), of the packet in the open slot of `batch`, which is committed for `path`. With GCM what depends
  // on the order of packets is done here, and the encryption when the batch is read, on whichever thread that is; so a
  // session has one such thread at a time, and calls of protect_rtp() are not for a session that queues.
  Result<std::size_t> queue_rtp(SendBatch& batch, std::size_t size, const Path& path);

  // Decrypt in place; the plain packet, within `packet`. Errors: kMalformed, kUnauthenticated, kAlreadyExists (replay).
  Result<ByteSpan> unprotect_rtp(ByteSpan packet);
  Result<ByteSpan> unprotect_rtcp(ByteSpan packet);

  // What queue_rtp() touches.
  void add_to(Footprint& footprint) const;

  Profile profile() const;
  const Counters& counters() const;

 private:
  explicit Session(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu::srtp
