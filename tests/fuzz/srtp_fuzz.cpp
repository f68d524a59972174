// SPDX-License-Identifier: Apache-2.0
// layers: srtp
// One datagram to unprotect, with either profile; the fuzzer cannot know the key, so nothing may get through.
#include <cstdint>
#include <vector>

#include "srtp/srtp.hpp"

namespace {

sfu::srtp::Session inbound(sfu::srtp::Profile profile) {
  const std::vector<std::uint8_t> key(16, 0xA7);
  const std::vector<std::uint8_t> salt(profile == sfu::srtp::Profile::kAeadAes128Gcm ? 12 : 14, 0x3C);
  return sfu::srtp::Session::create(profile, sfu::srtp::Direction::kInbound, key, salt).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu::srtp;
  static Session gcm = inbound(Profile::kAeadAes128Gcm);
  static Session cm = inbound(Profile::kAes128CmHmacSha1_80);
  for (Session* session : {&gcm, &cm}) {
    std::vector<std::uint8_t> packet(data, data + size);
    if (session->unprotect_rtp(packet)) __builtin_trap();
    packet.assign(data, data + size);
    if (session->unprotect_rtcp(packet)) __builtin_trap();
  }
  return 0;
}
