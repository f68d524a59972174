// SPDX-License-Identifier: Apache-2.0
// The layers inside one stream (media spec 2.6): which spatial and temporal layers it has, which of them are being
// sent, how large, how many bits and frames a second. Reads dependency descriptors and VP9's payload descriptors;
// VP8's temporal layers are in IncomingPacket already where its own descriptor tells them. One for each encoding of a
// video track.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "media/frame_rates.hpp"
#include "media/incoming_packet.hpp"
#include "media/layer_bitrates.hpp"
#include "media/layer_tracker.hpp"
#include "media/layered_frame.hpp"
#include "media/media.hpp"

namespace sfu::media {

class StreamLayers {
 public:
  struct Resolution {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
  };

  explicit StreamLayers(bool screenshare);

  // Hot path. Sets packet.frame if this packet tells; its layers in packet.info may be told better by it. `size`: of
  // the whole packet. A recovered packet is no part of the figures.
  void read(Instant now, std::size_t size, IncomingPacket& packet);
  // The same for a packet that comes again from the store. `frame`: room for what it tells.
  void place(IncomingPacket& packet, LayeredFrame& frame);
  // Of the first packet of a key frame, newer than all before: its number is not ahead of theirs. Its sender began to
  // count afresh, on the same SSRC.
  bool counts_afresh(const IncomingPacket& packet) const;
  // True: live() changed.
  bool advance(Instant now, std::uint32_t clock_rate);
  // True once after a layer became live by its first packet, or the first that tells of layers came.
  bool take_changed() { return std::exchange(changed_, false); }
  // The same of frame_rates().
  bool take_rates_changed() { return std::exchange(rates_changed_, false); }
  // The sender begins afresh.
  void reset();
  void reset_liveness();
  void expect();

  // Packets tell their frames: forwarders have something to choose from.
  bool layered() const { return layered_; }
  // More than one spatial layer.
  bool is_svc() const { return spatial_layers_ > 1; }
  // Bit per spatial layer, of SVC: being sent.
  std::uint8_t live() const;
  const BitrateMatrix& bitrates() const { return bitrates_.bitrates(); }
  const FrameRateMatrix& frame_rates() const { return frame_rates_.rates(); }
  Resolution resolution(std::uint8_t spatial) const { return resolutions_[spatial]; }

 private:
  void read_dependencies(IncomingPacket& packet, LayeredFrame& frame);
  void note_structure(const LayeredFrame& frame);
  void read_vp9(IncomingPacket& packet, LayeredFrame& frame);
  void set_spatial_layers(std::uint8_t count);
  void count(std::size_t size, const IncomingPacket& packet);
  static std::int64_t ahead(std::int64_t number, std::int64_t of, unsigned bits);
  std::int64_t unwrap(std::uint16_t number, unsigned bits);

  bool layered_ = false;
  bool changed_ = false;
  bool rates_changed_ = false;
  bool has_number_ = false;
  bool tells_temporal_ = false;
  std::uint8_t spatial_layers_ = 1;
  std::uint8_t active_spatial_ = 0xff;  // by the mask of active decode targets
  std::int64_t newest_number_ = 0;      // of dependency descriptors or VP9's pictures
  std::int32_t newest_picture_ = -1;    // of VP8's; -1: none came
  std::int64_t structure_number_ = 0;   // the frame that brought the structure
  std::uint32_t structure_id_ = 0;
  std::int64_t last_frame_timestamp_ = -1;
  std::unique_ptr<codec::DependencyDescriptorReader> reader_;  // from the first descriptor on
  LayeredFrame frame_;
  std::array<LayerTracker, kMaxLayers> trackers_;
  std::array<Resolution, kMaxLayers> resolutions_{};
  LayerBitrates bitrates_;
  FrameRates frame_rates_;
};

}  // namespace sfu::media
