// SPDX-License-Identifier: Apache-2.0
#include "net/datagram_sender.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>

#include "net/sockaddr.hpp"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

namespace sfu::net {
namespace {

constexpr std::uint32_t kMostSegments = 64;  // UDP_MAX_SEGMENTS of older kernels
constexpr std::size_t kMostBytes = 65'000;   // an IP packet's 65535 less headers
constexpr std::size_t kMostMessages = 1024;  // UIO_MAXIOV, sendmmsg's limit
constexpr int kRefusalsToGiveUp = 8;

std::size_t slot_of(const SocketAddress& address, std::size_t table_size) {
  return std::hash<SocketAddress>()(address) & (table_size - 1);
}

}  // namespace

void DatagramSender::add(const SocketAddress& address, std::span<const std::uint8_t> bytes) {
  Destination& destination = destination_of(address);
  const auto index = static_cast<std::uint32_t>(queued_.size());
  queued_.push_back({bytes});
  if (destination.first == kNone) {
    destination.first = index;
  } else {
    queued_[destination.last].next = index;
  }
  destination.last = index;
}

DatagramSender::Destination& DatagramSender::destination_of(const SocketAddress& address) {
  if (recent_ != kNone && destinations_[recent_].address == address) return destinations_[recent_];
  if (table_.size() < 2 * (destinations_.size() + 1)) grow_table();
  std::size_t slot = slot_of(address, table_.size());
  while (table_[slot] != kNone && destinations_[table_[slot]].address != address) {
    slot = (slot + 1) & (table_.size() - 1);
  }
  if (table_[slot] == kNone) {
    table_[slot] = static_cast<std::uint32_t>(destinations_.size());
    Destination& added = destinations_.emplace_back();
    added.address = address;
    added.system_size = to_sockaddr(address, added.system);
  }
  recent_ = table_[slot];
  return destinations_[recent_];
}

void DatagramSender::grow_table() {
  table_.assign(std::max<std::size_t>(64, table_.size() * 2), kNone);
  for (std::uint32_t i = 0; i < destinations_.size(); ++i) {
    std::size_t slot = slot_of(destinations_[i].address, table_.size());
    while (table_[slot] != kNone) slot = (slot + 1) & (table_.size() - 1);
    table_[slot] = i;
  }
}

void DatagramSender::flush() {
  if (queued_.empty()) return;
  plan();
  send_runs();
  reset();
}

// Cuts each destination's queue into runs. All but the last datagram of a run are of one size, and the last is no
// larger: so the kernel cuts the message where we joined it.
void DatagramSender::plan() {
  for (std::uint32_t d = 0; d < destinations_.size(); ++d) {
    std::size_t segment = 0;
    std::size_t total = 0;
    std::uint32_t count = 0;
    const auto close_run = [&] {
      if (count > 0) add_run(d, count, segment);
      count = 0;
      total = 0;
    };
    for (std::uint32_t at = destinations_[d].first; at != kNone; at = queued_[at].next) {
      const auto bytes = queued_[at].bytes;
      const bool fits = segmentation_ && count < kMostSegments && total + bytes.size() <= kMostBytes &&
                        bytes.size() <= segment && segment > 0;
      if (!fits) {
        close_run();
        segment = bytes.size();
      }
      // sendmmsg reads only.
      vectors_.push_back({const_cast<std::uint8_t*>(bytes.data()), bytes.size()});
      ++count;
      total += bytes.size();
      if (bytes.size() < segment) close_run();
    }
    close_run();
  }
  // Pointers only now: the vectors have stopped moving.
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    msghdr& header = messages_[i].msg_hdr;
    Destination& destination = destinations_[runs_[i].destination];
    header.msg_name = &destination.system;
    header.msg_namelen = destination.system_size;
    header.msg_iov = &vectors_[runs_[i].first_vector];
    header.msg_iovlen = runs_[i].count;
    if (header.msg_controllen > 0) header.msg_control = controls_[i].bytes;
  }
}

