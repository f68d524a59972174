// SPDX-License-Identifier: Apache-2.0
#include "baseline.hpp"

#include <arpa/inet.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/bytes.hpp"
#include "meter.hpp"

namespace sfu::bench {
namespace {

constexpr std::size_t kTracks = 4;

}  // namespace

void die(const char* what) {
  std::perror(what);
  std::exit(1);
}

srtp_t make_libsrtp_session(bool cm, std::uint8_t seed) {
  static const bool ready = srtp_init() == srtp_err_status_ok;
  if (!ready) die("srtp_init");
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
  store_be16(packet + 2, static_cast<std::uint16_t>(number / kTracks));
  store_be32(packet + 4, static_cast<std::uint32_t>(number) * 3000);
  store_be32(packet + 8, 1000 + track);
}

Baseline::Baseline(bool cm, std::size_t destinations)
    : sender_(bound_socket(nullptr)),
      destinations_(destinations),
      vectors_(destinations),
      messages_(destinations),
      slots_(destinations * kSlotSize),
      packet_(kSlotSize) {
  for (std::size_t i = 0; i < destinations; ++i) {
    Destination& to = destinations_[i];
    to.receiver = bound_socket(&to.address);
    to.session = make_libsrtp_session(cm, static_cast<std::uint8_t>(i));
    vectors_[i] = {slots_.data() + i * kSlotSize, 0};
    messages_[i].msg_hdr.msg_name = &to.address;
    messages_[i].msg_hdr.msg_namelen = sizeof to.address;
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
  }
}

Baseline::~Baseline() {
  for (const Destination& to : destinations_) {
    close(to.receiver);
    srtp_dealloc(to.session);
  }
  close(sender_);
}

Baseline::Figures Baseline::run(std::size_t packets) {
  Figures figures;
  for (std::size_t number = 0; number < packets; ++number) {
    fill_packet(packet_.data(), number);
    const double begin = cpu_ns();
    for (std::size_t i = 0; i < destinations_.size(); ++i) {
      std::memcpy(vectors_[i].iov_base, packet_.data(), kPacketSize);
      int size = kPacketSize;
      if (srtp_protect(destinations_[i].session, vectors_[i].iov_base, &size) != srtp_err_status_ok) {
        die("srtp_protect");
      }
      vectors_[i].iov_len = static_cast<std::size_t>(size);
    }
    const double protected_at = cpu_ns();
    for (std::size_t sent = 0; sent < destinations_.size();) {
      const int count = sendmmsg(sender_, &messages_[sent], static_cast<unsigned>(destinations_.size() - sent), 0);
      if (count <= 0) die("sendmmsg");
      sent += static_cast<std::size_t>(count);
    }
    figures.send_ns += cpu_ns() - protected_at;
    figures.protect_ns += protected_at - begin;
    if (number % 16 == 15) drain();
  }
  const auto total = static_cast<double>(packets * destinations_.size());
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

void Baseline::drain() {
  for (const Destination& to : destinations_) {
    while (recv(to.receiver, packet_.data() + kPacketSize, 0, MSG_TRUNC) >= 0) {
    }
  }
}

}  // namespace sfu::bench
