// SPDX-License-Identifier: Apache-2.0
// Finds the track and layer of an incoming SSRC, per publishing Peer (RFC 8843 9.2; media spec 2.1). Known from the
// SDP (ssrc lines, FID and SIM groups), or learned from mid and rid extensions within an SSRC's first ten packets that
// are more than padding. Repeats are learned once their media is. What stays unknown is dropped and remembered for 30
// s; both tables are bounded.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "media/media.hpp"
#include "rtp/extension.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::media {

class PublishedTrack;

class SsrcRouter {
 public:
  struct Route {
    PublishedTrack* track = nullptr;
    rtp::Ssrc ssrc = 0;
    rtp::Ssrc media = 0;  // the same, unless this is its retransmission stream
    std::uint8_t layer = 0;
    bool rtx = false;
  };

  void set_extensions(const rtp::ExtensionMap& extensions);

  // A negotiated section that sends; again after each negotiation. `rids` as the SDP lists them: their well-known names
  // tell the layer, else their order does, lowest first. Empty: one stream.
  void add_section(std::string_view mid, PublishedTrack& track, std::vector<std::string> rids = {});
  // SSRCs that the SDP tells. For a SIM group bind each with its index.
  void bind(rtp::Ssrc ssrc, PublishedTrack& track, std::uint8_t layer);
  void bind_rtx(rtp::Ssrc rtx, rtp::Ssrc media);  // FID group; the media SSRC is bound first
  void remove(const PublishedTrack& track);

  const Route* find(rtp::Ssrc ssrc) const;
  // find(), else learns from the packet's extensions. Null: not (yet) known, drop. A Route is valid until the next
  // change.
  const Route* resolve(Instant now, const rtp::PacketView& packet);

  template <typename Visit>
  void for_each_track(Visit&& visit) const {
    for (const Section& section : sections_) visit(*section.track);
  }
  std::size_t size() const { return routes_.size(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Section {
    std::string mid;
    std::vector<std::string> rids;
    PublishedTrack* track = nullptr;
  };
  struct Unknown {
    rtp::Ssrc ssrc = 0;
    std::uint8_t packets = 0;
    Instant last{};
  };
  static constexpr std::size_t kMaxRoutes = 256;
  static constexpr std::size_t kMaxUnknown = 32;
  static constexpr std::uint8_t kProbePackets = 10;

  const Route* learn(const rtp::PacketView& packet);
  const Route* put(const Route& route);
  static std::uint8_t layer_of(const Section& section, std::string_view rid);
  bool may_probe(Instant now, rtp::Ssrc ssrc);

  std::vector<Route> routes_;
  std::vector<Section> sections_;
  std::array<Unknown, kMaxUnknown> unknown_{};
  std::uint8_t mid_id_ = 0, rid_id_ = 0, repaired_rid_id_ = 0;
  mutable std::size_t last_hit_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace sfu::media
