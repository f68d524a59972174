// SPDX-License-Identifier: Apache-2.0
#include "viewer.hpp"

namespace sfu::sim {

void Viewer::on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) {
  Track& track = tracks_[track_sid];
  if (track.packets.empty()) track.first = now;
  const Label label = Label::read(packet.payload());
  const std::int64_t sequence = track.unwrapper.unwrap(packet.sequence_number());
  if (!recovered && !track.packets.empty() && sequence < track.packets.rbegin()->first) ++track.late;
  const auto [at, is_new] = track.packets.try_emplace(sequence, Track::Packet{label, packet.timestamp()});
  if (!is_new && at->second.label.ordinal != label.ordinal) ++track.conflicts;
  if (is_new && recovered) ++track.repaired;
  const auto mix = [this](std::uint64_t value) { trace_ = (trace_ ^ value) * 0x100000001b3; };
  mix(static_cast<std::uint64_t>(now.time_since_epoch().count()));
  mix(packet.sequence_number());
  mix(packet.timestamp());
  mix(label.ordinal);
}

Viewer::Verdict Viewer::judge(const Track& track, std::uint32_t last_frame) {
  Verdict verdict;
  // From the last key frame on: before it NACKs are of no use, as the decoder starts over there (media spec 3.1).
  auto at = track.packets.end();
  for (auto packet = track.packets.begin(); packet != track.packets.end(); ++packet) {
    if (packet->second.label.keyframe && packet->second.label.index == 0) at = packet;
  }
  if (at == track.packets.end() || at->second.label.frame > last_frame) return verdict;
  const std::int64_t first_sequence = at->first;
  const Track::Packet first = at->second;
  std::map<std::uint32_t, std::uint8_t> received;  // packets by frame
  std::map<std::uint32_t, std::uint8_t> count;
  std::uint32_t last_ordinal = first.label.ordinal;
  std::uint64_t present = 0;
  for (; at != track.packets.end(); ++at) {
    const auto& [sequence, packet] = *at;
    if (packet.label.frame > last_frame) break;
    ++present;
    ++received[packet.label.frame];
    count[packet.label.frame] = packet.label.count;
    last_ordinal = packet.label.ordinal;
    verdict.sequence_continuous &=
        sequence - first_sequence == std::int64_t{packet.label.ordinal} - first.label.ordinal;
    verdict.timestamps_continuous &=
        packet.timestamp - first.timestamp == (packet.label.frame - first.label.frame) * Camera::kTicksPerFrame;
  }
  verdict.expected = last_ordinal - first.label.ordinal + 1;
  verdict.missing = verdict.expected - present;
  verdict.frames = last_frame - first.label.frame + 1;
  for (std::uint32_t frame = first.label.frame; frame <= last_frame; ++frame) {
    if (received[frame] == 0 || received[frame] != count[frame]) ++verdict.incomplete_frames;
  }
  return verdict;
}

}  // namespace sfu::sim
