// SPDX-License-Identifier: Apache-2.0
#include "client/connection.hpp"

#include <algorithm>

namespace sfu::client {
namespace {

constexpr std::string_view kUfragAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
// As long as LiveKit's server waits before it takes a silent client for disconnected (signalling 2.5).
constexpr Duration kConsentTimeout = std::chrono::seconds(10);

}  // namespace

void Connection::open(const SessionConfig& config, const std::vector<SocketAddress>& addresses,
                      std::string_view ufrag_prefix) {
  peer::PeerConfig peer;
  peer.ufrag = std::string(ufrag_prefix) + config.random->text(8, kUfragAlphabet);
  peer.certificate = config.certificate;
  peer.candidates = addresses;
  peer.random = config.random;
  peer.ice_role = peer::IceRole::kControlling;
  peer.consent_timeout = kConsentTimeout;
  peer.negotiation.client = true;
  // The server unpacks RED for those who do not take it.
  if (!config.audio_redundancy) std::erase(peer.negotiation.codecs, rtp::Codec::kRed);
  auto made = peer::Peer::create(std::move(peer));
  if (!made) return;
  addresses_ = addresses;
  peer_ = *std::move(made);
  sink_ = std::make_unique<PeerSink>(*peer_);
  endpoint_ = std::make_unique<media::Endpoint>(*sink_);
}

void Connection::open_channels(Instant now, SendBatch& datagrams) {
  peer::Output out = output(datagrams);
  (void)peer_->open_channel(now, {.label = "_reliable"}, out);
  (void)peer_->open_channel(now, {.label = "_lossy", .ordered = false, .max_retransmits = 0}, out);
}

bool Connection::owns(const SocketAddress& local) const {
  return peer_ && std::ranges::find(addresses_, local) != addresses_.end();
}

std::vector<peer::Event> Connection::take_events() {
  for (const peer::Event& event : events_) {
    if (const auto* opened = std::get_if<peer::ChannelOpened>(&event)) labels_[opened->channel] = opened->label;
    if (const auto* closed = std::get_if<peer::ChannelClosed>(&event)) labels_.erase(closed->channel);
  }
  return std::exchange(events_, {});
}

std::optional<peer::ChannelId> Connection::channel(std::string_view label) const {
  for (const auto& [channel, name] : labels_) {
    if (name == label) return channel;
  }
  return std::nullopt;
}

std::string_view Connection::label(peer::ChannelId channel) const {
  const auto found = labels_.find(channel);
  return found == labels_.end() ? std::string_view() : found->second;
}

void Connection::configure_endpoint() {
  peer::ReceiveFeedback agreed;
  for (const auto& mid : peer_->negotiation().receive_mids()) {
    if (const auto* section = peer_->negotiation().receive_section(mid)) agreed.add(*section);
  }
  endpoint_->configure(agreed.extensions, agreed.transport_cc, agreed.remb);
}

void Connection::advance(Instant now, media::Output out) {
  if (!peer_) return;
  peer::Output peer_out = output(out.datagrams);
  peer_->advance(now, peer_out);
  endpoint_->advance(now, out);
}

Instant Connection::deadline() const {
  return peer_ ? std::min(peer_->deadline(), endpoint_->deadline()) : kNever;
}

}  // namespace sfu::client
