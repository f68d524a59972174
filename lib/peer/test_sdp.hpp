// SPDX-License-Identifier: Apache-2.0
// What the Negotiator's tests share.
#pragma once

#include <doctest/doctest.h>

#include <string>

#include "base/random.hpp"
#include "peer/negotiator.hpp"
#include "test_data.hpp"

namespace sfu::peer::test {

inline std::string load(const std::string& name) {
  return test_data("sdp/" + name);
}

inline void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

inline Negotiator make_negotiator(NegotiatorConfig config = {}) {
  SeededRandom random(1);
  Negotiator negotiator(std::move(config), random);
  LocalTransport local;
  local.ice_ufrag = "localufrag";
  local.ice_pwd = "localpasswordlocalpassword";
  std::string digest = "00";
  for (int i = 1; i < 32; ++i) digest += ":00";
  local.fingerprint = {"sha-256", digest};
  local.candidates = {"1 1 udp 2130706431 198.51.100.1 7882 typ host"};
  negotiator.set_local_transport(local);
  return negotiator;
}

inline NegotiatorConfig v1_config() {
  NegotiatorConfig config;
  config.single_pc = true;
  return config;
}

inline PayloadCodec source_codec(rtp::Codec codec, std::string fmtp = {}) {
  PayloadCodec item;
  item.codec = codec;
  item.fmtp = std::move(fmtp);
  return item;
}

inline SenderSpec sender(rtp::MediaKind kind, std::string track, std::vector<PayloadCodec> codecs) {
  SenderSpec spec;
  spec.kind = kind;
  spec.stream_id = "PA_alice|" + track;
  spec.track_id = std::move(track);
  spec.cname = "PA_alice";
  spec.ssrc = 1000;
  spec.codecs = std::move(codecs);
  return spec;
}

inline SenderSpec video(std::string track, rtp::Codec codec = rtp::Codec::kVp8, std::string fmtp = {}) {
  SenderSpec spec = sender(rtp::MediaKind::kVideo, std::move(track), {source_codec(codec, std::move(fmtp))});
  spec.rtx_ssrc = 1001;
  return spec;
}

inline SenderSpec mic(std::string track) {
  return sender(rtp::MediaKind::kAudio, std::move(track), {source_codec(rtp::Codec::kOpus)});
}

}  // namespace sfu::peer::test
