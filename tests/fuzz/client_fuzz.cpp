// SPDX-License-Identifier: Apache-2.0
// layers: client
// What a server may say to a client: signalling messages, each behind its length, among datagrams and the passing of
// time. The client may leave or try again, nothing else.
#include <cstdlib>
#include <vector>

#include "client/room.hpp"

namespace {

using namespace sfu;

// Made once: keys take their time.
const dtls::Certificate& certificate() {
  static const dtls::Certificate made = *dtls::Certificate::make();
  return made;
}

const SocketAddress kPublisher{IpAddress::v4({10, 0, 0, 1}), 50000};
const SocketAddress kSubscriber{IpAddress::v4({10, 0, 0, 1}), 50001};
const SocketAddress kServer{IpAddress::v4({10, 0, 0, 2}), 7882};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SeededRandom random(1);
  WallAnchor wall;
  ByteReader reader(ByteView(data, size));
  client::RoomConfig config;
  config.url = "ws://h";
  config.single_connection = (reader.u8() & 1) != 0;
  config.session.publisher_addresses = {kPublisher};
  config.session.subscriber_addresses = {kSubscriber};
  config.session.certificate = &certificate();
  config.session.random = &random;
  config.session.wall = &wall;
  config.session.frames = true;
  auto room = *client::Room::create(std::move(config), nullptr);
  SendBatch datagrams;
  client::SignalActions actions;
  std::vector<client::RoomEvent> events;
  client::RoomOutput out{datagrams, actions, events};
  Instant now{std::chrono::seconds(1)};
  room->connect(now, out);
  (void)room->publish(now, {.cid = "c", .name = "c"}, out);
  while (reader.remaining() > 3) {
    std::uint32_t attempt = 0;
    for (const client::SignalAction& action : actions) {
      if (const auto* dial = std::get_if<client::Dial>(&action)) attempt = dial->attempt;
    }
    if (attempt != 0) room->on_opened(now, attempt);
    const std::uint8_t kind = reader.u8();
    const ByteView bytes = reader.bytes(std::min<std::size_t>(reader.u16(), reader.remaining()));
    switch (kind % 8) {
      case 0: {
        std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
        room->receive(now, {(kind & 8) != 0 ? kPublisher : kSubscriber, kServer}, copy, out);
        break;
      }
      case 1: room->on_closed(now, attempt, out); break;
      case 2: room->advance(now += std::chrono::milliseconds(400), out); break;
      default: room->on_message(now, attempt, bytes, out); break;
    }
    datagrams.clear();
    std::erase_if(actions, [](const auto& action) { return !std::holds_alternative<client::Dial>(action); });
  }
  for (int i = 0; i < 20 && !room->closed(); ++i) {
    if (room->deadline() == kNever) std::abort();  // it waits for something, or it has ended
    room->advance(now += std::chrono::seconds(10), out);
  }
  return 0;
}
