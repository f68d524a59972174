// SPDX-License-Identifier: Apache-2.0
#include "dtls/dtls.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace sfu::dtls {
namespace {

// How soon at the earliest a server repeats its flight for a client that repeats its own.
constexpr Duration kRepeatInterval = std::chrono::milliseconds(50);

// Nobody acknowledges a server's last flight, and a client that lacks it asks ever more seldom; the flight is tiny. So
// it is sent a few times more, until application data shows that it arrived. With 30 % loss that takes the handshakes
// that last beyond 5 s from 1.8 % to 0.15 % (2000 simulated handshakes).
constexpr int kFinalRepeats = 3;

// OpenSSL's own timer, in microseconds of the real clock: longer than any handshake may last.
constexpr unsigned kOpensslTimerOff = 4'000'000'000u;

std::uint8_t salt_size_of(std::uint16_t profile) {
  return profile == SRTP_AEAD_AES_128_GCM ? 12 : 14;  // RFC 7714 12.1, RFC 5764 4.1.2
}

}  // namespace

const char* to_string(State state) {
  switch (state) {
    case State::kNew: return "new";
    case State::kConnecting: return "connecting";
    case State::kConnected: return "connected";
    case State::kClosed: return "closed";
    case State::kFailed: return "failed";
  }
  return "";
}

void Session::SslFree::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

Session::Session(Role role, const Certificate& certificate, std::vector<Fingerprint> remote)
    : role_(role), ssl_(SSL_new(certificate.context_.get())), remote_fingerprints_(std::move(remote)) {
  BIO* bio = ssl_ == nullptr ? nullptr : make_datagram_bio(*this);
  if (bio == nullptr) {
    ssl_.reset();
    state_ = State::kFailed;
    return;
  }
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mtu(ssl_.get(), kMtu);
  DTLS_set_timer_cb(ssl_.get(), [](SSL*, unsigned) { return kOpensslTimerOff; });
  if (role == Role::kClient) {
    SSL_set_connect_state(ssl_.get());
  } else {
    SSL_set_accept_state(ssl_.get());
  }
}

Session::~Session() = default;

void Session::set_remote_fingerprints(std::vector<Fingerprint> remote) {
  remote_fingerprints_ = std::move(remote);
  if (state_ == State::kConnecting && handshake_done_) check_certificate();
}

void Session::start(Instant now, Output& out) {
  if (state_ != State::kNew) return;
  state_ = State::kConnecting;
  abort_at_ = now + kHandshakeTimeout;
  if (role_ == Role::kServer) return;
  out_ = &out;
  drive(now);
  out_ = nullptr;
}

void Session::receive(Instant now, ByteView datagram, Output& out) {
  if (datagram.empty() || (state_ != State::kConnecting && state_ != State::kConnected)) return;
  out_ = &out;
  incoming_ = datagram;
  const std::size_t before = out.datagrams.size();
  const bool was_done = handshake_done_;
  if (!handshake_done_) drive(now);
  if (handshake_done_) read_application();
  release_buffers();
  incoming_ = {};
  out_ = nullptr;

  if (role_ == Role::kServer && out.datagrams.size() == before) answer_repeat(now, was_done, datagram, out);
}

// A client that repeats its flight lacks ours (RFC 6347 4.2.4). OpenSSL sends its last flight again for a Finished that
// it takes for new; a record number that it knows it drops, and before the end it leaves everything to the timer.
void Session::answer_repeat(Instant now, bool was_done, ByteView datagram, Output& out) {
  const bool is_repeat = was_done ? is_handshake(datagram) : !flight_.empty() && is_client_hello(datagram);
  if (!is_repeat || now < last_flight_at_ + kRepeatInterval) return;
  last_flight_at_ = now;
  send_flight_again(out);
}

void Session::drive(Instant now) {
  ERR_clear_error();
  flight_.begin();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    finish_handshake();
  } else {
    const int error = SSL_get_error(ssl_.get(), result);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) return fail();
  }
  if (flight_.has_grown()) last_flight_at_ = now;
  if (flight_.has_grown()) {
    timeout_ = kFirstTimeout;
    retransmit_at_ = now + timeout_;
  }
  if (handshake_done_ && role_ == Role::kClient) drop_flight();  // the server has what it needs
}

void Session::drop_flight() {
  flight_.drop();
  retransmit_at_ = kNever;
}

void Session::finish_handshake() {
  handshake_done_ = true;
  if (!remote_fingerprints_.empty()) check_certificate();
}

