// SPDX-License-Identifier: Apache-2.0
#include "room/rpc_calls.hpp"

#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

namespace {

struct Call {
  Call() {
    world.connect("bystander");
    callee = &world.connect("callee");
  }

  Result<void> start(RpcRequest request = {.method = "greet", .payload = "hi"}) {
    auto started = world.room->perform_rpc(world.now(), callee->id, 7, request, world.out);
    world.run(milliseconds(100));
    return started;
  }
  // The request as the client got it.
  const livekit::DataPacket& request() const {
    REQUIRE_FALSE(callee->received_data().empty());
    return callee->received_data()[0];
  }
  void acknowledge(TestClient& by) {
    livekit::DataPacket packet;
    packet.mutable_rpc_ack()->set_request_id(request().rpc_request().id());
    by.send_data(packet, true);
    world.run(milliseconds(100));
  }
  void respond(TestClient& by, const std::string& payload) {
    livekit::DataPacket packet;
    packet.mutable_rpc_response()->set_request_id(request().rpc_request().id());
    packet.mutable_rpc_response()->set_payload(payload);
    by.send_data(packet, true);
    world.run(milliseconds(100));
  }
  RpcResult result() {
    const auto ended = world.room->take_ended_rpcs();
    REQUIRE(ended.size() == 1);
    CHECK(ended[0].id == 7);
    return ended[0].result;
  }
  std::uint32_t error() { return std::get<RpcError>(result()).code; }

  World world;
  TestClient* callee = nullptr;
};

}  // namespace

TEST_CASE("[C-053] a call reaches its callee alone, from the request's id, and its answer comes back once") {
  Call call;
  REQUIRE(call.start().has_value());
  const auto& packet = call.request();
  CHECK(packet.participant_identity() == packet.rpc_request().id());
  CHECK(packet.rpc_request().method() == "greet");
  CHECK(packet.rpc_request().payload() == "hi");
  CHECK(packet.rpc_request().response_timeout_ms() == 10'000);
  CHECK(packet.rpc_request().version() == 1);
  auto& bystander = *call.world.clients[0];
  CHECK(bystander.received_data().empty());
  call.acknowledge(*call.callee);
  call.world.run(seconds(5));
  CHECK_FALSE(call.world.room->any_rpc_ended());
  call.respond(*call.callee, "hello");
  call.respond(*call.callee, "again");
  CHECK(std::get<std::string>(call.result()) == "hello");
  CHECK(bystander.received_data().size() == 1);  // the second answer is to a call that nobody knows
}

TEST_CASE("[C-053] without an acknowledgement in two seconds a call ends with 1501, without an answer with 1502") {
  Call call;
  REQUIRE(call.start().has_value());
  SUBCASE("no acknowledgement") {
    call.world.run(milliseconds(1800));
    CHECK_FALSE(call.world.room->any_rpc_ended());
    call.world.run(milliseconds(200));
    CHECK(call.error() == 1501);
  }
  SUBCASE("no answer") {
    call.acknowledge(*call.callee);
    call.world.run(seconds(10));
    CHECK(call.error() == 1502);
  }
}

TEST_CASE("[C-053] nobody else can answer for the callee") {
  Call call;
  REQUIRE(call.start().has_value());
  auto& bystander = *call.world.clients[0];
  call.respond(bystander, "forged");
  CHECK_FALSE(call.world.room->any_rpc_ended());
  call.respond(*call.callee, "true");
  CHECK(std::get<std::string>(call.result()) == "true");
}

TEST_CASE("[C-053] a callee who leaves ends the call with 1503, and so does the end of the room") {
  Call call;
  REQUIRE(call.start().has_value());
  SUBCASE("left") {
    call.world.room->leave(call.world.now(), call.callee->id, {}, call.world.out);
  }
  SUBCASE("closed") {
    call.world.room->close(call.world.now(), livekit::ROOM_DELETED, call.world.out);
  }
  CHECK(call.error() == 1503);
}

TEST_CASE("[C-053] a payload of more than 15 KiB is refused with 1402, and nothing is sent") {
  Call call;
  REQUIRE(call.start({.method = "greet", .payload = std::string(15 * 1024 + 1, 'x')}).has_value());
  CHECK(call.error() == 1402);
  CHECK(call.callee->received_data().empty());
}

}  // namespace sfu::room
