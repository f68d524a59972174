// SPDX-License-Identifier: Apache-2.0
// A server and clients in its rooms, over sockets on loopback: media, data, streams, calls, and the host's hand in it.
#include <doctest/doctest.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

const std::uint8_t* bytes(const char* text) {
  return reinterpret_cast<const std::uint8_t*>(text);
}

// Writes until the other has heard: what is written before the way is open is dropped.
template <typename Write>
bool write_until(Lines& lines, const char* heard, Write write) {
  for (int i = 0; i < 400 && lines.count(heard) == 0; ++i) {
    write(i);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));  // as an encoder's frames come
  }
  return lines.count(heard) > 0;
}

void publish_audio(TestClient& who) {
  sfu_publish_options options;
  SFU_INIT(options);
  options.codec = SFU_CODEC_OPUS;
  options.source = SFU_TRACK_SOURCE_MICROPHONE;
  options.name = "voice";
  SFU_REQUIRE(sfu_client_publish(who.client, "mic", &options));
}

std::string published_sid(TestClient& who) {
  const std::string line = who.lines.wait("published mic ");
  return line.substr(line.rfind(' ') + 1);
}

struct Answers {
  static void done(void* user, const sfu_rpc_result* result) {
    static_cast<Lines*>(user)->add(result->error_code == 0 ? std::string("answer ") + result->payload
                                                           : "error " + std::to_string(result->error_code) + ' ' +
                                                                 result->error_message + ' ' + result->error_data);
  }
};

sfu_rpc_request request_of(const char* method, const char* payload) {
  sfu_rpc_request request;
  SFU_INIT(request);
  request.method = method;
  request.payload = payload;
  return request;
}

}  // namespace

TEST_CASE("sound of a client that asks for redundancy goes as RED, and comes as Opus") {
  TestServer server;
  TestClient alice(server, "alice", "hall", [](sfu_client_options& options) { options.audio_redundancy = 1; });
  TestClient bob(server, "bob", "hall");
  publish_audio(alice);
  const std::string sid = published_sid(alice);
  CHECK(bob.lines.wait("subscribed alice") == "subscribed alice opus");
  sfu_room* room = server.room("hall");
  sfu_participant* publisher = nullptr;
  sfu_track* track = nullptr;
  SFU_REQUIRE(sfu_room_participant(room, "alice", &publisher));
  SFU_REQUIRE(sfu_participant_track(publisher, sid.c_str(), &track));
  Lines packets;
  sfu_packet_filter_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &packets;
  callbacks.on_packet = [](void* user, const sfu_track_packet* packet, std::uint8_t*, std::size_t) {
    static_cast<Lines*>(user)->add(packet->redundant != 0 ? "RED" : "plain");
    return sfu_packet_verdict{SFU_PACKET_PASS};
  };
  sfu_packet_filter* filter = nullptr;
  SFU_REQUIRE(sfu_track_attach_filter(track, &callbacks, &filter));
  CHECK(write_until(bob.lines, "frame opus \xfc sound", [&](int i) {
    sfu_frame frame;
    SFU_INIT(frame);
    frame.timestamp = 960u * static_cast<std::uint32_t>(i);
    frame.bytes = bytes("\xfc sound");
    frame.length = 7;
    frame.is_keyframe = 1;
    SFU_CHECK(sfu_client_write_frame(alice.client, "mic", &frame, 0));
  }));
  CHECK(packets.count("RED") > 0);
  CHECK(packets.count("plain") == 0);
  SFU_CHECK(sfu_packet_filter_release(filter));
  SFU_CHECK(sfu_track_release(track));
  SFU_CHECK(sfu_participant_release(publisher));
  SFU_CHECK(sfu_room_release(room));
}

