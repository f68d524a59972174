// SPDX-License-Identifier: Apache-2.0
// Packets of video that are read in one turn are forwarded together: for each subscriber all of them, in their order.
#include <array>
#include <span>
#include <utility>

#include "media/gathering.hpp"
#include "media/published_track.hpp"

namespace sfu::media {

Gathering::~Gathering() {
  for (PublishedTrack* track : tracks_) track->forget_gathering();
}

void Gathering::end(Instant now, Output& out) {
  for (PublishedTrack* track : tracks_) {
    track->forward_gathered(now, out);
    track->forget_gathering();
  }
  tracks_.clear();
}

PublishedTrack::~PublishedTrack() {
  if (gathering_ != nullptr) gathering_->remove(*this);
}

// What is kept is made of the store again, so it has to be there. One subscriber alone gains nothing.
bool PublishedTrack::gather(Instant now, const IncomingPacket& packet, Output& out) {
  if (out.gathering == nullptr || config_.kind != rtp::MediaKind::kVideo || fan_out_.size() < 2) return false;
  const ReceiveStream& stream = *encodings_.stream(packet.layer);
  const PacketStore& store = stream.store();
  if (store.capacity() < 2 * kMostGathered || !store.contains(packet.sequence)) return false;
  if (gathered_count_ == kMostGathered) forward_gathered(now, out);
  if (gathering_ == nullptr) {
    gathering_ = out.gathering;
    gathering_->add(*this);
  }
  gathered_[gathered_count_++] = {packet.sequence, stream.highest_sequence(), packet.arrival,
                                  packet.layer,    packet.generation,         packet.newest,
                                  packet.recovered};
  return true;
}

void PublishedTrack::forward_gathered(Instant now, Output& out) {
  if (gathered_count_ == 0) return;
  std::array<IncomingPacket, kMostGathered> packets;
  std::array<LayeredFrame, kMostGathered> frames;
  std::array<std::int64_t, kMostGathered> highest{};
  std::size_t count = 0;
  const std::size_t gathered_count = std::exchange(gathered_count_, 0);
  for (std::size_t i = 0; i < gathered_count; ++i) {
    const Gathered& gathered = gathered_[i];
    IncomingPacket& packet = packets[count];
    if (!encodings_.recall(gathered.layer, gathered.sequence, packet)) continue;
    if (packet.generation != gathered.generation) continue;  // the sender began afresh
    packet.arrival = gathered.arrival;
    packet.newest = gathered.newest;
    packet.recovered = gathered.recovered;
    if (StreamLayers* layers = encodings_.layers(gathered.layer)) layers->place(packet, frames[count]);
    highest[count++] = gathered.highest;
  }
  deliver(now, std::span(packets).first(count), std::span(highest).first(count), out);
}

}  // namespace sfu::media
