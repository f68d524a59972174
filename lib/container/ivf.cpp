// SPDX-License-Identifier: Apache-2.0
// IVF, the format of libvpx's and libaom's tools: a header of 32 bytes, then frames with 12 bytes in front of each, all
// little endian.
#include <algorithm>

#include "container/container.hpp"

namespace sfu::container {
namespace {

constexpr std::size_t kHeaderSize = 32;
constexpr std::size_t kFrameHeaderSize = 12;
constexpr Duration kUsualInterval = std::chrono::microseconds(33'333);
constexpr Duration kShortestInterval = std::chrono::milliseconds(1);
constexpr Duration kLongestInterval = std::chrono::seconds(10);

std::uint16_t load_le16(const std::uint8_t* p) {
  return static_cast<std::uint16_t>(p[0] | p[1] << 8);
}
std::uint32_t load_le32(const std::uint8_t* p) {
  return load_le16(p) | std::uint32_t{load_le16(p + 2)} << 16;
}

rtp::Codec codec_of(std::string_view fourcc) {
  if (fourcc == "VP80") return rtp::Codec::kVp8;
  if (fourcc == "VP90") return rtp::Codec::kVp9;
  if (fourcc == "AV01") return rtp::Codec::kAv1;
  return rtp::Codec::kUnknown;
}

class IvfReader final : public Reader {
 public:
  IvfReader(ByteView file, rtp::Codec codec, std::size_t header_size)
      : file_(file), codec_(codec), header_size_(header_size), position_(header_size) {
    const std::uint64_t rate = load_le32(&file[16]);
    const std::uint64_t scale = load_le32(&file[20]);
    if (rate > 0 && scale > 0) tick_ = static_cast<double>(scale) / static_cast<double>(rate);
  }

  rtp::Codec codec() const override { return codec_; }
  std::uint16_t width() const override { return load_le16(&file_[12]); }
  std::uint16_t height() const override { return load_le16(&file_[14]); }
  void rewind() override {
    position_ = header_size_;
    at_ = {};
  }

  std::optional<Sample> next() override {
    const auto frame = frame_at(position_);
    if (!frame) return std::nullopt;
    position_ += kFrameHeaderSize + frame->bytes.size();
    Sample sample{.bytes = frame->bytes, .at = at_, .duration = kUsualInterval};
    if (const auto following = frame_at(position_)) sample.duration = interval(frame->ticks, following->ticks);
    at_ += sample.duration;
    return sample;
  }

 private:
  struct Frame {
    ByteView bytes;
    std::uint64_t ticks = 0;
  };

  std::optional<Frame> frame_at(std::size_t position) const {
    if (file_.size() - position < kFrameHeaderSize) return std::nullopt;
    const std::uint8_t* header = &file_[position];
    const std::size_t size = load_le32(header);
    if (size == 0 || size > file_.size() - position - kFrameHeaderSize) return std::nullopt;
    return Frame{file_.subspan(position + kFrameHeaderSize, size),
                 load_le32(header + 4) | std::uint64_t{load_le32(header + 8)} << 32};
  }

  Duration interval(std::uint64_t from, std::uint64_t to) const {
    if (to <= from) return kUsualInterval;
    const double seconds = static_cast<double>(to - from) * tick_;
    if (!(seconds > 0) || seconds > 10) return kUsualInterval;
    const auto exact = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
    return std::clamp(exact, kShortestInterval, kLongestInterval);
  }

  ByteView file_;
  rtp::Codec codec_;
  std::size_t header_size_;
  std::size_t position_;
  double tick_ = 1.0 / 30;  // seconds
  Duration at_{};
};

}  // namespace

Result<std::unique_ptr<Reader>> open_ivf(ByteView file) {
  if (file.size() < kHeaderSize || as_text(file.first(4)) != "DKIF") return fail(Errc::kMalformed, "not an IVF file");
  const std::size_t header_size = load_le16(&file[6]);
  if (header_size < kHeaderSize || header_size > file.size()) return fail(Errc::kMalformed, "an IVF header too short");
  const rtp::Codec codec = codec_of(as_text(file.subspan(8, 4)));
  if (codec == rtp::Codec::kUnknown) return fail(Errc::kUnsupported, "IVF with a codec that is not VP8, VP9 or AV1");
  return std::unique_ptr<Reader>(new IvfReader(file, codec, header_size));
}

}  // namespace sfu::container
