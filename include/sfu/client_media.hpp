// SPDX-License-Identifier: Apache-2.0
// Encoded media as a Client takes and gives it, and out of files. Plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sfu/info.hpp"
#include "sfu/result.hpp"
#include "sfu/time.hpp"

namespace sfu {

enum class MediaCodec { kOpus, kPcmu, kPcma, kVp8, kVp9, kH264, kH265, kAv1 };

// "VP8", "opus", ...
const char* to_string(MediaCodec codec) noexcept;
bool is_video(MediaCodec codec) noexcept;
// Of RTP timestamps.
std::uint32_t clock_rate(MediaCodec codec) noexcept;

// What an encoder gives and a decoder takes. VP8, VP9: a frame as in IVF. H264, H265: an access unit with Annex
// B start codes. AV1: a temporal unit of OBUs with their sizes. Audio: one packet.
struct MediaFrame {
  std::span<const std::uint8_t> bytes{};  // borrowed for the call
  std::uint32_t timestamp = 0;            // in units of clock_rate()
  bool is_keyframe = false;               // audio: always; H265: an IRAP picture with its parameter sets
};

// One encoding of a simulcast.
struct VideoLayer {
  std::string rid{};  // "q", "h", "f", lowest first
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t bitrate = 0;  // bits a second
};

struct PublishTrack {
  MediaCodec codec = MediaCodec::kVp8;
  TrackSource source = TrackSource::kCamera;
  std::string name{};
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<VideoLayer> layers{};  // of a simulcast, two or three; empty: one encoding
  bool stereo = false;
  bool muted = false;
};

// What is wanted of a subscribed video track. `width` and `height` win over `quality`.
struct TrackSettings {
  enum class Quality { kLow, kMedium, kHigh };
  bool disabled = false;
  Quality quality = Quality::kHigh;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t fps = 0;
};

// The frames of a file: IVF (VP8, VP9, AV1), a H264 byte stream (Annex B), or Opus in Ogg. Not for several threads at
// once.
class MediaFile {
 public:
  struct Sample {
    MediaFrame frame{};   // bytes are valid until the next call
    Duration at{};        // since the beginning
    Duration duration{};  // until the next is due
  };

  // Reads the whole file. `frame_interval` is for byte streams, which have no times. Errors: kNotFound, kMalformed,
  // kUnsupported.
  static Result<MediaFile> open(const std::string& path, Duration frame_interval = std::chrono::microseconds(33333));
  ~MediaFile();
  MediaFile(MediaFile&&) noexcept;
  MediaFile& operator=(MediaFile&&) noexcept;

  MediaCodec codec() const;
  std::uint32_t width() const;  // 0: the file does not tell
  std::uint32_t height() const;
  std::optional<Sample> next();  // nothing after the last
  void rewind();

 private:
  struct Impl;
  explicit MediaFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu
