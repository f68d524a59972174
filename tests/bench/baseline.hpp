// SPDX-License-Identifier: Apache-2.0
// What forwarding is compared with: a bare loop that does only what no SFU of this kind can leave out. The packets of a
// burst are copied for each subscriber, protected with that subscriber's key, and all leave by one sendmmsg() to as
// many loopback sockets, which are emptied between the measured turns. All that it touches stays in its CPU's caches;
// with an interval it is as for a server: between two bursts others use them, and another thread reads.
#pragma once

#include <netinet/in.h>
#include <srtp2/srtp.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/bytes.hpp"
#include "srtp/srtp.hpp"

namespace sfu::bench {

inline constexpr std::size_t kPacketSize = 1100;
inline constexpr std::size_t kSlotSize = 1536;

srtp_t make_libsrtp_session(bool cm, std::uint8_t seed);
void fill_packet(std::uint8_t* packet, std::size_t number);
[[noreturn]] void die(const char* what);

enum class Protection {
  kLibsrtp,       // srtp_protect(), AEAD_AES_128_GCM
  kLibsrtpAesCm,  // the same with AES_CM_128_HMAC_SHA1_80
  kOpenssl,       // srtp::Session, AEAD_AES_128_GCM by OpenSSL
};

struct BaselineShape {
  Protection protection = Protection::kLibsrtp;
  std::size_t destinations = 0;
  std::size_t burst = 1;  // packets for each destination that leave together
  std::size_t packet_size = kPacketSize;
  bool segmentation = false;            // a burst as one message, which the system takes apart (UDP_SEGMENT)
  std::chrono::nanoseconds interval{};  // between bursts; 0: none
};

class Baseline {
 public:
  explicit Baseline(const BaselineShape& shape);
  ~Baseline();
  Baseline(const Baseline&) = delete;
  Baseline& operator=(const Baseline&) = delete;

  // CPU time of the calling thread for one packet to one destination.
  struct Figures {
    double protect_ns = 0;
    double send_ns = 0;
    double total_ns() const { return protect_ns + send_ns; }
  };
  // `packets`: to each destination, rounded up to whole bursts.
  Figures run(std::size_t packets);

 private:
  struct Destination {
    int receiver = -1;
    sockaddr_in address{};
    srtp_t session = nullptr;
    std::optional<srtp::Session> ours;
  };
  // One control message, UDP_SEGMENT.
  struct Control {
    alignas(cmsghdr) std::uint8_t bytes[CMSG_SPACE(sizeof(std::uint16_t))] = {};
  };
  static int bound_socket(sockaddr_in* address);
  void add_message(std::size_t destination, std::size_t first_vector, std::size_t vectors);
  std::size_t protect(Destination& to, ByteSpan slot);
  void send_all();
  void drain(ByteSpan buffer);
  void read_until(const std::stop_token& stop);

  BaselineShape shape_;
  std::size_t next_packet_ = 0;  // whose numbers go on from run to run: SRTP takes none that is long past
  int sender_;
  std::vector<Destination> destinations_;
  std::vector<iovec> vectors_;
  std::vector<Control> controls_;
  std::vector<mmsghdr> messages_;
  std::vector<std::uint8_t> slots_;
  std::vector<std::uint8_t> packet_;
};

}  // namespace sfu::bench
