// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cmath>
#include <fstream>

#include "container/container.hpp"
#include "participant/convert.hpp"
#include "payload/payload.hpp"

namespace sfu {

struct MediaFile::Impl {
  std::vector<std::uint8_t> bytes;
  std::unique_ptr<container::Reader> reader;
};

MediaFile::MediaFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MediaFile::~MediaFile() = default;
MediaFile::MediaFile(MediaFile&&) noexcept = default;
MediaFile& MediaFile::operator=(MediaFile&&) noexcept = default;

Result<MediaFile> MediaFile::open(const std::string& path, Duration frame_interval) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Errc::kNotFound, "cannot read " + path);
  auto impl = std::make_unique<Impl>();
  // Unlike an iterator, read() does not throw where the file cannot be read (a directory).
  std::array<char, 64 << 10> part;
  while (file.read(part.data(), part.size()) || file.gcount() > 0) {
    impl->bytes.insert(impl->bytes.end(), part.begin(), part.begin() + file.gcount());
  }
  if (!file.eof()) return fail(Errc::kNotFound, "cannot read " + path);
  SFU_TRY(impl->reader, container::open(impl->bytes, frame_interval));
  return MediaFile(std::move(impl));
}

MediaCodec MediaFile::codec() const {
  return participant::to_media_codec(impl_->reader->codec());
}
std::uint32_t MediaFile::width() const {
  return impl_->reader->width();
}
std::uint32_t MediaFile::height() const {
  return impl_->reader->height();
}
void MediaFile::rewind() {
  impl_->reader->rewind();
}

std::optional<MediaFile::Sample> MediaFile::next() {
  const auto sample = impl_->reader->next();
  if (!sample) return std::nullopt;
  const rtp::Codec codec = impl_->reader->codec();
  const double seconds = std::chrono::duration<double>(sample->at).count();
  return Sample{.frame = {.bytes = sample->bytes,
                          .timestamp = static_cast<std::uint32_t>(std::llround(seconds * rtp::clock_rate(codec))),
                          .is_keyframe = payload::is_keyframe(codec, sample->bytes)},
                .at = sample->at,
                .duration = sample->duration};
}

}  // namespace sfu
