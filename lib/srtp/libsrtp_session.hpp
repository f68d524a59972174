// SPDX-License-Identifier: Apache-2.0
// SRTP with AES_CM_128_HMAC_SHA1_80 (RFC 3711), by libsrtp2: for peers that cannot do GCM. As Debian builds it, over
// NSS, it allocates 14 times a packet (1100 bytes: 3.9 us, `./dev bench micro --benchmark_filter=protect`).
#pragma once

#include <memory>

#include "srtp/impl.hpp"
#include "srtp/ssrc_table.hpp"

typedef struct srtp_ctx_t_ srtp_ctx_t;

namespace sfu::srtp {

class LibsrtpSession final : public Session::Impl {
 public:
  static Result<std::unique_ptr<LibsrtpSession>> create(Direction direction, ByteView key, ByteView salt);
  explicit LibsrtpSession(srtp_ctx_t* context);

  Result<std::size_t> protect_rtp(ByteSpan buffer, std::size_t size, std::size_t header_size) override;
  Result<std::size_t> protect_rtcp(ByteSpan buffer, std::size_t size) override;
  Result<std::size_t> unprotect_rtp(ByteSpan packet, std::size_t header_size) override;
  Result<std::size_t> unprotect_rtcp(ByteSpan packet) override;

 private:
  struct Inbound {
    std::uint64_t last_used = 0;
  };
  struct ContextFree {
    void operator()(srtp_ctx_t* context) const;
  };
  Result<std::size_t> finish(int status, int size);
  void note_authenticated(std::uint32_t ssrc);

  std::unique_ptr<srtp_ctx_t, ContextFree> context_;
  SsrcTable<Inbound> inbound_;  // bounds what libsrtp keeps, which knows no limit
  std::uint64_t packets_ = 0;
};

}  // namespace sfu::srtp
