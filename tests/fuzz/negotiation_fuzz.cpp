// SPDX-License-Identifier: Apache-2.0
// layers: peer sdp ice dtls srtp sctp rtp rtcp codec base
// Offers and answers from a stranger. What is applied can be answered, and the answer parses. The first byte chooses.
#include <cstdlib>

#include "base/random.hpp"
#include "peer/negotiator.hpp"

namespace {

using sfu::peer::Negotiator;
using sfu::rtp::Codec;
using sfu::rtp::MediaKind;

sfu::peer::SenderSpec sender(MediaKind kind, Codec codec, const char* track) {
  sfu::peer::SenderSpec spec;
  spec.kind = kind;
  spec.stream_id = "PA_a";
  spec.track_id = track;
  spec.cname = "PA_a";
  spec.ssrc = 1;
  spec.rtx_ssrc = kind == MediaKind::kVideo ? 2 : 0;
  spec.codecs.emplace_back().codec = codec;
  return spec;
}

void check(const sfu::Result<std::string>& description) {
  if (description && !sfu::sdp::parse(*description)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  sfu::SeededRandom random(1);
  sfu::peer::NegotiatorConfig config;
  config.single_pc = (data[0] & 1) != 0;
  config.send_side_bwe = (data[0] & 4) != 0;
  Negotiator negotiator(config, random);
  sfu::peer::LocalTransport local;
  local.ice_ufrag = "local";
  local.ice_pwd = "localpasswordlocalpassword";
  local.fingerprint = {"sha-256", "00:11"};
  negotiator.set_local_transport(local);
  if ((data[0] & 2) != 0) {
    (void)negotiator.bind_sender(sender(MediaKind::kVideo, Codec::kVp8, "TR_v"));
    (void)negotiator.create_offer();
    if (negotiator.apply_answer(text)) check(negotiator.create_offer());
    return 0;
  }
  for (int round = 0; round < 2; ++round) {
    if (!negotiator.apply_offer(text)) return 0;
    (void)negotiator.bind_sender(sender(MediaKind::kVideo, Codec::kH264, "TR_v"));
    (void)negotiator.bind_sender(sender(MediaKind::kAudio, Codec::kOpus, "TR_a"));
    check(negotiator.create_answer());
    for (const std::string& mid : negotiator.send_mids()) negotiator.unbind_sender(mid);
  }
  return 0;
}