void DatagramSender::add_run(std::uint32_t destination, std::uint32_t count, std::size_t segment) {
  runs_.push_back({destination, static_cast<std::uint32_t>(vectors_.size()) - count, count});
  Control& control = controls_.emplace_back();
  mmsghdr& message = messages_.emplace_back();
  if (count == 1) return;
  cmsghdr header{};
  header.cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  header.cmsg_level = SOL_UDP;
  header.cmsg_type = UDP_SEGMENT;
  const auto size = static_cast<std::uint16_t>(segment);
  std::memcpy(control.bytes, &header, sizeof header);
  std::memcpy(control.bytes + CMSG_LEN(0), &size, sizeof size);
  message.msg_hdr.msg_controllen = sizeof control.bytes;
}

void DatagramSender::send_runs() {
  std::size_t at = 0;
  while (at < runs_.size()) {
    const auto count = static_cast<unsigned int>(std::min(runs_.size() - at, kMostMessages));
    const int sent = send_many_(descriptor_, &messages_[at], count, MSG_DONTWAIT);
    const int error = errno;
    ++stats_.calls;
    if (sent > 0) {
      for (int i = 0; i < sent; ++i) count_sent(runs_[at + static_cast<std::size_t>(i)]);
      at += static_cast<std::size_t>(sent);
    } else {
      at += on_error(at, error);
    }
  }
}

// The error is that of the first message.
std::size_t DatagramSender::on_error(std::size_t at, int error) {
  const Run& run = runs_[at];
  if (error == EINTR) return 0;
  if (error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS) {
    // The rest would find the buffer as full.
    for (std::size_t i = at; i < runs_.size(); ++i) stats_.dropped_full += runs_[i].count;
    return runs_.size() - at;
  }
  const bool about_segments =
      error == EIO || error == EINVAL || error == ENOPROTOOPT || error == EMSGSIZE || error == EOPNOTSUPP;
  if (run.count > 1 && about_segments) {
    // EIO: the device computes no checksums; ENOPROTOOPT: an old kernel. EINVAL and EMSGSIZE may also mean one route
    // with a small MTU, so those count before segmentation is given up for the whole socket.
    ++refusals_;
    if (error == EIO || error == ENOPROTOOPT || error == EOPNOTSUPP || refusals_ >= kRefusalsToGiveUp) {
      segmentation_ = false;
    }
    send_singly(run);
    return 1;
  }
  stats_.dropped_refused += run.count;
  return 1;
}

void DatagramSender::send_singly(const Run& run) {
  Destination& destination = destinations_[run.destination];
  for (std::uint32_t i = 0; i < run.count; ++i) {
    mmsghdr message{};
    message.msg_hdr.msg_name = &destination.system;
    message.msg_hdr.msg_namelen = destination.system_size;
    message.msg_hdr.msg_iov = &vectors_[run.first_vector + i];
    message.msg_hdr.msg_iovlen = 1;
    const int sent = send_many_(descriptor_, &message, 1, MSG_DONTWAIT);
    ++stats_.calls;
    if (sent == 1) {
      count_sent({run.destination, run.first_vector + i, 1});
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      ++stats_.dropped_full;
    } else {
      ++stats_.dropped_refused;
    }
  }
}

void DatagramSender::count_sent(const Run& run) {
  stats_.datagrams += run.count;
  for (std::uint32_t i = 0; i < run.count; ++i) stats_.bytes += vectors_[run.first_vector + i].iov_len;
  if (run.count > 1) {
    ++stats_.segmented;
    refusals_ = 0;
  }
}

void DatagramSender::reset() {
  // A turn with few destinations after one with many must not pay for clearing the large table each time.
  for (const Destination& destination : destinations_) {
    std::size_t slot = slot_of(destination.address, table_.size());
    while (table_[slot] != kNone) {
      table_[slot] = kNone;
      slot = (slot + 1) & (table_.size() - 1);
    }
  }
  queued_.clear();
  destinations_.clear();
  recent_ = kNone;
  vectors_.clear();
  runs_.clear();
  controls_.clear();
  messages_.clear();
}

}  // namespace sfu::net
