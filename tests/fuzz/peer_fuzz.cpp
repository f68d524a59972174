// SPDX-License-Identifier: Apache-2.0
// layers: peer sdp ice dtls srtp sctp rtp rtcp codec base
// Datagrams from a stranger into a peer that waits for its client: nothing but STUN answers may come of them. Records
// of the input: a size byte, then so many bytes.
#include <cstdlib>
#include <vector>

#include "base/random.hpp"
#include "dtls/certificate.hpp"
#include "peer/peer.hpp"

namespace {

constexpr const char* kOffer =
    "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=ice-ufrag:abcd\r\n"
    "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:sha-256 "
    "00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00\r\n"
    "a=setup:actpass\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const sfu::dtls::Certificate certificate = *sfu::dtls::Certificate::make();
  static sfu::SendBatch batch;
  static std::vector<sfu::peer::Event> events;
  sfu::SeededRandom random(1);
  sfu::peer::PeerConfig config;
  config.ufrag = "local";
  config.certificate = &certificate;
  config.random = &random;
  const auto peer = *sfu::peer::Peer::create(config);
  sfu::peer::Output out{batch, events};
  sfu::Instant now{std::chrono::seconds(1)};
  if (!peer->apply_offer(now, kOffer, out) || !peer->create_answer(now, out)) std::abort();
  events.clear();

  const sfu::Path path{{*sfu::IpAddress::parse("192.0.2.1"), 7882}, {*sfu::IpAddress::parse("192.0.2.2"), 9}};
  std::vector<std::uint8_t> datagram;
  for (std::size_t at = 0; at < size;) {
    const std::size_t length = std::min<std::size_t>(data[at], size - at - 1);
    datagram.assign(data + at + 1, data + at + 1 + length);
    at += 1 + length;
    if (peer->receive(now, path, datagram, out).kind != sfu::peer::Peer::Received::Kind::kNone) std::abort();
    now += std::chrono::milliseconds(10);
    peer->advance(now, out);
  }
  if (!events.empty()) std::abort();  // no password was known, so nothing can have been learned
  batch.clear();
  return 0;
}
