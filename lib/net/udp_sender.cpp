// SPDX-License-Identifier: Apache-2.0
#include "net/udp_sender.hpp"

#include <algorithm>

namespace sfu::net {

UdpSender::UdpSender(std::span<const std::unique_ptr<UdpSocket>> sockets) {
  for (const auto& socket : sockets) {
    ways_.push_back({socket->local(), DatagramSender(socket->descriptor(), socket->segmentation())});
  }
}

void UdpSender::send(std::span<const Datagram> batch) {
  Way* recent = &ways_.front();
  for (const Datagram& datagram : batch) {
    if (datagram.path.protocol != TransportProtocol::kUdp) continue;
    if (recent->local != datagram.path.local) {
      const auto at = std::ranges::find(ways_, datagram.path.local, &Way::local);
      if (at == ways_.end()) {
        ++unknown_local_;
        continue;
      }
      recent = &*at;
    }
    recent->sender.add(datagram.path.remote, datagram.bytes);
  }
  for (Way& way : ways_) way.sender.flush();
}

DatagramSender::Stats UdpSender::stats() const {
  DatagramSender::Stats sum;
  sum.dropped_refused = unknown_local_;
  for (const Way& way : ways_) {
    const DatagramSender::Stats& one = way.sender.stats();
    sum.datagrams += one.datagrams;
    sum.bytes += one.bytes;
    sum.calls += one.calls;
    sum.segmented += one.segmented;
    sum.dropped_full += one.dropped_full;
    sum.dropped_refused += one.dropped_refused;
  }
  return sum;
}

}  // namespace sfu::net
