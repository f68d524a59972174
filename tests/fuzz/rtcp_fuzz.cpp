// SPDX-License-Identifier: Apache-2.0
// layers: rtcp
// Reads a compound packet to its end, every list in every message, and writes the feedback that was read again, into
// too small a buffer.
#include <cstdlib>
#include <variant>
#include <vector>

#include "rtcp/rtcp.hpp"

namespace {

using namespace sfu::rtcp;

std::uint64_t sum = 0;

struct Touch {
  void operator()(const SenderReport& report) const { touch(report.reports); }
  void operator()(const ReceiverReport& report) const { touch(report.reports); }
  void operator()(const Sdes& sdes) const {
    sdes.for_each_item([](Ssrc, std::uint8_t, std::string_view text) {
      for (const char c : text) sum += static_cast<unsigned char>(c);
    });
  }
  void operator()(const Bye& bye) const {
    for (const SsrcItem item : bye.ssrcs) sum += item.ssrc;
    for (const char c : bye.reason) sum += static_cast<unsigned char>(c);
  }
  void operator()(const Nack& nack) const {
    std::vector<std::uint16_t> sequences;
    nack.for_each([&](std::uint16_t sequence) { sequences.push_back(sequence); });
    std::uint8_t buffer[200];
    sfu::ByteWriter writer(buffer);
    if (write_nack(writer, 1, 2, sequences) == 0 || !writer.ok()) std::abort();
  }
  void operator()(const TransportFeedback& feedback) const {
    std::vector<PacketArrival> arrivals;
    std::size_t statuses = 0;
    feedback.for_each([&](const TransportFeedback::Status& status) {
      ++statuses;
      if (status.has_time) arrivals.push_back({static_cast<std::int64_t>(statuses), sfu::Instant(status.arrival)});
    });
    if (statuses != feedback.status_count()) std::abort();
    if (arrivals.empty()) return;
    std::uint8_t buffer[300];
    sfu::ByteWriter writer(buffer);
    if (write_transport_feedback(writer, 1, 2, 0, arrivals) == 0 || !writer.ok()) std::abort();
    CompoundReader reader(writer.written());
    Message message;
    if (!reader.next(message) || reader.malformed() != 0) std::abort();
  }
  void operator()(const Pli& pli) const { sum += pli.media; }
  void operator()(const Fir& fir) const {
    for (const FirEntry entry : fir.entries) sum += entry.media;
  }
  void operator()(const Remb& remb) const {
    if (remb.bitrate.bps < 0) std::abort();
    for (const SsrcItem item : remb.ssrcs) sum += item.ssrc;
  }
  void operator()(const ExtendedReport& report) const {
    for (const DlrrItem item : report.dlrr) sum += item.last_rr;
  }

 private:
  static void touch(const List<ReportBlock>& reports) {
    for (const ReportBlock report : reports) sum += report.jitter;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  CompoundReader reader(sfu::ByteView(data, size));
  Message message;
  while (reader.next(message)) std::visit(Touch(), message);
  return 0;
}
