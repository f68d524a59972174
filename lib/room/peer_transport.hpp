// SPDX-License-Identifier: Apache-2.0
// One WebRTC connection of a participant: the Peer, and its data channels by label.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "peer/peer.hpp"
#include "room/transport.hpp"

namespace sfu::room {

class PeerTransport final : public Transport {
 public:
  // `key` and `outlet` are those of its ticket.
  PeerTransport(ParticipantId owner, PeerKey key, Outlet* outlet, livekit::SignalTarget target,
                std::unique_ptr<peer::Peer> peer, rtp::Ssrc rtcp_ssrc)
      : Transport(owner, target, rtcp_ssrc), key_(key), peer_(std::move(peer)) {
    set_outlet(outlet);
    renew_from_peer();
  }

  PeerTransport* peer_transport() override { return this; }
  PeerKey key() const { return key_; }
  peer::Peer& peer() { return *peer_; }
  peer::Negotiator& sections() { return peer_->negotiation(); }

  bool can_send() const override { return peer_->can_send(); }
  bool has_channel(std::string_view label) const override { return channel(label) != nullptr; }
  std::vector<std::string> receive_mids() const override { return peer_->negotiation().receive_mids(); }
  const peer::ReceiveSection* receive_section(std::string_view mid) const override {
    return peer_->negotiation().receive_section(mid);
  }
  void set_receive_options(std::string_view mid, peer::ReceiveOptions options) override {
    sections().set_receive_options(mid, std::move(options));
  }
  Result<std::string> bind_sender(peer::SenderSpec spec) override { return sections().bind_sender(std::move(spec)); }
  void unbind_sender(std::string_view mid) override { sections().unbind_sender(mid); }
  const peer::SendSection* send_section(std::string_view mid) const override {
    return peer_->negotiation().send_section(mid);
  }
  void send_rtp(SendBatch& batch, std::size_t size) override { (void)peer_->send_rtp(batch, size); }
  void send_rtcp(ByteView compound, SendBatch& batch) override { (void)peer_->send_rtcp(compound, batch); }
  Instant deadline() const override { return std::min(peer_deadline_, Transport::deadline()); }
  // The peer's own is kept here: the pacer has the transport looked at most often, and would have it fetch a handful of
  // objects for nothing.
  Instant peer_deadline() const { return peer_deadline_; }
  // Whenever the peer was called, but for media, which moves none of its timers.
  void renew_from_peer() {
    peer_deadline_ = peer_->deadline();
    footprint().clear();
    footprint().add(peer_);
    peer_->add_to(footprint());
  }

  // The newest of a label is the one that is sent on: a client may open one anew, and listen to that alone.
  void channel_opened(const peer::ChannelOpened& event) {
    channel_closed(event.channel);
    channels_.push_back(event);
  }
  void channel_closed(peer::ChannelId id) {
    std::erase_if(channels_, [id](const peer::ChannelOpened& channel) { return channel.channel == id; });
  }
  // Null if there is no such channel.
  const peer::ChannelOpened* channel(peer::ChannelId id) const {
    const auto found = std::ranges::find(channels_, id, &peer::ChannelOpened::channel);
    return found != channels_.end() ? &*found : nullptr;
  }
  const peer::ChannelOpened* channel(std::string_view label) const {
    const auto found = std::ranges::find(channels_.rbegin(), channels_.rend(), label, &peer::ChannelOpened::label);
    return found != channels_.rend() ? &*found : nullptr;
  }

 private:
  PeerKey key_;
  std::unique_ptr<peer::Peer> peer_;
  Instant peer_deadline_ = kNever;
  std::vector<peer::ChannelOpened> channels_;
};

}  // namespace sfu::room