void Session::check_certificate() {
  const X509* certificate = SSL_get0_peer_certificate(ssl_.get());
  const bool announced =
      certificate != nullptr && std::ranges::any_of(remote_fingerprints_, [&](const Fingerprint& expected) {
        const auto actual = fingerprint_of(*certificate, expected.algorithm);
        return actual && *actual == expected;
      });
  if (!announced) return fail();
  state_ = State::kConnected;
  abort_at_ = kNever;

  const SRTP_PROTECTION_PROFILE* profile = SSL_get_selected_srtp_profile(ssl_.get());
  if (profile == nullptr) return;  // a peer for data channels alone
  SrtpKeys keys;
  keys.profile = static_cast<std::uint16_t>(profile->id);
  const std::size_t salt_size = salt_size_of(keys.profile);
  std::uint8_t material[2 * (16 + 14)];
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  if (SSL_export_keying_material(ssl_.get(), material, 2 * (16 + salt_size), kLabel.data(), kLabel.size(), nullptr, 0,
                                 0) != 1) {
    return fail();
  }
  // RFC 5764 4.2: client's key, server's key, client's salt, server's salt.
  SrtpKey* const owners[] = {role_ == Role::kClient ? &keys.local : &keys.remote,
                             role_ == Role::kClient ? &keys.remote : &keys.local};
  ByteReader reader(material);
  for (SrtpKey* key : owners) std::ranges::copy(reader.bytes(16), key->key.begin());
  for (SrtpKey* key : owners) {
    std::ranges::copy(reader.bytes(salt_size), key->salt.begin());
    key->salt_size = static_cast<std::uint8_t>(salt_size);
  }
  OPENSSL_cleanse(material, sizeof material);
  srtp_keys_ = keys;
}

// The record layer's 18 kB are of use for a moment only, but with DTLS OpenSSL's SSL_MODE_RELEASE_BUFFERS gives none of
// them back. Reading takes them anew by itself, writing must ask for them.
void Session::release_buffers() {
  if (handshake_done_) SSL_free_buffers(ssl_.get());
}

void Session::read_application() {
  std::uint8_t buffer[16 * 1024];  // the largest record (RFC 5246 6.2.1)
  while (true) {
    ERR_clear_error();
    const int size = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (size > 0) {
      retransmit_at_ = kNever;  // the client is done, so it has our last flight
      if (state_ == State::kConnected) out_->application.add({buffer, static_cast<std::size_t>(size)});
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), size);
    if (error == SSL_ERROR_ZERO_RETURN) remote_closed_ = true;
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_ZERO_RETURN) fail();
    return;
  }
}

Result<void> Session::send(ByteView data, Output& out) {
  if (state_ != State::kConnected) return sfu::fail(Errc::kFailedPrecondition);
  if (data.empty() || data.size() > kMaxApplicationData) return sfu::fail(Errc::kInvalidArgument);
  ERR_clear_error();
  out_ = &out;
  SSL_alloc_buffers(ssl_.get());
  const int written = SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
  release_buffers();
  out_ = nullptr;
  if (written != static_cast<int>(data.size())) return sfu::fail(Errc::kInternal);
  return {};
}

void Session::close(Output& out) {
  if (state_ == State::kConnected) {
    ERR_clear_error();
    out_ = &out;
    SSL_alloc_buffers(ssl_.get());
    SSL_shutdown(ssl_.get());
    out_ = nullptr;
  }
  if (state_ != State::kFailed) state_ = State::kClosed;
  drop_flight();
  abort_at_ = kNever;
}

void Session::fail() {
  state_ = State::kFailed;
  srtp_keys_.reset();
  drop_flight();
  abort_at_ = kNever;
}

void Session::advance(Instant now, Output& out) {
  if (now >= abort_at_) return fail();
  if (now < retransmit_at_) return;
  last_flight_at_ = now;
  send_flight_again(out);
  timeout_ = std::min(2 * timeout_, kMaxTimeout);
  retransmit_at_ = handshake_done_ && ++final_repeats_ == kFinalRepeats ? kNever : now + timeout_;
}

Instant Session::deadline() const {
  return std::min(abort_at_, retransmit_at_);
}

void Session::send_flight_again(Output& out) {
  out_ = &out;
  for (std::size_t i = 0; i < flight_.packets().size(); ++i) emit(flight_.packets()[i]);
  out_ = nullptr;
}

void Session::transmit(ByteView datagram) {
  if (!handshake_done_ && is_handshake(datagram)) flight_.add(datagram);
  emit(datagram);
}

void Session::emit(ByteView datagram) {
  if (out_ == nullptr || out_->path == nullptr || datagram.size() > SendBatch::kSlotSize) return;
  const ByteSpan slot = out_->datagrams.open().first(datagram.size());
  std::copy(datagram.begin(), datagram.end(), slot.begin());
  flight_.number(slot);
  out_->datagrams.commit(slot.size(), *out_->path);
}

ByteView Session::take_incoming() {
  return std::exchange(incoming_, {});
}

}  // namespace sfu::dtls
