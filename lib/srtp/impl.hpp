// SPDX-License-Identifier: Apache-2.0
// What a Session does by profile. The sizes and the version of a packet are checked before it comes here.
#pragma once

#include "srtp/srtp.hpp"

namespace sfu::srtp {

class Session::Impl {
 public:
  explicit Impl(Profile chosen) : profile(chosen) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  virtual ~Impl() = default;

  // `buffer` has room for kMaxRtpGrowth or kMaxRtcpGrowth behind `size`.
  virtual Result<std::size_t> protect_rtp(ByteSpan buffer, std::size_t size, std::size_t header_size) = 0;
  // The same in the open slot of `batch`, and committed; now or when the batch is read.
  virtual Result<std::size_t> queue_rtp(SendBatch& batch, std::size_t size, std::size_t header_size, const Path& path) {
    SFU_TRY(const std::size_t grown, protect_rtp(batch.open(), size, header_size));
    batch.commit(grown, path);
    return grown;
  }
  virtual void add_to(Footprint&) const {}
  virtual Result<std::size_t> protect_rtcp(ByteSpan buffer, std::size_t size) = 0;
  virtual Result<std::size_t> unprotect_rtp(ByteSpan packet, std::size_t header_size) = 0;
  virtual Result<std::size_t> unprotect_rtcp(ByteSpan packet) = 0;

  const Profile profile;
  Counters counters;
};

}  // namespace sfu::srtp
