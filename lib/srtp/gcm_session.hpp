// SPDX-License-Identifier: Apache-2.0
// SRTP with AEAD_AES_128_GCM (RFC 7714).
#pragma once

#include <memory>

#include "srtp/gcm_cipher.hpp"
#include "srtp/impl.hpp"
#include "srtp/replay_window.hpp"
#include "srtp/ssrc_table.hpp"

namespace sfu::srtp {

class GcmSession final : public Session::Impl {
 public:
  static Result<std::unique_ptr<GcmSession>> create(Direction direction, ByteView key, ByteView salt);
  GcmSession(GcmCipher rtp, GcmCipher rtcp);

  Result<std::size_t> protect_rtp(ByteSpan buffer, std::size_t size, std::size_t header_size) override;
  Result<std::size_t> queue_rtp(SendBatch& batch, std::size_t size, std::size_t header_size, const Path& path) override;
  void add_to(Footprint& footprint) const override;
  Result<std::size_t> protect_rtcp(ByteSpan buffer, std::size_t size) override;
  Result<std::size_t> unprotect_rtp(ByteSpan packet, std::size_t header_size) override;
  Result<std::size_t> unprotect_rtcp(ByteSpan packet) override;

 private:
  struct Outbound {
    std::uint64_t newest = 0;  // RTP index: ROC and sequence number
    bool started = false;
    std::uint32_t rtcp_index = 0;  // of the last packet (RFC 3711 3.4)
  };
  struct Inbound {
    ReplayWindow rtp;
    ReplayWindow rtcp;
    std::uint64_t last_used = 0;
  };

  // The cipher of RTP, and with it all that sealing a packet takes.
  struct RtpCipher final : Sealer {
    explicit RtpCipher(GcmCipher made) : cipher(std::move(made)) {}
    bool seal(ByteSpan datagram, const Task& task) override;
    GcmCipher cipher;
  };

  Outbound& outbound(std::uint32_t ssrc);
  std::uint64_t next_index(ByteView packet);
  Inbound& authenticated(Inbound* known, std::uint32_t ssrc);

  std::shared_ptr<Sealer> sealer_;  // shared with batches that are on their way
  RtpCipher& rtp_;                  // the same
  GcmCipher rtcp_;
  SsrcTable<Outbound> outbound_;
  SsrcTable<Inbound> inbound_;
  std::uint64_t packets_ = 0;
};

}  // namespace sfu::srtp
