// SPDX-License-Identifier: Apache-2.0
// Media and what is wanted of it, as structs of C and back.
#pragma once

#include "capi/input.hpp"
#include "sfu-c/media.h"
#include "sfu/client_media.hpp"

namespace sfu::capi {

inline sfu_frame to_c(const MediaFrame& frame) {
  sfu_frame made{};
  made.size = sizeof made;
  made.timestamp = frame.timestamp;
  made.bytes = frame.bytes.data();
  made.length = frame.bytes.size();
  made.is_keyframe = frame.is_keyframe;
  return made;
}

MediaCodec to_codec(sfu_codec codec);
MediaFrame from_c(const sfu_frame* frame);  // borrows its bytes
PublishTrack from_c(const sfu_publish_options* options);
TrackSettings from_c(const sfu_track_settings* settings);

}  // namespace sfu::capi
