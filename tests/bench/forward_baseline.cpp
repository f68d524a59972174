// SPDX-License-Identifier: Apache-2.0
// The loop of baseline.hpp by itself.
//
//   forward_baseline [--cm] [--packets N]   --cm: AES_CM_128_HMAC_SHA1_80 instead of AEAD_AES_128_GCM
//   forward_baseline --crypto               protecting alone, libsrtp beside srtp::Session, and the allocations
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "baseline.hpp"
#include "cpu_time.hpp"
#include "meter.hpp"
#include "srtp/srtp.hpp"

namespace {

using namespace sfu::bench;

constexpr std::size_t kDestinations = 40;

// `protect(slot)` of `count` packets, and what one costs.
template <typename Protect>
void measure(const char* name, std::size_t count, const Protect& protect) {
  std::vector<std::uint8_t> slot(kSlotSize);
  double begin = 0;
  std::uint64_t allocations_before = 0;
  constexpr std::size_t kWarmUp = 1000;
  for (std::size_t number = 0; number < kWarmUp + count; ++number) {
    if (number == kWarmUp) {
      begin = cpu_ns();
      allocations_before = thread_counts().allocations;
    }
    fill_packet(slot.data(), number);
    if (!protect(slot)) die("protect");
  }
  const double ns = (cpu_ns() - begin) / static_cast<double>(count);
  const double allocated =
      static_cast<double>(thread_counts().allocations - allocations_before) / static_cast<double>(count);
  std::printf("%-34s %6.0f ns  %.2f allocations a packet\n", name, ns, allocated);
}

void compare_crypto(std::size_t count) {
  using namespace sfu::srtp;
  for (const bool cm : {false, true}) {
    const srtp_t theirs = make_libsrtp_session(cm, 7);
    measure(cm ? "libsrtp2, AES-CM and HMAC-SHA1" : "libsrtp2, AES-GCM", count, [&](std::vector<std::uint8_t>& slot) {
      int size = kPacketSize;
      return srtp_protect(theirs, slot.data(), &size) == srtp_err_status_ok;
    });
    srtp_dealloc(theirs);
    const std::vector<std::uint8_t> key(16, 7);
    const std::vector<std::uint8_t> salt(cm ? 14 : 12, 7);
    auto ours =
        Session::create(cm ? Profile::kAes128CmHmacSha1_80 : Profile::kAeadAes128Gcm, Direction::kOutbound, key, salt);
    if (!ours) die("srtp::Session");
    measure(cm ? "srtp::Session, AES-CM and HMAC-SHA1" : "srtp::Session, AES-GCM", count,
            [&](std::vector<std::uint8_t>& slot) { return ours->protect_rtp(slot, kPacketSize).has_value(); });
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool cm = false;
  bool crypto = false;
  std::size_t packets = 5000;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--cm") {
      cm = true;
    } else if (argument == "--crypto") {
      crypto = true;
    } else if (argument == "--packets" && i + 1 < argc) {
      packets = std::strtoul(argv[++i], nullptr, 10);
    } else {
      std::fprintf(stderr, "usage: forward_baseline [--cm] [--packets N] | --crypto\n");
      return 2;
    }
  }
  if (packets == 0) return 2;
  if (crypto) {
    compare_crypto(packets * kDestinations);
    return 0;
  }
  Baseline baseline(
      {.protection = cm ? Protection::kLibsrtpAesCm : Protection::kLibsrtp, .destinations = kDestinations});
  (void)baseline.run(200);  // warm up; the sequence numbers begin anew, which a repeated packet may
  const Baseline::Figures figures = baseline.run(packets);
  std::printf("baseline: srtp_protect (%s) and sendmmsg, %zu destinations, %zu bytes, %zu packets each\n",
              cm ? "AES-CM" : "AES-GCM", kDestinations, kPacketSize, packets);
  std::printf("protect_ns %.0f\nsend_ns %.0f\ntotal_ns_per_packet %.0f\n", figures.protect_ns, figures.send_ns,
              figures.total_ns());
  return 0;
}
