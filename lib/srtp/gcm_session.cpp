// SPDX-License-Identifier: Apache-2.0
#include "srtp/gcm_session.hpp"

#include <algorithm>
#include <utility>

#include "srtp/key_derivation.hpp"

namespace sfu::srtp {
namespace {

constexpr std::size_t kTag = GcmCipher::kTagSize;
constexpr std::size_t kRtcpHeader = 8;
constexpr std::size_t kRtcpIndex = 4;
constexpr std::uint32_t kEncrypted = 0x80000000;
constexpr std::uint32_t kMaxRtcpIndex = 0x7FFFFFFF;

// RFC 3711 3.3.1: the index nearest to the newest one. Before the first wrap there is none to go back over, so it is
// then the sequence number itself, as libsrtp guesses too.
std::uint64_t index_near(std::uint64_t newest, std::uint16_t sequence_number) {
  const auto distance = static_cast<std::int16_t>(sequence_number - static_cast<std::uint16_t>(newest));
  const auto index = static_cast<std::int64_t>(newest) + distance;
  return index < 0 ? sequence_number : static_cast<std::uint64_t>(index);
}

Result<GcmCipher> session_cipher(Direction direction, ByteView master_key, ByteView salt, KeyLabel key_label,
                                 KeyLabel salt_label) {
  std::array<std::uint8_t, 16> master{};
  std::ranges::copy(master_key, master.begin());
  std::array<std::uint8_t, 16> session_key;
  std::array<std::uint8_t, GcmCipher::kSaltSize> session_salt;
  SFU_CHECK_OK(derive_key(master, salt, key_label, session_key));
  SFU_CHECK_OK(derive_key(master, salt, salt_label, session_salt));
  return GcmCipher::create(session_key, session_salt, direction == Direction::kOutbound);
}

}  // namespace

Result<std::unique_ptr<GcmSession>> GcmSession::create(Direction direction, ByteView key, ByteView salt) {
  SFU_TRY(auto rtp, session_cipher(direction, key, salt, KeyLabel::kRtpEncryption, KeyLabel::kRtpSalt));
  SFU_TRY(auto rtcp, session_cipher(direction, key, salt, KeyLabel::kRtcpEncryption, KeyLabel::kRtcpSalt));
  return std::make_unique<GcmSession>(std::move(rtp), std::move(rtcp));
}

GcmSession::GcmSession(GcmCipher rtp, GcmCipher rtcp)
    : Impl(Profile::kAeadAes128Gcm),
      sealer_(std::make_shared<RtpCipher>(std::move(rtp))),
      rtp_(static_cast<RtpCipher&>(*sealer_)),
      rtcp_(std::move(rtcp)) {}

GcmSession::Outbound& GcmSession::outbound(std::uint32_t ssrc) {
  Outbound* known = outbound_.find(ssrc);
  return known != nullptr ? *known : outbound_.add(ssrc);
}

// Of an outgoing packet.
std::uint64_t GcmSession::next_index(ByteView packet) {
  const std::uint16_t sequence_number = load_be16(&packet[2]);
  Outbound& stream = outbound(load_be32(&packet[8]));
  const std::uint64_t index = stream.started ? index_near(stream.newest, sequence_number) : sequence_number;
  stream.newest = stream.started ? std::max(stream.newest, index) : index;
  stream.started = true;
  return index;
}

bool GcmSession::RtpCipher::seal(ByteSpan datagram, const Task& task) {
  const std::size_t size = datagram.size() - kTag;
  return cipher.seal(cipher.rtp_nonce(load_be32(&datagram[8]), task.index), datagram.first(task.header_size), {},
                     datagram.subspan(task.header_size, size - task.header_size), datagram.data() + size);
}

Result<std::size_t> GcmSession::protect_rtp(ByteSpan buffer, std::size_t size, std::size_t header_size) {
  const Sealer::Task task{next_index(buffer), static_cast<std::uint16_t>(header_size)};
  if (!rtp_.seal(buffer.first(size + kTag), task)) return fail(Errc::kInternal);
  return size + kTag;
}

Result<std::size_t> GcmSession::queue_rtp(SendBatch& batch, std::size_t size, std::size_t header_size,
                                          const Path& path) {
  const Sealer::Task task{next_index(batch.open()), static_cast<std::uint16_t>(header_size)};
  batch.commit(size + kTag, path, sealer_, task);
  return size + kTag;
}

void GcmSession::add_to(Footprint& footprint) const {
  footprint.add(*this);
  footprint.add(rtp_);
  outbound_.add_to(footprint);
}

// RFC 7714 9.2: the associated data are the first eight bytes and the word of E flag and index, which goes out behind
// the tag.
Result<std::size_t> GcmSession::protect_rtcp(ByteSpan buffer, std::size_t size) {
  const std::uint32_t ssrc = load_be32(&buffer[4]);
  Outbound& stream = outbound(ssrc);
  if (stream.rtcp_index == kMaxRtcpIndex) return fail(Errc::kLimitExceeded);  // RFC 3711 9.2: the key is used up
  const std::uint32_t index = ++stream.rtcp_index;
  std::uint8_t* const tag = buffer.data() + size;
  store_be32(tag + kTag, kEncrypted | index);
  if (!rtcp_.seal(rtcp_.rtcp_nonce(ssrc, index), buffer.first(kRtcpHeader), ByteView(tag + kTag, kRtcpIndex),
                  buffer.subspan(kRtcpHeader, size - kRtcpHeader), tag)) {
    return fail(Errc::kInternal);
  }
  return size + kTag + kRtcpIndex;
}

// State comes into being for an SSRC only when a packet of it has authenticated.
GcmSession::Inbound& GcmSession::authenticated(Inbound* known, std::uint32_t ssrc) {
  Inbound& stream = known != nullptr ? *known : add_bounded(inbound_, ssrc, kMaxInboundStreams);
  stream.last_used = ++packets_;
  return stream;
}

Result<std::size_t> GcmSession::unprotect_rtp(ByteSpan packet, std::size_t header_size) {
  if (packet.size() < header_size + kTag) {
    ++counters.malformed;
    return fail(Errc::kMalformed);
  }
  const std::uint16_t sequence_number = load_be16(&packet[2]);
  const std::uint32_t ssrc = load_be32(&packet[8]);
  Inbound* const known = inbound_.find(ssrc);
  const bool started = known != nullptr && !known->rtp.empty();
  const std::uint64_t index = started ? index_near(known->rtp.newest(), sequence_number) : sequence_number;
  if (started && !known->rtp.is_new(index)) {
    ++counters.replayed;
    return fail(Errc::kAlreadyExists);
  }
  const std::size_t size = packet.size() - kTag;
  GcmCipher& cipher = rtp_.cipher;
  if (!cipher.open(cipher.rtp_nonce(ssrc, index), packet.first(header_size), {},
                   packet.subspan(header_size, size - header_size), packet.data() + size)) {
    ++counters.auth_failed;
    return fail(Errc::kUnauthenticated);
  }
  authenticated(known, ssrc).rtp.add(index);
  return size;
}

Result<std::size_t> GcmSession::unprotect_rtcp(ByteSpan packet) {
  if (packet.size() < kRtcpHeader + kTag + kRtcpIndex) {
    ++counters.malformed;
    return fail(Errc::kMalformed);
  }
  const std::size_t size = packet.size() - kTag - kRtcpIndex;
  const ByteView trailer = packet.last(kRtcpIndex);
  const std::uint32_t word = load_be32(trailer.data());
  const std::uint32_t index = word & kMaxRtcpIndex;
  const std::uint32_t ssrc = load_be32(&packet[4]);
  // Packets in the clear (RFC 7714 9.3) were not negotiated.
  if ((word & kEncrypted) == 0) {
    ++counters.malformed;
    return fail(Errc::kMalformed);
  }
  Inbound* const known = inbound_.find(ssrc);
  if (known != nullptr && !known->rtcp.is_new(index)) {
    ++counters.replayed;
    return fail(Errc::kAlreadyExists);
  }
  if (!rtcp_.open(rtcp_.rtcp_nonce(ssrc, index), packet.first(kRtcpHeader), trailer,
                  packet.subspan(kRtcpHeader, size - kRtcpHeader), packet.data() + size)) {
    ++counters.auth_failed;
    return fail(Errc::kUnauthenticated);
  }
  authenticated(known, ssrc).rtcp.add(index);
  return size;
}

}  // namespace sfu::srtp
