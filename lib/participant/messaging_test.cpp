// SPDX-License-Identifier: Apache-2.0
#include "participant/messaging.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::participant;
using namespace std::chrono_literals;

namespace {

struct Callee {
  SeededRandom random{4};
  Roster roster;
  Messaging messaging{roster, random};
  std::vector<RoomEvent> events;

  void receive(const livekit::DataPacket& packet) { messaging.receive(Instant{}, {packet, true}, {}, events); }
  // Bytes that wait to be sent.
  std::size_t waiting() {
    std::size_t bytes = 0;
    messaging.flush([&](const livekit::DataPacket& packet, bool) -> Result<void> {
      bytes += packet.ByteSizeLong();
      return {};
    });
    return bytes;
  }
};

livekit::DataPacket call_of(const std::string& id) {
  livekit::DataPacket packet;
  packet.set_participant_identity("mallory");
  packet.mutable_rpc_request()->set_id(id);
  packet.mutable_rpc_request()->set_method("picture");
  packet.mutable_rpc_request()->set_version(1);
  return packet;
}

}  // namespace

TEST_CASE("answers to calls that come while nothing can be sent do not pile up") {
  Callee callee;
  REQUIRE(callee.messaging.add_method("picture"));
  const std::string picture(kMaxRpcPayload, 'x');
  const int calls = static_cast<int>(2 * Messaging::kWaitingLimit / kMaxRpcPayload);
  for (int i = 0; i < calls; ++i) {
    const std::string id = std::to_string(i);
    callee.receive(call_of(id));
    callee.messaging.answer(id, picture, {});
    callee.events.clear();
  }
  CHECK(callee.waiting() <= Messaging::kWaitingLimit + 2 * kMaxRpcPayload);

  // Later calls are answered again.
  callee.receive(call_of("later"));
  callee.messaging.answer("later", picture, {});
  CHECK(callee.waiting() > kMaxRpcPayload);
}

TEST_CASE("a text that a sender forgot to end is told as broken after a minute, and waited for no longer") {
  Callee callee;
  livekit::DataPacket header;
  header.set_participant_identity("alice");
  header.mutable_stream_header()->set_stream_id("s");
  header.mutable_stream_header()->mutable_text_header();
  callee.receive(header);
  REQUIRE(callee.events.size() == 1);
  CHECK(callee.messaging.deadline() == Instant{} + 60s);
  callee.messaging.advance(Instant{} + 60s, callee.events);
  REQUIRE(callee.events.size() == 2);
  const auto* stream = std::get_if<StreamEvent>(&callee.events.back());
  REQUIRE(stream != nullptr);
  const auto* closed = std::get_if<StreamClosed>(stream);
  REQUIRE(closed != nullptr);
  CHECK(closed->error->code == Errc::kTimeout);
  CHECK(callee.messaging.deadline() == kNever);
}
