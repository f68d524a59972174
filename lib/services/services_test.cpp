// SPDX-License-Identifier: Apache-2.0
// The services over an engine without a network: what they check, and how they word what the engine says.
#include "services/services.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "services/common.hpp"
#include "services/rpc.hpp"
#include "sfu/engine.hpp"
#include "sfu/room.hpp"

using namespace sfu;
using twirp::Code;

namespace {

class NoNetwork final : public PacketTransport {
  void send(std::span<const Datagram>) override {}
  int poll_descriptor() const override { return -1; }
  bool receive(Instant, PacketSink&) override { return false; }
  std::span<const SocketAddress> candidates() const override { return {}; }
};

// An engine and its API, for a caller who may do everything in the room "hall".
class Api {
 public:
  explicit Api(services::Options options = {}) {
    EngineOptions engine;
    engine.authenticator = authenticator_.get();
    engine.workers = 1;
    engine.room_presets["wide"].max_participants = 99;
    engine.make_transport = [](unsigned) -> Result<std::unique_ptr<PacketTransport>> {
      return std::unique_ptr<PacketTransport>(std::make_unique<NoNetwork>());
    };
    auto created = Engine::create(std::move(engine));
    REQUIRE(created.has_value());
    engine_ = *std::move(created);
    services::add_services(dispatcher_, *engine_, options);
  }

  // "200 {...}"
  std::string call(const std::string& method, const std::string& json, const std::string& service = "RoomService") {
    twirp::Request request{.method = "POST",
                           .path = "/twirp/livekit." + service + "/" + method,
                           .content_type = "application/json",
                           .body = json};
    request.claims.emplace().video = VideoGrant{
        .room = "hall", .destination_room = "hall", .room_create = true, .room_list = true, .room_admin = true};
    std::string said;
    dispatcher_.dispatch(request, [&](const twirp::Response& response) {
      said = std::to_string(response.status) + " " + response.body;
    });
    return said;
  }
  Engine& engine() { return *engine_; }

 private:
  std::unique_ptr<Authenticator> authenticator_ = make_token_authenticator({{"devkey", "secret"}});
  std::unique_ptr<Engine> engine_;
  twirp::Dispatcher dispatcher_;
};

std::string refused(int status, const std::string& code, const std::string& message) {
  return std::to_string(status) + R"( {"code":")" + code + R"(","msg":")" + message + R"("})";
}
std::string refused_inside(int status, const std::string& code, const std::string& message) {
  return refused(status, code, "twirp error unknown: " + message);
}
const std::string kNoResponse = refused_inside(503, "unavailable", "no response from servers");

std::string text(std::size_t size) {
  return std::string(size, 'x');
}

}  // namespace

TEST_CASE("[C-038] [C-039] a room is made with what is asked for over its preset, and once") {
  Api api;
  CHECK(api.call("CreateRoom", R"({"name":"hall","roomPreset":"wide","emptyTimeout":7,"minPlayoutDelay":100})")
            .starts_with("200 "));
  const auto room = *api.engine().room("hall").info();
  CHECK(room.max_participants == 99);
  CHECK(room.empty_timeout == std::chrono::seconds(7));
  CHECK(room.playout_delay.min == std::chrono::milliseconds(100));
  CHECK(api.call("CreateRoom", R"({"name":"hall","maxParticipants":2})").starts_with("200 "));
  CHECK(api.engine().room("hall").info()->max_participants == 99);
  CHECK(api.call("CreateRoom", R"({"name":"yard","roomPreset":"narrow"})") ==
        refused_inside(400, "invalid_argument", "unknown room configuration in create room request"));
}

TEST_CASE("[C-040] texts beyond their limits are refused by the limits of this server") {
  Api api({.limits = {.room_name = 4, .name = 5, .metadata = 6, .attributes = 7}, .auto_create = true});
  CHECK(api.call("CreateRoom", R"({"name":"halls"})") ==
        refused_inside(400, "invalid_argument", "room name length exceeds limits: max length 4"));
  const std::string metadata =
      R"(400 {"code":"invalid_argument","msg":"metadata size exceeds limits 6","meta":{"argument":"metadata size exceeds limits"}})";
  CHECK(api.call("CreateRoom", R"({"name":"hall","metadata":"1234567"})") == metadata);
  CHECK(api.call("CreateRoom", R"({"name":"hall","agents":[{"metadata":"1234567"}]})") == metadata);
  CHECK(api.call("UpdateRoomMetadata", R"({"room":"hall","metadata":"1234567"})") == metadata);
  // Even before the grant.
  CHECK(api.call("UpdateParticipant", R"({"room":"yard","name":"123456"})").find("name length exceeds limits 5") !=
        std::string::npos);
  CHECK(api.call("UpdateParticipant", R"({"room":"yard","attributes":{"abcd":"efgh"}})")
            .find("attribute size exceeds limits 7") != std::string::npos);
  CHECK(api.engine().rooms().empty());
}

