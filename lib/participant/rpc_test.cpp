// SPDX-License-Identifier: Apache-2.0
#include "participant/rpc.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::participant;
using namespace std::chrono_literals;

namespace {

struct Ends {
  SeededRandom random{5};
  RpcCaller caller{random};
  RpcResponder responder;
  std::vector<livekit::DataPacket> packets;
  std::vector<std::pair<StreamInfo, std::string>> streams;
  Instant now{1s};

  RpcOutput out() { return {packets, streams}; }

  // Everything that was sent reaches the other end, whose `protocol` says in which form.
  void deliver() {
    while (!packets.empty() || !streams.empty()) {
      for (const livekit::DataPacket& packet : std::exchange(packets, {})) {
        if (packet.has_rpc_request()) responder.on_request("alice", packet.rpc_request(), out());
        if (packet.has_rpc_ack()) caller.on_ack(packet.rpc_ack());
        if (packet.has_rpc_response()) caller.on_response("bob", packet.rpc_response());
      }
      for (auto& [info, content] : std::exchange(streams, {})) {
        const bool request = info.topic == kRpcRequestTopic;
        info.sender = request ? "alice" : "bob";
        if (request) responder.on_request_stream(info, content, false, out());
        if (!request) caller.on_response_stream(info, content, false);
      }
    }
  }
  std::optional<RpcCompleted> completed() {
    auto all = caller.take_completed();
    REQUIRE(all.size() <= 1);
    return all.empty() ? std::nullopt : std::optional(all.front());
  }
};

RpcCaller::Call greet(std::string payload) {
  return {.destination = "bob", .method = "greet", .payload = std::move(payload)};
}

}  // namespace

TEST_CASE("a call is acknowledged, comes to its method and is answered, in both versions") {
  for (const int protocol : {0, 2}) {
    CAPTURE(protocol);
    Ends ends;
    REQUIRE(ends.responder.add_method("greet"));
    const std::string id = ends.caller.call(ends.now, greet("hello"), protocol, ends.out());
    CHECK(ends.streams.empty() == (protocol == 0));
    ends.deliver();
    const auto invoked = ends.responder.take_invoked();
    REQUIRE(invoked.size() == 1);
    CHECK(invoked[0].id == id);
    CHECK(invoked[0].caller == "alice");
    CHECK(invoked[0].payload == "hello");
    CHECK(invoked[0].timeout == 15s);
    CHECK(ends.caller.deadline() == ends.now + 15s);  // the acknowledgement has come
    REQUIRE(ends.responder.respond(id, "and to you", protocol, ends.out()));
    ends.deliver();
    const auto done = ends.completed();
    REQUIRE(done);
    CHECK(done->id == id);
    CHECK(done->payload == "and to you");
    CHECK_FALSE(done->error);
    CHECK(ends.responder.respond(id, "again", protocol, ends.out()).error().code == Errc::kNotFound);
  }
}

TEST_CASE("the attributes of a version 2 request are those of LiveKit's SDKs") {
  Ends ends;
  const std::string id = ends.caller.call(ends.now, greet("x"), 1, ends.out());
  REQUIRE(ends.streams.size() == 1);
  const StreamInfo& info = ends.streams[0].first;
  CHECK(info.topic == "lk.rpc_request");
  CHECK(info.destinations == std::vector<std::string>{"bob"});
  CHECK(info.attributes.at("lk.rpc_request_id") == id);
  CHECK(info.attributes.at("lk.rpc_request_method") == "greet");
  CHECK(info.attributes.at("lk.rpc_request_response_timeout_ms") == "15000");
  CHECK(info.attributes.at("lk.rpc_request_version") == "2");
}

TEST_CASE("errors: no such method, the callee's own, a version that is not known") {
  Ends ends;
  ends.caller.call(ends.now, greet("x"), 0, ends.out());
  ends.deliver();
  CHECK(ends.completed()->error->code == 1400);

  REQUIRE(ends.responder.add_method("greet"));
  const std::string id = ends.caller.call(ends.now, greet("x"), 2, ends.out());
  ends.deliver();
  REQUIRE(ends.responder.refuse(id, {101, "no \xe2\x82\xac today", "details"}, ends.out()));
  ends.deliver();
  const auto refused = ends.completed();
  CHECK(refused->error->code == 101);
  CHECK(refused->error->message == "no \xe2\x82\xac today");
  CHECK(refused->error->data == "details");

  ends.caller.call(ends.now, greet("x"), 0, ends.out());
  ends.packets[0].mutable_rpc_request()->set_version(7);
  ends.deliver();
  CHECK(ends.completed()->error->code == 1404);
}

TEST_CASE("error texts are cut at 256 bytes, between characters") {
  Ends ends;
  REQUIRE(ends.responder.add_method("greet"));
  const std::string id = ends.caller.call(ends.now, greet("x"), 0, ends.out());
  ends.deliver();
  std::string message(255, 'a');
  message += "\xe2\x82\xac";
  REQUIRE(ends.responder.refuse(id, {101, message, {}}, ends.out()));
  ends.deliver();
  CHECK(ends.completed()->error->message == std::string(255, 'a'));
}

TEST_CASE("without an acknowledgement a call ends after 7 s (1501), without an answer when its time is up (1502)") {
  Ends ends;
  ends.caller.call(ends.now, greet("x"), 0, ends.out());
  ends.packets.clear();  // lost
  CHECK(ends.caller.deadline() == ends.now + 7s);
  ends.caller.advance(ends.now + 6999ms);
  CHECK_FALSE(ends.completed());
  ends.caller.advance(ends.now + 7s);
  CHECK(ends.completed()->error->code == 1501);

  REQUIRE(ends.responder.add_method("greet"));
  auto slow = greet("x");
  slow.timeout = 10s;
  const std::string id = ends.caller.call(ends.now, slow, 0, ends.out());
  ends.deliver();
  ends.caller.advance(ends.now + 10s);
  CHECK(ends.completed()->error->code == 1502);
  REQUIRE(ends.responder.respond(id, "late", 0, ends.out()));
  ends.deliver();
  CHECK_FALSE(ends.completed());
}

TEST_CASE("payloads over 15 kB need version 2, both ways (1402, 1504)") {
  const std::string large(kMaxRpcPayload + 1, 'x');
  Ends ends;
  REQUIRE(ends.responder.add_method("greet"));
  ends.caller.call(ends.now, greet(large), 0, ends.out());
  CHECK(ends.packets.empty());
  CHECK(ends.completed()->error->code == 1402);
  const std::string id = ends.caller.call(ends.now, greet(large), 2, ends.out());
  ends.deliver();
  CHECK(ends.responder.take_invoked()[0].payload == large);
  REQUIRE(ends.responder.respond(id, large, 0, ends.out()));
  ends.deliver();
  CHECK(ends.completed()->error->code == 1504);
}

TEST_CASE("a callee that leaves ends the calls to it (1503); answers of others are not taken") {
  Ends ends;
  const std::string id = ends.caller.call(ends.now, greet("x"), 0, ends.out());
  livekit::RpcResponse forged;
  forged.set_request_id(id);
  forged.set_payload("mine");
  ends.caller.on_response("mallory", forged);
  ends.caller.participant_left("mallory");
  CHECK_FALSE(ends.completed());
  ends.caller.participant_left("bob");
  CHECK(ends.completed()->error->code == 1503);
}
