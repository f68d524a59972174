// SPDX-License-Identifier: Apache-2.0
#include "srtp/libsrtp_session.hpp"

#include <arpa/inet.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <array>

namespace sfu::srtp {
namespace {

// libsrtp's tables of algorithms are the process's, and are only read once made. It refuses a second start, and the
// host may use libsrtp itself; so whether it runs is seen when a session is made.
void start_libsrtp() {
  static const srtp_err_status_t started = srtp_init();
  (void)started;
}

}  // namespace

void LibsrtpSession::ContextFree::operator()(srtp_ctx_t* context) const {
  srtp_dealloc(context);
}

Result<std::unique_ptr<LibsrtpSession>> LibsrtpSession::create(Direction direction, ByteView key, ByteView salt) {
  start_libsrtp();
  std::array<unsigned char, 30> master;
  std::ranges::copy(salt, std::ranges::copy(key, master.begin()).out);
  srtp_policy_t policy{};
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
  srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  policy.ssrc.type = direction == Direction::kOutbound ? ssrc_any_outbound : ssrc_any_inbound;
  policy.key = master.data();
  policy.window_size = kReplayWindow;
  policy.allow_repeat_tx = 1;
  srtp_t context = nullptr;
  if (srtp_create(&context, &policy) != srtp_err_status_ok) return fail(Errc::kInternal, "libsrtp makes no session");
  return std::make_unique<LibsrtpSession>(context);
}

LibsrtpSession::LibsrtpSession(srtp_ctx_t* context) : Impl(Profile::kAes128CmHmacSha1_80), context_(context) {}

Result<std::size_t> LibsrtpSession::finish(int status, int size) {
  switch (status) {
    case srtp_err_status_ok: return static_cast<std::size_t>(size);
    case srtp_err_status_auth_fail: ++counters.auth_failed; return fail(Errc::kUnauthenticated);
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old: ++counters.replayed; return fail(Errc::kAlreadyExists);
    case srtp_err_status_bad_param:
    case srtp_err_status_parse_err:
    case srtp_err_status_cant_check: ++counters.malformed; return fail(Errc::kMalformed);
    default: return fail(Errc::kInternal);
  }
}

void LibsrtpSession::note_authenticated(std::uint32_t ssrc) {
  Inbound* stream = inbound_.find(ssrc);
  if (stream == nullptr) {
    const bool full = inbound_.size() == kMaxInboundStreams;
    std::uint32_t displaced = 0;
    stream = &add_bounded(inbound_, ssrc, kMaxInboundStreams, &displaced);
    if (full) srtp_remove_stream(context_.get(), htonl(displaced));  // it takes the SSRC as on the wire
  }
  stream->last_used = ++packets_;
}

Result<std::size_t> LibsrtpSession::protect_rtp(ByteSpan buffer, std::size_t size, std::size_t) {
  int length = static_cast<int>(size);
  const srtp_err_status_t status = srtp_protect(context_.get(), buffer.data(), &length);
  return finish(status, length);
}

Result<std::size_t> LibsrtpSession::protect_rtcp(ByteSpan buffer, std::size_t size) {
  int length = static_cast<int>(size);
  const srtp_err_status_t status = srtp_protect_rtcp(context_.get(), buffer.data(), &length);
  return finish(status, length);
}

Result<std::size_t> LibsrtpSession::unprotect_rtp(ByteSpan packet, std::size_t) {
  int length = static_cast<int>(packet.size());
  const std::uint32_t ssrc = load_be32(&packet[8]);
  const srtp_err_status_t status = srtp_unprotect(context_.get(), packet.data(), &length);
  if (status == srtp_err_status_ok) note_authenticated(ssrc);
  return finish(status, length);
}

Result<std::size_t> LibsrtpSession::unprotect_rtcp(ByteSpan packet) {
  int length = static_cast<int>(packet.size());
  const std::uint32_t ssrc = load_be32(&packet[4]);
  const srtp_err_status_t status = srtp_unprotect_rtcp(context_.get(), packet.data(), &length);
  if (status == srtp_err_status_ok) note_authenticated(ssrc);
  return finish(status, length);
}

}  // namespace sfu::srtp
