// SPDX-License-Identifier: Apache-2.0
// H264 byte streams cut into access units (H.264 7.4.1.2.3).
#include "payload/annexb.hpp"
#include "container/container.hpp"

namespace sfu::container {
namespace {

enum : std::uint8_t { kSlice = 1, kIdr = 5, kSei = 6, kDelimiter = 9, kPrefix = 14, kLastPrefix = 18 };

class AnnexBReader final : public Reader {
 public:
  AnnexBReader(ByteView file, Duration interval) : file_(file), interval_(interval) {}

  rtp::Codec codec() const override { return rtp::Codec::kH264; }
  void rewind() override {
    position_ = 0;
    at_ = {};
  }

  std::optional<Sample> next() override {
    const std::size_t begin = position_;
    bool has_slice = false;
    for (;;) {
      std::size_t after = position_;
      const ByteView unit = payload::next_nal_unit(file_, after);
      if (unit.empty() || (has_slice && begins_access_unit(unit))) break;
      const std::uint8_t type = unit[0] & 0x1f;
      has_slice |= type >= kSlice && type <= kIdr;
      position_ = after;
    }
    if (!has_slice) return std::nullopt;
    const Sample sample{.bytes = file_.subspan(begin, position_ - begin), .at = at_, .duration = interval_};
    at_ += interval_;
    return sample;
  }

 private:
  static bool begins_access_unit(ByteView unit) {
    const std::uint8_t type = unit[0] & 0x1f;
    if (type >= kSlice && type <= kIdr) return unit.size() > 1 && (unit[1] & 0x80) != 0;  // first_mb_in_slice 0
    return (type >= kSei && type <= kDelimiter) || (type >= kPrefix && type <= kLastPrefix);
  }

  ByteView file_;
  Duration interval_;
  std::size_t position_ = 0;
  Duration at_{};
};

}  // namespace

Result<std::unique_ptr<Reader>> open_annexb(ByteView file, Duration frame_interval) {
  auto reader = std::make_unique<AnnexBReader>(file, frame_interval);
  if (!reader->next()) return fail(Errc::kUnsupported, "neither IVF nor Ogg, and no H264 byte stream");
  reader->rewind();
  return std::unique_ptr<Reader>(std::move(reader));
}

}  // namespace sfu::container
