// SPDX-License-Identifier: Apache-2.0
// A host's filters on tracks: what they see, drop and rewrite, and how they come and go.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

// What a filter was shown, and what it answers.
struct Filter {
  using Decide = std::function<sfu_packet_verdict(const sfu_track_packet&, std::uint8_t*, std::size_t)>;
  explicit Filter(Decide answer = {}) : decide(std::move(answer)) {
    SFU_INIT(callbacks);
    callbacks.user = this;
    callbacks.dropped = [](void* user) { static_cast<Filter*>(user)->lines.add("dropped"); };
    callbacks.on_packet = [](void* user, const sfu_track_packet* packet, std::uint8_t* room, std::size_t length) {
      auto& self = *static_cast<Filter*>(user);
      self.lines.add(std::string("packet ") + packet->mime_type + ' ' +
                     std::string(reinterpret_cast<const char*>(packet->payload), packet->payload_length));
      return self.decide ? self.decide(*packet, room, length) : sfu_packet_verdict{SFU_PACKET_PASS};
    };
    callbacks.on_ended = [](void* user) { static_cast<Filter*>(user)->lines.add("ended"); };
  }

  Decide decide;
  Lines lines;
  sfu_packet_filter_callbacks callbacks;
  sfu_packet_filter* handle = nullptr;
};

// Somebody who sounds, and somebody who listens.
struct Stage {
  Stage() { SFU_REQUIRE(sfu_participant_track(participant, sid.c_str(), &track)); }
  ~Stage() {
    SFU_CHECK(sfu_track_release(track));
    SFU_CHECK(sfu_participant_release(participant));
    SFU_CHECK(sfu_room_release(room));
  }
  void sound(std::string_view what) {
    sfu_frame frame;
    SFU_INIT(frame);
    frame.timestamp = 960 * sounded++;
    frame.bytes = reinterpret_cast<const std::uint8_t*>(what.data());
    frame.length = what.size();
    frame.is_keyframe = 1;
    SFU_CHECK(sfu_client_write_frame(singer.client, "voice", &frame, 0));
  }

  struct Owner {
    Owner() : engine(null_engine()) {}
    ~Owner() { SFU_CHECK(sfu_engine_release(engine)); }
    sfu_engine* engine;
  };
  Owner owner;
  sfu_room* room = [this] {
    sfu_room* made = nullptr;
    SFU_REQUIRE(sfu_engine_room(owner.engine, "hall", &made));
    return made;
  }();
  TestClient singer{room, "singer"};
  TestClient ear{room, "ear"};
  sfu_participant* participant = [this] {
    sfu_participant* made = nullptr;
    SFU_REQUIRE(sfu_room_participant(room, "singer", &made));
    return made;
  }();
  std::string sid = [this] {
    sfu_publish_options options;
    SFU_INIT(options);
    options.codec = SFU_CODEC_OPUS;
    options.name = "voice";
    SFU_REQUIRE(sfu_client_publish(singer.client, "voice", &options));
    REQUIRE(ear.lines.wait("subscribed singer") != "");
    const std::string published = singer.lines.wait("published voice ");
    return published.substr(published.rfind(' ') + 1);
  }();
  sfu_track* track = nullptr;
  std::uint32_t sounded = 0;
};

}  // namespace

TEST_CASE("a filter sees a track's packets, drops some and changes others, until it is released") {
  Stage stage;
  Filter filter([](const sfu_track_packet& packet, std::uint8_t* room, std::size_t length) -> sfu_packet_verdict {
    CHECK(packet.size == sizeof packet);
    CHECK(packet.descriptor_length == 0);
    CHECK(packet.audio_level == -1);
    CHECK(packet.arrived_ns > 0);
    CHECK(length > 1300);
    const std::string_view payload(reinterpret_cast<const char*>(packet.payload), packet.payload_length);
    if (payload == "rude") return SFU_PACKET_DROP;
    if (payload == "empty") return static_cast<sfu_packet_verdict>(length) + 1;
    if (payload != "secret") return SFU_PACKET_PASS;
    const std::string_view shown = "**********";
    std::copy(shown.begin(), shown.end(), room);
    return static_cast<sfu_packet_verdict>(shown.size());
  });
  SFU_REQUIRE(sfu_track_attach_filter(stage.track, &filter.callbacks, &filter.handle));
  for (const char* sound : {"rude", "empty", "secret", "hello"}) stage.sound(sound);
  CHECK(stage.ear.lines.wait("frame opus hello") == "frame opus hello");
  CHECK(stage.ear.lines.wait("frame opus") == "frame opus **********");
  CHECK(stage.ear.lines.count("frame opus") == 2);
  CHECK(filter.lines.wait("packet audio/opus secret") != "");

  const sfu_room_statistics* statistics = nullptr;
  SFU_REQUIRE(sfu_room_get_statistics(stage.room, &statistics));
  REQUIRE(statistics->stream_count == 1);
  CHECK(statistics->streams[0]->filtered == 2);
  CHECK(statistics->streams[0]->packets == 4);
  SFU_CHECK(sfu_free(statistics));

  SFU_CHECK(sfu_packet_filter_release(filter.handle));
  CHECK(filter.lines.all().back() == "dropped");
  stage.sound("rude");
  CHECK(stage.ear.lines.wait("frame opus rude") != "");
  CHECK(filter.lines.count("packet") == 4);
  CHECK(filter.lines.count("ended") == 0);
  CHECK(sfu_packet_filter_release(filter.handle) == SFU_ERROR_INVALID_HANDLE);
}

