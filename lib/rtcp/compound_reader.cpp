// SPDX-License-Identifier: Apache-2.0
#include "rtcp/compound_reader.hpp"

#include <optional>

namespace sfu::rtcp {
namespace {

constexpr std::size_t kBlockHeader = 4;
constexpr std::uint32_t kRembIdentifier = 0x52454d42;  // "REMB"
constexpr std::uint8_t kXrReferenceTime = 4;
constexpr std::uint8_t kXrDlrr = 5;

struct Block {
  std::uint8_t type;
  std::uint8_t count;  // or feedback format
  ByteView body;       // without header and padding
};

using Parsed = std::optional<Message>;  // nullopt: malformed

Parsed parse_sender_report(const Block& block) {
  constexpr std::size_t kSenderInfo = 24;
  if (block.body.size() < kSenderInfo + ReportBlock::kSize * block.count) return std::nullopt;
  const std::uint8_t* at = block.body.data();
  return SenderReport{{load_be32(at), load_be64(at + 4), load_be32(at + 12), load_be32(at + 16), load_be32(at + 20)},
                      List<ReportBlock>(block.body.subspan(kSenderInfo, ReportBlock::kSize * block.count))};
}

Parsed parse_receiver_report(const Block& block) {
  if (block.body.size() < 4 + ReportBlock::kSize * block.count) return std::nullopt;
  return ReceiverReport{load_be32(block.body.data()),
                        List<ReportBlock>(block.body.subspan(4, ReportBlock::kSize * block.count))};
}

Parsed parse_sdes(const Block& block) {
  ByteReader reader(block.body);
  for (unsigned chunk = 0; chunk < block.count; ++chunk) {
    reader.skip(4);
    while (reader.ok()) {
      if (reader.u8() == 0) break;
      reader.skip(reader.u8());
    }
    while (reader.ok() && reader.position() % 4 != 0) reader.skip(1);
    if (!reader.ok()) return std::nullopt;
  }
  return Sdes{block.body.first(reader.position())};
}

Parsed parse_bye(const Block& block) {
  ByteReader reader(block.body);
  Bye bye{List<SsrcItem>(reader.bytes(SsrcItem::kSize * block.count)), {}};
  if (reader.ok() && reader.remaining() > 0) bye.reason = as_text(reader.bytes(reader.u8()));
  if (!reader.ok()) return std::nullopt;
  return bye;
}

// What follows the two SSRCs of a feedback message (RFC 4585 6.1).
ByteView feedback_control_information(const Block& block) {
  return block.body.subspan(8);
}

Parsed parse_nack(const Block& block) {
  const ByteView pairs = feedback_control_information(block);
  if (pairs.size() < Nack::Pair::kSize) return std::nullopt;
  return Nack{load_be32(block.body.data()), load_be32(block.body.data() + 4), List<Nack::Pair>(pairs)};
}

Parsed parse_fir(const Block& block) {
  const ByteView entries = feedback_control_information(block);
  if (entries.empty() || entries.size() % FirEntry::kSize != 0) return std::nullopt;
  return Fir{load_be32(block.body.data()), List<FirEntry>(entries)};
}

Parsed parse_transport_feedback(const Block& block) {
  const std::uint8_t* at = block.body.data();
  auto feedback = TransportFeedback::parse(load_be32(at), load_be32(at + 4), feedback_control_information(block));
  if (!feedback) return std::nullopt;
  return *feedback;
}

bool is_remb(const Block& block) {
  return block.body.size() >= 12 && load_be32(block.body.data() + 8) == kRembIdentifier;
}

// draft-alvestrand-rmcat-remb-03 2.2.
Parsed parse_remb(const Block& block) {
  ByteReader reader(block.body);
  Remb remb;
  remb.sender = reader.u32();
  reader.skip(8);  // media SSRC, which is 0, and the identifier
  const std::uint8_t count = reader.u8();
  const std::uint32_t rate = reader.u24();
  const unsigned exponent = rate >> 18;
  const std::int64_t mantissa = rate & 0x3ffff;
  remb.ssrcs = List<SsrcItem>(reader.bytes(SsrcItem::kSize * count));
  if (!reader.ok() || (mantissa != 0 && exponent > 63 - 18)) return std::nullopt;
  remb.bitrate.bps = mantissa == 0 ? 0 : mantissa << exponent;
  return remb;
}

// RFC 3611 2: report blocks of other types are skipped.
Parsed parse_extended_report(const Block& block) {
  ByteReader reader(block.body);
  ExtendedReport report;
  report.sender = reader.u32();
  while (reader.ok() && reader.remaining() > 0) {
    const std::uint8_t type = reader.u8();
    reader.skip(1);
    const ByteView content = reader.bytes(std::size_t{4} * reader.u16());
    if (!reader.ok()) break;
    if (type == kXrReferenceTime) {
      if (content.size() != 8) return std::nullopt;
      report.reference_time = load_be64(content.data());
    } else if (type == kXrDlrr) {
      if (content.size() % DlrrItem::kSize != 0) return std::nullopt;
      if (report.dlrr.empty()) report.dlrr = List<DlrrItem>(content);
    }
  }
  if (!reader.ok()) return std::nullopt;
  return report;
}

enum class Outcome { kMessage, kUnknown, kMalformed };

Outcome outcome_of(Parsed parsed, Message& out) {
  if (!parsed) return Outcome::kMalformed;
  out = *parsed;
  return Outcome::kMessage;
}

Outcome parse_feedback(const Block& block, Message& out) {
  if (block.body.size() < 8) return Outcome::kMalformed;
  if (block.type == kTypeTransportFeedback) {
    if (block.count == kFormatNack) return outcome_of(parse_nack(block), out);
    if (block.count == kFormatTransportCc) return outcome_of(parse_transport_feedback(block), out);
    return Outcome::kUnknown;
  }
  if (block.count == kFormatPli) {
    out = Pli{load_be32(block.body.data()), load_be32(block.body.data() + 4)};
    return Outcome::kMessage;
  }
  if (block.count == kFormatFir) return outcome_of(parse_fir(block), out);
  if (block.count == kFormatApplication && is_remb(block)) return outcome_of(parse_remb(block), out);
  return Outcome::kUnknown;
}

Outcome parse_block(const Block& block, Message& out) {
  switch (block.type) {
    case kTypeSenderReport: return outcome_of(parse_sender_report(block), out);
    case kTypeReceiverReport: return outcome_of(parse_receiver_report(block), out);
    case kTypeSdes: return outcome_of(parse_sdes(block), out);
    case kTypeBye: return outcome_of(parse_bye(block), out);
    case kTypeTransportFeedback:
    case kTypePayloadFeedback: return parse_feedback(block, out);
    case kTypeExtendedReport: return outcome_of(parse_extended_report(block), out);
    default: return Outcome::kUnknown;
  }
}

// Cuts the padding off; false if it is impossible. It should be whole words (RFC 3550 6.4.1), but libwebrtc, and after
// it everyone, pads transport feedback by one to three bytes.
bool strip_padding(Block& block) {
  if (block.body.empty()) return false;
  const std::uint8_t padding = block.body.back();
  if (padding == 0 || padding > block.body.size()) return false;
  block.body = block.body.first(block.body.size() - padding);
  return true;
}

}  // namespace

bool CompoundReader::next(Message& out) {
  while (!rest_.empty()) {
    const std::size_t size = rest_.size() < kBlockHeader ? 0 : std::size_t{4} * load_be16(&rest_[2]) + kBlockHeader;
    if (size == 0 || rest_[0] >> 6 != 2 || size > rest_.size()) {
      ++malformed_;
      rest_ = {};
      return false;
    }
    const bool has_padding = (rest_[0] & 0x20) != 0;
    Block block{rest_[1], static_cast<std::uint8_t>(rest_[0] & 0x1f), rest_.subspan(kBlockHeader, size - kBlockHeader)};
    rest_ = rest_.subspan(size);
    if (has_padding && !strip_padding(block)) {
      ++malformed_;
      continue;
    }
    switch (parse_block(block, out)) {
      case Outcome::kMessage: return true;
      case Outcome::kUnknown: ++unknown_; break;
      case Outcome::kMalformed: ++malformed_; break;
    }
  }
  return false;
}

ReportBlock ReportBlock::decode(const std::uint8_t* at) {
  ReportBlock block;
  block.ssrc = load_be32(at);
  block.fraction_lost = at[4];
  block.total_lost = static_cast<std::int32_t>(load_be24(at + 5) << 8) >> 8;  // sign extended
  block.highest_sequence = load_be32(at + 8);
  block.jitter = load_be32(at + 12);
  block.last_sr = load_be32(at + 16);
  block.delay_since_last_sr = load_be32(at + 20);
  return block;
}

}  // namespace sfu::rtcp
