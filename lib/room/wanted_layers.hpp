// SPDX-License-Identifier: Apache-2.0
// Which layers of a track suit what a subscriber says of how it shows it (UpdateTrackSettings; signalling 2.9, media
// spec 3.9). Plain functions.
#pragma once

#include <cstdint>

#include "livekit_models.pb.h"
#include "livekit_rtc.pb.h"
#include "media/media.hpp"

namespace sfu::room {

// The smallest layer that is large enough; a size wins over a quality.
livekit::VideoQuality wanted_quality(const livekit::TrackInfo& info, const livekit::UpdateTrackSettings& settings);

// The lowest temporal layer that brings so many frames a second, at `quality` as `measured`. What is not measured yet
// is taken for three layers of 30 frames a second, as browsers encode them. 0: all that there are.
std::uint8_t wanted_temporal_layer(std::uint32_t frames_per_second, livekit::VideoQuality quality,
                                   const media::FrameRateMatrix& measured);

}  // namespace sfu::room
