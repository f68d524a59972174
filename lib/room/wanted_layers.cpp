// SPDX-License-Identifier: Apache-2.0
#include "room/wanted_layers.hpp"

#include <algorithm>
#include <array>

namespace sfu::room {

namespace {

constexpr std::array<double, media::kMaxTemporalLayers> kBrowsersRates = {7.5, 15, 30, 30};

// A tenth too little is near enough.
bool suffices(double offered, std::uint32_t wanted) {
  return offered >= 0.9 * wanted;
}

struct Heights {
  std::array<std::uint32_t, 3> of{};  // by quality; 0: there is no such layer
  std::uint32_t wanted = 0;
};

Heights heights(const livekit::TrackInfo& info, const livekit::UpdateTrackSettings& settings) {
  const bool tells =
      std::ranges::any_of(info.layers(), [](const livekit::VideoLayer& layer) { return layer.height() != 0; });
  if (tells) {
    Heights known{.wanted = settings.height()};
    for (const auto& layer : info.layers()) {
      if (layer.quality() <= livekit::HIGH) known.of[static_cast<std::size_t>(layer.quality())] = layer.height();
    }
    return known;
  }
  const bool portrait = info.width() < info.height();
  return {.of = {180, 360, portrait ? info.width() : info.height()},
          .wanted = portrait ? settings.width() : settings.height()};
}

}  // namespace

livekit::VideoQuality wanted_quality(const livekit::TrackInfo& info, const livekit::UpdateTrackSettings& settings) {
  if (settings.height() == 0 && settings.width() == 0) {
    return settings.quality() == livekit::OFF ? livekit::LOW : settings.quality();
  }
  const auto [offered, wanted] = heights(info, settings);
  for (std::size_t quality = 0; quality + 1 < offered.size(); ++quality) {
    // Of two layers of one size the better is shown.
    if (offered[quality] == 0 || offered[quality] == offered[quality + 1]) continue;
    if (suffices(offered[quality], wanted)) return static_cast<livekit::VideoQuality>(quality);
  }
  return livekit::HIGH;
}

std::uint8_t wanted_temporal_layer(std::uint32_t frames_per_second, livekit::VideoQuality quality,
                                   const media::FrameRateMatrix& measured) {
  constexpr std::uint8_t kAll = media::kMaxTemporalLayers - 1;
  if (frames_per_second == 0) return kAll;
  // Of a layer that is not sent nothing is known: what is shown instead is a lower one.
  const auto* rates = &kBrowsersRates;
  for (std::size_t layer = 0; layer <= std::min<std::size_t>(quality, media::kMaxLayers - 1); ++layer) {
    if (measured[layer].back() > 0) rates = &measured[layer];
  }
  const auto found = std::ranges::find_if(*rates, [&](double rate) { return suffices(rate, frames_per_second); });
  return found == rates->end() ? kAll : static_cast<std::uint8_t>(found - rates->begin());
}

}  // namespace sfu::room
