// SPDX-License-Identifier: Apache-2.0
#include "dtls/dtls.hpp"

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "dtls/test_link.hpp"

namespace sfu::dtls {
namespace {

// An OpenSSL client with settings that ours never has. It has no timer.
class ForeignClient final : public DatagramPort {
 public:
  explicit ForeignClient(const char* srtp_profiles, std::size_t extension_size = 0) {
    context_ = SSL_CTX_new(DTLS_method());
    SSL_CTX_set_max_proto_version(context_, DTLS1_2_VERSION);
    SSL_CTX_set_options(context_, SSL_OP_NO_QUERY_MTU);
    SSL_CTX_set_verify(context_, SSL_VERIFY_NONE, nullptr);
    if (srtp_profiles != nullptr) REQUIRE(SSL_CTX_set_tlsext_use_srtp(context_, srtp_profiles) == 0);
    extension_.resize(extension_size);
    if (extension_size > 0) {
      // As large as a post-quantum key share makes it.
      const auto add = [](SSL*, unsigned, const unsigned char** data, std::size_t* size, int*, void* self) {
        auto& extension = static_cast<ForeignClient*>(self)->extension_;
        *data = extension.data();
        *size = extension.size();
        return 1;
      };
      REQUIRE(SSL_CTX_add_client_custom_ext(context_, 0xFE00, add, nullptr, this, nullptr, nullptr) == 1);
    }
    make_certificate();
    ssl_ = SSL_new(context_);
    BIO* bio = make_datagram_bio(*this);
    SSL_set_bio(ssl_, bio, bio);
    SSL_set_mtu(ssl_, 1200);
    SSL_set_connect_state(ssl_);
  }
  ForeignClient(const ForeignClient&) = delete;
  ForeignClient& operator=(const ForeignClient&) = delete;
  ~ForeignClient() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }

  std::vector<Bytes> drive(ByteView datagram = {}) {
    incoming_ = datagram;
    done = SSL_do_handshake(ssl_) == 1;
    return std::exchange(outgoing_, {});
  }
  Fingerprint fingerprint() const { return fingerprint_of(*SSL_get_certificate(ssl_), "sha-256").value(); }

  bool done = false;

