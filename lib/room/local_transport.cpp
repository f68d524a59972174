// SPDX-License-Identifier: Apache-2.0
#include "room/local_transport.hpp"

#include <algorithm>

#include "room/codec_choice.hpp"
#include "rtcp/compound_reader.hpp"

namespace sfu::room {

LocalTransport::LocalTransport(ParticipantId owner, Random& random, rtp::Ssrc rtcp_ssrc)
    : Transport(owner, livekit::PUBLISHER, rtcp_ssrc), random_(random) {
  set_batch(packets_);
  negotiation.described = true;
  was_connected = true;
}

void LocalTransport::add_section(const std::string& cid, rtp::Codec codec, std::size_t layers) {
  peer::ReceiveSection section;
  section.mid = std::to_string(next_mid_++);
  section.kind = rtp::kind_of(codec);
  section.track_id = cid;
  auto payload = usual_form(codec);
  payload.payload_type = kPayloadType;
  section.codecs.push_back(std::move(payload));
  for (std::size_t layer = 0; layer < layers; ++layer) section.streams.push_back({random_.u32() | 1, 0});
  section.active = true;
  published_.push_back(std::move(section));
}

const peer::ReceiveSection* LocalTransport::section_of(std::string_view cid) const {
  const auto found = std::ranges::find(published_, cid, &peer::ReceiveSection::track_id);
  return found != published_.end() ? &*found : nullptr;
}

void LocalTransport::remove_section(std::string_view cid) {
  std::erase_if(published_, [&](const peer::ReceiveSection& section) { return section.track_id == cid; });
}

bool LocalTransport::address(std::string_view cid, std::size_t layer, ByteSpan packet) const {
  constexpr std::size_t kHeader = 12;
  const auto* section = section_of(cid);
  if (section == nullptr || layer >= section->streams.size() || packet.size() < kHeader) return false;
  packet[1] = static_cast<std::uint8_t>((packet[1] & 0x80) | kPayloadType);
  store_be32(packet.data() + 8, section->streams[layer].ssrc);
  return true;
}

std::vector<std::string> LocalTransport::receive_mids() const {
  std::vector<std::string> mids;
  for (const auto& section : published_) mids.push_back(section.mid);
  return mids;
}

const peer::ReceiveSection* LocalTransport::receive_section(std::string_view mid) const {
  const auto found = std::ranges::find(published_, mid, &peer::ReceiveSection::mid);
  return found != published_.end() ? &*found : nullptr;
}

Result<std::string> LocalTransport::bind_sender(peer::SenderSpec spec) {
  // Nothing is lost on this way: RED would only cost.
  if (peer::find_codec(spec.codecs, rtp::Codec::kOpus) != nullptr) {
    std::erase_if(spec.codecs, [](const peer::PayloadCodec& codec) { return codec.codec == rtp::Codec::kRed; });
  }
  std::uint8_t payload_type = kPayloadType;
  peer::SendSection section;
  section.mid = std::to_string(next_mid_++);
  for (auto codec : spec.codecs) {
    codec.payload_type = payload_type++;
    codec.rtx_payload_type.reset();
    section.codecs.push_back(std::move(codec));
  }
  section.sender = std::move(spec);
  section.negotiated = true;
  add(LocalTrackBound{section.sender.track_id, section.codecs});
  std::string mid = section.mid;
  const auto placed = subscribed_.emplace(mid, std::move(section)).first;
  by_ssrc_[placed->second.sender.ssrc] = &placed->second;
  return mid;
}

void LocalTransport::unbind_sender(std::string_view mid) {
  const auto found = subscribed_.find(mid);
  if (found == subscribed_.end()) return;
  add(LocalTrackUnbound{found->second.sender.track_id});
  ended_.push_back(subscribed_.extract(found));
}

void LocalTransport::forget_packets() {
  packets_.clear();
  for (const auto& ended : ended_) by_ssrc_.erase(ended.mapped().sender.ssrc);
  ended_.clear();
}

const peer::SendSection* LocalTransport::send_section(std::string_view mid) const {
  const auto found = subscribed_.find(mid);
  return found != subscribed_.end() ? &found->second : nullptr;
}

const peer::SendSection* LocalTransport::sender_of(rtp::Ssrc ssrc) const {
  const auto found = by_ssrc_.find(ssrc);
  return found != by_ssrc_.end() ? found->second : nullptr;
}

// Of all that its packets' sender could be told, key frames are what it can do something about.
void LocalTransport::send_rtcp(ByteView compound, SendBatch&) {
  const auto wish = [this](rtp::Ssrc ssrc) {
    for (const auto& section : published_) {
      const auto stream = std::ranges::find(section.streams, ssrc, &peer::AnnouncedStream::ssrc);
      if (stream == section.streams.end()) continue;
      add(LocalKeyframeWish{section.track_id, static_cast<std::uint8_t>(stream - section.streams.begin())});
    }
  };
  rtcp::CompoundReader reader(compound);
  rtcp::Message message;
  while (reader.next(message)) {
    if (const auto* pli = std::get_if<rtcp::Pli>(&message)) wish(pli->media);
    if (const auto* fir = std::get_if<rtcp::Fir>(&message)) {
      for (const rtcp::FirEntry entry : fir->entries) wish(entry.media);
    }
  }
}

}  // namespace sfu::room
