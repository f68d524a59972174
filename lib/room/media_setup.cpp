// SPDX-License-Identifier: Apache-2.0
#include "room/media_setup.hpp"

#include <algorithm>
#include <utility>

#include "peer/codec_match.hpp"
#include "room/codec_choice.hpp"

namespace sfu::room {

namespace {

bool has_feature(const livekit::TrackInfo& info, livekit::AudioTrackFeature feature) {
  return std::ranges::find(info.audio_features(), feature) != info.audio_features().end();
}

}  // namespace

peer::ReceiveOptions receive_options(const livekit::TrackInfo* info, rtp::Codec announced, rtp::MediaKind kind,
                                     const Profile& publisher, std::span<const livekit::Codec> enabled) {
  peer::ReceiveOptions options;
  auto& codecs = options.codecs.emplace();  // with none enabled, nothing is received
  for (const auto& codec : enabled) {
    const auto known = rtp::codec_from_mime(codec.mime());
    if (known != rtp::Codec::kUnknown && rtp::kind_of(known) == kind) codecs.push_back(known);
  }
  if (info == nullptr) return options;
  if (announced != rtp::Codec::kUnknown) options.preferred.push_back(announced);
  if (kind == rtp::MediaKind::kVideo) {
    const auto& os = publisher.client().os();
    options.single_codec =
        !options.preferred.empty() && publisher.is_firefox() && (os == "Linux" || os == "linux" || os == "Android");
    return options;
  }
  const bool red_allowed = !info->disable_red();
  options.red_first = red_allowed && (announced == rtp::Codec::kUnknown || announced == rtp::Codec::kRed);
  if (!red_allowed) std::erase(codecs, rtp::Codec::kRed);
  options.opus_dtx = !has_feature(*info, livekit::TF_NO_DTX);
  options.opus_stereo = has_feature(*info, livekit::TF_STEREO);
  return options;
}

media::PublishedTrackConfig published_track_config(const peer::ReceiveSection& section, const livekit::TrackInfo& info,
                                                   rtp::Ssrc rtcp_ssrc, const std::string& sif_trailer,
                                                   const RoomOptions& options) {
  media::PublishedTrackConfig config;
  config.kind = section.kind;
  config.screenshare = info.source() == livekit::SCREEN_SHARE;
  config.encrypted = info.encryption() != livekit::Encryption::NONE;
  if (config.encrypted) config.blank_trailer.assign(sif_trailer.begin(), sif_trailer.end());
  config.extensions = section.extensions;
  config.rtcp_ssrc = rtcp_ssrc;
  config.nack = false;
  const SpeakerOptions& speakers = options.speakers;
  config.audio_level = {speakers.active_level, speakers.min_percentile, speakers.interval,
                        static_cast<int>(std::max<std::uint32_t>(1, speakers.smooth_intervals))};
  config.keyframe_throttle = {options.keyframe_throttle.low, options.keyframe_throttle.mid,
                              options.keyframe_throttle.high};
  const bool video = section.kind == rtp::MediaKind::kVideo;
  config.loss_proxying = options.loss_proxying;
  config.packet_buffer = video ? options.packet_buffers.video : options.packet_buffers.audio;
  for (const auto& codec : section.codecs) {
    config.payloads.push_back({codec.payload_type, codec.codec, codec.clock_rate,
                               codec.rtx_payload_type.value_or(media::PayloadMapping::kNone)});
    config.nack |= codec.nack;
  }
  return config;
}

rtp::Codec expected_codec(const peer::ReceiveSection& section, rtp::Codec announced) {
  if (peer::find_codec(section.codecs, announced) != nullptr) return announced;
  return section.codecs.empty() ? rtp::Codec::kUnknown : section.codecs.front().codec;
}

bool makes_red(const livekit::TrackInfo& info, rtp::Codec sent, const RoomOptions& options) {
  // What is in an encrypted frame is the subscriber's to take apart.
  return options.active_red_encoding && sent == rtp::Codec::kOpus && !info.disable_red() &&
         info.encryption() == livekit::Encryption::NONE;
}

std::vector<peer::PayloadCodec> offered_codecs(const peer::ReceiveSection& section, rtp::Codec sent, bool makes_red) {
  std::vector<peer::PayloadCodec> codecs;
  if (makes_red) {
    codecs.push_back(usual_form(rtp::Codec::kRed));
    codecs.back().payload_type = media::PayloadMapping::kNone;  // the publisher's is not meant
  }
  std::ranges::copy_if(section.codecs, std::back_inserter(codecs),
                       [&](const peer::PayloadCodec& codec) { return codec.codec == sent; });
  // A sender of RED falls back to plain Opus when a packet grows too large.
  if (sent == rtp::Codec::kRed) {
    if (const auto* opus = peer::find_codec(section.codecs, rtp::Codec::kOpus)) codecs.push_back(*opus);
  }
  return codecs;
}

std::vector<media::PayloadMapping> payload_mappings(const std::vector<peer::PayloadCodec>& from,
                                                    const std::vector<peer::PayloadCodec>& to, bool makes_red) {
  std::vector<media::PayloadMapping> mappings;
  const auto* red = makes_red ? peer::find_codec(to, rtp::Codec::kRed) : nullptr;
  for (const auto& codec : from) {
    if (codec.payload_type == media::PayloadMapping::kNone) continue;
    media::PayloadMapping mapping;
    mapping.from = codec.payload_type;
    const auto* match = peer::match_codec(codec, to);
    if (match == nullptr && codec.codec == rtp::Codec::kRed) {
      match = peer::find_codec(to, rtp::Codec::kOpus);
      mapping.red_to_primary = true;
    }
    if (match == nullptr) continue;
    mapping.to = match->payload_type;
    mapping.rtx = match->rtx_payload_type.value_or(media::PayloadMapping::kNone);
    if (red != nullptr && codec.codec == rtp::Codec::kOpus) {
      mapping.primary = std::exchange(mapping.to, red->payload_type);
    }
    mappings.push_back(mapping);
  }
  return mappings;
}

void route_section(media::SsrcRouter& router, const peer::ReceiveSection& section, media::PublishedTrack& track) {
  router.add_section(section.mid, track, section.rids);
  if (!section.rids.empty()) return;
  const std::size_t count = std::min<std::size_t>(section.streams.size(), media::kMaxLayers);
  for (std::size_t layer = 0; layer < count; ++layer) {
    const auto& stream = section.streams[layer];
    router.bind(stream.ssrc, track, static_cast<std::uint8_t>(layer));
    if (stream.rtx_ssrc != 0) router.bind_rtx(stream.rtx_ssrc, stream.ssrc);
  }
}

}  // namespace sfu::room
