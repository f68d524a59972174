// SPDX-License-Identifier: Apache-2.0
#include "media/ssrc_router.hpp"

#include <algorithm>

#include "media/published_track.hpp"
#include "rtp/extension_values.hpp"

namespace sfu::media {
namespace {

constexpr Duration kForgetUnknown = std::chrono::seconds(30);

}  // namespace

void SsrcRouter::set_extensions(const rtp::ExtensionMap& extensions) {
  mid_id_ = extensions.id(rtp::Extension::kMid);
  rid_id_ = extensions.id(rtp::Extension::kRid);
  repaired_rid_id_ = extensions.id(rtp::Extension::kRepairedRid);
}

void SsrcRouter::add_section(std::string_view mid, PublishedTrack& track, std::vector<std::string> rids) {
  std::erase_if(sections_, [&](const Section& section) { return section.mid == mid; });
  sections_.push_back({std::string(mid), std::move(rids), &track});
  unknown_.fill(Unknown{});  // what was unknown may be of this section
}

void SsrcRouter::bind(rtp::Ssrc ssrc, PublishedTrack& track, std::uint8_t layer) {
  put({&track, ssrc, ssrc, layer, false});
}

void SsrcRouter::bind_rtx(rtp::Ssrc rtx, rtp::Ssrc media) {
  if (const Route* route = find(media); route != nullptr && !route->rtx) {
    put({route->track, rtx, media, route->layer, true});
  }
}

void SsrcRouter::remove(const PublishedTrack& track) {
  std::erase_if(routes_, [&](const Route& route) { return route.track == &track; });
  std::erase_if(sections_, [&](const Section& section) { return section.track == &track; });
  last_hit_ = 0;
}

const SsrcRouter::Route* SsrcRouter::find(rtp::Ssrc ssrc) const {
  // A peer sends on a handful of SSRCs, and mostly on the one of the packet before.
  if (last_hit_ < routes_.size() && routes_[last_hit_].ssrc == ssrc) return &routes_[last_hit_];
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    if (routes_[i].ssrc != ssrc) continue;
    last_hit_ = i;
    return &routes_[i];
  }
  return nullptr;
}

const SsrcRouter::Route* SsrcRouter::resolve(Instant now, const rtp::PacketView& packet) {
  if (const Route* route = find(packet.ssrc())) return route;
  // Chrome probes with padding on the stream of repeats, long before the media that it belongs to.
  if (packet.payload().empty() || may_probe(now, packet.ssrc())) {
    if (const Route* route = learn(packet)) return route;
  }
  ++dropped_;
  return nullptr;
}

const SsrcRouter::Route* SsrcRouter::learn(const rtp::PacketView& packet) {
  const std::string_view mid = rtp::sdes_text(packet.extension(mid_id_));
  const auto section = std::ranges::find(sections_, mid, &Section::mid);
  if (mid.empty() || section == sections_.end()) return nullptr;

  const Encodings& encodings = section->track->encodings();
  const bool rtx = encodings.repeated_by(packet.payload_type()) != kNoPayloadType;
  if (!rtx && encodings.payload(packet.payload_type()) == nullptr) return nullptr;
  const std::string_view repaired = rtp::sdes_text(packet.extension(repaired_rid_id_));
  const std::string_view rid = repaired.empty() ? rtp::sdes_text(packet.extension(rid_id_)) : repaired;
  std::uint8_t layer = 0;
  if (!section->rids.empty()) {
    if (rid.empty()) return nullptr;  // which of them it is, a later packet may tell
    layer = layer_of(*section, rid);
    if (layer == kNoLayer) return nullptr;
  }
  if (!rtx) {
    // A new SSRC for an encoding that has one takes its place: the sender changed its encoder.
    std::erase_if(routes_, [&](const Route& r) { return r.track == section->track && r.layer == layer && !r.rtx; });
    return put({section->track, packet.ssrc(), packet.ssrc(), layer, false});
  }
  const auto media = std::ranges::find_if(
      routes_, [&](const Route& r) { return r.track == section->track && r.layer == layer && !r.rtx; });
  if (media == routes_.end()) return nullptr;
  return put({section->track, packet.ssrc(), media->media, layer, true});
}

std::uint8_t SsrcRouter::layer_of(const Section& section, std::string_view rid) {
  const auto listed = std::ranges::find(section.rids, rid);
  if (listed == section.rids.end()) return kNoLayer;
  const std::uint8_t named = layer_of_rid(rid);
  if (named != kNoLayer) return named;
  const auto index = listed - section.rids.begin();
  return index < kMaxLayers ? static_cast<std::uint8_t>(index) : kNoLayer;
}

const SsrcRouter::Route* SsrcRouter::put(const Route& route) {
  std::erase_if(routes_, [&](const Route& r) { return r.ssrc == route.ssrc; });
  if (routes_.size() >= kMaxRoutes || route.layer >= kMaxLayers) return nullptr;
  routes_.push_back(route);
  last_hit_ = routes_.size() - 1;
  if (!route.rtx) unknown_.fill(Unknown{});  // what was unknown may repeat it
  return &routes_.back();
}

bool SsrcRouter::may_probe(Instant now, rtp::Ssrc ssrc) {
  Unknown* oldest = &unknown_[0];
  for (Unknown& entry : unknown_) {
    if (entry.packets > 0 && entry.ssrc == ssrc && now - entry.last < kForgetUnknown) {
      entry.last = now;
      if (entry.packets >= kProbePackets) return false;
      ++entry.packets;
      return true;
    }
    if (entry.last < oldest->last || (entry.packets == 0 && oldest->packets != 0)) oldest = &entry;
  }
  *oldest = {ssrc, 1, now};
  return true;
}

}  // namespace sfu::media
