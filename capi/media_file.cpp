// SPDX-License-Identifier: Apache-2.0
#include <mutex>

#include "capi/handles.hpp"
#include "capi/kinds.hpp"
#include "capi/media.hpp"
#include "capi/results.hpp"
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

struct File {
  explicit File(MediaFile opened) : media(std::move(opened)) {}
  std::mutex mutex;  // a file has a position
  MediaFile media;
};

}  // namespace

template <>
struct Handle<sfu_media_file> {
  using Object = File;
  static constexpr unsigned kKind = kinds::kMediaFile;
  static constexpr const char* kName = "sfu_media_file";
};

}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_media_file_open(const char* path, int64_t frame_interval_us, sfu_media_file** file) {
  return enter([&] {
    needs_place(file);
    if (frame_interval_us < 0) refuse_argument("frame_interval_us is negative");
    const auto interval = std::chrono::microseconds(frame_interval_us == 0 ? 33333 : frame_interval_us);
    *file = add<sfu_media_file>(std::make_shared<File>(value(sfu::MediaFile::open(as_is(path), interval))));
  });
}

sfu_status sfu_media_file_release(sfu_media_file* file) {
  return release(file);
}

sfu_status sfu_media_file_get_info(sfu_media_file* file, const sfu_media_file_info** info) {
  return enter([&] {
    needs_place(info);
    const auto object = find(file);
    *info = give([&](Arena& arena) {
      auto* made = arena.make<sfu_media_file_info>();
      made->codec = static_cast<sfu_codec>(object->media.codec());
      made->width = object->media.width();
      made->height = object->media.height();
      return made;
    });
  });
}

sfu_status sfu_media_file_next(sfu_media_file* file, const sfu_media_sample** sample) {
  return enter([&] {
    needs_place(sample);
    const auto object = find(file);
    const std::lock_guard lock(object->mutex);
    const auto next = object->media.next();
    if (!next) {
      *sample = nullptr;
      return;
    }
    *sample = give([&](Arena& arena) {
      auto* frame = arena.make<sfu_frame>();
      *frame = to_c(next->frame);
      frame->bytes = arena.bytes({reinterpret_cast<const char*>(next->frame.bytes.data()), next->frame.bytes.size()});
      auto* made = arena.make<sfu_media_sample>();
      made->frame = frame;
      made->at_us = to_us(next->at);
      made->duration_us = to_us(next->duration);
      return made;
    });
  });
}

sfu_status sfu_media_file_rewind(sfu_media_file* file) {
  return enter([&] {
    const auto object = find(file);
    const std::lock_guard lock(object->mutex);
    object->media.rewind();
  });
}
