// SPDX-License-Identifier: Apache-2.0
// What a file's header tells of video, read from the first key frame.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

struct VideoHeader {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> parameters;  // H264, H265: parameter sets; AV1: the sequence header
};

// Nothing: this is not a key frame that decoding can begin with.
std::optional<VideoHeader> read_video_header(AVCodecID codec, std::span<const std::uint8_t> frame);
