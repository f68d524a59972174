// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/transport.h"

#include <algorithm>

#include "capi/plug_points.hpp"

// Where a transport puts what has come: on the stack of receive(), and known to its thread alone.
struct sfu_packet_sink {
  sfu::PacketSink& worker;
  sfu::Instant now;
};

namespace sfu::capi {
namespace {

thread_local sfu_packet_sink* open_sink = nullptr;

sfu_address to_c(const SocketAddress& address) {
  sfu_address made{};
  std::ranges::copy(address.ip.bytes(), made.ip);
  made.port = address.port;
  return made;
}

SocketAddress from_c(const sfu_address* address) {
  if (address == nullptr) refuse_argument("an address is NULL");
  std::array<std::uint8_t, 16> ip;
  std::ranges::copy(address->ip, ip.begin());
  return {IpAddress::v6(ip), address->port};
}

}  // namespace

class HostTransports::Transport final : public PacketTransport {
 public:
  Transport(const Callbacks<sfu_transport_callbacks>& callbacks, void* transport)
      : callbacks_(callbacks), transport_(transport) {
    const sfu_address* addresses = nullptr;
    const std::size_t count = callbacks_(callbacks_->candidates, transport_, &addresses);
    for (std::size_t i = 0; addresses != nullptr && i < count; ++i) candidates_.push_back(from_c(&addresses[i]));
  }
  ~Transport() override { callbacks_(callbacks_->close, transport_); }

  void send(std::span<const Datagram> batch) override {
    datagrams_.clear();
    for (const Datagram& datagram : batch) {
      datagrams_.push_back(
          {to_c(datagram.path.local), to_c(datagram.path.remote), datagram.bytes.data(), datagram.bytes.size()});
    }
    callbacks_(callbacks_->send, transport_, datagrams_.data(), datagrams_.size());
  }

  int poll_descriptor() const override { return callbacks_(callbacks_->poll_descriptor, transport_); }

  bool receive(Instant now, PacketSink& sink) override {
    sfu_packet_sink open{sink, now};
    open_sink = &open;
    const sfu_bool more = callbacks_(callbacks_->receive, transport_, now.time_since_epoch().count(), &open);
    open_sink = nullptr;
    return more != 0;
  }

  std::span<const SocketAddress> candidates() const override { return candidates_; }

 private:
  const Callbacks<sfu_transport_callbacks>& callbacks_;
  void* transport_;
  std::vector<SocketAddress> candidates_;
  std::vector<sfu_datagram> datagrams_;
};

HostTransports::HostTransports(const sfu_transport_callbacks* callbacks) : callbacks_(callbacks) {
  if (callbacks_->open == nullptr || callbacks_->close == nullptr || callbacks_->send == nullptr ||
      callbacks_->poll_descriptor == nullptr || callbacks_->receive == nullptr || callbacks_->candidates == nullptr) {
    refuse_argument("a callback of the transport is NULL");
  }
}

Result<std::unique_ptr<PacketTransport>> HostTransports::open(unsigned worker) const {
  void* transport = nullptr;
  const sfu_status status = callbacks_(callbacks_->open, worker, &transport);
  if (status != SFU_OK)
    return fail(Errc::kUnavailable, "the transport of worker " + std::to_string(worker) + " failed");
  return std::unique_ptr<PacketTransport>(std::make_unique<Transport>(callbacks_, transport));
}

}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_packet_sink_receive(sfu_packet_sink* sink, int64_t arrived_ns, const sfu_address* local,
                                   const sfu_address* remote, uint8_t* in, size_t length) {
  return enter([&] {
    if (sink == nullptr || sink != open_sink) {
      refuse(SFU_ERROR_INVALID_HANDLE, "this is no sfu_packet_sink of a receive() that runs on this thread");
    }
    if (in == nullptr && length > 0) refuse_argument("bytes are NULL, but have a length");
    const sfu::Instant arrived = arrived_ns == 0 ? sink->now : sfu::Instant(sfu::Duration(arrived_ns));
    sink->worker.receive(arrived, {from_c(local), from_c(remote)}, {in, length});
  });
}
