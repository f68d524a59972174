// SPDX-License-Identifier: Apache-2.0
// The connection of a participant of the host's own, in this process: no SDP, no ICE, no encryption, no sockets. What
// the room sends it is kept here until the host takes it; what it publishes is agreed as soon as it is announced.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "room/transport.hpp"

namespace sfu::room {

// Packets of a track may come from now on, in these codecs.
struct LocalTrackBound {
  std::string track_sid;
  std::vector<peer::PayloadCodec> codecs;  // the first is the one that is sent now
};
struct LocalTrackUnbound {
  std::string track_sid;
};
struct LocalMessage {
  std::string label;
  std::vector<std::uint8_t> bytes;
};
// A subscriber needs a key frame of what is published in this section.
struct LocalKeyframeWish {
  std::string cid;
  std::uint8_t layer = 0;
};
using LocalEvent = std::variant<LocalTrackBound, LocalTrackUnbound, LocalMessage, LocalKeyframeWish>;
// And how many of the packets came before it.
struct PlacedEvent {
  std::size_t packets_before = 0;
  LocalEvent event;
};

class LocalTransport final : public Transport {
 public:
  // The payload type of all that it publishes.
  static constexpr std::uint8_t kPayloadType = 96;

  LocalTransport(ParticipantId owner, Random& random, rtp::Ssrc rtcp_ssrc);

  LocalTransport* local() override { return this; }
  bool can_send() const override { return true; }
  bool has_channel(std::string_view) const override { return true; }

  // What it is to publish as `cid`, before that is announced: `layers` encodings, of which each has an SSRC.
  void add_section(const std::string& cid, rtp::Codec codec, std::size_t layers);
  // Null: no such section.
  const peer::ReceiveSection* section_of(std::string_view cid) const;
  void remove_section(std::string_view cid);
  // Gives an RTP packet the payload type and the SSRC of an encoding. False: there is no such one, or this is no
  // packet.
  bool address(std::string_view cid, std::size_t layer, ByteSpan packet) const;

  std::vector<std::string> receive_mids() const override;
  const peer::ReceiveSection* receive_section(std::string_view mid) const override;
  void set_receive_options(std::string_view, peer::ReceiveOptions) override {}
  Result<std::string> bind_sender(peer::SenderSpec spec) override;
  void unbind_sender(std::string_view mid) override;
  const peer::SendSection* send_section(std::string_view mid) const override;

  void send_rtp(SendBatch& batch, std::size_t size) override { batch.commit(size, {}); }
  void send_rtcp(ByteView compound, SendBatch& batch) override;
  void deliver(std::string_view label, ByteView bytes) {
    add(LocalMessage{std::string(label), {bytes.begin(), bytes.end()}});
  }

  // What came since last asked: packets, in order, until forget_packets(); and the rest.
  const SendBatch& packets() const { return packets_; }
  void forget_packets();
  std::vector<PlacedEvent> take_events() { return std::exchange(events_, {}); }
  bool has_news() const { return !packets_.empty() || !events_.empty(); }
  // Whose packets have this SSRC; null: nobody's any more.
  const peer::SendSection* sender_of(rtp::Ssrc ssrc) const;

 private:
  void add(LocalEvent event) { events_.push_back({packets_.size(), std::move(event)}); }

  Random& random_;
  std::uint64_t next_mid_ = 0;
  std::vector<peer::ReceiveSection> published_;
  std::map<std::string, peer::SendSection, std::less<>> subscribed_;  // by mid
  std::unordered_map<rtp::Ssrc, const peer::SendSection*> by_ssrc_;
  std::vector<std::map<std::string, peer::SendSection, std::less<>>::node_type> ended_;  // whose last packets are here
  SendBatch packets_;
  std::vector<PlacedEvent> events_;
};

}  // namespace sfu::room