TEST_CASE("media, frames and packets, from one client to the other; and what the host does with the track") {
  TestServer server;
  TestClient alice(server, "alice", "hall");
  TestClient bob(server, "bob", "hall");
  CHECK(alice.lines.wait("joined bob") == "joined bob");
  CHECK(bob.lines.all().front() == "connected hall bob");
  publish_audio(alice);
  const std::string sid = published_sid(alice);
  CHECK(bob.lines.wait("track alice") == "track alice voice");
  CHECK(bob.lines.wait("subscribed alice") == "subscribed alice opus");
  const char* const voice = "\xfc sound";
  CHECK(write_until(bob.lines, "frame opus \xfc sound", [&](int i) {
    sfu_frame frame;
    SFU_INIT(frame);
    frame.timestamp = 960u * static_cast<std::uint32_t>(i);
    frame.bytes = bytes(voice);
    frame.length = std::strlen(voice);
    frame.is_keyframe = 1;
    SFU_CHECK(sfu_client_write_frame(alice.client, "mic", &frame, 0));
  }));
  CHECK(bob.lines.count("rtp") > 0);
  CHECK(write_until(bob.lines, "frame opus \xfc packet", [&](int i) {
    std::uint8_t packet[12 + 8] = {0x80, 111, 0x40, static_cast<std::uint8_t>(i), 1, 0, 0, 0, 0, 0, 0, 1};
    std::memcpy(packet + 12, "\xfc packet", 8);
    packet[5] = static_cast<std::uint8_t>(i);
    SFU_CHECK(sfu_client_write_rtp(alice.client, "mic", packet, sizeof packet, 0));
  }));

  sfu_room* room = server.room("hall");
  sfu_participant* publisher = nullptr;
  sfu_track* track = nullptr;
  SFU_REQUIRE(sfu_room_participant(room, "alice", &publisher));
  SFU_REQUIRE(sfu_participant_track(publisher, sid.c_str(), &track));
  const sfu_track_info* info = nullptr;
  SFU_REQUIRE(sfu_track_get_info(track, &info));
  CHECK(info->kind == SFU_TRACK_KIND_AUDIO);
  CHECK(info->source == SFU_TRACK_SOURCE_MICROPHONE);
  CHECK(std::string(info->name) == "voice");
  SFU_CHECK(sfu_free(info));
  SFU_REQUIRE(sfu_track_set_muted(track, 1, &info));
  CHECK(info->muted == 1);
  SFU_CHECK(sfu_free(info));
  CHECK(bob.lines.wait("track changed alice muted") == "track changed alice muted");
  SFU_CHECK(sfu_track_set_muted(track, 0, nullptr));
  CHECK(bob.lines.wait("track changed alice unmuted") == "track changed alice unmuted");
  SFU_CHECK(sfu_client_set_muted(alice.client, "mic", 1));
  CHECK(bob.lines.wait_count("track changed alice muted", 2));

  const sfu_room_statistics* figures = nullptr;
  SFU_REQUIRE(sfu_room_get_statistics(room, &figures));
  CHECK(figures->participant_count == 2);
  REQUIRE(figures->stream_count == 1);
  CHECK(std::string(figures->streams[0]->publisher) == "alice");
  CHECK(figures->streams[0]->packets > 0);
  REQUIRE(figures->subscription_count == 1);
  CHECK(std::string(figures->subscriptions[0]->subscriber) == "bob");
  CHECK(figures->subscriptions[0]->packets > 0);
  SFU_CHECK(sfu_free(figures));

  sfu_track_settings settings;
  SFU_INIT(settings);
  settings.quality = SFU_VIDEO_QUALITY_LOW;
  SFU_CHECK(sfu_client_set_track_settings(bob.client, sid.c_str(), &settings));
  settings.quality = 12;
  CHECK(sfu_client_set_track_settings(bob.client, sid.c_str(), &settings) == SFU_ERROR_INVALID_ARGUMENT);
  SFU_CHECK(sfu_client_subscribe(bob.client, sid.c_str(), 0));
  CHECK(bob.lines.wait("unsubscribed") == "unsubscribed");
  sfu_participant* subscriber = nullptr;
  SFU_REQUIRE(sfu_room_participant(room, "bob", &subscriber));
  const char* const sids[] = {sid.c_str()};
  SFU_CHECK(sfu_participant_update_subscriptions(subscriber, sids, 1, 1));
  CHECK(bob.lines.wait_count("subscribed alice", 2));
  SFU_CHECK(sfu_client_unpublish(alice.client, "mic"));
  CHECK(bob.lines.wait("track gone alice") == "track gone alice voice");
  CHECK(server.events.wait("track_unpublished") == "track_unpublished alice");
  SFU_CHECK(sfu_participant_release(subscriber));
  SFU_CHECK(sfu_track_release(track));
  SFU_CHECK(sfu_participant_release(publisher));
  SFU_CHECK(sfu_room_release(room));
}

