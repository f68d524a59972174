// SPDX-License-Identifier: Apache-2.0
#include "cross_traffic.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::sim {
namespace {

constexpr std::size_t kSegment = 1500;  // with its headers
constexpr std::size_t kSegmentPayload = 1448;

}  // namespace

CrossTraffic::CrossTraffic(LinkState& link, std::uint64_t seed) : link_(link), random_(seed) {
  for (const ConstantFlow& flow : link.link().constant_flows) {
    const auto interval =
        Duration(static_cast<Duration::rep>(static_cast<double>(flow.size) * 8e9 / static_cast<double>(flow.rate.bps)));
    constants_.push_back({flow, flow.from + Duration(static_cast<Duration::rep>(
                                                random_.unit() * static_cast<double>(interval.count())))});
  }
  for (const TcpFlow& flow : link.link().tcp_flows) {
    tcps_.push_back({.flow = flow});
    push(flow.from, tcps_.size() - 1, What::kBegin, flow.from);
  }
}

void CrossTraffic::advance(Instant now) {
  for (;;) {
    Constant* earliest = nullptr;
    for (Constant& source : constants_) {
      if (source.next <= now && (earliest == nullptr || source.next < earliest->next)) earliest = &source;
    }
    const bool event_due = !events_.empty() && events_.top().at <= now;
    if (event_due && (earliest == nullptr || events_.top().at <= earliest->next)) {
      const Event event = events_.top();
      events_.pop();
      handle(event);
    } else if (earliest != nullptr) {
      send_constant(*earliest);
    } else {
      return;
    }
  }
}

Instant CrossTraffic::put(Instant now, std::size_t bytes) {
  if (random_.unit() < link_.loss(now)) {
    link_.cross_record_.add_lost(now);
    return kNever;
  }
  const auto passage = link_.enqueue(now, bytes);
  if (!passage) {
    link_.cross_record_.add_dropped(now);
    return kNever;
  }
  link_.cross_record_.add(passage->leaves, bytes, passage->wait);
  return passage->leaves;
}

void CrossTraffic::send_constant(Constant& source) {
  const ConstantFlow& flow = source.flow;
  const Instant now = source.next;
  if (now >= flow.until) {
    source.next = kNever;
    return;
  }
  const Duration cycle = flow.on + flow.off;
  if (flow.on.count() > 0 && (now - flow.from) % cycle >= flow.on) {
    source.next = flow.from + ((now - flow.from) / cycle + 1) * cycle;
    return;
  }
  put(now, flow.size);
  source.next +=
      Duration(static_cast<Duration::rep>(static_cast<double>(flow.size) * 8e9 / static_cast<double>(flow.rate.bps)));
}

void CrossTraffic::handle(const Event& event) {
  Tcp& tcp = tcps_[event.flow];
  switch (event.what) {
    case What::kBegin: begin_object(tcp, event.flow, event.at); return;
    case What::kAcknowledged:
      --tcp.in_flight;
      tcp.window += tcp.window < tcp.threshold ? 1 : 1 / tcp.window;
      break;
    case What::kMissed:
      --tcp.in_flight;
      ++tcp.left;  // it is sent again
      if (event.sent >= tcp.halved) {
        tcp.threshold = std::max(2.0, tcp.window / 2);
        tcp.window = tcp.threshold;
        tcp.halved = event.at;
      }
      break;
  }
  send_window(tcp, event.flow, event.at);
}

void CrossTraffic::begin_object(Tcp& tcp, std::size_t index, Instant now) {
  const TcpFlow& flow = tcp.flow;
  if (flow.smallest == 0) {
    tcp.left = UINT64_MAX / 2;
  } else {
    const double size =
        static_cast<double>(flow.smallest) + random_.unit() * static_cast<double>(flow.largest - flow.smallest);
    tcp.left = static_cast<std::uint64_t>(size / kSegmentPayload) + 1;
    tcp.window = 10;
    tcp.threshold = 1e9;
  }
  send_window(tcp, index, now);
}

void CrossTraffic::send_window(Tcp& tcp, std::size_t index, Instant now) {
  if (now >= tcp.flow.until) return;
  while (tcp.left > 0 && tcp.in_flight < static_cast<std::uint32_t>(tcp.window)) {
    --tcp.left;
    ++tcp.in_flight;
    const Instant leaves = put(now, kSegment);
    if (leaves != kNever) {
      push(leaves + tcp.flow.rtt, index, What::kAcknowledged, now);
    } else {
      // What is queued behind the gap tells of it (RFC 5681 3.2: three segments).
      push(link_.leave(std::max(now, link_.busy_until_), 3 * kSegment * 8) + tcp.flow.rtt, index, What::kMissed, now);
    }
  }
  if (tcp.left > 0 || tcp.in_flight > 0 || tcp.flow.smallest == 0) return;
  const double pause = -std::log(1 - random_.unit()) * static_cast<double>(tcp.flow.idle.count());
  push(now + Duration(static_cast<Duration::rep>(pause)), index, What::kBegin, now);
}

}  // namespace sfu::sim
