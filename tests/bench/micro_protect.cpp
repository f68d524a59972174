// SPDX-License-Identifier: Apache-2.0
// Protecting a packet of 1100 bytes. AES-CM is libsrtp2's in our sessions too.
#include <benchmark/benchmark.h>

#include <vector>

#include "baseline.hpp"
#include "meter.hpp"
#include "srtp/srtp.hpp"

namespace {

using namespace sfu;
using namespace sfu::bench;

// `protect(slot)` of one packet after the other.
template <typename Protect>
void run(benchmark::State& state, const Protect& protect) {
  std::vector<std::uint8_t> slot(kSlotSize);
  std::size_t number = 0;
  fill_packet(slot.data(), number++);
  if (!protect(slot)) die("protect");  // what the first packet of a stream allocates
  const std::uint64_t before = thread_counts().allocations;
  for (auto _ : state) {
    fill_packet(slot.data(), number++);
    if (!protect(slot)) die("protect");
  }
  const auto allocations = static_cast<double>(thread_counts().allocations - before);
  state.counters["allocations"] = benchmark::Counter(allocations, benchmark::Counter::kAvgIterations);
}

void protect(benchmark::State& state, srtp::Profile profile) {
  const std::vector<std::uint8_t> key(16, 7);
  const std::vector<std::uint8_t> salt(profile == srtp::Profile::kAeadAes128Gcm ? 12 : 14, 7);
  auto session = srtp::Session::create(profile, srtp::Direction::kOutbound, key, salt);
  if (!session) die("srtp::Session");
  run(state, [&](ByteSpan slot) { return session->protect_rtp(slot, kPacketSize).has_value(); });
}
BENCHMARK_CAPTURE(protect, aes_gcm, srtp::Profile::kAeadAes128Gcm);
BENCHMARK_CAPTURE(protect, aes_cm, srtp::Profile::kAes128CmHmacSha1_80);

void protect_libsrtp2(benchmark::State& state) {
  const srtp_t session = make_libsrtp_session(/*cm=*/false, 7);
  run(state, [&](ByteSpan slot) {
    int size = kPacketSize;
    return srtp_protect(session, slot.data(), &size) == srtp_err_status_ok;
  });
  srtp_dealloc(session);
}
BENCHMARK(protect_libsrtp2)->Name("protect_libsrtp2/aes_gcm");

}  // namespace
