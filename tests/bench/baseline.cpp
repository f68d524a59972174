// SPDX-License-Identifier: Apache-2.0
#include "baseline.hpp"

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "base/bytes.hpp"
#include "cpu_time.hpp"

namespace sfu::bench {
namespace {

constexpr std::size_t kTracks = 4;
constexpr std::chrono::milliseconds kReading{4};  // the load generator reads so often

}  // namespace

void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

srtp_t make_libsrtp_session(bool cm, std::uint8_t seed) {
  static const srtp_err_status_t started = srtp_init();  // refused where a srtp::Session was first
  (void)started;
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
  srtp_t session = nullptr;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) die("srtp_create");
  return session;
}

void fill_packet(std::uint8_t* packet, std::size_t number) {
  packet[0] = 0x80;
  packet[1] = 96;
  const auto track = static_cast<std::uint32_t>(number % kTracks);
  store_be16(packet + 2, static_cast<std::uint16_t>(number / kTracks));
  store_be32(packet + 4, static_cast<std::uint32_t>(number) * 3000);
  store_be32(packet + 8, 1000 + track);
}

Baseline::Baseline(const BaselineShape& shape)
    : shape_(shape),
      sender_(bound_socket(nullptr)),
      destinations_(shape.destinations),
      vectors_(shape.destinations * shape.burst),
      controls_(shape.segmentation ? shape.destinations : 0),
      slots_(vectors_.size() * kSlotSize),
      packet_(kSlotSize) {
  for (std::size_t i = 0; i < vectors_.size(); ++i) vectors_[i] = {slots_.data() + i * kSlotSize, 0};
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    Destination& to = destinations_[i];
    to.receiver = bound_socket(&to.address);
    const auto seed = static_cast<std::uint8_t>(i);
    if (shape.protection == Protection::kOpenssl) {
      const std::vector<std::uint8_t> key(16, seed);
      auto session = srtp::Session::create(srtp::Profile::kAeadAes128Gcm, srtp::Direction::kOutbound, key,
                                           ByteView(key).first(12));
      if (!session) die("srtp::Session");
      to.ours.emplace(*std::move(session));
    } else {
      to.session = make_libsrtp_session(shape.protection == Protection::kLibsrtpAesCm, seed);
    }
    const std::size_t first = i * shape.burst;
    if (shape.segmentation) {
      add_message(i, first, shape.burst);
    } else {
      for (std::size_t j = 0; j < shape.burst; ++j) add_message(i, first + j, 1);
    }
  }
}

Baseline::~Baseline() {
  for (const Destination& to : destinations_) {
    close(to.receiver);
    if (to.session != nullptr) srtp_dealloc(to.session);
  }
  close(sender_);
}

void Baseline::add_message(std::size_t destination, std::size_t first_vector, std::size_t vectors) {
  msghdr& header = messages_.emplace_back().msg_hdr;
  header = {};
  header.msg_name = &destinations_[destination].address;
  header.msg_namelen = sizeof(sockaddr_in);
  header.msg_iov = &vectors_[first_vector];
  header.msg_iovlen = vectors;
  if (vectors == 1) return;
  header.msg_control = controls_[destination].bytes;
  header.msg_controllen = sizeof controls_[destination].bytes;
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  control->cmsg_level = SOL_UDP;
  control->cmsg_type = UDP_SEGMENT;
  control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
}

std::size_t Baseline::protect(Destination& to, ByteSpan slot) {
  if (to.ours) {
    const auto size = to.ours->protect_rtp(slot, shape_.packet_size);
    if (!size) die("protect_rtp");
    return *size;
  }
  auto size = static_cast<int>(shape_.packet_size);
  if (srtp_protect(to.session, slot.data(), &size) != srtp_err_status_ok) die("srtp_protect");
  return static_cast<std::size_t>(size);
}

void Baseline::send_all() {
  for (std::size_t sent = 0; sent < messages_.size();) {
    const int count = sendmmsg(sender_, &messages_[sent], static_cast<unsigned>(messages_.size() - sent), 0);
    if (count <= 0) die("sendmmsg");
    sent += static_cast<std::size_t>(count);
  }
}

Baseline::Figures Baseline::run(std::size_t packets) {
  const std::size_t turns = (packets + shape_.burst - 1) / shape_.burst;
  // A receiver's buffer takes so many.
  const std::size_t turns_between_drains = std::max<std::size_t>(1, 16 / shape_.burst);
  Figures figures;
  const bool paced = shape_.interval.count() > 0;
  std::jthread reader;
  if (paced) reader = std::jthread([this](const std::stop_token& stop) { read_until(stop); });
  for (std::size_t turn = 0; turn < turns; ++turn) {
    if (paced) std::this_thread::sleep_for(shape_.interval);
    const double begin = cpu_ns();
    for (std::size_t j = 0; j < shape_.burst; ++j) {
      fill_packet(packet_.data(), next_packet_++);
      for (std::size_t i = 0; i < destinations_.size(); ++i) {
        iovec& vector = vectors_[i * shape_.burst + j];
        const ByteSpan slot(static_cast<std::uint8_t*>(vector.iov_base), kSlotSize);
        std::memcpy(slot.data(), packet_.data(), shape_.packet_size);
        vector.iov_len = protect(destinations_[i], slot);
      }
    }
    const auto segment = static_cast<std::uint16_t>(vectors_[0].iov_len);
    for (Control& control : controls_) std::memcpy(control.bytes + CMSG_LEN(0), &segment, sizeof segment);
    const double protected_at = cpu_ns();
    send_all();
    figures.send_ns += cpu_ns() - protected_at;
    figures.protect_ns += protected_at - begin;
    if (!paced && turn % turns_between_drains == turns_between_drains - 1) drain({});
  }
  const auto total = static_cast<double>(turns * vectors_.size());
  return {figures.protect_ns / total, figures.send_ns / total};
}

int Baseline::bound_socket(sockaddr_in* address) {
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (descriptor < 0 || bind(descriptor, reinterpret_cast<sockaddr*>(&any), sizeof any) != 0) die("socket");
  socklen_t size = sizeof any;
  if (address != nullptr) getsockname(descriptor, reinterpret_cast<sockaddr*>(address), &size);
  return descriptor;
}

void Baseline::drain(ByteSpan buffer) {
  for (const Destination& to : destinations_) {
    while (recv(to.receiver, buffer.data(), buffer.size(), MSG_TRUNC) >= 0) {
    }
  }
}

void Baseline::read_until(const std::stop_token& stop) {
  std::array<std::uint8_t, kSlotSize> buffer;
  while (!stop.stop_requested()) {
    drain(buffer);
    std::this_thread::sleep_for(kReading);
  }
}

}  // namespace sfu::bench
