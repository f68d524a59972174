// SPDX-License-Identifier: Apache-2.0
#include "reception.hpp"

#include "media_tag.hpp"

namespace sfu::load {
namespace {

// Longer than anything takes: the tail of a packet that has no tag.
constexpr Duration kLongest = std::chrono::seconds(60);

void count_latency(Instant arrived, Instant sent, Traffic& traffic) {
  if (sent > arrived - kLongest && sent < arrived + kLongest) traffic.latency.add(arrived - sent);
}

void add_log(const SequenceLog& log, Traffic& traffic) {
  traffic.expected += log.expected();
  traffic.lost += log.lost();
}

}  // namespace

void MessageStamp::write(ByteSpan payload) const {
  store_be16(payload.data(), number);
  store_be64(payload.data() + 2, static_cast<std::uint64_t>(sent.time_since_epoch().count()));
}

MessageStamp MessageStamp::read(ByteView payload) {
  return {load_be16(payload.data()), Instant(Duration(static_cast<Duration::rep>(load_be64(payload.data() + 2))))};
}

void Reception::begin() {
  for (auto& [ssrc, log] : streams_) log.begin();
  for (auto& [identity, log] : senders_) log.begin();
}

void Reception::on_packet(Instant arrived, const rtp::PacketView& packet, bool repeated, Traffic& traffic) {
  ++traffic.packets;
  traffic.bytes += packet.bytes().size();
  if (repeated) ++traffic.repeated;
  if (!streams_[packet.ssrc()].add(packet.sequence_number()) || repeated) return;
  if (const auto tag = sim::MediaTag::read(packet.payload())) count_latency(arrived, tag->sent, traffic);
}

void Reception::on_message(Instant now, const participant::UserData& data, Traffic& traffic) {
  if (data.payload.size() < MessageStamp::kSize) return;
  const MessageStamp stamp = MessageStamp::read(data.payload);
  ++traffic.packets;
  traffic.bytes += data.payload.size();
  senders_[data.sender].add(stamp.number);
  count_latency(now, stamp.sent, traffic);
}

void Reception::add_up(Figures& figures) const {
  for (const auto& [ssrc, log] : streams_) {
    add_log(log, figures.down);
    if (log.received() > 0) ++figures.streams;
  }
  for (const auto& [identity, log] : senders_) add_log(log, figures.data_down);
}

}  // namespace sfu::load
