// SPDX-License-Identifier: Apache-2.0
#include "peer/secure_transport.hpp"

namespace sfu::peer {

void SecureTransport::start(Instant now, dtls::Role role, const RemoteTransport& remote, const Path* path,
                            SendBatch& batch) {
  std::vector<dtls::Fingerprint> fingerprints;
  for (const sdp::Fingerprint& stated : remote.fingerprints) {
    auto fingerprint = dtls::Fingerprint::parse(stated.algorithm + " " + stated.value);
    if (fingerprint) fingerprints.push_back(*std::move(fingerprint));
  }
  dtls_.emplace(role, certificate_, std::move(fingerprints));
  dtls::Output out{batch, path, application_};
  dtls_->start(now, out);
}

void SecureTransport::receive(Instant now, ByteView datagram, const Path* path, SendBatch& batch) {
  if (!dtls_) return;
  dtls::Output out{batch, path, application_};
  dtls_->receive(now, datagram, out);
  take_keys();
}

void SecureTransport::send_application(ByteView data, const Path* path, SendBatch& batch) {
  if (!dtls_) return;
  dtls::Output out{batch, path, application_};
  (void)dtls_->send(data, out);  // SCTP sends again what is lost here
}

void SecureTransport::advance(Instant now, const Path* path, SendBatch& batch) {
  if (!dtls_) return;
  dtls::Output out{batch, path, application_};
  dtls_->advance(now, out);
  take_keys();
}

void SecureTransport::close(const Path* path, SendBatch& batch) {
  if (!dtls_) return;
  dtls::Output out{batch, path, application_};
  dtls_->close(out);
}

void SecureTransport::take_keys() {
  if (outbound_ || !connected() || !dtls_->srtp_keys()) return;
  const dtls::SrtpKeys& keys = *dtls_->srtp_keys();
  const auto profile = static_cast<srtp::Profile>(keys.profile);
  auto outbound =
      srtp::Session::create(profile, srtp::Direction::kOutbound, keys.local.key_bytes(), keys.local.salt_bytes());
  auto inbound =
      srtp::Session::create(profile, srtp::Direction::kInbound, keys.remote.key_bytes(), keys.remote.salt_bytes());
  if (!outbound || !inbound) return;
  outbound_ = *std::move(outbound);
  inbound_ = *std::move(inbound);
}

std::string_view SecureTransport::profile() const {
  if (!outbound_) return "";
  switch (outbound_->profile()) {
    case srtp::Profile::kAes128CmHmacSha1_80: return "SRTP_AES128_CM_HMAC_SHA1_80";
    case srtp::Profile::kAeadAes128Gcm: return "SRTP_AEAD_AES_128_GCM";
  }
  return "";
}

}  // namespace sfu::peer
