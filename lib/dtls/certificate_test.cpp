// SPDX-License-Identifier: Apache-2.0
#include "dtls/certificate.hpp"

#include <doctest/doctest.h>

namespace sfu::dtls {
namespace {

TEST_CASE("[M-019] a certificate keeps its fingerprint, and no two are alike") {
  const auto one = Certificate::make();
  const auto two = Certificate::make();
  REQUIRE(one);
  REQUIRE(two);
  CHECK(one->fingerprint().algorithm == "sha-256");
  CHECK(one->fingerprint().digest.size() == 32);
  CHECK(one->fingerprint("sha-256").value() == one->fingerprint());
  CHECK(one->fingerprint() != two->fingerprint());
}

TEST_CASE("fingerprints are read and written as in SDP (RFC 8122 5)") {
  const auto certificate = Certificate::make();
  REQUIRE(certificate);
  for (const char* algorithm : {"sha-1", "sha-224", "sha-256", "sha-384", "sha-512"}) {
    const auto fingerprint = certificate->fingerprint(algorithm);
    REQUIRE(fingerprint);
    const auto parsed = Fingerprint::parse(fingerprint->to_string());
    REQUIRE(parsed);
    CHECK(*parsed == *fingerprint);
  }
  const auto lower = Fingerprint::parse("SHA-1 4a:ad:b9:b1:3f:82:18:3b:54:02:12:df:3e:5d:49:6b:19:e5:7c:ab");
  REQUIRE(lower);
  CHECK(lower->to_string() == "sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB");
}

TEST_CASE("fingerprints that are not are refused") {
  CHECK(Fingerprint::parse("").error().code == Errc::kMalformed);
  CHECK(Fingerprint::parse("sha-256").error().code == Errc::kMalformed);
  CHECK(Fingerprint::parse("sha-256 ").error().code == Errc::kMalformed);
  CHECK(Fingerprint::parse("md5 00:11").error().code == Errc::kUnsupported);
  CHECK(Fingerprint::parse("sha-1 4A:AD").error().code == Errc::kMalformed);
  CHECK(Fingerprint::parse("sha-1 4A-AD-B9-B1-3F-82-18-3B-54-02-12-DF-3E-5D-49-6B-19-E5-7C-AB").error().code ==
        Errc::kMalformed);
  CHECK(Fingerprint::parse("sha-1 4X:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB").error().code ==
        Errc::kMalformed);
}

}  // namespace
}  // namespace sfu::dtls
