// SPDX-License-Identifier: Apache-2.0
#include "dtls/certificate.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <utility>

namespace sfu::dtls {
namespace {

constexpr const char* kGroups = "X25519:P-256:P-384";
constexpr const char* kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
    "ECDHE-ECDSA-AES128-SHA:ECDHE-RSA-AES128-SHA";
// A handshake fragment keeps to the MTU, an SCTP packet is little larger: a full record's 16 kB buffer is not needed.
constexpr long kMaxSendFragment = 1400;

const EVP_MD* digest_named(std::string_view algorithm) {
  if (algorithm == "sha-256") return EVP_sha256();
  if (algorithm == "sha-384") return EVP_sha384();
  if (algorithm == "sha-512") return EVP_sha512();
  if (algorithm == "sha-224") return EVP_sha224();
  if (algorithm == "sha-1") return EVP_sha1();
  return nullptr;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

struct X509Free {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct KeyFree {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using X509Pointer = std::unique_ptr<X509, X509Free>;
using KeyPointer = std::unique_ptr<EVP_PKEY, KeyFree>;

X509Pointer self_sign(EVP_PKEY* key) {
  X509Pointer certificate(X509_new());
  std::uint8_t serial[8];
  if (certificate == nullptr || RAND_bytes(serial, sizeof serial) != 1) return nullptr;
  serial[0] &= 0x7F;  // positive
  // Nobody checks the dates (RFC 8827 6.5), and fixed ones spare reading the clock.
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const bool filled = X509_set_version(certificate.get(), X509_VERSION_3) == 1 &&
                      ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), load_be64(serial)) == 1 &&
                      ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "20200101000000Z") == 1 &&
                      ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "20991231235959Z") == 1 &&
                      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                 reinterpret_cast<const unsigned char*>("WebRTC"), -1, -1, 0) == 1 &&
                      X509_set_issuer_name(certificate.get(), name) == 1 &&
                      X509_set_pubkey(certificate.get(), key) == 1 &&
                      X509_sign(certificate.get(), key, EVP_sha256()) > 0;
  return filled ? std::move(certificate) : nullptr;
}

// The chain proves nothing here; the session compares the fingerprint.
int accept_any_chain(X509_STORE_CTX*, void*) {
  return 1;
}

bool configure(SSL_CTX* context, X509* certificate, EVP_PKEY* key, const char* srtp_profiles) {
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                   SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);  // a datagram may hold several records
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, accept_any_chain, nullptr);
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1 &&
         SSL_CTX_set_cipher_list(context, kCiphers) == 1 && SSL_CTX_set1_groups_list(context, kGroups) == 1 &&
         SSL_CTX_set_max_send_fragment(context, kMaxSendFragment) == 1 &&
         SSL_CTX_set_tlsext_use_srtp(context, srtp_profiles) == 0;  // 0 is success here
}

}  // namespace

Result<Fingerprint> Fingerprint::parse(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) return fail(Errc::kMalformed, "fingerprint without a value");
  Fingerprint fingerprint;
  for (const char c : text.substr(0, space)) {
    fingerprint.algorithm += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  }
  const EVP_MD* digest = digest_named(fingerprint.algorithm);
  if (digest == nullptr) return fail(Errc::kUnsupported, "fingerprint algorithm " + fingerprint.algorithm);

  const std::string_view hex = text.substr(
      text.find_first_not_of(' ', space) == std::string_view::npos ? text.size() : text.find_first_not_of(' ', space));
  const auto size = static_cast<std::size_t>(EVP_MD_get_size(digest));
  if (hex.size() != 3 * size - 1) return fail(Errc::kMalformed, "fingerprint of a wrong length");
  for (std::size_t i = 0; i < hex.size(); i += 3) {
    const int high = hex_digit(hex[i]);
    const int low = hex_digit(hex[i + 1]);
    if (high < 0 || low < 0 || (i + 2 < hex.size() && hex[i + 2] != ':')) {
      return fail(Errc::kMalformed, "fingerprint is not hex pairs");
    }
    fingerprint.digest.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return fingerprint;
}

std::string Fingerprint::to_string() const {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string text = algorithm + ' ';
  for (std::size_t i = 0; i < digest.size(); ++i) {
    if (i > 0) text += ':';
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

Result<Fingerprint> fingerprint_of(const X509& certificate, std::string_view algorithm) {
  const EVP_MD* digest = digest_named(algorithm);
  if (digest == nullptr) return fail(Errc::kUnsupported);
  Fingerprint fingerprint{std::string(algorithm), std::vector<std::uint8_t>(EVP_MAX_MD_SIZE)};
  unsigned size = 0;
  if (X509_digest(&certificate, digest, fingerprint.digest.data(), &size) != 1) return fail(Errc::kInternal);
  fingerprint.digest.resize(size);
  return fingerprint;
}

void Certificate::ContextFree::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}

Certificate::Certificate(ContextPointer context, Fingerprint fingerprint)
    : context_(std::move(context)), fingerprint_(std::move(fingerprint)) {}

Result<Certificate> Certificate::make(const char* srtp_profiles) {
  const KeyPointer key(EVP_EC_gen("P-256"));
  if (key == nullptr) return fail(Errc::kInternal, "cannot generate a P-256 key");
  const X509Pointer certificate = self_sign(key.get());
  if (certificate == nullptr) return fail(Errc::kInternal, "cannot sign a certificate");
  ContextPointer context(SSL_CTX_new(DTLS_method()));
  if (context == nullptr || !configure(context.get(), certificate.get(), key.get(), srtp_profiles)) {
    return fail(Errc::kInternal, "cannot set up DTLS");
  }
  SFU_TRY(auto fingerprint, fingerprint_of(*certificate, "sha-256"));
  return Certificate(std::move(context), std::move(fingerprint));
}

Result<Fingerprint> Certificate::fingerprint(std::string_view algorithm) const {
  return fingerprint_of(*SSL_CTX_get0_certificate(context_.get()), algorithm);
}

}  // namespace sfu::dtls
