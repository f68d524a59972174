// SPDX-License-Identifier: Apache-2.0
#include "sctp/socket.hpp"

#include <usrsctp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string>

namespace sfu::sctp {
namespace {

constexpr int kSmallestSendBuffer = 32 * 1024;
constexpr int kLargestSendBuffer = 1024 * 1024;
// The window that we offer, and so the most that a peer can make us hold.
constexpr int kReceiveBuffer = 256 * 1024;
constexpr std::size_t kCommonHeader = 12;  // RFC 9260 3.1

// Of ours, or of the peer's, who is at the same address.
sockaddr_conn address_of(Stack::Inside inside, std::uint16_t port) {
  sockaddr_conn result{};
  result.sconn_family = AF_CONN;
  result.sconn_port = htons(port);
  result.sconn_addr = reinterpret_cast<void*>(inside.address);  // NOLINT(performance-no-int-to-ptr): only compared
  return result;
}

template <typename T>
bool set_option(struct socket* so, int level, int option, const T& value) {
  return usrsctp_setsockopt(so, level, option, &value, sizeof value) == 0;
}

bool configure_socket(struct socket* so, const Socket::Config& config) {
  bool ok = usrsctp_set_non_blocking(so, 1) == 0;
  // close() aborts instead of lingering in a shutdown that nobody drives.
  ok &= set_option(so, SOL_SOCKET, SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
  ok &= set_option(so, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  ok &= set_option(so, SOL_SOCKET, SO_SNDBUF, kSmallestSendBuffer);
  ok &= set_option(so, IPPROTO_SCTP, SCTP_NODELAY, 1);
  ok &= set_option(so, IPPROTO_SCTP, SCTP_EXPLICIT_EOR, 1);
  ok &= set_option(so, IPPROTO_SCTP, SCTP_RECVRCVINFO, 1);
  // Messages up to the limit arrive whole, except when the window is full.
  ok &= set_option(so, IPPROTO_SCTP, SCTP_PARTIAL_DELIVERY_POINT, static_cast<std::uint32_t>(kMaxMessageSize + 1));

  sctp_initmsg init{};
  init.sinit_num_ostreams = config.streams;
  init.sinit_max_instreams = config.streams;
  ok &= set_option(so, IPPROTO_SCTP, SCTP_INITMSG, init);

  sctp_assoc_value reset{};
  reset.assoc_id = SCTP_ALL_ASSOC;
  reset.assoc_value = SCTP_ENABLE_RESET_STREAM_REQ;
  ok &= set_option(so, IPPROTO_SCTP, SCTP_ENABLE_STREAM_RESET, reset);

  // The path's size is fixed by DTLS, and ICE consent watches whether the other side lives (RFC 7675): no probing and
  // no heartbeats, so that an idle association sends nothing and needs no timer.
  sctp_paddrparams path{};
  path.spp_address.ss_family = AF_CONN;
  path.spp_flags = SPP_PMTUD_DISABLE | SPP_HB_DISABLE;
  path.spp_pathmtu = kMaxPacketSize - kCommonHeader;
  ok &= set_option(so, IPPROTO_SCTP, SCTP_PEER_ADDR_PARAMS, path);

  for (const std::uint16_t type : {SCTP_ASSOC_CHANGE, SCTP_STREAM_RESET_EVENT, SCTP_PARTIAL_DELIVERY_EVENT}) {
    sctp_event event{};
    event.se_assoc_id = SCTP_ALL_ASSOC;
    event.se_type = type;
    event.se_on = 1;
    ok &= set_option(so, IPPROTO_SCTP, SCTP_EVENT, event);
  }
  return ok;
}

std::optional<sctp_status> status_of(struct socket* so) {
  sctp_status status{};
  socklen_t size = sizeof status;
  if (usrsctp_getsockopt(so, IPPROTO_SCTP, SCTP_STATUS, &status, &size) != 0) return std::nullopt;
  return status;
}

}  // namespace

Socket::Socket(const Stack::Lock& lock, const Config& config, PacketList* outbox)
    : config_(config), address_(Stack::instance().open(lock, outbox, config.local_port)) {}

Result<void> Socket::connect(const Stack::Lock&) {
  socket_ = usrsctp_socket(AF_CONN, SOCK_STREAM, IPPROTO_SCTP, nullptr, nullptr, 0, nullptr);
  if (socket_ == nullptr) return fail(Errc::kUnavailable, std::string("usrsctp_socket: ") + std::strerror(errno));
  if (!configure_socket(socket_, config_)) {
    return fail(Errc::kUnavailable, std::string("usrsctp_setsockopt: ") + std::strerror(errno));
  }
  send_buffer_ = kSmallestSendBuffer;
  const auto inside = Stack::inside(address_);
  auto local = address_of(inside, inside.port);
  if (usrsctp_bind(socket_, reinterpret_cast<sockaddr*>(&local), sizeof local) != 0) {
    return fail(Errc::kUnavailable, std::string("usrsctp_bind: ") + std::strerror(errno));
  }
  auto remote = address_of(inside, config_.remote_port);
  if (usrsctp_connect(socket_, reinterpret_cast<sockaddr*>(&remote), sizeof remote) != 0 && errno != EINPROGRESS) {
    return fail(Errc::kUnavailable, std::string("usrsctp_connect: ") + std::strerror(errno));
  }
  return {};
}

void Socket::input(const Stack::Lock& lock, ByteView packet) {
  Stack::instance().input(lock, address_, packet);
}

void Socket::redirect(const Stack::Lock& lock, PacketList* outbox) {
  if (address_ != 0) Stack::instance().redirect(lock, address_, outbox);
}

std::optional<std::size_t> Socket::send(const Stack::Lock&, const Delivery& delivery, ByteView bytes) {
  sctp_sendv_spa info{};
  info.sendv_flags = SCTP_SEND_SNDINFO_VALID;
  info.sendv_sndinfo.snd_sid = delivery.stream;
  info.sendv_sndinfo.snd_ppid = htonl(delivery.ppid);
  // Set on a part that is not taken to its end, EOR is ignored (RFC 6458 8.1.26).
  info.sendv_sndinfo.snd_flags = static_cast<std::uint16_t>(SCTP_EOR | (delivery.ordered ? 0 : SCTP_UNORDERED));
  if (delivery.max_retransmits) {
    info.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    info.sendv_prinfo = {SCTP_PR_SCTP_RTX, *delivery.max_retransmits};
  } else if (delivery.lifetime_ms) {
    info.sendv_flags |= SCTP_SEND_PRINFO_VALID;
    info.sendv_prinfo = {SCTP_PR_SCTP_TTL, *delivery.lifetime_ms};
  }
  const ssize_t taken =
      usrsctp_sendv(socket_, bytes.data(), bytes.size(), nullptr, 0, &info, sizeof info, SCTP_SENDV_SPA, 0);
  if (taken >= 0) return static_cast<std::size_t>(taken);
  if (errno == EWOULDBLOCK || errno == EAGAIN || errno == ENOBUFS) return 0;
  return std::nullopt;
}

Socket::Received Socket::receive(const Stack::Lock& lock) {
  const ByteSpan scratch = Stack::instance().scratch(lock);
  sctp_rcvinfo info{};
  socklen_t info_size = sizeof info;
  unsigned int info_type = 0;
  int flags = 0;
  sockaddr_conn from{};
  socklen_t from_size = sizeof from;
  const ssize_t size = usrsctp_recvv(socket_, scratch.data(), scratch.size(), reinterpret_cast<sockaddr*>(&from),
                                     &from_size, &info, &info_size, &info_type, &flags);
  if (size <= 0) return {};
  const ByteView bytes = scratch.first(static_cast<std::size_t>(size));
  if ((flags & MSG_NOTIFICATION) != 0) return notification(bytes);
  Received received;
  received.kind = Received::Kind::kData;
  received.stream = info.rcv_sid;
  received.ppid = ntohl(info.rcv_ppid);
  received.end = (flags & MSG_EOR) != 0;
  received.bytes = bytes;
  return received;
}

Socket::Received Socket::notification(ByteView bytes) const {
  Received received;
  received.kind = Received::Kind::kOther;
  if (bytes.size() < sizeof(sctp_notification::sctp_tlv)) return received;
  // The scratch space is a vector's and so is aligned; usrsctp has filled it with one of the union's structs.
  const auto* event = reinterpret_cast<const sctp_notification*>(bytes.data());
  if (event->sn_header.sn_type == SCTP_ASSOC_CHANGE) {
    switch (event->sn_assoc_change.sac_state) {
      case SCTP_COMM_UP:
        received.kind = Received::Kind::kConnected;
        received.stream = event->sn_assoc_change.sac_outbound_streams;
        break;
      // A restart (RFC 9260 5.2) without a new DTLS session is not something that WebRTC does.
      case SCTP_RESTART:
      case SCTP_COMM_LOST:
      case SCTP_SHUTDOWN_COMP:
      case SCTP_CANT_STR_ASSOC: received.kind = Received::Kind::kEnded; break;
      default: break;
    }
  } else if (event->sn_header.sn_type == SCTP_PARTIAL_DELIVERY_EVENT) {
    received.kind = Received::Kind::kPartialAborted;
    received.stream = static_cast<std::uint16_t>(event->sn_pdapi_event.pdapi_stream);
  } else if (event->sn_header.sn_type == SCTP_STREAM_RESET_EVENT) {
    const auto& reset = event->sn_strreset_event;
    constexpr std::size_t kFixed = offsetof(sctp_stream_reset_event, strreset_stream_list);
    const std::size_t length = std::min<std::size_t>(reset.strreset_length, bytes.size());
    const auto* list = reinterpret_cast<const std::uint16_t*>(bytes.data() + kFixed);
    if (length > kFixed) received.streams = {list, (length - kFixed) / sizeof(std::uint16_t)};
    // Flags of a refusal come together with the direction: there is no more to be had, so it counts as done.
    const bool incoming = (reset.strreset_flags & SCTP_STREAM_RESET_INCOMING_SSN) != 0;
    received.kind = incoming ? Received::Kind::kIncomingReset : Received::Kind::kOutgoingReset;
  }
  return received;
}

bool Socket::reset_stream(const Stack::Lock&, std::uint16_t stream) {
  // A sctp_reset_streams with room for one stream behind it.
  alignas(sctp_reset_streams) std::array<std::uint8_t, sizeof(sctp_reset_streams) + sizeof stream> request{};
  sctp_reset_streams header{};
  header.srs_assoc_id = SCTP_ALL_ASSOC;
  header.srs_flags = SCTP_STREAM_RESET_OUTGOING;
  header.srs_number_streams = 1;
  std::memcpy(request.data(), &header, sizeof header);
  std::memcpy(request.data() + offsetof(sctp_reset_streams, srs_stream_list), &stream, sizeof stream);
  return usrsctp_setsockopt(socket_, IPPROTO_SCTP, SCTP_RESET_STREAMS, request.data(), request.size()) == 0;
}

bool Socket::in_flight(const Stack::Lock&) const {
  const auto status = status_of(socket_);
  return status && status->sstat_unackdata > 0;
}

void Socket::fit_send_buffer(const Stack::Lock&) {
  const auto status = status_of(socket_);
  if (!status) return;
  const auto window = static_cast<std::int64_t>(status->sstat_primary.spinfo_cwnd);
  const int size = static_cast<int>(std::clamp<std::int64_t>(2 * window, kSmallestSendBuffer, kLargestSendBuffer));
  if (size == send_buffer_) return;
  if (set_option(socket_, SOL_SOCKET, SO_SNDBUF, size)) send_buffer_ = size;
}

void Socket::close(const Stack::Lock& lock) {
  if (address_ == 0) return;
  if (socket_ != nullptr) usrsctp_close(socket_);
  socket_ = nullptr;
  Stack::instance().close(lock, address_);
  address_ = 0;
}

}  // namespace sfu::sctp
