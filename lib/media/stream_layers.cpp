// SPDX-License-Identifier: Apache-2.0
#include "media/stream_layers.hpp"

#include <algorithm>

namespace sfu::media {
namespace {

constexpr std::size_t kHeader = 3;  // of a dependency descriptor that changes nothing

std::uint8_t clamp_spatial(std::size_t spatial) {
  return static_cast<std::uint8_t>(std::min<std::size_t>(spatial, kMaxLayers - 1));
}

}  // namespace

StreamLayers::StreamLayers(bool screenshare)
    : trackers_{LayerTracker(LayerTracker::config_for(0, screenshare)),
                LayerTracker(LayerTracker::config_for(1, screenshare)),
                LayerTracker(LayerTracker::config_for(2, screenshare))},
      bitrates_(std::chrono::seconds(screenshare ? 4 : 1)) {}

void StreamLayers::read(Instant now, std::size_t size, IncomingPacket& packet) {
  place(packet, frame_);
  if (packet.newest && packet.has_vp8 && packet.vp8.has_picture_id) newest_picture_ = packet.vp8.picture_id;
  if (packet.recovered) return;
  count(size, packet);
  if (is_svc() && trackers_[clamp_spatial(packet.info.spatial_layer)].observe(now)) changed_ = true;
}

void StreamLayers::place(IncomingPacket& packet, LayeredFrame& frame) {
  packet.frame = nullptr;
  // VP8's own descriptor tells as much, and is never encrypted; but Chrome leaves all that out of it where a dependency
  // descriptor goes along.
  const bool by_itself = packet.has_vp8 && packet.vp8.has_picture_id;
  if (!by_itself && packet.dependency_descriptor.size() >= kHeader) {
    read_dependencies(packet, frame);
    const bool single = packet.frame != nullptr && packet.codec == rtp::Codec::kVp8 && frame.structure != nullptr &&
                        frame.structure->decode_target_count < 2;
    if (single) packet.frame = nullptr;  // nothing to leave out
  } else if (packet.codec == rtp::Codec::kVp9) {
    read_vp9(packet, frame);
  } else if (packet.codec == rtp::Codec::kH265 && (tells_temporal_ || packet.info.temporal_layer > 0)) {
    tells_temporal_ = true;
    frame.kind = LayeredFrame::Kind::kTemporal;
    packet.frame = &frame;
  }
  if (packet.frame != nullptr && !std::exchange(layered_, true)) changed_ = true;
}

void StreamLayers::read_dependencies(IncomingPacket& packet, LayeredFrame& frame) {
  if (reader_ == nullptr) reader_ = std::make_unique<codec::DependencyDescriptorReader>();
  const auto header = *codec::parse_dependency_descriptor_header(packet.dependency_descriptor);
  frame.number = unwrap(header.frame_number, 16);
  // What is older than the structure speaks of another one.
  const bool known = reader_->structure() != nullptr;
  const bool old = known && frame.number < structure_number_;
  const auto descriptor =
      old ? Result<codec::DependencyDescriptor>(fail(Errc::kNotFound)) : reader_->read(packet.dependency_descriptor);
  if (!descriptor) {
    frame.kind = LayeredFrame::Kind::kUnreadable;
    if (known) packet.frame = &frame;
    return;
  }
  const bool is_new = header.has_structure && (!known || frame.number > structure_number_);
  if (is_new) {
    structure_number_ = frame.number;
    ++structure_id_;
  }
  frame.kind = LayeredFrame::Kind::kDependencies;
  frame.descriptor = *descriptor;
  frame.structure = reader_->structure();
  frame.structure_id = structure_id_;
  frame.active_targets = reader_->active_decode_targets();
  if (is_new || descriptor->active_decode_targets) note_structure(frame);
  packet.info.spatial_layer = descriptor->frame.spatial_layer;
  packet.info.temporal_layer = descriptor->frame.temporal_layer;
  if (descriptor->width != 0) {
    packet.info.width = descriptor->width;
    packet.info.height = descriptor->height;
  }
  packet.frame = &frame;
}

// A structure, or another choice of its active targets.
void StreamLayers::note_structure(const LayeredFrame& frame) {
  const codec::FrameDependencyStructure& structure = *frame.structure;
  set_spatial_layers(structure.spatial_layer_count);
  for (std::size_t spatial = 0; structure.has_resolutions && spatial < kMaxLayers; ++spatial) {
    resolutions_[spatial] = {structure.resolutions[spatial].width, structure.resolutions[spatial].height};
  }
  std::uint8_t active = 0;
  for (std::size_t target = 0; target < structure.decode_target_count; ++target) {
    if ((frame.active_targets >> target & 1) == 0) continue;
    active |= static_cast<std::uint8_t>(1u << clamp_spatial(structure.target_spatial[target]));
  }
  const std::uint8_t before = std::exchange(active_spatial_, active);
  if (before == active || !is_svc()) return;
  changed_ = true;
  for (std::uint8_t spatial = 0; spatial < kMaxLayers; ++spatial) {
    if ((active & ~before) >> spatial & 1) trackers_[spatial].expect();
  }
}

void StreamLayers::read_vp9(IncomingPacket& packet, LayeredFrame& frame) {
  const auto descriptor = codec::parse_vp9(packet.payload);
  if (!descriptor || !descriptor->has_layers || !descriptor->has_picture_id) return;
  frame.kind = LayeredFrame::Kind::kVp9;
  frame.vp9 = *descriptor;
  frame.number = unwrap(descriptor->picture_id, descriptor->long_picture_id ? 15 : 7);
  if (descriptor->has_scalability) {
    set_spatial_layers(descriptor->spatial_layer_count);
    for (std::size_t spatial = 0; descriptor->has_resolutions && spatial < kMaxLayers; ++spatial) {
      resolutions_[spatial] = {descriptor->resolutions[spatial].width, descriptor->resolutions[spatial].height};
    }
  } else if (descriptor->spatial_layer >= spatial_layers_) {
    set_spatial_layers(static_cast<std::uint8_t>(descriptor->spatial_layer + 1));
  }
  packet.frame = &frame;
}

void StreamLayers::set_spatial_layers(std::uint8_t count) {
  if (count == spatial_layers_) return;
  spatial_layers_ = count;
  changed_ = true;
}

void StreamLayers::count(std::size_t size, const IncomingPacket& packet) {
  const std::uint8_t spatial = is_svc() ? packet.info.spatial_layer : std::uint8_t{0};
  const std::uint8_t temporal = packet.info.temporal_layer;
  const bool by_target = packet.frame != nullptr && frame_.kind == LayeredFrame::Kind::kDependencies;
  if (by_target) {
    const codec::FrameDependencyStructure& structure = *frame_.structure;
    for (std::size_t target = 0; target < structure.decode_target_count; ++target) {
      if ((frame_.active_targets >> target & 1) == 0) continue;
      if (frame_.descriptor.frame.decode_targets[target] == codec::DecodeTargetIndication::kNotPresent) continue;
      bitrates_.count_target(is_svc() ? structure.target_spatial[target] : std::uint8_t{0},
                             structure.target_temporal[target], size);
    }
  } else {
    bitrates_.count(spatial, temporal, size);
  }
  // Where a frame's first packet is not told, its time is: frames of one layer differ in it.
  const bool by_number = packet.frame != nullptr && frame_.kind != LayeredFrame::Kind::kTemporal;
  const bool told = by_number || packet.codec == rtp::Codec::kVp8;
  const bool starts = told ? packet.info.starts_frame : packet.timestamp > last_frame_timestamp_;
  if (!starts) return;
  last_frame_timestamp_ = packet.timestamp;
  frame_rates_.count(spatial, temporal, packet.timestamp);
}

bool StreamLayers::counts_afresh(const IncomingPacket& packet) const {
  if (packet.has_vp8 && packet.vp8.has_picture_id) {
    return newest_picture_ >= 0 &&
           ahead(packet.vp8.picture_id, newest_picture_, packet.vp8.long_picture_id ? 15 : 7) <= 0;
  }
  if (!has_number_) return false;
  if (const auto header = codec::parse_dependency_descriptor_header(packet.dependency_descriptor)) {
    return header->has_structure && ahead(header->frame_number, newest_number_, 16) <= 0;
  }
  if (packet.codec != rtp::Codec::kVp9) return false;
  const auto vp9 = codec::parse_vp9(packet.payload);
  return vp9 && vp9->has_layers && vp9->has_picture_id && vp9->spatial_layer == 0 &&
         ahead(vp9->picture_id, newest_number_, vp9->long_picture_id ? 15 : 7) <= 0;
}

// How far, by the short way round.
std::int64_t StreamLayers::ahead(std::int64_t number, std::int64_t of, unsigned bits) {
  const std::int64_t modulus = std::int64_t{1} << bits;
  std::int64_t ahead = (number - of) % modulus;
  if (ahead < -modulus / 2) ahead += modulus;
  if (ahead >= modulus / 2) ahead -= modulus;
  return ahead;
}

// Nearest to the newest.
std::int64_t StreamLayers::unwrap(std::uint16_t number, unsigned bits) {
  if (!std::exchange(has_number_, true)) newest_number_ = number + (std::int64_t{1} << bits);
  const std::int64_t unwrapped = newest_number_ + ahead(number, newest_number_, bits);
  newest_number_ = std::max(newest_number_, unwrapped);
  return unwrapped;
}

bool StreamLayers::advance(Instant now, std::uint32_t clock_rate) {
  bitrates_.advance(now);
  rates_changed_ |= frame_rates_.advance(now, clock_rate);
  if (!is_svc()) return false;
  bool changed = false;
  for (LayerTracker& tracker : trackers_) changed |= tracker.advance(now);
  return changed;
}

void StreamLayers::reset() {
  layered_ = has_number_ = tells_temporal_ = false;
  spatial_layers_ = 1;
  active_spatial_ = 0xff;
  structure_number_ = newest_number_ = 0;
  newest_picture_ = -1;
  last_frame_timestamp_ = -1;
  if (reader_) reader_->reset();
  resolutions_ = {};
  frame_rates_.reset();
  reset_liveness();
}

void StreamLayers::reset_liveness() {
  for (LayerTracker& tracker : trackers_) tracker.reset();
}

void StreamLayers::expect() {
  for (LayerTracker& tracker : trackers_) tracker.expect();
}

std::uint8_t StreamLayers::live() const {
  std::uint8_t mask = 0;
  for (std::uint8_t spatial = 0; spatial < kMaxLayers; ++spatial) {
    if (trackers_[spatial].live()) mask |= static_cast<std::uint8_t>(1u << spatial);
  }
  return mask & active_spatial_;
}

}  // namespace sfu::media
