// SPDX-License-Identifier: Apache-2.0
#include "srtp/srtp.hpp"

#include <utility>

#include "srtp/gcm_session.hpp"
#include "srtp/impl.hpp"
#include "srtp/libsrtp_session.hpp"

namespace sfu::srtp {
namespace {

constexpr std::size_t kFixedRtpHeader = 12;
constexpr std::size_t kMinRtcp = 8;

// RFC 3550 5.1: fixed part, CSRCs, extension. 0: not an RTP packet.
std::size_t rtp_header_size(ByteView packet) {
  if (packet.size() < kFixedRtpHeader || packet[0] >> 6 != 2) return 0;
  std::size_t size = kFixedRtpHeader + 4u * (packet[0] & 0x0F);
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < size + 4) return 0;
    size += 4 + 4u * load_be16(&packet[size + 2]);
  }
  return size <= packet.size() ? size : 0;
}

bool is_rtcp(ByteView packet) {
  return packet.size() >= kMinRtcp && packet[0] >> 6 == 2;
}

std::size_t salt_size(Profile profile) {
  return profile == Profile::kAeadAes128Gcm ? 12 : 14;
}

}  // namespace

Result<Session> Session::create(Profile profile, Direction direction, ByteView key, ByteView salt) {
  if (profile != Profile::kAeadAes128Gcm && profile != Profile::kAes128CmHmacSha1_80) {
    return fail(Errc::kUnsupported, "SRTP profile");
  }
  if (key.size() != 16 || salt.size() != salt_size(profile)) return fail(Errc::kInvalidArgument, "SRTP key size");
  if (profile == Profile::kAeadAes128Gcm) {
    SFU_TRY(auto impl, GcmSession::create(direction, key, salt));
    return Session(std::move(impl));
  }
  SFU_TRY(auto impl, LibsrtpSession::create(direction, key, salt));
  return Session(std::move(impl));
}

Session::Session(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<std::size_t> Session::protect_rtp(ByteSpan buffer, std::size_t size) {
  if (size + kMaxRtpGrowth > buffer.size()) return fail(Errc::kInvalidArgument);
  const std::size_t header_size = rtp_header_size(buffer.first(size));
  if (header_size == 0) return fail(Errc::kMalformed);
  return impl_->protect_rtp(buffer, size, header_size);
}

Result<std::size_t> Session::queue_rtp(SendBatch& batch, std::size_t size, const Path& path) {
  if (size + kMaxRtpGrowth > SendBatch::kSlotSize) return fail(Errc::kInvalidArgument);
  const std::size_t header_size = rtp_header_size(batch.open().first(size));
  if (header_size == 0) return fail(Errc::kMalformed);
  return impl_->queue_rtp(batch, size, header_size, path);
}

Result<std::size_t> Session::protect_rtcp(ByteSpan buffer, std::size_t size) {
  if (size + kMaxRtcpGrowth > buffer.size()) return fail(Errc::kInvalidArgument);
  if (!is_rtcp(buffer.first(size))) return fail(Errc::kMalformed);
  return impl_->protect_rtcp(buffer, size);
}

Result<ByteSpan> Session::unprotect_rtp(ByteSpan packet) {
  const std::size_t header_size = rtp_header_size(packet);
  if (header_size == 0) {
    ++impl_->counters.malformed;
    return fail(Errc::kMalformed);
  }
  SFU_TRY(const std::size_t size, impl_->unprotect_rtp(packet, header_size));
  return packet.first(size);
}

Result<ByteSpan> Session::unprotect_rtcp(ByteSpan packet) {
  if (!is_rtcp(packet)) {
    ++impl_->counters.malformed;
    return fail(Errc::kMalformed);
  }
  SFU_TRY(const std::size_t size, impl_->unprotect_rtcp(packet));
  return packet.first(size);
}

void Session::add_to(Footprint& footprint) const {
  impl_->add_to(footprint);
}

Profile Session::profile() const {
  return impl_->profile;
}

const Session::Counters& Session::counters() const {
  return impl_->counters;
}

}  // namespace sfu::srtp
