// SPDX-License-Identifier: Apache-2.0
#include "rtcp/builders.hpp"

#include <algorithm>

namespace sfu::rtcp {
namespace {

constexpr std::size_t kMaxCount = 31;  // 5 bits

// One block: the header now, its length when it goes out of scope.
class BlockScope {
 public:
  BlockScope(ByteWriter& writer, std::size_t count, std::uint8_t type) : writer_(writer), begin_(writer.size()) {
    writer.u8(static_cast<std::uint8_t>(0x80 | count));
    writer.u8(type);
    writer.u16(0);
  }
  ~BlockScope() {
    if (writer_.ok()) writer_.patch_u16(begin_ + 2, static_cast<std::uint16_t>((writer_.size() - begin_) / 4 - 1));
  }
  BlockScope(const BlockScope&) = delete;
  BlockScope& operator=(const BlockScope&) = delete;

  // Zero bytes up to a word; at least one, if an end mark is needed.
  void pad(bool at_least_one) {
    std::size_t missing = (4 - (writer_.size() - begin_) % 4) % 4;
    if (missing == 0 && at_least_one) missing = 4;
    writer_.fill(missing, 0);
  }

 private:
  ByteWriter& writer_;
  std::size_t begin_;
};

void write_report_blocks(ByteWriter& writer, std::span<const ReportBlock> reports) {
  for (const ReportBlock& report : reports) {
    writer.u32(report.ssrc);
    writer.u8(report.fraction_lost);
    const std::int32_t lost = std::clamp<std::int32_t>(report.total_lost, -0x800000, 0x7fffff);
    writer.u24(static_cast<std::uint32_t>(lost) & 0xffffff);
    writer.u32(report.highest_sequence);
    writer.u32(report.jitter);
    writer.u32(report.last_sr);
    writer.u32(report.delay_since_last_sr);
  }
}

void write_sdes_item(ByteWriter& writer, std::uint8_t type, std::string_view text) {
  text = text.substr(0, 255);
  writer.u8(type);
  writer.u8(static_cast<std::uint8_t>(text.size()));
  writer.bytes(as_bytes(text));
}

template <typename T>
std::span<const T> at_most(std::span<const T> items, std::size_t count) {
  return items.first(std::min(items.size(), count));
}

}  // namespace

void write_sender_report(ByteWriter& writer, const SenderInfo& sender, std::span<const ReportBlock> reports) {
  reports = at_most(reports, kMaxReportBlocks);
  const BlockScope block(writer, reports.size(), kTypeSenderReport);
  writer.u32(sender.ssrc);
  writer.u64(sender.ntp);
  writer.u32(sender.rtp_timestamp);
  writer.u32(sender.packet_count);
  writer.u32(sender.octet_count);
  write_report_blocks(writer, reports);
}

void write_receiver_report(ByteWriter& writer, Ssrc sender, std::span<const ReportBlock> reports) {
  reports = at_most(reports, kMaxReportBlocks);
  const BlockScope block(writer, reports.size(), kTypeReceiverReport);
  writer.u32(sender);
  write_report_blocks(writer, reports);
}

void write_sdes(ByteWriter& writer, std::span<const SdesChunk> chunks) {
  chunks = at_most(chunks, kMaxCount);
  BlockScope block(writer, chunks.size(), kTypeSdes);
  for (const SdesChunk& chunk : chunks) {
    writer.u32(chunk.ssrc);
    write_sdes_item(writer, Sdes::kCname, chunk.cname);
    if (!chunk.mid.empty()) write_sdes_item(writer, Sdes::kMid, chunk.mid);
    block.pad(/*at_least_one=*/true);
  }
}

void write_bye(ByteWriter& writer, std::span<const Ssrc> ssrcs, std::string_view reason) {
  ssrcs = at_most(ssrcs, kMaxCount);
  BlockScope block(writer, ssrcs.size(), kTypeBye);
  for (const Ssrc ssrc : ssrcs) writer.u32(ssrc);
  if (reason.empty()) return;
  reason = reason.substr(0, 255);
  writer.u8(static_cast<std::uint8_t>(reason.size()));
  writer.bytes(as_bytes(reason));
  block.pad(/*at_least_one=*/false);
}

std::size_t write_nack(ByteWriter& writer, Ssrc sender, Ssrc media, std::span<const std::uint16_t> sequences) {
  constexpr std::size_t kFixed = 12;
  if (sequences.empty() || !writer.ok() || writer.remaining() < kFixed + Nack::Pair::kSize) return 0;
  const BlockScope block(writer, kFormatNack, kTypeTransportFeedback);
  writer.u32(sender);
  writer.u32(media);
  std::size_t taken = 0;
  while (taken < sequences.size() && writer.remaining() >= Nack::Pair::kSize) {
    const std::uint16_t packet_id = sequences[taken++];
    std::uint16_t following = 0;
    for (; taken < sequences.size(); ++taken) {
      const auto ahead = static_cast<std::uint16_t>(sequences[taken] - packet_id);
      if (ahead > 16) break;
      if (ahead > 0) following = static_cast<std::uint16_t>(following | 1U << (ahead - 1));
    }
    writer.u16(packet_id);
    writer.u16(following);
  }
  return taken;
}

void write_pli(ByteWriter& writer, Ssrc sender, Ssrc media) {
  const BlockScope block(writer, kFormatPli, kTypePayloadFeedback);
  writer.u32(sender);
  writer.u32(media);
}

void write_fir(ByteWriter& writer, Ssrc sender, std::span<const FirEntry> entries) {
  const BlockScope block(writer, kFormatFir, kTypePayloadFeedback);
  writer.u32(sender);
  writer.u32(0);  // the media SSRCs are in the entries (RFC 5104 4.3.1.2)
  for (const FirEntry& entry : entries) {
    writer.u32(entry.media);
    writer.u8(entry.number);
    writer.u24(0);
  }
}

void write_remb(ByteWriter& writer, Ssrc sender, Bitrate bitrate, std::span<const Ssrc> ssrcs) {
  ssrcs = at_most(ssrcs, 255);
  auto mantissa = static_cast<std::uint64_t>(std::max<std::int64_t>(bitrate.bps, 0));
  std::uint32_t exponent = 0;
  for (; mantissa > 0x3ffff; mantissa >>= 1) ++exponent;
  const BlockScope block(writer, kFormatApplication, kTypePayloadFeedback);
  writer.u32(sender);
  writer.u32(0);
  writer.bytes(as_bytes("REMB"));
  writer.u8(static_cast<std::uint8_t>(ssrcs.size()));
  writer.u24(exponent << 18 | static_cast<std::uint32_t>(mantissa));
  for (const Ssrc ssrc : ssrcs) writer.u32(ssrc);
}

void write_xr_reference_time(ByteWriter& writer, Ssrc sender, std::uint64_t ntp) {
  const BlockScope block(writer, 0, kTypeExtendedReport);
  writer.u32(sender);
  writer.u32(0x04000002);  // block type 4, two words
  writer.u64(ntp);
}

void write_xr_dlrr(ByteWriter& writer, Ssrc sender, std::span<const DlrrItem> items) {
  const BlockScope block(writer, 0, kTypeExtendedReport);
  writer.u32(sender);
  writer.u16(0x0500);  // block type 5, three words an item
  writer.u16(static_cast<std::uint16_t>(3 * items.size()));
  for (const DlrrItem& item : items) {
    writer.u32(item.ssrc);
    writer.u32(item.last_rr);
    writer.u32(item.delay_since_last_rr);
  }
}

}  // namespace sfu::rtcp