TEST_CASE("data packets and streams, from clients and from the host") {
  TestServer server;
  TestClient alice(server, "alice", "hall");
  TestClient bob(server, "bob", "hall");
  const char* const to_bob[] = {"bob"};
  sfu_data_options options;
  SFU_INIT(options);
  options.topic = "chat";
  options.to = to_bob;
  options.to_count = 1;
  SFU_CHECK(sfu_client_send_data(alice.client, bytes("hello"), 5, &options));
  CHECK(bob.lines.wait("data alice") == "data alice chat hello");
  const std::vector<std::uint8_t> large(60001);
  CHECK(sfu_client_send_data(alice.client, large.data(), large.size(), nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  sfu_room* room = server.room("hall");
  SFU_CHECK(sfu_room_send_data(room, bytes("news"), 4, &options));
  CHECK(bob.lines.wait("data  chat") == "data  chat news");
  CHECK(alice.lines.count("data") == 0);
  SFU_CHECK(sfu_room_release(room));

  sfu_stream_options stream;
  SFU_INIT(stream);
  stream.topic = "chat";
  SFU_CHECK(sfu_client_send_text(alice.client, "long text", 9, &stream));
  CHECK(bob.lines.wait("text alice") == "text alice chat long text");
  stream.name = "file.bin";
  SFU_CHECK(sfu_client_send_bytes(alice.client, bytes("\x01\x02"), 2, &stream));
  CHECK(bob.lines.wait("stream alice file.bin") == "stream alice file.bin application/octet-stream");
  CHECK(bob.lines.wait("stream data alice \x01\x02") == "stream data alice \x01\x02");
  SFU_CHECK(sfu_client_open_stream(alice.client, "mine", 0, nullptr));
  SFU_CHECK(sfu_client_write_stream(alice.client, "mine", bytes("part"), 4));
  SFU_CHECK(sfu_client_close_stream(alice.client, "mine", nullptr));
  CHECK(bob.lines.wait("stream data alice part") == "stream data alice part");
  CHECK(bob.lines.wait("stream closed alice mine") == "stream closed alice mine ok");
}

TEST_CASE("calls: answered, failed, left to others, and given up when the caller goes") {
  TestServer server;
  TestClient alice(server, "alice", "hall");
  TestClient bob(server, "bob", "hall");
  struct Callee {
    Lines lines;
    sfu_rpc_responder* kept = nullptr;
  } callee;
  sfu_rpc_callbacks method;
  SFU_INIT(method);
  method.user = &callee;
  method.dropped = [](void* user) { static_cast<Callee*>(user)->lines.add("dropped"); };
  method.on_call = [](void* user, const sfu_rpc_call* call, sfu_rpc_responder* responder) {
    auto& self = *static_cast<Callee*>(user);
    self.lines.add(std::string("call ") + call->caller + ' ' + call->method + ' ' + call->payload);
    sfu_rpc_result result;
    SFU_INIT(result);
    if (std::strcmp(call->payload, "keep") == 0) {
      self.kept = responder;
      self.lines.add("kept");
      return;
    }
    if (std::strcmp(call->payload, "fail") == 0) {
      result.error_code = 4000;
      result.error_message = "no";
      result.error_data = "more";
    } else {
      result.payload = "pong";
    }
    if (std::strcmp(call->payload, "forget") != 0) SFU_CHECK(sfu_rpc_responder_answer(responder, &result));
    SFU_CHECK(sfu_rpc_responder_release(responder));
  };
  SFU_REQUIRE(sfu_client_register_rpc(bob.client, "ping", &method));
  CHECK(sfu_client_register_rpc(bob.client, "", &method) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(alice.lines.wait("joined bob") == "joined bob");

  Lines answers;
  sfu_rpc_request request = request_of("ping", "now");
  SFU_REQUIRE(sfu_client_perform_rpc(alice.client, "bob", &request, Answers::done, &answers));
  CHECK(answers.wait("answer") == "answer pong");
  request.payload = "fail";
  SFU_REQUIRE(sfu_client_perform_rpc(alice.client, "bob", &request, Answers::done, &answers));
  CHECK(answers.wait("error 4000") == "error 4000 no more");
  request.payload = "forget";
  SFU_REQUIRE(sfu_client_perform_rpc(alice.client, "bob", &request, Answers::done, &answers));
  CHECK(answers.wait("error 1500").starts_with("error 1500"));
  request.method = nullptr;
  CHECK(sfu_client_perform_rpc(alice.client, "bob", &request, Answers::done, &answers) == SFU_ERROR_INVALID_ARGUMENT);
  request.method = "ping";
  CHECK(sfu_client_perform_rpc(alice.client, "bob", &request, nullptr, nullptr) == SFU_ERROR_INVALID_ARGUMENT);

  sfu_room* room = server.room("hall");
  sfu_participant* participant = nullptr;
  SFU_REQUIRE(sfu_room_participant(room, "bob", &participant));
  request.payload = "from the host";
  SFU_REQUIRE(sfu_participant_perform_rpc(participant, &request, Answers::done, &answers));
  CHECK(answers.wait_count("answer pong", 2));
  SFU_CHECK(sfu_participant_release(participant));
  SFU_REQUIRE(sfu_room_participant(room, "nobody", &participant));
  CHECK(sfu_participant_perform_rpc(participant, &request, Answers::done, &answers) == SFU_ERROR_NOT_FOUND);
  SFU_CHECK(sfu_participant_release(participant));
  SFU_CHECK(sfu_room_release(room));
  CHECK(answers.all().size() == 4);

  Lines late;
  {
    TestClient carol(server, "carol", "hall");
    CHECK(carol.lines.wait("joined bob") == "joined bob");
    request.payload = "keep";
    SFU_REQUIRE(sfu_client_perform_rpc(carol.client, "bob", &request, Answers::done, &late));
    CHECK(callee.lines.wait("kept") == "kept");
  }
  CHECK(late.wait("error ").starts_with("error 150"));
  CHECK(late.all().size() == 1);
  sfu_rpc_result result;
  SFU_INIT(result);
  SFU_CHECK(sfu_rpc_responder_answer(callee.kept, &result));  // nobody waits any more
  SFU_CHECK(sfu_rpc_responder_release(callee.kept));
  SFU_CHECK(sfu_client_unregister_rpc(bob.client, "ping"));
  CHECK(callee.lines.wait("dropped") == "dropped");
}

TEST_CASE("the host changes, moves, shows elsewhere and removes who is there") {
  TestServer server;
  TestClient alice(server, "alice", "hall");
  TestClient bob(server, "bob", "hall");
  sfu_room* hall = server.room("hall");
  sfu_room* attic = server.room("attic");
  sfu_participant* participant = nullptr;
  SFU_REQUIRE(sfu_room_participant(hall, "alice", &participant));

  const sfu_participant_info* info = nullptr;
  SFU_REQUIRE(sfu_participant_get_info(participant, &info));
  CHECK(std::string(info->identity) == "alice");
  CHECK(info->state == SFU_PARTICIPANT_ACTIVE);
  CHECK(info->message_length > 0);
  SFU_CHECK(sfu_free(info));
  const sfu_participant_info_list* everybody = nullptr;
  SFU_REQUIRE(sfu_room_get_participants(hall, &everybody));
  CHECK(everybody->count == 2);
  SFU_CHECK(sfu_free(everybody));

  const sfu_pair attribute = {"hand", "up"};
  sfu_participant_changes changes;
  SFU_INIT(changes);
  changes.name = "Alice";
  changes.attributes = &attribute;
  changes.attribute_count = 1;
  SFU_CHECK(sfu_participant_update(participant, &changes));
  CHECK(bob.lines.wait("changed alice Alice") == "changed alice Alice ");
  changes.name = nullptr;
  changes.metadata = "by herself";
  SFU_CHECK(sfu_client_update(alice.client, &changes));
  CHECK(bob.lines.wait("changed alice Alice by") == "changed alice Alice by herself");

  const sfu_permission* given = nullptr;
  SFU_REQUIRE(sfu_participant_get_permission(participant, &given));
  sfu_permission permission = *given;
  SFU_CHECK(sfu_free(given));
  permission.can_publish_data = 0;
  SFU_CHECK(sfu_participant_set_permission(participant, &permission));
  SFU_REQUIRE(sfu_participant_get_permission(participant, &given));
  CHECK(given->can_publish_data == 0);
  CHECK(given->can_publish == 1);
  SFU_CHECK(sfu_free(given));
  changes.permission = &permission;
  CHECK(sfu_client_update(alice.client, &changes) == SFU_ERROR_INVALID_ARGUMENT);
  permission.can_publish_data = 1;
  SFU_CHECK(sfu_participant_update(participant, &changes));

  SFU_CHECK(sfu_participant_forward_to(participant, attic));
  sfu_participant* shown = nullptr;
  SFU_REQUIRE(sfu_room_participant(attic, "alice", &shown));
  SFU_REQUIRE(sfu_participant_get_info(shown, &info));
  CHECK(info->forwarded == 1);
  SFU_CHECK(sfu_free(info));
  SFU_CHECK(sfu_participant_remove(shown, 0));
  CHECK(sfu_participant_move_to(participant, hall) == SFU_ERROR_INVALID_ARGUMENT);
  sfu_engine* other = null_engine();
  sfu_room* elsewhere = nullptr;
  SFU_REQUIRE(sfu_engine_room(other, "attic", &elsewhere));
  CHECK(sfu_participant_move_to(participant, elsewhere) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(sfu_participant_forward_to(participant, elsewhere) == SFU_ERROR_INVALID_ARGUMENT);
  SFU_CHECK(sfu_room_release(elsewhere));
  SFU_CHECK(sfu_engine_release(other));
  SFU_CHECK(sfu_participant_move_to(participant, attic));
  CHECK(alice.lines.wait("moved attic") == "moved attic");
  CHECK(bob.lines.wait("left alice") == "left alice");
  SFU_CHECK(sfu_participant_remove(shown, 0));
  CHECK(alice.lines.wait("disconnected") ==
        "disconnected " + std::to_string(SFU_DISCONNECT_PARTICIPANT_REMOVED) + " ok ");
  SFU_CHECK(sfu_client_leave(bob.client));
  CHECK(bob.lines.wait("disconnected").starts_with("disconnected 1"));
  for (sfu_participant* each : {participant, shown}) SFU_CHECK(sfu_participant_release(each));
  for (sfu_room* each : {hall, attic}) SFU_CHECK(sfu_room_release(each));
}

TEST_CASE("who cannot join hears why; an address that is none is told at once") {
  TestServer server;
  sfu_client_callbacks callbacks;
  Lines lines;
  SFU_INIT(callbacks);
  callbacks.user = &lines;
  callbacks.on_disconnected = [](void* user, sfu_disconnect_reason reason, sfu_status status, const char* message) {
    static_cast<Lines*>(user)->add(std::to_string(reason) + ' ' + sfu_status_name(status) + ' ' + message);
  };
  sfu_client_options options;
  SFU_INIT(options);
  options.url = "nowhere";
  sfu_client* client = nullptr;
  CHECK(sfu_client_connect(&options, &callbacks, &client) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(sfu_client_connect(&options, nullptr, &client) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(client == nullptr);
  const std::string url = server.url();
  options.url = url.c_str();
  options.token = "nonsense";
  SFU_REQUIRE(sfu_client_connect(&options, &callbacks, &client));
  CHECK(lines.wait("7 ").starts_with("7 unauthenticated"));
  SFU_CHECK(sfu_client_release(client));
}

TEST_CASE("the frames of a file, one after the other and from the beginning again") {
  CHECK(std::string(sfu_codec_name(SFU_CODEC_VP8)) == "VP8");
  CHECK(std::string(sfu_codec_name(77)).empty());
  CHECK(sfu_codec_clock_rate(SFU_CODEC_OPUS) == 48000);
  CHECK(sfu_codec_clock_rate(-1) == 0);
  const std::string path = "capi_test_" + std::to_string(getpid()) + ".ivf";
  std::FILE* out = std::fopen(path.c_str(), "wb");
  REQUIRE(out != nullptr);
  // 32 bytes of header: VP8, 16 by 8, 30 a second; then one key frame of 4 bytes, at 0.
  const unsigned char file[] = {'D', 'K', 'I', 'F', 0, 0, 32, 0, 'V', 'P', '8', '0', 16, 0, 8, 0,
                                30,  0,   0,   0,   1, 0, 0,  0, 1,   0,   0,   0,   0,  0, 0, 0,
                                4,   0,   0,   0,   0, 0, 0,  0, 0,   0,   0,   0,   0,  1, 2, 3};
  CHECK(std::fwrite(file, 1, sizeof file, out) == sizeof file);
  std::fclose(out);
  sfu_media_file* media = nullptr;
  SFU_REQUIRE(sfu_media_file_open(path.c_str(), 0, &media));
  const sfu_media_file_info* info = nullptr;
  SFU_REQUIRE(sfu_media_file_get_info(media, &info));
  CHECK(info->codec == SFU_CODEC_VP8);
  CHECK(info->width == 16);
  SFU_CHECK(sfu_free(info));
  for (int round = 0; round < 2; ++round) {
    const sfu_media_sample* sample = nullptr;
    SFU_REQUIRE(sfu_media_file_next(media, &sample));
    REQUIRE(sample != nullptr);
    CHECK(sample->frame->length == 4);
    CHECK(sample->frame->bytes[3] == 3);
    CHECK(sample->at_us == 0);
    SFU_CHECK(sfu_free(sample));
    SFU_REQUIRE(sfu_media_file_next(media, &sample));
    CHECK(sample == nullptr);
    SFU_CHECK(sfu_media_file_rewind(media));
  }
  SFU_CHECK(sfu_media_file_release(media));
  std::remove(path.c_str());
  CHECK(sfu_media_file_open("there is no such file", 0, &media) == SFU_ERROR_NOT_FOUND);
  CHECK(sfu_media_file_open(path.c_str(), -1, &media) == SFU_ERROR_INVALID_ARGUMENT);
}
