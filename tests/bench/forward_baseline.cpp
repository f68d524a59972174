// SPDX-License-Identifier: Apache-2.0
// What `./dev bench forward` is compared with: a bare loop that does only what no SFU of this kind can leave out. One
// packet of 1100 bytes is copied for each of 40 subscribers, protected by libsrtp's srtp_protect() with that
// subscriber's key, and the 40 leave by one sendmmsg() to 40 loopback sockets. Printed is the CPU time of the sending
// thread per packet; the receiving sockets are emptied between the measured turns.
//
//   forward_baseline [--cm] [--packets N]   --cm: AES_CM_128_HMAC_SHA1_80 instead of AEAD_AES_128_GCM
//   forward_baseline --crypto               protecting alone, libsrtp beside srtp::Session, and the allocations
#include <arpa/inet.h>
#include <dlfcn.h>
#include <srtp2/srtp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <string_view>
#include <vector>

#include "srtp/srtp.hpp"

namespace {
std::size_t allocations = 0;
}

// Every allocation of the process, those of NSS and OpenSSL too.
extern "C" void* malloc(std::size_t size) {
  static const auto next = reinterpret_cast<void* (*)(std::size_t)>(dlsym(RTLD_NEXT, "malloc"));
  ++allocations;
  return next(size);
}

namespace {

constexpr std::size_t kDestinations = 40;
constexpr std::size_t kPacketSize = 1100;
constexpr std::size_t kSlotSize = 1536;
constexpr std::size_t kTracks = 4;

// CLOCK_THREAD_CPUTIME_ID is what RUSAGE_THREAD sums up, at the resolution of nanoseconds.
double thread_cpu_ns() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

[[noreturn]] void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

srtp_t make_session(bool cm, std::uint8_t seed) {
  srtp_policy_t policy{};
  if (cm) {
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
    srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
  } else {
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  }
  std::array<unsigned char, 30> key;
  key.fill(seed);
  policy.key = key.data();
  policy.ssrc.type = ssrc_any_outbound;
  policy.window_size = 1024;
  policy.allow_repeat_tx = 1;
  srtp_t session = nullptr;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) die("srtp_create");
  return session;
}

void fill_packet(std::uint8_t* packet, std::size_t number) {
  packet[0] = 0x80;
  packet[1] = 96;
  const auto track = static_cast<std::uint32_t>(number % kTracks);
  sfu::store_be16(packet + 2, static_cast<std::uint16_t>(number / kTracks));
  sfu::store_be32(packet + 4, static_cast<std::uint32_t>(number) * 3000);
  sfu::store_be32(packet + 8, 1000 + track);
}

struct Figures {
  double protect_ns = 0;
  double send_ns = 0;
};

class Baseline {
 public:
  explicit Baseline(bool cm) {
    sender_ = bound_socket(nullptr);
    for (std::size_t i = 0; i < kDestinations; ++i) {
      receivers_[i] = bound_socket(&addresses_[i]);
      sessions_[i] = make_session(cm, static_cast<std::uint8_t>(i));
      vectors_[i] = {slots_.data() + i * kSlotSize, 0};
      messages_[i] = {};
      messages_[i].msg_hdr.msg_name = &addresses_[i];
      messages_[i].msg_hdr.msg_namelen = sizeof addresses_[i];
      messages_[i].msg_hdr.msg_iov = &vectors_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
    }
  }
  ~Baseline() {
    for (std::size_t i = 0; i < kDestinations; ++i) {
      close(receivers_[i]);
      srtp_dealloc(sessions_[i]);
    }
    close(sender_);
  }
  Baseline(const Baseline&) = delete;
  Baseline& operator=(const Baseline&) = delete;

