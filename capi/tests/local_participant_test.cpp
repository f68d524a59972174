// SPDX-License-Identifier: Apache-2.0
// Participants of this process: what they exchange with each other and with those outside.
#include <doctest/doctest.h>

#include <chrono>
#include <cstring>
#include <string>
#include <thread>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

struct InHall {
  InHall() : engine(null_engine()) { SFU_REQUIRE(sfu_engine_room(engine, "hall", &room)); }
  ~InHall() {
    SFU_CHECK(sfu_room_release(room));
    SFU_CHECK(sfu_engine_release(engine));
  }
  sfu_engine* engine = nullptr;
  sfu_room* room = nullptr;
};

const std::uint8_t* bytes(const char* text) {
  return reinterpret_cast<const std::uint8_t*>(text);
}

void publish(TestClient& who, const char* id, sfu_codec codec, sfu_track_source source) {
  sfu_publish_options options;
  SFU_INIT(options);
  options.codec = codec;
  options.source = source;
  options.name = id;
  options.width = 640;
  options.height = 360;
  SFU_REQUIRE(sfu_client_publish(who.client, id, &options));
}

void write(TestClient& who, const char* id, const char* frame, std::uint32_t timestamp) {
  sfu_frame out;
  SFU_INIT(out);
  out.timestamp = timestamp;
  out.bytes = bytes(frame);
  out.length = std::strlen(frame);
  out.is_keyframe = 1;
  SFU_CHECK(sfu_client_write_frame(who.client, id, &out, 0));
}

}  // namespace

TEST_CASE("participants of the host's own hear each other, without a network") {
  InHall hall;
  TestClient bot(hall.room, "bot");
  TestClient ear(hall.room, "ear");
  CHECK(ear.lines.all().front() == "connected hall ear");
  CHECK(bot.lines.wait("joined ear") == "joined ear");
  publish(bot, "voice", SFU_CODEC_OPUS, SFU_TRACK_SOURCE_MICROPHONE);
  CHECK(ear.lines.wait("subscribed bot") == "subscribed bot opus");
  for (std::uint32_t i = 0; i < 5; ++i) write(bot, "voice", "\xfc sound", 960 * i);
  CHECK(ear.lines.wait_count("frame opus \xfc sound", 5));
  CHECK(ear.lines.count("frame opus") == 5);
  CHECK(ear.lines.count("rtp") == 5);

  sfu_data_options to_topic;
  SFU_INIT(to_topic);
  to_topic.topic = "greeting";
  SFU_CHECK(sfu_client_send_data(ear.client, bytes("hello"), 5, &to_topic));
  CHECK(bot.lines.wait("data") == "data ear greeting hello");
  sfu_stream_options stream;
  SFU_INIT(stream);
  stream.topic = "notes";
  SFU_CHECK(sfu_client_send_text(ear.client, "a longer text", 13, &stream));
  CHECK(bot.lines.wait("text") == "text ear notes a longer text");
  SFU_CHECK(sfu_client_leave(ear.client));
  CHECK(ear.lines.wait("disconnected") == "disconnected 1 ok ");
  CHECK(bot.lines.wait("left ear") == "left ear");
}

TEST_CASE("who receives video asks its publisher for key frames") {
  InHall hall;
  TestClient camera(hall.room, "camera");
  TestClient viewer(hall.room, "viewer");
  publish(camera, "picture", SFU_CODEC_VP8, SFU_TRACK_SOURCE_CAMERA);
  REQUIRE(viewer.lines.wait("subscribed camera") == "subscribed camera VP8");
  // A key frame of VP8 by its first bytes (RFC 6386, section 9.1): 640 by 360.
  const char key_frame[] = "\x10\x02\x01\x9d\x01\x2a\x80\x02\x68\x01 picture";
  write(camera, "picture", key_frame, 3000);
  REQUIRE(viewer.lines.wait("frame VP8") != "");
  const std::string published = camera.lines.wait("published picture ");
  const std::string sid = published.substr(published.rfind(' ') + 1);
  const auto before = camera.lines.count("keyframe requested picture");
  SFU_CHECK(sfu_client_request_key_frame(viewer.client, sid.c_str()));
  CHECK(camera.lines.wait_count("keyframe requested picture", before + 1));
}

