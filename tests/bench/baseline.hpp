// SPDX-License-Identifier: Apache-2.0
// What forwarding is compared with: a bare loop that does only what no SFU of this kind can leave out. One packet is
// copied for each subscriber, protected by libsrtp's srtp_protect() with that subscriber's key, and all leave by one
// sendmmsg() to as many loopback sockets, which are emptied between the measured turns.
#pragma once

#include <netinet/in.h>
#include <srtp2/srtp.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sfu::bench {

inline constexpr std::size_t kPacketSize = 1100;
inline constexpr std::size_t kSlotSize = 1536;

srtp_t make_libsrtp_session(bool cm, std::uint8_t seed);
void fill_packet(std::uint8_t* packet, std::size_t number);
[[noreturn]] void die(const char* what);

class Baseline {
 public:
  // `cm`: AES_CM_128_HMAC_SHA1_80 instead of AEAD_AES_128_GCM.
  Baseline(bool cm, std::size_t destinations);
  ~Baseline();
  Baseline(const Baseline&) = delete;
  Baseline& operator=(const Baseline&) = delete;

  // CPU time of the calling thread for one packet to one destination.
  struct Figures {
    double protect_ns = 0;
    double send_ns = 0;
    double total_ns() const { return protect_ns + send_ns; }
  };
  Figures run(std::size_t packets);

 private:
  struct Destination {
    int receiver = -1;
    sockaddr_in address{};
    srtp_t session = nullptr;
  };
  static int bound_socket(sockaddr_in* address);
  void drain();

  int sender_;
  std::vector<Destination> destinations_;
  std::vector<iovec> vectors_;
  std::vector<mmsghdr> messages_;
  std::vector<std::uint8_t> slots_;
  std::vector<std::uint8_t> packet_;
};

}  // namespace sfu::bench