  Figures run(std::size_t packets) {
    Figures figures;
    for (std::size_t number = 0; number < packets; ++number) {
      fill_packet(packet_.data(), number);
      const double begin = thread_cpu_ns();
      for (std::size_t i = 0; i < kDestinations; ++i) {
        std::memcpy(vectors_[i].iov_base, packet_.data(), kPacketSize);
        int size = kPacketSize;
        if (srtp_protect(sessions_[i], vectors_[i].iov_base, &size) != srtp_err_status_ok) die("srtp_protect");
        vectors_[i].iov_len = static_cast<std::size_t>(size);
      }
      const double protected_at = thread_cpu_ns();
      for (std::size_t sent = 0; sent < kDestinations;) {
        const int count = sendmmsg(sender_, &messages_[sent], static_cast<unsigned>(kDestinations - sent), 0);
        if (count <= 0) die("sendmmsg");
        sent += static_cast<std::size_t>(count);
      }
      figures.send_ns += thread_cpu_ns() - protected_at;
      figures.protect_ns += protected_at - begin;
      if (number % 16 == 15) drain();
    }
    const auto total = static_cast<double>(packets * kDestinations);
    return {figures.protect_ns / total, figures.send_ns / total};
  }

 private:
  static int bound_socket(sockaddr_in* address) {
    const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (descriptor < 0 || bind(descriptor, reinterpret_cast<sockaddr*>(&any), sizeof any) != 0) die("socket");
    socklen_t size = sizeof any;
    if (address != nullptr) getsockname(descriptor, reinterpret_cast<sockaddr*>(address), &size);
    return descriptor;
  }
  void drain() {
    for (const int receiver : receivers_) {
      while (recv(receiver, packet_.data() + kPacketSize, 0, MSG_TRUNC) >= 0) {
      }
    }
  }

  int sender_ = -1;
  std::array<int, kDestinations> receivers_{};
  std::array<sockaddr_in, kDestinations> addresses_{};
  std::array<srtp_t, kDestinations> sessions_{};
  std::array<iovec, kDestinations> vectors_{};
  std::array<mmsghdr, kDestinations> messages_{};
  std::vector<std::uint8_t> slots_ = std::vector<std::uint8_t>(kDestinations * kSlotSize);
  std::vector<std::uint8_t> packet_ = std::vector<std::uint8_t>(kSlotSize);
};

// `protect(slot)` of `count` packets, and what one costs.
template <typename Protect>
void measure(const char* name, std::size_t count, Protect&& protect) {
  std::vector<std::uint8_t> slot(kSlotSize);
  double begin = 0;
  std::size_t allocations_before = 0;
  constexpr std::size_t kWarmUp = 1000;
  for (std::size_t number = 0; number < kWarmUp + count; ++number) {
    if (number == kWarmUp) {
      begin = thread_cpu_ns();
      allocations_before = allocations;
    }
    fill_packet(slot.data(), number);
    if (!protect(slot)) die("protect");
  }
  const double ns = (thread_cpu_ns() - begin) / static_cast<double>(count);
  const double allocated = static_cast<double>(allocations - allocations_before) / static_cast<double>(count);
  std::printf("%-34s %6.0f ns  %.2f allocations a packet\n", name, ns, allocated);
}

void compare_crypto(std::size_t count) {
  using namespace sfu::srtp;
  for (const bool cm : {false, true}) {
    const srtp_t theirs = make_session(cm, 7);
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
  if (srtp_init() != srtp_err_status_ok || packets == 0) die("srtp_init");
  if (crypto) {
    compare_crypto(packets * kDestinations);
    return 0;
  }
  Baseline baseline(cm);
  (void)baseline.run(200);  // warm up; the sequence numbers begin anew, which a repeated packet may
  const Figures figures = baseline.run(packets);
  std::printf("baseline: srtp_protect (%s) and sendmmsg, %zu destinations, %zu bytes, %zu packets each\n",
              cm ? "AES-CM" : "AES-GCM", kDestinations, kPacketSize, packets);
  std::printf("protect_ns %.0f\nsend_ns %.0f\ntotal_ns_per_packet %.0f\n", figures.protect_ns, figures.send_ns,
              figures.protect_ns + figures.send_ns);
  return 0;
}
