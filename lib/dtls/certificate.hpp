// SPDX-License-Identifier: Apache-2.0
// The certificate that DTLS shows, and fingerprints as SDP writes them (RFC 8122 5). Trust comes from the fingerprint
// in the signalled SDP alone, so certificates are self-signed and their names and dates mean nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct x509_st X509;

namespace sfu::dtls {

struct Fingerprint {
  std::string algorithm;  // "sha-256", lower case
  std::vector<std::uint8_t> digest;

  // The value of a=fingerprint: "sha-256 12:34:...". Errors: kUnsupported for an algorithm other than
  // sha-1/224/256/384/512; kMalformed.
  static Result<Fingerprint> parse(std::string_view text);
  std::string to_string() const;  // "sha-256 12:34:...", upper-case hex
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

// A P-256 key with its self-signed certificate, and the OpenSSL context made of them. May be used from any thread once
// made; outlives its Sessions.
class Certificate {
 public:
  // The SRTP profiles that are offered or chosen from, in OpenSSL's names; as server, our order decides. GCM costs a
  // quarter of the other (media spec 5.2).
  static constexpr const char* kSrtpProfiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
  static constexpr const char* kOnlyAesCm = "SRTP_AES128_CM_SHA1_80";  // as an old client would
  // Errors: kInternal when OpenSSL fails.
  static Result<Certificate> make(const char* srtp_profiles = kSrtpProfiles);

  // Its sha-256 fingerprint.
  const Fingerprint& fingerprint() const { return fingerprint_; }
  // With another algorithm of those that Fingerprint knows. Errors: kUnsupported.
  Result<Fingerprint> fingerprint(std::string_view algorithm) const;

 private:
  friend class Session;
  struct ContextFree {
    void operator()(SSL_CTX* context) const;
  };
  using ContextPointer = std::unique_ptr<SSL_CTX, ContextFree>;
  Certificate(ContextPointer context, Fingerprint fingerprint);

  ContextPointer context_;
  Fingerprint fingerprint_;
};

// The fingerprint of a certificate. Errors: kUnsupported.
Result<Fingerprint> fingerprint_of(const X509& certificate, std::string_view algorithm);

}  // namespace sfu::dtls
