// SPDX-License-Identifier: Apache-2.0
// How time passes and datagrams move in the tests of this folder.
#include "room/testing.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::room::testing {

void World::send_to_room(const Path& path, ByteView bytes) {
  std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  const Path seen{path.remote, path.local};
  if (const auto key = registry.demux.route(seen, copy)) room->receive(now(), *key, seen, copy, now(), out);
}

void World::deliver() {
  while (!signals.empty()) {
    const auto batch = std::exchange(signals, {});
    for (const auto& signal : batch) {
      const auto to = std::ranges::find_if(clients, [&](const auto& c) { return c->connection == signal.connection; });
      if (to == clients.end()) continue;
      CHECK_FALSE((*to)->closed);
      if (signal.content().message_case() != Case::MESSAGE_NOT_SET) (*to)->handle(signal.content());
      if (signal.close) (*to)->closed = true;
    }
  }
  history.insert(history.end(), events.begin(), events.end());
  events.clear();
}

// Moves datagrams both ways once. False when there were none.
bool World::exchange() {
  if (datagrams.empty()) return false;
  std::vector<std::pair<Path, std::vector<std::uint8_t>>> moving;
  for (const auto& datagram : datagrams.datagrams()) {
    moving.emplace_back(datagram.path, std::vector<std::uint8_t>(datagram.bytes.begin(), datagram.bytes.end()));
  }
  datagrams.clear();
  for (auto& [path, bytes] : moving) {
    if (path.remote == candidates.front()) {
      send_to_room(path, bytes);
      continue;
    }
    for (auto& client : clients) {
      for (auto* side : {&client->publisher, &client->subscriber}) {
        if (!side->peer || side->local != path.remote || client->deaf) continue;
        peer::Output sink{datagrams, side->events};
        const auto received = side->peer->receive(now(), {path.remote, path.local}, bytes, sink);
        if (received.kind == peer::Peer::Received::Kind::kRtp) {
          side->rtp.emplace_back(received.packet.begin(), received.packet.end());
          side->note_arrival(now(), received.packet);
        } else if (received.kind == peer::Peer::Received::Kind::kRtcp) {
          side->rtcp.emplace_back(received.packet.begin(), received.packet.end());
        }
        client->after_call(*side);
      }
    }
  }
  return true;
}

void TestConnection::note_arrival(Instant now, ByteView packet) {
  const auto view = rtp::PacketView::parse(packet);
  if (!view) return;
  for (const auto& mid : peer->negotiation().receive_mids()) {
    const auto* section = peer->negotiation().receive_section(mid);
    const auto id = section != nullptr ? section->extensions.id(rtp::Extension::kTransportCc) : std::uint8_t{0};
    if (id == 0) continue;
    const auto sequence = rtp::TransportSequence::parse(view->extension(id));
    if (sequence) feedback.on_packet(now, now, sequence->value, view->ssrc());
    return;
  }
}

void World::run(Duration duration) {
  const Instant end = now() + duration;
  for (int idle = 0; now() < end || idle < 2;) {
    deliver();
    if (exchange()) {
      idle = 0;
      continue;
    }
    deliver();
    Instant next = std::min(end, room->deadline());
    for (auto& client : clients) {
      for (auto* side : {&client->publisher, &client->subscriber}) {
        if (side->peer) next = std::min({next, side->peer->deadline(), side->feedback.deadline()});
      }
    }
    if (next > now()) {
      clock.advance(next - now());
    } else if (++idle > 1 && now() < end) {
      clock.advance(milliseconds(1));  // something is due and stays so
    }
    wall = {clock.now(), clock.wall_now()};
    room->advance(now(), out);
    for (auto& client : clients) {
      for (auto* side : {&client->publisher, &client->subscriber}) {
        if (!side->peer) continue;
        peer::Output sink{datagrams, side->events};
        side->peer->advance(now(), sink);
        side->feedback.advance(now(), 1, [&](ByteView rtcp) { side->peer->send_rtcp(rtcp, datagrams); });
        client->after_call(*side);
      }
    }
  }
}

}  // namespace sfu::room::testing