TEST_CASE("a filter hears that its track has ended, and is let go of when it is released") {
  Stage stage;
  Filter filter;
  SFU_REQUIRE(sfu_track_attach_filter(stage.track, &filter.callbacks, &filter.handle));
  SFU_CHECK(sfu_client_unpublish(stage.singer.client, "voice"));
  CHECK(filter.lines.wait("ended") == "ended");
  CHECK(filter.lines.count("dropped") == 0);
  SFU_CHECK(sfu_packet_filter_release(filter.handle));
  CHECK(filter.lines.count("dropped") == 1);
  Filter late;
  CHECK(sfu_track_attach_filter(stage.track, &late.callbacks, &late.handle) == SFU_ERROR_NOT_FOUND);
}

TEST_CASE("a filter may release itself within its own call, and another one attached there") {
  Stage stage;
  Filter next;
  Filter once;
  once.decide = [&](const sfu_track_packet&, std::uint8_t*, std::size_t) -> sfu_packet_verdict {
    SFU_CHECK(sfu_track_attach_filter(stage.track, &next.callbacks, &next.handle));
    SFU_CHECK(sfu_packet_filter_release(once.handle));
    CHECK(once.lines.count("dropped") == 0);  // it is still needed
    return SFU_PACKET_DROP;
  };
  SFU_REQUIRE(sfu_track_attach_filter(stage.track, &once.callbacks, &once.handle));
  stage.sound("one");
  stage.sound("two");
  CHECK(stage.ear.lines.wait("frame opus two") != "");
  CHECK(stage.ear.lines.count("frame opus one") == 0);
  CHECK(once.lines.count("packet") == 1);
  CHECK(once.lines.count("dropped") == 1);
  CHECK(next.lines.all() == std::vector<std::string>{"packet audio/opus two"});
  SFU_CHECK(sfu_packet_filter_release(next.handle));
}

TEST_CASE("where a call would wait, callbacks elsewhere are told so") {
  Stage stage;
  Filter filter;
  SFU_REQUIRE(sfu_track_attach_filter(stage.track, &filter.callbacks, &filter.handle));
  struct Asked {
    Stage* stage;
    Filter* filter;
    sfu_status attached = SFU_OK;
    sfu_status released = SFU_OK;
  } asked{&stage, &filter};
  // Authenticators are called on the thread that asks.
  sfu_auth_callbacks auth;
  SFU_INIT(auth);
  auth.user = &asked;
  auth.authenticate = [](void* user, const char*, int64_t, sfu_answer*) {
    auto& self = *static_cast<Asked*>(user);
    Filter another;
    self.attached = sfu_track_attach_filter(self.stage->track, &another.callbacks, &another.handle);
    self.released = sfu_packet_filter_release(self.filter->handle);
  };
  sfu_engine_options options = null_options();
  options.auth = &auth;
  sfu_engine* other = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &other));
  const sfu_pair query = {"access_token", "mine"};
  sfu_connect_request request;
  SFU_INIT(request);
  request.path = "/rtc/validate";
  request.query = &query;
  request.query_count = 1;
  std::int32_t status = 0;
  SFU_CHECK(sfu_engine_validate(other, &request, &status, nullptr));
  SFU_CHECK(sfu_engine_release(other));
  CHECK(asked.attached == SFU_ERROR_WRONG_THREAD);
  CHECK(asked.released == SFU_ERROR_WRONG_THREAD);
  stage.sound("still");
  CHECK(filter.lines.wait("packet audio/opus still") != "");
  SFU_CHECK(sfu_packet_filter_release(filter.handle));
}

TEST_CASE("a filter that cannot be is refused, and not taken") {
  Stage stage;
  Filter filter;
  CHECK(sfu_track_attach_filter(stage.track, nullptr, &filter.handle) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(sfu_track_attach_filter(stage.track, &filter.callbacks, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  sfu_packet_filter_callbacks empty;
  SFU_INIT(empty);
  CHECK(sfu_track_attach_filter(stage.track, &empty, &filter.handle) == SFU_ERROR_INVALID_ARGUMENT);
  empty.size = 4;
  CHECK(sfu_track_attach_filter(stage.track, &empty, &filter.handle) == SFU_ERROR_INVALID_ARGUMENT);
  sfu_track* nowhere = nullptr;
  SFU_REQUIRE(sfu_participant_track(stage.participant, "TR_x", &nowhere));
  CHECK(sfu_track_attach_filter(nowhere, &filter.callbacks, &filter.handle) == SFU_ERROR_NOT_FOUND);
  SFU_CHECK(sfu_track_release(nowhere));
  CHECK(filter.handle == nullptr);
  CHECK(filter.lines.all().empty());
}

TEST_CASE("a filter's handle may outlive its engine's") {
  Filter filter;
  {
    Stage stage;
    SFU_REQUIRE(sfu_track_attach_filter(stage.track, &filter.callbacks, &filter.handle));
  }
  CHECK(filter.lines.wait("ended") == "ended");
  SFU_CHECK(sfu_packet_filter_release(filter.handle));
  CHECK(filter.lines.all().back() == "dropped");
}
