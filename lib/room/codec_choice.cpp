// SPDX-License-Identifier: Apache-2.0
#include "room/codec_choice.hpp"

#include <algorithm>

#include "room/announcement.hpp"
#include "room/media_setup.hpp"

namespace sfu::room {

namespace {

std::vector<peer::PayloadCodec> offered_of(const Publication& publication, CodecIndex index) {
  const auto& codec = *publication.codecs[index];
  if (codec.live()) return codec.offered;
  const auto announced = announced_codec(publication.info, index);
  if (announced == rtp::Codec::kUnknown) return {};
  return {usual_form(announced)};  // until its own section says more
}

std::vector<CodecIndex> by_preference(const Publication& publication) {
  std::vector<CodecIndex> order = {publication.preferred};
  for (CodecIndex index = 0; index < publication.codecs.size(); ++index) {
    if (index != publication.preferred) order.push_back(index);
  }
  return order;
}

}  // namespace

peer::PayloadCodec usual_form(rtp::Codec codec) {
  peer::PayloadCodec usual;
  usual.codec = codec;
  usual.clock_rate = rtp::clock_rate(codec);
  usual.channels = codec == rtp::Codec::kOpus || codec == rtp::Codec::kRed ? 2 : 1;
  if (codec == rtp::Codec::kH264) usual.fmtp = "packetization-mode=1;profile-level-id=42e01f";
  return usual;
}

std::vector<peer::PayloadCodec> offered_to_subscribers(const Publication& publication) {
  std::vector<peer::PayloadCodec> offered;
  for (const auto index : by_preference(publication)) {
    const auto codecs = offered_of(publication, index);
    offered.insert(offered.end(), codecs.begin(), codecs.end());
  }
  return offered;
}

std::optional<CodecIndex> choose_codec(const Publication& publication, const std::vector<peer::PayloadCodec>& agreed) {
  for (const auto index : by_preference(publication)) {
    if (!payload_mappings(offered_of(publication, index), agreed).empty()) return index;
  }
  return std::nullopt;
}

bool regresses_to_backup(const livekit::TrackInfo& info, std::size_t participants, std::uint32_t threshold) {
  // Frames of a codec that a client cannot encrypt would come in the clear, or not at all.
  if (info.encryption() != livekit::Encryption::NONE) return false;
  switch (info.backup_codec_policy()) {
    case livekit::REGRESSION: return true;
    case livekit::PREFER_REGRESSION: return threshold == 0 || participants < threshold;
    default: return false;
  }
}

}  // namespace sfu::room
