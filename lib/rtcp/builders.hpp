// SPDX-License-Identifier: Apache-2.0
// Writing RTCP blocks. A block that does not fit makes the writer's ok() false, so ask once at the end. Blocks written
// one after the other are a compound packet; begin it with a sender or receiver report and a CNAME (RFC 3550 6.1)
// unless reduced size was negotiated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.hpp"
#include "rtcp/messages.hpp"

namespace sfu::rtcp {

// At most 31 report blocks go into one report (a count of 5 bits); the rest is left out.
inline constexpr std::size_t kMaxReportBlocks = 31;
void write_sender_report(ByteWriter& writer, const SenderInfo& sender, std::span<const ReportBlock> reports = {});
void write_receiver_report(ByteWriter& writer, Ssrc sender, std::span<const ReportBlock> reports = {});

struct SdesChunk {
  Ssrc ssrc = 0;
  std::string_view cname;  // at most 255 bytes, as mid
  std::string_view mid;    // empty: no such item
};
void write_sdes(ByteWriter& writer, std::span<const SdesChunk> chunks);
inline void write_cname(ByteWriter& writer, Ssrc ssrc, std::string_view cname) {
  const SdesChunk chunk{ssrc, cname, {}};
  write_sdes(writer, {&chunk, 1});
}

void write_bye(ByteWriter& writer, std::span<const Ssrc> ssrcs, std::string_view reason = {});

// `sequences` ascend (with wrap); 17 in a row take one pair. Returns how many of them fitted into the writer: call
// again in another packet for the rest. Writes nothing and returns 0 if there are none or no room.
std::size_t write_nack(ByteWriter& writer, Ssrc sender, Ssrc media, std::span<const std::uint16_t> sequences);

void write_pli(ByteWriter& writer, Ssrc sender, Ssrc media);
void write_fir(ByteWriter& writer, Ssrc sender, std::span<const FirEntry> entries);
void write_remb(ByteWriter& writer, Ssrc sender, Bitrate bitrate, std::span<const Ssrc> ssrcs);

void write_xr_reference_time(ByteWriter& writer, Ssrc sender, std::uint64_t ntp);
void write_xr_dlrr(ByteWriter& writer, Ssrc sender, std::span<const DlrrItem> items);

}  // namespace sfu::rtcp
