// SPDX-License-Identifier: Apache-2.0
#include "participant/announce.hpp"

#include "base/utf8.hpp"

namespace sfu::participant {
namespace {

livekit::VideoQuality quality_of(std::size_t layer, std::size_t count) {
  if (layer + 1 == count) return livekit::HIGH;
  return layer == 0 ? livekit::LOW : livekit::MEDIUM;
}

}  // namespace

livekit::ClientInfo client_info(std::string_view version) {
  livekit::ClientInfo info;
  info.set_sdk(livekit::ClientInfo::CPP);
  info.set_version(std::string(version));
  info.set_protocol(kProtocol);
  info.set_client_protocol(kClientProtocol);
  info.set_os("linux");
  info.add_capabilities(livekit::ClientInfo::CAP_COMPRESSION_DEFLATE_RAW);
  return info;
}

Result<void> check_utf8(const PublishOptions& options) {
  SFU_CHECK_OK(sfu::check_utf8("the track's id", options.cid));
  SFU_CHECK_OK(sfu::check_utf8("name", options.name));
  for (const auto& layer : options.layers) SFU_CHECK_OK(sfu::check_utf8("rid", layer.rid));
  return {};
}

livekit::AddTrackRequest to_request(const PublishOptions& options) {
  const bool video = rtp::kind_of(options.codec) == rtp::MediaKind::kVideo;
  livekit::AddTrackRequest add;
  add.set_cid(options.cid);
  add.set_name(options.name);
  add.set_type(video ? livekit::VIDEO : livekit::AUDIO);
  add.set_source(options.source);
  add.set_width(options.width);
  add.set_height(options.height);
  add.set_muted(options.muted);
  if (!video) add.set_disable_red(true);
  if (options.stereo) add.add_audio_features(livekit::TF_STEREO);
  auto& codec = *add.add_simulcast_codecs();
  codec.set_codec(std::string(rtp::mime_type(options.codec)));
  codec.set_cid(options.cid);
  for (std::size_t i = 0; i < options.layers.size(); ++i) {
    const Layer& layer = options.layers[i];
    auto& described = *add.add_layers();
    described.set_quality(quality_of(i, options.layers.size()));
    described.set_width(layer.width);
    described.set_height(layer.height);
    described.set_bitrate(layer.bitrate);
    *codec.add_layers() = described;
  }
  return add;
}

}  // namespace sfu::participant
