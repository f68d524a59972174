// SPDX-License-Identifier: Apache-2.0
#include "room/peer_events.hpp"

namespace sfu::room {

namespace {

template <typename... Handlers>
struct OneOf : Handlers... {
  using Handlers::operator()...;
};

}  // namespace

void PeerEvents::handle(Instant now, Output& out) {
  while (!state_.peer_events.empty()) {
    const auto events = std::exchange(state_.peer_events, {});
    for (const auto& [key, event] : events) handle_one(now, key, event, out);
  }
}

void PeerEvents::handle_one(Instant now, PeerKey key, const peer::Event& event, Output& out) {
  auto* transport = state_.roster.find_peer(key);
  auto* participant = transport != nullptr ? state_.roster.find(transport->owner()) : nullptr;
  if (participant == nullptr) return;
  auto& registry = *state_.environment.registry;
  std::visit(
      OneOf{
          [&](const peer::StateChanged& changed) { state_changed(now, *participant, *transport, changed.state, out); },
          [&](const peer::PathLearned& learned) { registry.add_path(key, learned.path); },
          [&](const peer::PathLost& lost) { registry.remove_path(key, lost.path); },
          [&](const peer::UfragAdded& added) { registry.add_ufrag(key, added.ufrag); },
          [&](const peer::UfragRemoved& removed) { registry.remove_ufrag(key, removed.ufrag); },
          [&](const peer::ChannelOpened& opened) {
            close_replaced(now, *transport, opened, out);
            transport->channel_opened(opened);
            data_.channels_changed(now, *participant, out);
          },
          [&](const peer::ChannelClosed& closed) {
            transport->channel_closed(closed.channel);
            data_.channels_changed(now, *participant, out);
          },
          [&](const peer::MessageReceived& received) { message(now, *participant, *transport, received, out); },
          [](const peer::BufferedAmountLow&) {},
      },
      event);
}

// Of LiveKit's own channels there is one each.
void PeerEvents::close_replaced(Instant now, PeerTransport& transport, const peer::ChannelOpened& opened, Output& out) {
  const bool own = opened.label == kReliableLabel || opened.label == kLossyLabel || opened.label == kDataTrackLabel;
  const auto* before = own ? transport.channel(opened.label) : nullptr;
  if (before == nullptr || before->channel == opened.channel) return;
  state_.with_peer(transport, out, [&, channel = before->channel](peer::Output& sink) {
    transport.peer().close_channel(now, channel, sink);
  });
}

void PeerEvents::message(Instant now, Participant& sender, PeerTransport& transport,
                         const peer::MessageReceived& message, Output& out) {
  const auto* channel = transport.channel(message.channel);
  if (channel == nullptr || !sender.profile.can_publish_data() || !sender.profile.reachable()) return;
  if (channel->label == kDataTrackLabel) {
    data_tracks_.packet(now, sender, message.bytes, out);
  } else {
    data_.message(now, sender, *channel, message, out);
  }
}

void PeerEvents::state_changed(Instant now, Participant& participant, Transport& transport, peer::State state,
                               Output& out) {
  switch (state) {
    case peer::State::kConnected:
      lifecycle_.transport_connected(now, participant, transport, out);
      data_.channels_changed(now, participant, out);
      break;
    case peer::State::kDisconnected:
    case peer::State::kFailed: lifecycle_.transport_failed(now, participant, transport, out); break;
    default: break;
  }
}

}  // namespace sfu::room
