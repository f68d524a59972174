// SPDX-License-Identifier: Apache-2.0
// Opus in Ogg (RFC 7845): pages (RFC 3533 6) of one logical stream, whose packets are put together of segments.
// Checksums are not looked at: what a disk has done to a page the decoder will tell.
#include <vector>

#include "container/container.hpp"

namespace sfu::container {

Duration opus_duration(ByteView packet) {
  if (packet.empty()) return {};
  const unsigned config = packet[0] >> 3;
  Duration frame;  // RFC 6716 table 2
  if (config < 12) {
    constexpr int kSilk[] = {10, 20, 40, 60};
    frame = std::chrono::milliseconds(kSilk[config & 3]);
  } else if (config < 16) {
    frame = std::chrono::milliseconds((config & 1) != 0 ? 20 : 10);
  } else {
    frame = std::chrono::microseconds(2500 << (config & 3));
  }
  const unsigned code = packet[0] & 3;
  if (code < 3) return frame * (code == 0 ? 1 : 2);
  if (packet.size() < 2) return {};
  const Duration whole = frame * (packet[1] & 0x3f);
  return whole <= std::chrono::milliseconds(120) ? whole : Duration{};
}

namespace {

constexpr std::size_t kPageHeaderSize = 27;
constexpr std::size_t kMaxPacket = 64 * 1024;

struct Page {
  std::uint32_t serial = 0;
  bool continues = false;
  ByteView lacing;
  ByteView body;
};

class OggOpusReader final : public Reader {
 public:
  explicit OggOpusReader(ByteView file) : file_(file) {}

  rtp::Codec codec() const override { return rtp::Codec::kOpus; }
  void rewind() override {
    position_ = 0;
    page_ = {};
    segment_ = body_ = 0;
    at_ = {};
    (void)begin();
  }

  // The two header packets (RFC 7845 5). False: not there.
  bool begin() {
    has_serial_ = false;
    if (!read_packet() || !as_text(packet_).starts_with("OpusHead")) return false;
    return read_packet() && as_text(packet_).starts_with("OpusTags");
  }

  std::optional<Sample> next() override {
    while (read_packet()) {
      const Duration duration = opus_duration(packet_);
      if (duration == Duration{}) continue;
      const Sample sample{.bytes = packet_, .at = at_, .duration = duration};
      at_ += duration;
      return sample;
    }
    return std::nullopt;
  }

 private:
  bool read_page() {
    while (file_.size() - position_ >= kPageHeaderSize) {
      const ByteView rest = file_.subspan(position_);
      const std::size_t segments = rest[26];
      if (as_text(rest.first(4)) != "OggS" || rest[4] != 0 || rest.size() < kPageHeaderSize + segments) return false;
      Page page{.serial = load_be32(&rest[14]),
                .continues = (rest[5] & 1) != 0,
                .lacing = rest.subspan(kPageHeaderSize, segments),
                .body = {}};
      std::size_t size = 0;
      for (const std::uint8_t segment : page.lacing) size += segment;
      const std::size_t header = kPageHeaderSize + segments;
      if (rest.size() < header + size) return false;
      page.body = rest.subspan(header, size);
      position_ += header + size;
      if (!has_serial_) {
        has_serial_ = true;
        serial_ = page.serial;
      }
      if (page.serial != serial_) continue;  // another stream, multiplexed
      page_ = page;
      segment_ = body_ = 0;
      return true;
    }
    return false;
  }

  // Puts the next whole packet into packet_.
  bool read_packet() {
    packet_.clear();
    for (;;) {
      while (segment_ >= page_.lacing.size()) {
        if (!read_page()) return false;
        if (packet_.empty() == page_.continues) skip_rest(page_.continues);
      }
      const std::size_t size = page_.lacing[segment_++];
      const ByteView part = page_.body.subspan(body_, size);
      body_ += size;
      if (packet_.size() + size > kMaxPacket) return false;
      packet_.insert(packet_.end(), part.begin(), part.end());
      if (size < 255) return true;
    }
  }

  // A page was lost: the packet at hand has no end, or the page begins with the rest of one that has no beginning.
  void skip_rest(bool page_continues) {
    packet_.clear();
    if (!page_continues) return;
    while (segment_ < page_.lacing.size()) {
      const std::size_t size = page_.lacing[segment_++];
      body_ += size;
      if (size < 255) return;
    }
  }

  ByteView file_;
  std::size_t position_ = 0;
  Page page_;
  std::size_t segment_ = 0;
  std::size_t body_ = 0;
  bool has_serial_ = false;
  std::uint32_t serial_ = 0;
  std::vector<std::uint8_t> packet_;
  Duration at_{};
};

}  // namespace

Result<std::unique_ptr<Reader>> open_ogg_opus(ByteView file) {
  auto reader = std::make_unique<OggOpusReader>(file);
  if (!reader->begin()) return fail(Errc::kMalformed, "Ogg without Opus in it");
  return std::unique_ptr<Reader>(std::move(reader));
}

}  // namespace sfu::container
