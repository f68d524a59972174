// SPDX-License-Identifier: Apache-2.0
#include "net/udp_socket.hpp"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/footprint.hpp"
#include "net/sockaddr.hpp"

namespace sfu::net {
namespace {

constexpr std::size_t kReceiveBatch = 32;
constexpr std::size_t kReceiveBuffer = 65536;  // the kernel joins up to 64 KiB
// Small datagrams that are read together begin in different lines of the caches.
constexpr std::size_t kReceiveStride = kReceiveBuffer + 4 * kCacheLine;
constexpr std::int64_t kLongestWait = 1'000'000'000;  // in ns; more is a clock that was set, not a full buffer

std::int64_t nanoseconds(const timespec& time) {
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

void ask_for_buffers(int descriptor, int bytes) {
  // FORCE passes the system's limit, but only for root.
  if (setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0) {
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }
  if (setsockopt(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) != 0) {
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  }
}

}  // namespace

struct UdpSocket::Buffers {
  // Not initialised: pages that no datagram needs stay untouched.
  std::unique_ptr<std::uint8_t[]> bytes =
      std::make_unique_for_overwrite<std::uint8_t[]>(kReceiveBatch * kReceiveStride);
  std::array<mmsghdr, kReceiveBatch> receive{};
  std::array<iovec, kReceiveBatch> receive_slots{};
  std::array<sockaddr_storage, kReceiveBatch> sources{};
  static constexpr std::size_t kControl = CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(timespec));
  std::array<std::array<std::uint8_t, kControl>, kReceiveBatch> controls{};
};

UdpSocket::UdpSocket(int descriptor, const SocketAddress& local, bool segmentation)
    : descriptor_(descriptor),
      local_(local),
      buffers_(std::make_unique<Buffers>()),
      sender_(descriptor, segmentation) {}

UdpSocket::~UdpSocket() {
  close(descriptor_);
}

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(const SocketAddress& address, const UdpOptions& options) {
  const auto refuse = [&address](int descriptor) {
    const std::string reason = std::strerror(errno);
    if (descriptor >= 0) close(descriptor);
    return fail(Errc::kUnavailable, "UDP " + address.to_string() + ": " + reason);
  };
  const int family = address.ip.is_v4() ? AF_INET : AF_INET6;
  const int descriptor = socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return refuse(-1);
  const int on = 1;
  if (family == AF_INET6) setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (options.reuse_port) setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  ask_for_buffers(descriptor, options.buffer_bytes);
  setsockopt(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  // Without it datagrams come one by one.
  if (options.joined_reads) setsockopt(descriptor, SOL_UDP, UDP_GRO, &on, sizeof on);

  sockaddr_storage storage{};
  socklen_t length = to_sockaddr(address, storage);
  if (bind(descriptor, reinterpret_cast<sockaddr*>(&storage), length) != 0) return refuse(descriptor);
  length = sizeof storage;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return refuse(descriptor);
  return std::unique_ptr<UdpSocket>(new UdpSocket(descriptor, from_sockaddr(storage), options.segmentation));
}

bool UdpSocket::receive(Instant now, PacketSink& sink) {
  Buffers& b = *buffers_;
  for (std::size_t i = 0; i < kReceiveBatch; ++i) {
    b.receive_slots[i] = {b.bytes.get() + i * kReceiveStride, kReceiveBuffer};
    b.receive[i].msg_hdr = {
        &b.sources[i], sizeof b.sources[i], &b.receive_slots[i], 1, b.controls[i].data(), b.controls[i].size(), 0};
  }
  const int count = recvmmsg(descriptor_, b.receive.data(), kReceiveBatch, MSG_DONTWAIT, nullptr);
  ++receive_calls_;
  if (count <= 0) return false;  // EAGAIN, or an ICMP error of some destination: both mean go on

  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    msghdr& header = b.receive[i].msg_hdr;
    std::size_t segment = b.receive[i].msg_len;
    Instant arrived = now;
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
      if (control->cmsg_level == SOL_UDP && control->cmsg_type == UDP_GRO) {
        int size = 0;
        std::memcpy(&size, CMSG_DATA(control), sizeof size);
        if (size > 0) segment = static_cast<std::size_t>(size);
      } else if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
        timespec received{};
        std::memcpy(&received, CMSG_DATA(control), sizeof received);
        arrived = arrival_of(now, received);
      }
    }
    const Path path{local_, from_sockaddr(b.sources[i])};
    std::span<std::uint8_t> rest(b.bytes.get() + i * kReceiveStride, b.receive[i].msg_len);
    while (!rest.empty()) {
      const std::size_t size = std::min(segment, rest.size());
      ++received_;
      sink.receive(arrived, path, rest.first(size));
      rest = rest.subspan(size);
    }
  }
  return static_cast<std::size_t>(count) == kReceiveBatch;
}

// The kernel stamps with the time of day; only distances on that clock are used.
Instant UdpSocket::arrival_of(Instant now, const timespec& received) {
  if (turn_ != now) {
    timespec time{};
    clock_gettime(CLOCK_REALTIME, &time);
    kernel_turn_ = nanoseconds(time);
    turn_ = now;
  }
  const std::int64_t waited = kernel_turn_ - nanoseconds(received);
  return waited > -kLongestWait && waited < kLongestWait ? now - Duration(waited) : now;
}

UdpSocket::Stats UdpSocket::stats() const {
  const DatagramSender::Stats& sent = sender_.stats();
  return {.received = received_,
          .receive_calls = receive_calls_,
          .sent = sent.datagrams,
          .send_calls = sent.calls,
          .segmented = sent.segmented,
          .dropped = sent.dropped_full + sent.dropped_refused};
}

}  // namespace sfu::net