TEST_CASE("a participant of the host's own calls methods, and is called") {
  InHall hall;
  TestClient caller(hall.room, "caller");
  TestClient callee(hall.room, "callee");
  sfu_rpc_callbacks method;
  SFU_INIT(method);
  method.on_call = [](void*, const sfu_rpc_call* call, sfu_rpc_responder* responder) {
    const std::string answer = std::string(call->caller) + " said " + call->payload;
    sfu_rpc_result result;
    SFU_INIT(result);
    result.payload = answer.c_str();
    SFU_CHECK(sfu_rpc_responder_answer(responder, &result));
    SFU_CHECK(sfu_rpc_responder_release(responder));
  };
  SFU_CHECK(sfu_client_register_rpc(callee.client, "echo", &method));
  sfu_rpc_request request;
  SFU_INIT(request);
  request.method = "echo";
  request.payload = "ping";
  Lines answers;
  SFU_CHECK(sfu_client_perform_rpc(
      caller.client, "callee", &request,
      [](void* user, const sfu_rpc_result* result) { static_cast<Lines*>(user)->add(result->payload); }, &answers));
  CHECK(answers.wait("caller") == "caller said ping");
}

TEST_CASE("one outside and one of the host's own meet in a server's room") {
  TestServer server;
  sfu_room* room = server.room("hall");
  TestClient bot(room, "bot");
  TestClient alice(server, "alice", "hall");
  CHECK(bot.lines.wait("joined alice") == "joined alice");
  publish(bot, "voice", SFU_CODEC_OPUS, SFU_TRACK_SOURCE_MICROPHONE);
  REQUIRE(alice.lines.wait("subscribed bot") == "subscribed bot opus");
  // What comes while her media is still on its way goes nowhere.
  for (std::uint32_t i = 0; alice.lines.count("frame opus") == 0 && i < 400; ++i) {
    write(bot, "voice", "\xfc sound", 960 * i);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // as an encoder's frames come
  }
  CHECK(alice.lines.count("frame opus \xfc sound") > 0);
  SFU_CHECK(sfu_client_send_data(alice.client, bytes("hi"), 2, nullptr));
  CHECK(bot.lines.wait("data alice") == "data alice  hi");
  SFU_CHECK(sfu_room_release(room));
}

TEST_CASE("who cannot join is told why, and its callbacks are not taken") {
  InHall hall;
  Lines lines;
  sfu_client_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &lines;
  callbacks.dropped = [](void* user) { static_cast<Lines*>(user)->add("dropped"); };
  sfu_local_participant_options options;
  SFU_INIT(options);
  sfu_client* client = nullptr;
  CHECK(sfu_room_join(hall.room, &options, &callbacks, &client) == SFU_ERROR_INVALID_ARGUMENT);
  sfu_claims claims;
  SFU_INIT(claims);
  options.claims = &claims;
  CHECK(sfu_room_join(hall.room, &options, &callbacks, &client) == SFU_ERROR_INVALID_ARGUMENT);
  claims.identity = "bot";
  CHECK(sfu_room_join(hall.room, &options, nullptr, &client) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(sfu_room_join(hall.room, &options, &callbacks, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  SFU_CHECK(sfu_engine_stop(hall.engine));
  CHECK(sfu_room_join(hall.room, &options, &callbacks, &client) == SFU_ERROR_CLOSED);
  CHECK(client == nullptr);
  CHECK(lines.all().empty());
}

TEST_CASE("one of the host's own outlives its engine's handle") {
  sfu_engine* engine = null_engine();
  sfu_room* room = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  TestClient bot(room, "bot");
  SFU_CHECK(sfu_room_release(room));
  SFU_CHECK(sfu_engine_release(engine));
  CHECK(bot.lines.wait("disconnected") == "disconnected 3 ok ");
  SFU_CHECK(sfu_client_send_data(bot.client, bytes("x"), 1, nullptr));  // goes nowhere
}