TEST_CASE("[C-043] [C-044] [C-045] what is not there is not found, does not respond, or is empty, by the call") {
  Api api;
  const std::string ada = R"({"room":"hall","identity":"ada"})";
  const std::string no_participant = refused_inside(404, "not_found", "participant does not exist");
  const std::string no_room = refused_inside(404, "not_found", "requested room does not exist");
  CHECK(api.call("ListRooms", "{}") == R"(200 {"rooms":[]})");
  CHECK(api.call("ListParticipants", ada) == R"(200 {"participants":[]})");
  CHECK(api.call("DeleteRoom", ada) == no_room);
  CHECK(api.call("UpdateRoomMetadata", ada) == no_room);
  for (const char* method : {"GetParticipant", "RemoveParticipant", "UpdateParticipant"}) {
    CHECK(api.call(method, ada) == no_participant);
  }
  CHECK(api.call("CreateRoom", R"({"name":"hall"})").starts_with("200 "));
  for (const char* method : {"MutePublishedTrack", "UpdateSubscriptions"}) CHECK(api.call(method, ada) == kNoResponse);
  CHECK(api.call("PerformRpc", R"({"room":"hall","destinationIdentity":"ada"})") == kNoResponse);
  CHECK(api.call("PerformRpc", R"({"room":"hall"})") ==
        refused_inside(400, "invalid_argument", "destination identity is required"));
  CHECK(api.call("SendData", R"({"room":"hall"})") == "200 {}");
  CHECK(api.call("DeleteRoom", R"({"room":"hall"})") == "200 {}");
  CHECK(api.call("SendData", R"({"room":"hall"})") == kNoResponse);
}

TEST_CASE("[C-049] a nonce has 16 bytes or is none") {
  Api api;
  CHECK(api.call("SendData", R"({"room":"hall","nonce":"YWJj"})") ==
        refused(400, "invalid_argument", "nonce should be 16-bytes or not present, got: 3 bytes"));
}

TEST_CASE("[C-052] nobody is moved into the room where they are") {
  Api api;
  for (const char* method : {"MoveParticipant", "ForwardParticipant"}) {
    CHECK(api.call(method, R"({"room":"hall","identity":"ada","destinationRoom":"hall"})")
              .find("destination room cannot be the same as source room") != std::string::npos);
  }
}

TEST_CASE("agents are sent into rooms, listed and taken back") {
  Api api;
  const auto call = [&](const char* method, const std::string& json) {
    return api.call(method, json, "AgentDispatchService");
  };
  CHECK(call("CreateDispatch", R"({"room":"hall","deployment":"a_b"})") ==
        refused_inside(400, "invalid_argument", "deployment contains reserved character '_'"));
  CHECK(call("CreateDispatch", R"({"room":"hall","deployment":"a b"})") ==
        refused_inside(400, "invalid_argument", "deployment contains whitespace or control byte at position 1"));
  CHECK(call("CreateDispatch", R"({"room":"hall","deployment":")" + text(65) + "\"}") ==
        refused_inside(400, "invalid_argument", "deployment exceeds 64 bytes"));
  CHECK(call("ListDispatch", R"({"room":"hall"})") == kNoResponse);
  CHECK(call("CreateDispatch", R"({"room":"hall","agentName":"clerk"})").starts_with("200 "));
  const auto all = *api.engine().room("hall").agent_dispatches();
  const auto clerk = std::ranges::find(all, "clerk", &AgentDispatch::agent_name);
  REQUIRE(clerk != all.end());
  CHECK(call("ListDispatch", R"({"room":"hall","dispatchId":"AD_other"})") == R"(200 {"agent_dispatches":[]})");
  CHECK(call("DeleteDispatch", R"({"room":"hall","dispatchId":")" + clerk->id + "\"}").starts_with("200 "));
  CHECK(call("DeleteDispatch", R"({"room":"hall","dispatchId":")" + clerk->id + "\"}").starts_with("404 "));
}

TEST_CASE("agents make no rooms where joining makes none") {
  Api api({.limits = {}, .auto_create = false});
  CHECK(api.call("CreateDispatch", R"({"room":"hall"})", "AgentDispatchService") == kNoResponse);
  CHECK(api.engine().rooms().empty());
}

TEST_CASE("[C-053] how a call of a client ends is worded and weighed as the protocol has it") {
  const std::map<std::uint32_t, Code> codes{{1400, Code::kInvalidArgument}, {1401, Code::kNotFound},
                                            {1402, Code::kInvalidArgument}, {1403, Code::kUnimplemented},
                                            {1404, Code::kUnimplemented},   {1501, Code::kCanceled},
                                            {1502, Code::kCanceled},        {1503, Code::kUnavailable},
                                            {1500, Code::kInternal},        {7, Code::kInternal}};
  for (const auto& [number, code] : codes) {
    const twirp::Error error = services::refuse(RpcError{.code = number, .message = "so it is"}).error();
    CHECK(error.code == code);
    CHECK(error.message == "twirp error unknown: RpcError " + std::to_string(number) + ": so it is");
  }
  CHECK(services::refuse(RpcError{.code = 7, .message = "no", .data = "because"}).error().message ==
        "twirp error unknown: RpcError 7: no: because");
}

TEST_CASE("[C-095] every kind of error has a code of the API, and a full node one of its own") {
  const auto code = [](Errc kind) { return services::refuse(Error{kind, "why"}).error().code; };
  CHECK(code(Errc::kNotFound) == Code::kUnavailable);
  CHECK(code(Errc::kInvalidArgument) == Code::kInvalidArgument);
  CHECK(code(Errc::kAlreadyExists) == Code::kAlreadyExists);
  CHECK(code(Errc::kLimitExceeded) == Code::kResourceExhausted);
  CHECK(code(Errc::kFailedPrecondition) == Code::kFailedPrecondition);
  CHECK(code(Errc::kUnsupported) == Code::kUnimplemented);
  CHECK(code(Errc::kPermissionDenied) == Code::kPermissionDenied);
  CHECK(code(Errc::kClosed) == Code::kUnavailable);
  CHECK(code(Errc::kTimeout) == Code::kDeadlineExceeded);
  CHECK(code(Errc::kInternal) == Code::kInternal);
  const twirp::Error full = services::room_not_made(Error{Errc::kLimitExceeded, "full"}).error();
  CHECK(full.code == Code::kUnknown);
  CHECK(full.message == "full");
  CHECK(services::room_not_made(Error{Errc::kClosed, "over"}).error().code == Code::kUnavailable);
}
