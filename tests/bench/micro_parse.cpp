// SPDX-License-Identifier: Apache-2.0
// What is read from the wire: an RTP packet as a browser sends it, and feedback as a subscriber sends it.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "rtcp/rtcp.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/packet_writer.hpp"

namespace {

using namespace sfu;

constexpr std::size_t kFeedbackPackets = 50;  // 8 Mbit/s, each 50 ms

void parse_rtp(benchmark::State& state) {
  std::array<std::uint8_t, 1200> bytes{};
  rtp::PacketWriter writer(bytes, {.payload_type = 96, .sequence_number = 1, .timestamp = 3000, .ssrc = 1});
  const std::array<std::uint8_t, 3> value{};
  writer.extension(2, value);                      // abs-send-time
  writer.extension(3, ByteView(value).first(2));   // transport-wide number
  writer.extension(4, ByteView(value).first(1));   // mid
  writer.extension(10, ByteView(value).first(1));  // rid
  writer.commit_payload(1000);
  for (auto _ : state) {
    auto packet = rtp::PacketView::parse(writer.packet());
    benchmark::DoNotOptimize(packet->extension(3));
    benchmark::DoNotOptimize(packet->payload());
  }
}
BENCHMARK(parse_rtp);

void parse_transport_feedback(benchmark::State& state) {
  std::vector<rtcp::PacketArrival> arrivals;
  for (std::size_t i = 0; i < kFeedbackPackets; ++i) {
    // One in ten is missing, and a picture's packets are 300 us apart.
    if (i % 10 != 9) arrivals.push_back({static_cast<std::int64_t>(i), Instant(std::chrono::microseconds(i * 300))});
  }
  std::array<std::uint8_t, 1200> bytes{};
  ByteWriter writer(bytes);
  rtcp::write_transport_feedback(writer, 1, 2, 0, arrivals);
  const ByteView compound = ByteView(bytes).first(writer.size());
  for (auto _ : state) {
    rtcp::CompoundReader reader(compound);
    rtcp::Message message;
    std::size_t received = 0;
    while (reader.next(message)) {
      std::get<rtcp::TransportFeedback>(message).for_each([&](const auto& status) { received += status.received; });
    }
    benchmark::DoNotOptimize(received);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kFeedbackPackets));
}
BENCHMARK(parse_transport_feedback);

}  // namespace
