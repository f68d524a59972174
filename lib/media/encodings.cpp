// SPDX-License-Identifier: Apache-2.0
#include "media/encodings.hpp"

#include <algorithm>
#include <iterator>

namespace sfu::media {
namespace {

// What means the same to a subscriber as to us. The rest speaks of the publisher's own hop (transport-cc, mid, rid,
// abs-send-time) or is unknown, and its ids would be wrong (media spec 1.6).
constexpr rtp::Extension kCarriedKinds[] = {
    rtp::Extension::kAudioLevel,           rtp::Extension::kVideoOrientation, rtp::Extension::kAbsCaptureTime,
    rtp::Extension::kDependencyDescriptor, rtp::Extension::kColorSpace,       rtp::Extension::kFrameMarking,
};
static_assert(std::size(kCarriedKinds) <= IncomingPacket::kMaxCarried);

// Of abs-capture-time, without the offset of the capturer's clock from the sender's: it is told in ours.
constexpr std::size_t kCaptureTime = 8;

// A decoder that is given dependency descriptors asks nothing else, and theirs are numbers of all that was encoded,
// other encodings and what came while paused included. So only codecs keep them that need them for their layers.
bool is_carried(rtp::Extension kind, rtp::Codec codec) {
  return kind != rtp::Extension::kDependencyDescriptor || codec == rtp::Codec::kAv1 || codec == rtp::Codec::kVp9;
}

}  // namespace

void Encodings::configure(std::span<const ReceivePayload> payloads, const rtp::ExtensionMap& extensions) {
  payloads_.assign(payloads.begin(), payloads.end());
  carried_count_ = 0;
  for (const rtp::Extension kind : kCarriedKinds) {
    if (extensions.has(kind)) carried_[carried_count_++] = {extensions.id(kind), kind};
  }
  dependency_descriptor_id_ = extensions.id(rtp::Extension::kDependencyDescriptor);
}

ReceiveStream& Encodings::add(const ReceiveStreamConfig& config) {
  auto& slot = streams_[config.layer];
  slot = std::make_unique<ReceiveStream>(config);
  if (config.kind == rtp::MediaKind::kVideo) {
    layers_[config.layer] = std::make_unique<StreamLayers>(config.screenshare);
  }
  return *slot;
}

const ReceivePayload* Encodings::payload(std::uint8_t payload_type) const {
  for (const ReceivePayload& payload : payloads_) {
    if (payload.payload_type == payload_type) return &payload;
  }
  return nullptr;
}

std::uint8_t Encodings::repeated_by(std::uint8_t rtx_payload_type) const {
  for (const ReceivePayload& payload : payloads_) {
    if (payload.rtx == rtx_payload_type) return payload.payload_type;
  }
  return kNoPayloadType;
}

std::uint8_t Encodings::live() const {
  std::uint8_t mask = 0;
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (streams_[layer] && streams_[layer]->live()) mask |= static_cast<std::uint8_t>(1u << layer);
  }
  return mask;
}

const StreamLayers* Encodings::svc() const {
  const bool single = streams_[1] == nullptr && streams_[2] == nullptr;
  return single && layers_[0] != nullptr && layers_[0]->is_svc() ? layers_[0].get() : nullptr;
}

std::uint8_t Encodings::live_layers() const {
  const StreamLayers* inside = svc();
  return inside != nullptr ? inside->live() : live();
}

std::uint8_t Encodings::usable(Instant now) const {
  if (const std::uint8_t mask = live()) return mask;
  std::uint8_t lately = 0;
  std::uint8_t ever = 0;
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (!streams_[layer] || !streams_[layer]->started()) continue;
    const auto bit = static_cast<std::uint8_t>(1u << layer);
    ever |= bit;
    if (streams_[layer]->usable(now)) lately |= bit;
  }
  return lately != 0 ? lately : ever;
}

bool Encodings::describe(const rtp::PacketView& view, IncomingPacket& packet) const {
  const ReceivePayload* negotiated = payload(view.payload_type());
  if (negotiated == nullptr) return false;
  packet.payload = view.payload();
  packet.payload_type = view.payload_type();
  packet.codec = negotiated->codec;
  packet.marker = view.marker();
  packet.extension_count = 0;
  for (std::size_t i = 0; i < carried_count_; ++i) {
    if (!is_carried(carried_[i].kind, packet.codec)) continue;
    ByteView value = view.extension(carried_[i].id);
    if (carried_[i].kind == rtp::Extension::kAbsCaptureTime) value = value.first(std::min(value.size(), kCaptureTime));
    if (!value.empty()) packet.extensions[packet.extension_count++] = {carried_[i].kind, value};
  }
  packet.dependency_descriptor = view.extension(dependency_descriptor_id_);
  packet.info = codec::inspect(packet.codec, packet.payload, packet.dependency_descriptor);
  packet.has_vp8 = false;
  if (packet.codec == rtp::Codec::kVp8) {
    if (auto descriptor = codec::parse_vp8(packet.payload)) {
      packet.vp8 = *descriptor;
      packet.has_vp8 = true;
    }
  }
  return true;
}

bool Encodings::recall(std::uint8_t layer, std::int64_t sequence, IncomingPacket& packet) const {
  const ReceiveStream* from = stream(layer);
  if (from == nullptr) return false;
  const ByteView bytes = from->store().find(sequence);
  if (bytes.empty()) return false;
  const auto view = rtp::PacketView::parse(bytes);
  if (!view || !describe(*view, packet)) return false;
  packet.info.is_keyframe = packet.vp8.is_keyframe = from->store().is_keyframe(sequence);
  packet.sequence = sequence;
  packet.timestamp = from->timestamp_of(view->timestamp());
  packet.layer = layer;
  packet.generation = from->generation();
  packet.newest = sequence == from->highest_sequence();
  packet.recovered = false;
  return true;
}

}  // namespace sfu::media
