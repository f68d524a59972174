// SPDX-License-Identifier: Apache-2.0
#include "media/packet_filters.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "codec/codec.hpp"
#include "codec/red.hpp"
#include "rtp/extension_values.hpp"

namespace sfu::media {
namespace {

constexpr std::uint8_t kPaddingBit = 0x20;
constexpr std::int64_t kOldestBlock = 0x3fff;  // ticks that a block of RED may be older than its packet

void show_level(const IncomingPacket& packet, TrackPacket& shown) {
  for (std::size_t i = 0; i < packet.extension_count; ++i) {
    if (packet.extensions[i].kind != rtp::Extension::kAudioLevel) continue;
    if (const auto level = rtp::AudioLevel::parse(packet.extensions[i].bytes)) {
      shown.audio_level = level->level;
      shown.voice = level->voice;
    }
  }
}

TrackPacket show(const rtp::PacketView& view, const IncomingPacket& packet) {
  TrackPacket shown;
  shown.mime_type = rtp::mime_type(packet.codec);
  const std::size_t descriptor = codec::descriptor_size(packet.codec, packet.payload);
  shown.descriptor = packet.payload.first(descriptor);
  shown.payload = packet.payload.subspan(descriptor);
  shown.ssrc = view.ssrc();
  shown.sequence_number = view.sequence_number();
  shown.timestamp = view.timestamp();
  shown.payload_type = packet.payload_type;
  shown.marker = packet.marker;
  shown.recovered = packet.recovered;
  shown.layer = packet.layer;
  shown.arrived = packet.arrival;
  if (rtp::kind_of(packet.codec) == rtp::MediaKind::kVideo) {
    shown.spatial_layer = packet.info.spatial_layer;
    shown.temporal_layer = packet.info.temporal_layer;
    shown.starts_frame = packet.info.starts_frame;
    shown.starts_keyframe = packet.info.is_keyframe;
  } else {
    show_level(packet, shown);
  }
  return shown;
}

// Of redundant audio the newest block. `block_header`: what stands before it where it is alone. False: it cannot be
// taken apart, and is shown as it is.
bool show_newest_block(const Encodings& encodings, std::uint8_t& block_header, TrackPacket& shown) {
  std::array<codec::RedBlock, codec::kMaxRedBlocks> blocks;
  const auto count = codec::split_red(shown.payload, blocks);
  if (!count) return false;
  const codec::RedBlock& newest = blocks[*count - 1];
  const ReceivePayload* inner = encodings.payload(newest.payload_type);
  block_header = newest.payload_type;
  shown.mime_type = rtp::mime_type(inner != nullptr ? inner->codec : rtp::Codec::kOpus);
  shown.descriptor = shown.payload.first(shown.payload.size() - newest.payload.size());
  shown.payload = newest.payload;
  shown.redundant = true;
  return true;
}

}  // namespace

std::shared_ptr<FilterPlace> PacketFilters::attach(PacketFilter& filter) {
  if (buffers_ == nullptr) buffers_ = std::make_unique<std::array<Buffer, 2>>();
  return places_.emplace_back(std::make_shared<FilterPlace>(&filter));
}

bool PacketFilters::empty() {
  std::erase_if(places_, [](const auto& place) { return place->filter == nullptr; });
  return places_.empty();
}

void PacketFilters::end() {
  for (const auto& place : std::exchange(places_, {})) {
    if (PacketFilter* filter = std::exchange(place->filter, nullptr)) filter->on_ended();
  }
}

bool PacketFilters::apply(const Encodings& encodings, const rtp::PacketView& view, IncomingPacket& packet,
                          ByteView& kept) {
  TrackPacket shown = show(view, packet);
  ByteView descriptor = shown.descriptor;
  std::uint8_t block_header = 0;
  const bool red = packet.codec == rtp::Codec::kRed && show_newest_block(encodings, block_header, shown);
  if (red) descriptor = ByteView(&block_header, 1);

  const std::size_t head = view.header_size() + descriptor.size();
  // Too large to be sent on, and for the room that filters are promised.
  if (head + shown.payload.size() > Buffer().size()) return false;
  Buffer* changed = nullptr;
  const bool passes = ask(shown, head, changed);
  if (red && (!passes || changed != nullptr)) {
    altered_ = true;
    altered_timestamp_ = packet.timestamp;
  }
  if (!passes) return false;
  if (changed == nullptr && red && repeats_altered(packet) && head + shown.payload.size() <= Buffer().size()) {
    changed = &buffers_->front();
    std::ranges::copy(shown.payload, changed->begin() + static_cast<std::ptrdiff_t>(head));
  }
  if (changed == nullptr) return true;
  const auto after_header = std::ranges::copy(view.header(), changed->begin()).out;
  std::ranges::copy(descriptor, after_header);
  changed->front() = static_cast<std::uint8_t>(changed->front() & ~kPaddingBit);
  kept = ByteView(*changed).first(head + shown.payload.size());
  packet.payload = kept.subspan(view.header_size());
  return true;
}

// What a filter writes has its place behind `head` bytes. `changed`: the buffer that holds the payload, if it is new.
bool PacketFilters::ask(TrackPacket& shown, std::size_t head, Buffer*& changed) {
  // One that attaches another has it begin with the next packet.
  for (std::size_t i = 0, count = places_.size(); i < count; ++i) {
    PacketFilter* filter = places_[i]->filter;
    if (filter == nullptr) continue;
    Buffer& free = changed == &buffers_->front() ? buffers_->back() : buffers_->front();
    const std::size_t end = std::min(std::max(head + shown.payload.size(), kMaxPacket), free.size());
    const ByteSpan room = head < end ? ByteSpan(free).first(end).subspan(head) : ByteSpan();
    const PacketVerdict verdict = filter->on_packet(shown, room);
    if (verdict.action == PacketVerdict::Action::kPass) continue;
    if (verdict.action == PacketVerdict::Action::kDrop || verdict.size == 0 || verdict.size > room.size()) return false;
    shown.payload = room.first(verdict.size);
    changed = &free;
  }
  return true;
}

// Whether older blocks may bring back what filters took out.
bool PacketFilters::repeats_altered(const IncomingPacket& packet) const {
  return altered_ && std::abs(packet.timestamp - altered_timestamp_) <= kOldestBlock;
}

std::array<std::uint8_t, rtp::kFixedHeaderSize> empty_packet(const rtp::PacketView& view) {
  std::array<std::uint8_t, rtp::kFixedHeaderSize> bytes;
  std::ranges::copy(view.bytes().first(bytes.size()), bytes.begin());
  bytes[0] = 0x80;  // no padding, no extensions, no sources
  return bytes;
}

}  // namespace sfu::media
