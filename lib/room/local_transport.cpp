// SPDX-License-Identifier: Apache-2.0
#include "room/local_transport.hpp"

#include <algorithm>

#include "room/codec_choice.hpp"
#include "rtcp/compound_reader.hpp"

namespace sfu::room {

LocalTransport::LocalTransport(ParticipantId owner, Random& random, rtp::Ssrc rtcp_ssrc,
                               std::shared_ptr<LocalInbox> inbox)
    : Transport(owner, livekit::PUBLISHER, rtcp_ssrc), random_(random), inbox_(std::move(inbox)) {
  outlet_.batch = &inbox_->packets();
  set_outlet(&outlet_);
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
  auto& ssrcs = ssrcs_[cid] = {};
  for (std::size_t layer = 0; layer < std::min(layers, ssrcs.size()); ++layer) {
    ssrcs[layer] = random_.u32() | 1;
    section.streams.push_back({ssrcs[layer], 0});
  }
  section.active = true;
  published_[cid] = std::move(section);
}

const peer::ReceiveSection* LocalTransport::section_of(std::string_view cid) const {
  const auto found = published_.find(cid);
  return found != published_.end() ? &found->second : nullptr;
}

void LocalTransport::remove_section(std::string_view cid) {
  const auto found = published_.find(cid);
  if (found == published_.end()) return;
  ssrcs_.erase(found->first);
  published_.erase(found);
}

bool LocalTransport::address(std::string_view cid, std::size_t layer, ByteSpan packet) const {
  constexpr std::size_t kHeader = 12;
  const auto found = ssrcs_.find(cid);
  if (found == ssrcs_.end() || packet.size() < kHeader) return false;
  if (layer >= found->second.size() || found->second[layer] == 0) return false;
  packet[1] = static_cast<std::uint8_t>((packet[1] & 0x80) | kPayloadType);
  store_be32(packet.data() + 8, found->second[layer]);
  return true;
}

std::vector<std::string> LocalTransport::receive_mids() const {
  std::vector<std::string> mids;
  for (const auto& [cid, section] : published_) mids.push_back(section.mid);
  return mids;
}

const peer::ReceiveSection* LocalTransport::receive_section(std::string_view mid) const {
  const auto found = std::ranges::find_if(published_, [&](const auto& entry) { return entry.second.mid == mid; });
  return found != published_.end() ? &found->second : nullptr;
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
  inbox_->bind(section.sender.ssrc, section.sender.track_id);
  inbox_->add(LocalTrackBound{section.sender.track_id, section.codecs});
  std::string mid = section.mid;
  subscribed_.emplace(mid, std::move(section));
  return mid;
}

void LocalTransport::unbind_sender(std::string_view mid) {
  const auto found = subscribed_.find(mid);
  if (found == subscribed_.end()) return;
  inbox_->add(LocalTrackUnbound{found->second.sender.track_id});
  inbox_->unbind(found->second.sender.ssrc);
  subscribed_.erase(found);
}

const peer::SendSection* LocalTransport::send_section(std::string_view mid) const {
  const auto found = subscribed_.find(mid);
  return found != subscribed_.end() ? &found->second : nullptr;
}

// Of all that its packets' sender could be told, key frames are what it can do something about.
void LocalTransport::send_rtcp(ByteView compound, SendBatch&) {
  const auto wish = [this](rtp::Ssrc ssrc) {
    for (const auto& [cid, section] : published_) {
      const auto stream = std::ranges::find(section.streams, ssrc, &peer::AnnouncedStream::ssrc);
      if (stream == section.streams.end()) continue;
      inbox_->add(LocalKeyframeWish{cid, static_cast<std::uint8_t>(stream - section.streams.begin())});
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
