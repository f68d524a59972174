// SPDX-License-Identifier: Apache-2.0
// DTLS of a Peer and the SRTP sessions that it keys (RFC 5764). It begins once roles and a path are known.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "dtls/dtls.hpp"
#include "peer/negotiated.hpp"
#include "srtp/srtp.hpp"

namespace sfu::peer {

class SecureTransport {
 public:
  explicit SecureTransport(const dtls::Certificate& certificate) : certificate_(certificate) {}

  bool started() const { return dtls_.has_value(); }
  void start(Instant now, dtls::Role role, const RemoteTransport& remote, const Path* path, SendBatch& batch);

  // A DTLS datagram of a proven path. Plaintext of application data is then in application().
  void receive(Instant now, ByteView datagram, const Path* path, SendBatch& batch);
  void send_application(ByteView data, const Path* path, SendBatch& batch);
  void advance(Instant now, const Path* path, SendBatch& batch);
  Instant deadline() const { return dtls_ ? dtls_->deadline() : kNever; }
  void close(const Path* path, SendBatch& batch);

  bool connected() const { return dtls_ && dtls_->state() == dtls::State::kConnected; }
  bool failed() const { return dtls_ && dtls_->state() == dtls::State::kFailed; }
  bool remote_closed() const { return dtls_ && dtls_->remote_closed(); }
  dtls::Role role() const { return dtls_ ? dtls_->role() : dtls::Role::kServer; }
  dtls::PacketList& application() { return application_; }

  // Null before the handshake is done, or if no profile was common.
  srtp::Session* outbound() { return outbound_ ? &*outbound_ : nullptr; }
  srtp::Session* inbound() { return inbound_ ? &*inbound_ : nullptr; }
  bool has_keys() const { return outbound_.has_value(); }
  std::string_view profile() const;

 private:
  void take_keys();

  const dtls::Certificate& certificate_;
  std::optional<dtls::Session> dtls_;
  std::optional<srtp::Session> outbound_;
  std::optional<srtp::Session> inbound_;
  dtls::PacketList application_;
};

}  // namespace sfu::peer
