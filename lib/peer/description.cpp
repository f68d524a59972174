// SPDX-License-Identifier: Apache-2.0
#include "peer/description.hpp"

#include <algorithm>

#include "peer/section.hpp"

namespace sfu::peer {

void write_codecs(sdp::MediaDescription& media, const std::vector<PayloadCodec>& codecs) {
  const auto add = [&](std::uint8_t payload_type, std::string_view name, std::uint32_t clock_rate,
                       std::uint16_t channels, std::string fmtp) {
    media.formats.push_back(std::to_string(payload_type));
    media.rtpmaps.push_back({payload_type, std::string(name), clock_rate, channels});
    if (!fmtp.empty()) media.fmtps.push_back({payload_type, std::move(fmtp)});
  };
  for (const PayloadCodec& codec : codecs) {
    // Chrome takes the rate that it starts to send with from the answer: livekit-client asks for it in the offer.
    const std::string between = !codec.fmtp.empty() && !codec.hints.empty() ? ";" : "";
    add(codec.payload_type, rtp::encoding_name(codec.codec), codec.clock_rate, codec.channels,
        codec.fmtp + between + codec.hints);
    const auto feedback = [&](bool on, const char* value) {
      if (on) media.feedback.push_back({codec.payload_type, value});
    };
    feedback(codec.transport_cc, "transport-cc");
    feedback(codec.remb, "goog-remb");
    feedback(codec.fir, "ccm fir");
    feedback(codec.nack, "nack");
    feedback(codec.pli, "nack pli");
    if (codec.rtx_payload_type) {
      add(*codec.rtx_payload_type, "rtx", codec.clock_rate, 1, "apt=" + std::to_string(codec.payload_type));
    }
  }
}

void write_sender(sdp::MediaDescription& media, const SenderSpec& sender, bool rtx) {
  media.msids.push_back({sender.stream_id, sender.track_id});
  if (!sender.rids.empty()) {
    for (const std::string& rid : sender.rids) media.rids.push_back({rid, true, {}});
    media.simulcast = sdp::Simulcast{.send = sender.rids, .recv = {}};
    return;
  }
  const auto add = [&](std::uint32_t ssrc) {
    media.ssrcs.push_back({ssrc, "cname", sender.cname});
    media.ssrcs.push_back({ssrc, "msid", sender.stream_id + " " + sender.track_id});
  };
  if (rtx) media.ssrc_groups.push_back({"FID", {sender.ssrc, sender.rtx_ssrc}});
  add(sender.ssrc);
  if (rtx) add(sender.rtx_ssrc);
}

std::vector<StatedExtension> stated_extensions(const sdp::MediaDescription& media) {
  std::vector<StatedExtension> known;
  known.reserve(media.extensions.size());
  for (const sdp::ExtMap& line : media.extensions) {
    if (const auto kind = rtp::extension_from_uri(line.uri)) known.push_back({line.id, line.direction, *kind});
  }
  return known;
}

void write_extensions(sdp::MediaDescription& media, const rtp::ExtensionMap& extensions,
                      std::span<const StatedExtension> offered) {
  for (unsigned id = 1; id < 256; ++id) {
    const auto kind = extensions.kind(static_cast<std::uint8_t>(id));
    if (!kind) continue;
    sdp::ExtMap line{static_cast<std::uint8_t>(id), sdp::Direction::kSendRecv, std::string(uri(*kind))};
    const auto asked = std::ranges::find(offered, line.id, &StatedExtension::id);
    if (asked != offered.end()) line.direction = sdp::reverse(asked->direction);
    media.extensions.push_back(std::move(line));
  }
}

std::vector<rtp::Extension> receive_extensions(rtp::MediaKind kind, const NegotiatorConfig& config) {
  using enum rtp::Extension;
  if (kind == rtp::MediaKind::kAudio) return {kMid, kRid, kAudioLevel, kAbsCaptureTime};
  std::vector<rtp::Extension> list = {
      kMid, kRid, kRepairedRid, kTransportCc, kFrameMarking, kDependencyDescriptor, kAbsCaptureTime};
  if (config.single_pc || config.client) list.push_back(kAbsSendTime);
  return list;
}

std::vector<rtp::Extension> send_extensions(rtp::MediaKind kind, const NegotiatorConfig& config) {
  using enum rtp::Extension;
  if (config.client) {
    if (kind == rtp::MediaKind::kAudio) return {kMid, kAudioLevel, kAbsCaptureTime};
    return {kMid, kRid, kRepairedRid, kAbsSendTime, kDependencyDescriptor, kAbsCaptureTime};
  }
  if (kind == rtp::MediaKind::kAudio) return {kAbsCaptureTime};
  std::vector<rtp::Extension> list = {kAbsCaptureTime, kDependencyDescriptor,
                                      config.send_side_bwe ? kTransportCc : kAbsSendTime};
  if (config.playout_delay) list.push_back(kPlayoutDelay);
  return list;
}

void agree_extensions(std::span<const StatedExtension> stated, std::span<const rtp::Extension> wanted, Flow flow,
                      rtp::ExtensionMap& agreed) {
  for (const StatedExtension& extension : stated) {
    const bool flows = flow == Flow::kFromRemote ? sdp::sends(extension.direction) : sdp::receives(extension.direction);
    if (!flows || std::ranges::find(wanted, extension.kind) == wanted.end()) continue;
    if (!agreed.has(extension.kind)) agreed.set(extension.id, extension.kind);
  }
}

sdp::SessionDescription Negotiator::begin_description() {
  sdp::SessionDescription description;
  description.session_id = session_id_;
  description.session_version = ++session_version_;
  description.msid_semantic = "WMS *";
  description.extmap_allow_mixed = allow_mixed_;
  description.ice_lite = local_.ice_lite;
  description.fingerprints.push_back(local_.fingerprint);
  return description;
}

// BUNDLE (RFC 9143): every section repeats the credentials; the candidates stand in the first, whose transport it is.
void Negotiator::write_transport(sdp::SessionDescription& description, sdp::Setup setup) const {
  bool first = true;
  for (sdp::MediaDescription& media : description.media) {
    if (media.port == 0) continue;
    description.bundle.push_back(media.mid);
    media.ice_ufrag = local_.ice_ufrag;
    media.ice_pwd = local_.ice_pwd;
    media.setup = setup;
    if (first) {
      media.candidates = local_.candidates;
      media.end_of_candidates = true;
      first = false;
    }
  }
}

}  // namespace sfu::peer
