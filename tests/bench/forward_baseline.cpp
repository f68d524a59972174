// SPDX-License-Identifier: Apache-2.0
// The loop of baseline.hpp by itself.
//
//   forward_baseline [--cm] [--packets N]   --cm: AES_CM_128_HMAC_SHA1_80 instead of AEAD_AES_128_GCM
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "baseline.hpp"

namespace {

using namespace sfu::bench;

constexpr std::size_t kDestinations = 40;

}  // namespace

int main(int argc, char** argv) {
  bool cm = false;
  std::size_t packets = 5000;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--cm") {
      cm = true;
    } else if (argument == "--packets" && i + 1 < argc) {
      packets = std::strtoul(argv[++i], nullptr, 10);
    } else {
      std::fprintf(stderr, "usage: forward_baseline [--cm] [--packets N]\n");
      return 2;
    }
  }
  if (packets == 0) return 2;
  Baseline baseline(
      {.protection = cm ? Protection::kLibsrtpAesCm : Protection::kLibsrtp, .destinations = kDestinations});
  (void)baseline.run(200);  // warm up
  const Baseline::Figures figures = baseline.run(packets);
  std::printf("baseline: srtp_protect (%s) and sendmmsg, %zu destinations, %zu bytes, %zu packets each\n",
              cm ? "AES-CM" : "AES-GCM", kDestinations, kPacketSize, packets);
  std::printf("protect_ns %.0f\nsend_ns %.0f\ntotal_ns_per_packet %.0f\n", figures.protect_ns, figures.send_ns,
              figures.total_ns());
  return 0;
}
