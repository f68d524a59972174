// SPDX-License-Identifier: Apache-2.0
// The connection of a participant of the host's own, in this process: no SDP, no ICE, no encryption, no sockets. What
// the room sends it waits in its LocalInbox; what it publishes is agreed as soon as it is announced.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "base/text_hash.hpp"
#include "room/local_inbox.hpp"
#include "room/transport.hpp"

namespace sfu::room {

class LocalTransport final : public Transport {
 public:
  // The payload type of all that it publishes.
  static constexpr std::uint8_t kPayloadType = 96;

  LocalTransport(ParticipantId owner, Random& random, rtp::Ssrc rtcp_ssrc, std::shared_ptr<LocalInbox> inbox);

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

  void send_rtp(SendBatch&, std::size_t size) override { inbox_->add_packet(size); }
  void send_rtcp(ByteView compound, SendBatch& batch) override;
  void deliver(std::string_view label, ByteView bytes) {
    inbox_->add(LocalMessage{std::string(label), {bytes.begin(), bytes.end()}});
  }

 private:
  Random& random_;
  std::shared_ptr<LocalInbox> inbox_;
  Outlet outlet_;  // into it
  std::uint64_t next_mid_ = 0;
  std::map<std::string, peer::ReceiveSection, std::less<>> published_;  // by cid
  // By cid: found with every packet.
  std::unordered_map<std::string, std::array<rtp::Ssrc, media::kMaxLayers>, TextHash, std::equal_to<>> ssrcs_;
  std::map<std::string, peer::SendSection, std::less<>> subscribed_;  // by mid
};

}  // namespace sfu::room
