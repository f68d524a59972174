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

#include "net/sockaddr.hpp"

namespace sfu::net {
namespace {

constexpr std::size_t kReceiveBatch = 32;
constexpr std::size_t kReceiveBuffer = 65536;  // the kernel joins up to 64 KiB
constexpr std::size_t kSendBatch = 64;
constexpr std::size_t kMaxSegments = 64;  // UDP_MAX_SEGMENTS of older kernels
constexpr std::size_t kMaxSegmented = 65000;

bool refuses_segmentation(int error) {
  return error == EIO || error == EINVAL || error == ENOPROTOOPT || error == EOPNOTSUPP;
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
  // Reading. The bytes are not initialised: pages that no datagram needs stay untouched.
  std::unique_ptr<std::uint8_t[]> bytes =
      std::make_unique_for_overwrite<std::uint8_t[]>(kReceiveBatch * kReceiveBuffer);
  std::array<mmsghdr, kReceiveBatch> receive{};
  std::array<iovec, kReceiveBatch> receive_slots{};
  std::array<sockaddr_storage, kReceiveBatch> sources{};
  std::array<std::array<std::uint8_t, CMSG_SPACE(sizeof(int))>, kReceiveBatch> controls{};
  // Writing.
  std::array<mmsghdr, kSendBatch> singles{};
  std::array<iovec, kSendBatch> single_slots{};
  std::array<sockaddr_storage, kSendBatch> destinations{};
  std::size_t single_count = 0;
  std::vector<const Datagram*> sorted;
};

UdpSocket::UdpSocket(int descriptor, const SocketAddress& local, bool segmentation)
    : descriptor_(descriptor), local_(local), segmentation_(segmentation), buffers_(std::make_unique<Buffers>()) {}

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
  setsockopt(descriptor, SOL_UDP, UDP_GRO, &on, sizeof on);  // without it datagrams come one by one

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
    b.receive_slots[i] = {b.bytes.get() + i * kReceiveBuffer, kReceiveBuffer};
    b.receive[i].msg_hdr = {
        &b.sources[i], sizeof b.sources[i], &b.receive_slots[i], 1, b.controls[i].data(), b.controls[i].size(), 0};
  }
  const int count = recvmmsg(descriptor_, b.receive.data(), kReceiveBatch, MSG_DONTWAIT, nullptr);
  ++stats_.receive_calls;
  if (count <= 0) return false;  // EAGAIN, or an ICMP error of some destination: both mean go on

  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    msghdr& header = b.receive[i].msg_hdr;
    std::size_t segment = b.receive[i].msg_len;
    for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr; control = CMSG_NXTHDR(&header, control)) {
      if (control->cmsg_level != SOL_UDP || control->cmsg_type != UDP_GRO) continue;
      int size = 0;
      std::memcpy(&size, CMSG_DATA(control), sizeof size);
      if (size > 0) segment = static_cast<std::size_t>(size);
    }
    const Path path{local_, from_sockaddr(b.sources[i])};
    std::span<std::uint8_t> rest(b.bytes.get() + i * kReceiveBuffer, b.receive[i].msg_len);
    while (!rest.empty()) {
      const std::size_t size = std::min(segment, rest.size());
      ++stats_.received;
      sink.receive(now, path, rest.first(size));
      rest = rest.subspan(size);
    }
  }
  return static_cast<std::size_t>(count) == kReceiveBatch;
}

void UdpSocket::send(std::span<const Datagram* const> batch) {
  std::vector<const Datagram*>& sorted = buffers_->sorted;
  sorted.assign(batch.begin(), batch.end());
  if (segmentation_) {
    // By destination; those of one destination keep their order by their place in the batch. (Not stable_sort: that
    // allocates.) The batch is one array, so addresses of its
    // entries tell that place.
    std::ranges::sort(sorted, [](const Datagram* a, const Datagram* b) {
      if (const auto order = a->path.remote <=> b->path.remote; order != 0) return order < 0;
      return a < b;
    });
  }
  for (std::size_t begin = 0; begin < sorted.size();) {
    // A run: one destination, equal sizes, of which only the last may be shorter.
    std::size_t end = begin + 1;
    const std::size_t size = sorted[begin]->bytes.size();
    std::size_t total = size;
    while (segmentation_ && end < sorted.size() && end - begin < kMaxSegments &&
           sorted[end]->path.remote == sorted[begin]->path.remote && sorted[end - 1]->bytes.size() == size &&
           sorted[end]->bytes.size() <= size && total + sorted[end]->bytes.size() <= kMaxSegmented) {
      total += sorted[end]->bytes.size();
      ++end;
    }
    const auto run = std::span(sorted).subspan(begin, end - begin);
    if (run.size() == 1) {
      queue_single(*run[0]);
    } else {
      // What is queued singly may be for the same destination and must go first.
      flush_singles();
      send_run(run);
    }
    begin = end;
  }
  flush_singles();
}

void UdpSocket::send_run(std::span<const Datagram* const> run) {
  std::array<iovec, kMaxSegments> slots;
  for (std::size_t i = 0; i < run.size(); ++i) {
    slots[i] = {const_cast<std::uint8_t*>(run[i]->bytes.data()), run[i]->bytes.size()};
  }
  sockaddr_storage destination{};
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(std::uint16_t))> control{};
  msghdr header{};
  header.msg_namelen = to_sockaddr(run[0]->path.remote, destination);
  header.msg_name = &destination;
  header.msg_iov = slots.data();
  header.msg_iovlen = run.size();
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  cmsghdr* segment = CMSG_FIRSTHDR(&header);
  segment->cmsg_level = SOL_UDP;
  segment->cmsg_type = UDP_SEGMENT;
  segment->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto size = static_cast<std::uint16_t>(run[0]->bytes.size());
  std::memcpy(CMSG_DATA(segment), &size, sizeof size);

  ++stats_.send_calls;
  if (sendmsg(descriptor_, &header, MSG_DONTWAIT) >= 0) {
    stats_.sent += run.size();
    return;
  }
  if (!refuses_segmentation(errno)) {
    stats_.dropped += run.size();
    return;
  }
  segmentation_ = false;
  for (const Datagram* datagram : run) queue_single(*datagram);
}

void UdpSocket::queue_single(const Datagram& datagram) {
  Buffers& b = *buffers_;
  const std::size_t at = b.single_count++;
  b.single_slots[at] = {const_cast<std::uint8_t*>(datagram.bytes.data()), datagram.bytes.size()};
  msghdr& header = b.singles[at].msg_hdr;
  header = {};
  header.msg_namelen = to_sockaddr(datagram.path.remote, b.destinations[at]);
  header.msg_name = &b.destinations[at];
  header.msg_iov = &b.single_slots[at];
  header.msg_iovlen = 1;
  if (b.single_count == kSendBatch) flush_singles();
}

void UdpSocket::flush_singles() {
  Buffers& b = *buffers_;
  std::size_t done = 0;
  while (done < b.single_count) {
    ++stats_.send_calls;
    const int count =
        sendmmsg(descriptor_, b.singles.data() + done, static_cast<unsigned>(b.single_count - done), MSG_DONTWAIT);
    if (count > 0) {
      stats_.sent += static_cast<std::uint64_t>(count);
      done += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      stats_.dropped += b.single_count - done;
      break;
    } else {
      // An error of this one destination (unreachable, an earlier ICMP): the others still go.
      ++stats_.dropped;
      ++done;
    }
  }
  b.single_count = 0;
}

}  // namespace sfu::net
