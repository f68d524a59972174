// SPDX-License-Identifier: Apache-2.0
// What the blocks of a compound packet hold. Lists are views that decode an element when it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"
#include "base/time.hpp"

namespace sfu::rtcp {

using Ssrc = std::uint32_t;

// Packet types and feedback formats (IANA rtp-parameters).
inline constexpr std::uint8_t kTypeSenderReport = 200;
inline constexpr std::uint8_t kTypeReceiverReport = 201;
inline constexpr std::uint8_t kTypeSdes = 202;
inline constexpr std::uint8_t kTypeBye = 203;
inline constexpr std::uint8_t kTypeTransportFeedback = 205;
inline constexpr std::uint8_t kTypePayloadFeedback = 206;
inline constexpr std::uint8_t kTypeExtendedReport = 207;
inline constexpr std::uint8_t kFormatNack = 1;
inline constexpr std::uint8_t kFormatTransportCc = 15;
inline constexpr std::uint8_t kFormatPli = 1;
inline constexpr std::uint8_t kFormatFir = 4;
inline constexpr std::uint8_t kFormatApplication = 15;

// Elements of one fixed size. T has kSize and static T decode(const uint8_t*).
template <typename T>
class List {
 public:
  class Iterator {
   public:
    explicit Iterator(const std::uint8_t* at) : at_(at) {}
    T operator*() const { return T::decode(at_); }
    Iterator& operator++() {
      at_ += T::kSize;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const std::uint8_t* at_;
  };

  List() = default;
  explicit List(ByteView bytes) : bytes_(bytes.first(bytes.size() - bytes.size() % T::kSize)) {}
  std::size_t size() const { return bytes_.size() / T::kSize; }
  bool empty() const { return bytes_.empty(); }
  T operator[](std::size_t index) const { return T::decode(bytes_.data() + index * T::kSize); }
  Iterator begin() const { return Iterator(bytes_.data()); }
  Iterator end() const { return Iterator(bytes_.data() + bytes_.size()); }

 private:
  ByteView bytes_;
};

struct SsrcItem {
  static constexpr std::size_t kSize = 4;
  static SsrcItem decode(const std::uint8_t* at) { return {load_be32(at)}; }
  Ssrc ssrc = 0;
};

// RFC 3550 6.4.1.
struct ReportBlock {
  static constexpr std::size_t kSize = 24;
  static ReportBlock decode(const std::uint8_t* at);

  Ssrc ssrc = 0;
  std::uint8_t fraction_lost = 0;  // of 256
  std::int32_t total_lost = 0;     // signed 24 bits on the wire; clamped when written
  std::uint32_t highest_sequence = 0;
  std::uint32_t jitter = 0;
  std::uint32_t last_sr = 0;              // compact NTP; 0: none yet
  std::uint32_t delay_since_last_sr = 0;  // 1/65536 s
};

struct SenderInfo {
  Ssrc ssrc = 0;
  std::uint64_t ntp = 0;
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;
};

struct SenderReport {
  SenderInfo sender;
  List<ReportBlock> reports;
};

struct ReceiverReport {
  Ssrc sender = 0;
  List<ReportBlock> reports;
};

// RFC 3550 6.5. visit(ssrc, item type, text) for every item.
struct Sdes {
  static constexpr std::uint8_t kCname = 1;
  static constexpr std::uint8_t kMid = 15;  // RFC 8843 16.1

  template <typename Visit>
  void for_each_item(Visit&& visit) const {
    ByteReader reader(chunks);
    while (reader.ok() && reader.remaining() >= 4) {
      const Ssrc ssrc = reader.u32();
      while (true) {
        const std::uint8_t type = reader.u8();
        if (type == 0) break;  // also past the end
        visit(ssrc, type, as_text(reader.bytes(reader.u8())));
      }
      // A chunk ends with one to four zero bytes, at a word.
      while (reader.ok() && reader.position() % 4 != 0) reader.skip(1);
    }
  }

  ByteView chunks;  // checked
};

struct Bye {
  List<SsrcItem> ssrcs;
  std::string_view reason;
};

// RFC 4585 6.2.1. visit(sequence number), ascending within one pair.
struct Nack {
  struct Pair {
    static constexpr std::size_t kSize = 4;
    static Pair decode(const std::uint8_t* at) { return {load_be16(at), load_be16(at + 2)}; }
    std::uint16_t packet_id = 0;
    std::uint16_t following = 0;  // bit i: packet_id + 1 + i
  };

  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (const Pair pair : pairs) {
      visit(pair.packet_id);
      for (unsigned i = 0; i < 16; ++i) {
        if (pair.following >> i & 1) visit(static_cast<std::uint16_t>(pair.packet_id + 1 + i));
      }
    }
  }

  Ssrc sender = 0;
  Ssrc media = 0;
  List<Pair> pairs;
};

struct Pli {
  Ssrc sender = 0;
  Ssrc media = 0;
};

// RFC 5104 4.3.1: a repeated request keeps its number.
struct FirEntry {
  static constexpr std::size_t kSize = 8;
  static FirEntry decode(const std::uint8_t* at) { return {load_be32(at), at[4]}; }
  Ssrc media = 0;
  std::uint8_t number = 0;
};

struct Fir {
  Ssrc sender = 0;
  List<FirEntry> entries;
};

struct Remb {
  Ssrc sender = 0;
  Bitrate bitrate;
  List<SsrcItem> ssrcs;
};

// RFC 3611 4.5.
struct DlrrItem {
  static constexpr std::size_t kSize = 12;
  static DlrrItem decode(const std::uint8_t* at) { return {load_be32(at), load_be32(at + 4), load_be32(at + 8)}; }
  Ssrc ssrc = 0;
  std::uint32_t last_rr = 0;              // compact NTP of the RRTR that is answered
  std::uint32_t delay_since_last_rr = 0;  // 1/65536 s
};

struct ExtendedReport {
  Ssrc sender = 0;
  std::optional<std::uint64_t> reference_time;  // RRTR (RFC 3611 4.4)
  List<DlrrItem> dlrr;
};

}  // namespace sfu::rtcp
