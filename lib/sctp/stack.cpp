// SPDX-License-Identifier: Apache-2.0
#include "sctp/stack.hpp"

#include <usrsctp.h>

#include <algorithm>
#include <cstring>

namespace sfu::sctp {
namespace {

// The common header (RFC 9260 3.1): two ports, verification tag, checksum.
constexpr std::size_t kDestinationPort = 2;
constexpr std::size_t kChecksum = 8;
constexpr std::size_t kCommonHeader = 12;

// In the order of the wire, as usrsctp keeps it.
std::uint32_t checksum_of(ByteSpan packet) {
  std::memset(packet.data() + kChecksum, 0, sizeof(std::uint32_t));
  return usrsctp_crc32c(packet.data(), packet.size());
}

void* as_sconn(Stack::Inside inside) {
  return reinterpret_cast<void*>(inside.address);  // NOLINT(performance-no-int-to-ptr): usrsctp only compares it
}

void configure() {
  // What WebRTC has no use for: UDP and IP are not here, and DTLS authenticates.
  usrsctp_sysctl_set_sctp_ecn_enable(0);
  usrsctp_sysctl_set_sctp_auto_asconf(0);
  usrsctp_sysctl_set_sctp_asconf_enable(0);
  usrsctp_sysctl_set_sctp_auth_enable(0);
  usrsctp_sysctl_set_sctp_nrsack_enable(0);
  usrsctp_sysctl_set_sctp_pktdrop_enable(0);
  usrsctp_sysctl_set_sctp_blackhole(2);
  // Ours alone uses a DTLS session, so tags need no quarantine (RFC 9260 5.3.1), which would keep a list.
  usrsctp_sysctl_set_sctp_vtag_time_wait(0);
  // RFC 9260 16 with the lower minimum that Chrome has too: data channels cross paths of tens of milliseconds, and
  // a delayed SACK takes 200.
  usrsctp_sysctl_set_sctp_rto_initial_default(1000);
  usrsctp_sysctl_set_sctp_rto_min_default(400);
  usrsctp_sysctl_set_sctp_rto_max_default(10000);
  usrsctp_sysctl_set_sctp_init_rto_max_default(4000);
  usrsctp_sysctl_set_sctp_delayed_sack_time_default(200);
  // ICE consent decides when a peer is gone, 30 s without an answer (RFC 7675); SCTP must not give up before.
  usrsctp_sysctl_set_sctp_init_rtx_max_default(20);
  usrsctp_sysctl_set_sctp_assoc_rtx_max_default(20);
  usrsctp_sysctl_set_sctp_path_rtx_max_default(20);
  usrsctp_sysctl_set_sctp_initial_cwnd(10);
  usrsctp_sysctl_set_sctp_max_burst_default(10);
  // Nothing kept for reuse by an association that may never speak again.
  usrsctp_sysctl_set_sctp_asoc_free_resc_limit(0);
  usrsctp_sysctl_set_sctp_system_free_resc_limit(0);
}

}  // namespace

thread_local bool Stack::held_ = false;

Stack& Stack::instance() {
  // Never destroyed: an engine that the host keeps in static storage may outlive any other static object.
  static Stack& stack = *new Stack;
  return stack;
}

void Stack::start() {
  // Hash tables at their defaults cost 300 kB, and 2 kB for each socket, which here has one association.
  usrsctp_tunable_set_sctp_hashtblsize(256);
  usrsctp_tunable_set_sctp_pcbtblsize(1);
  usrsctp_init_nothreads(0, &Stack::emit, nullptr);
  configure();
  usrsctp_enable_crc32c_offload();  // the translation of ports comes after it, and before it on the way in
  scratch_.resize(kMaxMessageSize + 1);
  running_ = true;
}

// usrsctp refuses while a socket lingers; it then goes on for the next association.
void Stack::finish() {
  if (usrsctp_finish() != 0) return;
  running_ = false;
  endpoints_ = {};
  free_ = {};
  scratch_ = {};
  incoming_ = {};
}

// What is registered with usrsctp stays: without its threads it never frees what is deregistered.
Stack::Address Stack::open(const Lock&, PacketList* outbox, std::uint16_t port) {
  if (!running_) start();
  ++users_;
  Address address = 0;
  if (free_.empty()) {
    endpoints_.emplace_back();
    address = endpoints_.size();
    if (address % kPortsInside == 1) usrsctp_register_address(as_sconn(inside(address)));
  } else {
    address = free_.front();
    free_.pop_front();
  }
  endpoints_[address - 1] = {outbox, port};
  return address;
}

void Stack::close(const Lock&, Address address) {
  endpoints_[address - 1] = {};
  free_.push_back(address);
  if (--users_ == 0) finish();
}

void Stack::redirect(const Lock&, Address address, PacketList* outbox) {
  endpoints_[address - 1].outbox = outbox;
}

void Stack::input(const Lock&, Address address, ByteView packet) {
  if (packet.size() < kCommonHeader || load_be16(packet.data() + kDestinationPort) != endpoints_[address - 1].port) {
    return;
  }
  incoming_.assign(packet.begin(), packet.end());
  const std::uint32_t checksum = checksum_of(incoming_);
  if (std::memcmp(&checksum, packet.data() + kChecksum, sizeof checksum) != 0) return;
  store_be16(incoming_.data() + kDestinationPort, inside(address).port);
  usrsctp_conninput(as_sconn(inside(address)), incoming_.data(), incoming_.size(), 0);
}

void Stack::advance(const Lock&, Instant time) {
  // After a long silence everything is due; usrsctp's 32-bit milliseconds must not wrap.
  constexpr Duration kLongest = std::chrono::minutes(1);
  latest_ = std::max(latest_, time);
  if (!running_ || time - time_ < kTick) return;
  const auto elapsed = std::chrono::floor<std::chrono::milliseconds>(time - time_);
  time_ += elapsed;
  usrsctp_handle_timers(static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::milliseconds>(std::min<Duration>(elapsed, kLongest)).count()));
}

std::optional<Instant> Stack::time_inside() {
  return held_ ? std::optional(instance().latest_) : std::nullopt;
}

// Called by usrsctp with the Lock held by whoever called into it.
int Stack::emit(void* address, void* bytes, std::size_t size, std::uint8_t, std::uint8_t) {
  Stack& stack = instance();
  if (size < kCommonHeader) return 0;
  const ByteSpan packet{static_cast<std::uint8_t*>(bytes), size};  // usrsctp's, which it frees next
  const auto index = address_of({reinterpret_cast<std::uintptr_t>(address), load_be16(packet.data())}) - 1;
  if (index >= stack.endpoints_.size() || stack.endpoints_[index].outbox == nullptr) return 0;
  const Endpoint& endpoint = stack.endpoints_[index];
  store_be16(packet.data(), endpoint.port);
  const std::uint32_t checksum = checksum_of(packet);
  std::memcpy(packet.data() + kChecksum, &checksum, sizeof checksum);
  endpoint.outbox->add(packet);
  return 0;
}

}  // namespace sfu::sctp