 private:
  void make_certificate() {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context_, certificate);
    SSL_CTX_use_PrivateKey(context_, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  void transmit(ByteView datagram) override { outgoing_.emplace_back(datagram.begin(), datagram.end()); }
  ByteView take_incoming() override { return std::exchange(incoming_, {}); }

  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  Bytes extension_;
  ByteView incoming_;
  std::vector<Bytes> outgoing_;
};

// Lets a foreign client and our server talk without loss. The client's datagrams go through `shuffle`.
template <typename Shuffle>
void converse(ForeignClient& client, End& server, Shuffle&& shuffle) {
  Instant now{1s};
  server.session.start(now, server.out);
  std::vector<Bytes> to_server = client.drive();
  for (int round = 0; round < 10 && !to_server.empty(); ++round) {
    shuffle(to_server);
    for (const Bytes& bytes : to_server) server.session.receive(now, bytes, server.out);
    to_server.clear();
    for (const Bytes& bytes : server.take()) {
      CHECK(bytes.size() <= Session::kMtu);
      for (Bytes& answer : client.drive(bytes)) to_server.push_back(std::move(answer));
    }
  }
}

TEST_CASE("[M-014] client and server agree, on each fingerprint algorithm, and derive each other's keys") {
  for (const char* algorithm : {"sha-1", "sha-256", "sha-384", "sha-512"}) {
    CAPTURE(algorithm);
    End client(Role::kClient, {certificate_of(Role::kServer).fingerprint(algorithm).value()});
    End server(Role::kServer, {certificate_of(Role::kClient).fingerprint(algorithm).value()});
    Link link(client, server);
    link.start();
    link.run(10s);
    REQUIRE(link.connected());
    CHECK(link.largest <= Session::kMtu);
    REQUIRE(client.session.srtp_keys());
    REQUIRE(server.session.srtp_keys());
    const SrtpKeys& ours = *server.session.srtp_keys();
    const SrtpKeys& theirs = *client.session.srtp_keys();
    CHECK(ours.profile == 0x0007);
    CHECK(ours.local.salt_size == 12);
    CHECK(ours.local.key == theirs.remote.key);
    CHECK(ours.remote.key == theirs.local.key);
    CHECK(ours.local.salt == theirs.remote.salt);
    CHECK(ours.remote.salt == theirs.local.salt);
    CHECK(ours.local.key != ours.remote.key);
    CHECK(client.session.deadline() == kNever);
  }
}

TEST_CASE("[M-014] a certificate that the SDP did not announce fails the session") {
  End client(Role::kClient, {certificate_of(Role::kClient).fingerprint()});
  End server(Role::kServer, {certificate_of(Role::kServer).fingerprint()});
  Link link(client, server);
  link.start();
  link.run(10s);
  CHECK(client.session.state() == State::kFailed);
  CHECK(server.session.state() == State::kFailed);
  CHECK_FALSE(client.session.srtp_keys());
  CHECK_FALSE(client.session.send(as_bytes("hello"), client.out));
}

TEST_CASE("one matching fingerprint of several is enough; a session waits for them") {
  End client(Role::kClient, {certificate_of(Role::kClient).fingerprint(), certificate_of(Role::kServer).fingerprint()});
  End server(Role::kServer, {});
  Link link(client, server);
  link.start();
  link.run(1s);
  CHECK(client.session.state() == State::kConnected);
  CHECK(server.session.state() == State::kConnecting);
  CHECK_FALSE(server.session.srtp_keys());
  server.session.set_remote_fingerprints({certificate_of(Role::kClient).fingerprint()});
  CHECK(server.session.state() == State::kConnected);
  CHECK(server.session.srtp_keys());
}

TEST_CASE("[M-016] a ClientHello of several datagrams is accepted in every order, and twice") {
  std::vector<int> order = {0, 1, 2};
  do {
    CAPTURE(order[0]);
    CAPTURE(order[1]);
    ForeignClient client("SRTP_AEAD_AES_128_GCM", 2500);
    End server(Role::kServer, {client.fingerprint()});
    bool first = true;
    converse(client, server, [&](std::vector<Bytes>& datagrams) {
      if (!std::exchange(first, false)) return;
      REQUIRE(datagrams.size() == 3);
      const std::vector<Bytes> original = datagrams;
      for (std::size_t i = 0; i < 3; ++i) datagrams[i] = original[static_cast<std::size_t>(order[i])];
      datagrams.push_back(original[1]);
    });
    CHECK(client.done);
    CHECK(server.session.state() == State::kConnected);
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("[M-017] as server our order decides the SRTP profile, and the other is taken when offered alone") {
  struct Row {
    const char* offered;
    std::uint16_t chosen;
    std::uint8_t salt_size;
  };
  for (const Row& row : {Row{"SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", 0x0007, 12},
                         Row{"SRTP_AES128_CM_SHA1_80:SRTP_AES128_CM_SHA1_32", 0x0001, 14},
                         Row{"SRTP_AEAD_AES_256_GCM:SRTP_AEAD_AES_128_GCM", 0x0007, 12}}) {
    CAPTURE(row.offered);
    ForeignClient client(row.offered);
    End server(Role::kServer, {client.fingerprint()});
    converse(client, server, [](std::vector<Bytes>&) {});
    REQUIRE(server.session.state() == State::kConnected);
    REQUIRE(server.session.srtp_keys());
    CHECK(server.session.srtp_keys()->profile == row.chosen);
    CHECK(server.session.srtp_keys()->remote.salt_size == row.salt_size);
  }
}

TEST_CASE("a peer without SRTP connects without SRTP keys") {
  ForeignClient client(nullptr);
  End server(Role::kServer, {client.fingerprint()});
  converse(client, server, [](std::vector<Bytes>&) {});
  CHECK(server.session.state() == State::kConnected);
  CHECK_FALSE(server.session.srtp_keys());
}

TEST_CASE("application data goes both ways, packet by packet, and close_notify is noticed") {
  End client(Role::kClient);
  End server(Role::kServer);
  Link link(client, server);
  CHECK(client.session.send(as_bytes("early"), client.out).error().code == Errc::kFailedPrecondition);
  link.start();
  link.run(10s);
  REQUIRE(link.connected());

  const Bytes large(Session::kMaxApplicationData, 0x5A);
  REQUIRE(client.session.send(as_bytes("one"), client.out));
  REQUIRE(client.session.send(large, client.out));
  CHECK(client.session.send(Bytes(large.size() + 1), client.out).error().code == Errc::kInvalidArgument);
  CHECK(client.datagrams.size() == 2);
  for (const Bytes& bytes : client.take()) server.session.receive(link.now, bytes, server.out);
  REQUIRE(server.application.size() == 2);
  CHECK(as_text(server.application[0]) == "one");
  CHECK(std::ranges::equal(server.application[1], large));

  REQUIRE(server.session.send(as_bytes("back"), server.out));
  for (const Bytes& bytes : server.take()) {
    client.session.receive(link.now, bytes, client.out);
    client.session.receive(link.now, bytes, client.out);  // a replay
  }
  REQUIRE(client.application.size() == 1);
  CHECK(as_text(client.application[0]) == "back");

  client.session.close(client.out);
  CHECK(client.session.state() == State::kClosed);
  for (const Bytes& bytes : client.take()) server.session.receive(link.now, bytes, server.out);
  CHECK(server.session.remote_closed());
  CHECK(server.session.state() == State::kConnected);
}

TEST_CASE("garbage before, during and after the handshake does no harm") {
  constexpr std::uint64_t kSeed = 77;
  CAPTURE(kSeed);
  SeededRandom random(kSeed);
  End client(Role::kClient);
  End server(Role::kServer);
  Instant now{1s};
  const auto disturb = [&] {
    for (int i = 0; i < 200; ++i) {
      Bytes noise(1 + random.below(100));
      random.fill(noise);
      noise[0] = static_cast<std::uint8_t>(20 + random.below(44));
      if (noise.size() > 4) noise[3] = 0xFF;  // an epoch that is never reached; a plain alert would be believed
      server.session.receive(now, noise, server.out);
    }
  };
  server.session.start(now, server.out);
  client.session.start(now, client.out);
  disturb();
  for (const Bytes& bytes : client.take()) server.session.receive(now, bytes, server.out);
  disturb();
  for (const Bytes& bytes : server.take()) client.session.receive(now, bytes, client.out);
  for (const Bytes& bytes : client.take()) server.session.receive(now, bytes, server.out);
  disturb();
  for (const Bytes& bytes : server.take()) client.session.receive(now, bytes, client.out);
  CHECK(client.session.state() == State::kConnected);
  CHECK(server.session.state() == State::kConnected);
  CHECK(server.application.empty());
}

}  // namespace
}  // namespace sfu::dtls
