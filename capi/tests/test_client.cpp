// SPDX-License-Identifier: Apache-2.0
// Every callback of a client, as a line.
#include <doctest/doctest.h>

#include "support.hpp"

namespace sfu::capi_test {
namespace {

void add(void* user, std::string line) {
  static_cast<Lines*>(user)->add(std::move(line));
}

std::string bytes(const std::uint8_t* in, std::size_t length) {
  return {reinterpret_cast<const char*>(in), length};
}

void hear_of_connection(sfu_client_callbacks& on) {
  on.on_connected = [](void* user, const sfu_room_info* room, const sfu_participant_info* self) {
    add(user, std::string("connected ") + room->name + ' ' + self->identity);
  };
  on.on_ready = [](void* user) { add(user, "ready"); };
  on.on_reconnecting = [](void* user, sfu_bool) { add(user, "reconnecting"); };
  on.on_reconnected = [](void* user, sfu_bool) { add(user, "reconnected"); };
  on.on_disconnected = [](void* user, sfu_disconnect_reason reason, sfu_status status, const char* message) {
    add(user, "disconnected " + std::to_string(reason) + ' ' + sfu_status_name(status) + ' ' + message);
  };
  on.on_moved = [](void* user, const sfu_room_info* room) { add(user, std::string("moved ") + room->name); };
}

void hear_of_people(sfu_client_callbacks& on) {
  on.on_participant_joined = [](void* user, const sfu_participant_info* who) {
    add(user, std::string("joined ") + who->identity);
  };
  on.on_participant_changed = [](void* user, const sfu_participant_info* who) {
    add(user, std::string("changed ") + who->identity + ' ' + who->name + ' ' + who->metadata);
  };
  on.on_participant_left = [](void* user, const sfu_participant_info* who) {
    add(user, std::string("left ") + who->identity);
  };
  on.on_track_published = [](void* user, const char* identity, const sfu_track_info* track) {
    add(user, std::string("track ") + identity + ' ' + track->name);
  };
  on.on_track_changed = [](void* user, const char* identity, const sfu_track_info* track) {
    add(user, std::string("track changed ") + identity + (track->muted ? " muted" : " unmuted"));
  };
  on.on_track_unpublished = [](void* user, const char* identity, const sfu_track_info* track) {
    add(user, std::string("track gone ") + identity + ' ' + track->name);
  };
  on.on_speakers = [](void* user, const sfu_speaker* const* speakers, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add(user, std::string("speaker ") + speakers[i]->identity);
  };
}

void hear_of_media(sfu_client_callbacks& on) {
  on.on_subscribed = [](void* user, const char*, const char* identity, sfu_codec codec) {
    add(user, std::string("subscribed ") + identity + ' ' + sfu_codec_name(codec));
  };
  on.on_unsubscribed = [](void* user, const char*) { add(user, "unsubscribed"); };
  on.on_frame = [](void* user, const char*, sfu_codec codec, const sfu_frame* frame) {
    add(user, std::string("frame ") + sfu_codec_name(codec) + ' ' + bytes(frame->bytes, frame->length));
  };
  on.on_rtp = [](void* user, const char*, const std::uint8_t*, std::size_t, sfu_bool) { add(user, "rtp"); };
  on.on_published = [](void* user, const char* id, const char* sid) {
    add(user, std::string("published ") + id + ' ' + sid);
  };
  on.on_publish_failed = [](void* user, const char* id, sfu_status status, const char* message) {
    add(user, std::string("publish failed ") + id + ' ' + sfu_status_name(status) + ' ' + message);
  };
  on.on_keyframe_requested = [](void* user, const char* id, std::uint32_t) {
    add(user, std::string("keyframe requested ") + id);
  };
}

void hear_of_data(sfu_client_callbacks& on) {
  on.on_data = [](void* user, const sfu_data_message* message) {
    add(user,
        std::string("data ") + message->sender + ' ' + message->topic + ' ' + bytes(message->bytes, message->length));
  };
  on.on_text = [](void* user, const sfu_stream_info* info, const char* text, std::size_t length) {
    add(user, std::string("text ") + info->sender + ' ' + info->topic + ' ' + std::string(text, length));
  };
  on.on_stream_opened = [](void* user, const sfu_stream_info* info) {
    add(user, std::string("stream ") + info->sender + ' ' + info->name + ' ' + info->mime_type);
  };
  on.on_stream_data = [](void* user, const char* sender, const char*, const std::uint8_t* in, std::size_t length) {
    add(user, std::string("stream data ") + sender + ' ' + bytes(in, length));
  };
  on.on_stream_closed = [](void* user, const char* sender, const char* id, sfu_status status, const char*) {
    add(user, std::string("stream closed ") + sender + ' ' + id + ' ' + sfu_status_name(status));
  };
}

sfu_client_callbacks callbacks_of(Lines& lines) {
  sfu_client_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &lines;
  callbacks.dropped = [](void* user) { add(user, "dropped"); };
  hear_of_connection(callbacks);
  hear_of_people(callbacks);
  hear_of_media(callbacks);
  hear_of_data(callbacks);
  return callbacks;
}

}  // namespace

TestClient::TestClient(const TestServer& server, const std::string& identity, const std::string& room,
                       const std::function<void(sfu_client_options&)>& change) {
  static const char* const loopback[] = {"127.0.0.1"};
  const std::string url = server.url();
  const std::string shown =
      token(identity, room, [](sfu_video_grant& grant) { grant.can_update_own_metadata = SFU_ON; });
  const sfu_client_callbacks callbacks = callbacks_of(lines);
  sfu_client_options options;
  SFU_INIT(options);
  options.url = url.c_str();
  options.token = shown.c_str();
  options.media_addresses = loopback;
  options.media_address_count = 1;
  if (change) change(options);
  SFU_REQUIRE(sfu_client_connect(&options, &callbacks, &client));
  REQUIRE(lines.wait("ready") == "ready");
}

TestClient::TestClient(sfu_room* room, const std::string& identity) {
  const sfu_client_callbacks callbacks = callbacks_of(lines);
  sfu_claims claims;
  SFU_INIT(claims);
  claims.identity = identity.c_str();
  sfu_local_participant_options options;
  SFU_INIT(options);
  options.claims = &claims;
  SFU_REQUIRE(sfu_room_join(room, &options, &callbacks, &client));
  REQUIRE(lines.wait("ready") == "ready");
}

TestClient::~TestClient() {
  SFU_CHECK(sfu_client_release(client));
  CHECK(lines.all().back() == "dropped");
}

}  // namespace sfu::capi_test
