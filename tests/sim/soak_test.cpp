// SPDX-License-Identifier: Apache-2.0
// People come and go for hours, over networks of all kinds, with media between them: the server is in the end what it
// was at the beginning. A run of the tests is short; SFU_SOAK_HOURS=4 lasts for so many hours of virtual time, and
// SFU_SOAK_SEED=7 takes another seed.
#include <doctest/doctest.h>
#include <malloc.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "frames.hpp"
#include "room_client.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

#ifdef SFU_SANITIZED
constexpr bool kSanitized = true;  // leaks are the sanitizer's to find
#else
constexpr bool kSanitized = false;
#endif

constexpr unsigned kPeople = 5;
constexpr Duration kFrame = 66ms;

std::size_t heap_in_use() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

// A client that does at random what people do.
class Person {
 public:
  Person(Simulation& simulation, SeededRandom& random, unsigned number, const std::string& identity)
      : simulation_(simulation),
        random_(random),
        client_(simulation, number, identity, {.single_connection = random.below(2) == 0}) {}

  void act() {
    switch (random_.below(12)) {
      case 0:
      case 1: publish(); break;
      case 2: mute(); break;
      case 3: unpublish(); break;
      case 4:
      case 5: change_settings(); break;
      case 6: subscribe(); break;
      case 7: say(); break;
      case 8: client_.cut_signalling(); break;
      case 9: lose_network(); break;
      default: break;
    }
  }
  void leave() {
    client_.with([&](client::Room& room, client::RoomOutput& out) { room.leave(simulation_.now(), out); });
  }
  // A frame of each layer, 20 ms of sound three times.
  void film() {
    note_events();
    if (simulation_.now() >= back_at_) client_.set_offline(false);
    const auto timestamp = static_cast<std::uint32_t>(simulation_.now().time_since_epoch() / 1ms);
    client_.with([&](client::Room& room, client::RoomOutput& out) {
      for (std::size_t layer = 0; has_camera_ && layer < 3; ++layer) {
        const bool keyframe = std::exchange(keyframe_wanted_[layer], false);
        room.write_frame(simulation_.now(), "camera", layer, vp8_frame(keyframe, 500u << layer, 7), timestamp * 90,
                         keyframe, out);
      }
      const std::vector<std::uint8_t> sound(80, 0xfc);
      for (std::uint32_t i = 0; has_microphone_ && i < 3; ++i) {
        room.write_frame(simulation_.now(), "mic", 0, sound, timestamp * 48 + i * 960, true, out);
      }
    });
  }
  std::size_t frames() const { return frames_; }
  std::size_t returns() const { return returns_; }

 private:
  void note_events() {
    for (const client::RoomEvent& event : client_.events) {
      frames_ += std::holds_alternative<client::FrameReceived>(event);
      returns_ += std::holds_alternative<client::Ready>(event);
      const auto* wanted = std::get_if<client::KeyframeRequested>(&event);
      if (wanted != nullptr && wanted->cid == "camera") keyframe_wanted_[wanted->layer % 3] = true;
      if (std::holds_alternative<client::PublishReady>(event)) keyframe_wanted_.fill(true);
    }
    client_.events.clear();
  }
  void publish() {
    const bool camera = random_.below(2) == 0;
    bool& has = camera ? has_camera_ : has_microphone_;
    if (has) return;
    participant::PublishOptions options{.cid = camera ? "camera" : "mic", .name = "it"};
    if (camera) {
      options.width = 1280;
      options.height = 720;
      options.layers = {{"q", 320, 180, 60'000}, {"h", 640, 360, 120'000}, {"f", 1280, 720, 240'000}};
    } else {
      options.codec = rtp::Codec::kOpus;
      options.source = livekit::MICROPHONE;
    }
    has = client_
              .with([&](client::Room& room, client::RoomOutput& out) {
                return room.publish(simulation_.now(), options, out);
              })
              .has_value();
  }
  void unpublish() {
    const bool camera = random_.below(2) == 0;
    (camera ? has_camera_ : has_microphone_) = false;
    (void)client_.with([&](client::Room& room, client::RoomOutput& out) {
      return room.unpublish(simulation_.now(), camera ? "camera" : "mic", out);
    });
  }
  void mute() {
    (void)client_.with([&](client::Room& room, client::RoomOutput& out) {
      return room.set_muted(simulation_.now(), has_camera_ ? "camera" : "mic", random_.below(2) == 0, out);
    });
  }
  std::string any_track() {
    std::vector<std::string> sids;
    for (const auto& [identity, info] : client_.room().roster().others()) {
      for (const auto& track : info.tracks()) sids.push_back(track.sid());
    }
    return sids.empty() ? "TR_nothing" : sids[random_.below(static_cast<std::uint32_t>(sids.size()))];
  }
  void change_settings() {
    livekit::UpdateTrackSettings settings;
    settings.add_track_sids(any_track());
    settings.set_disabled(random_.below(4) == 0);
    settings.set_quality(static_cast<livekit::VideoQuality>(random_.below(3)));
    client_.with([&](client::Room& room, client::RoomOutput& out) { room.set_track_settings(settings, out); });
  }
  void subscribe() {
    const std::string sid = any_track();
    client_.with([&](client::Room& room, client::RoomOutput& out) { room.subscribe(sid, random_.below(3) != 0, out); });
  }
  void say() {
    const std::string text(1 + random_.below(20'000), 'x');
    (void)client_.with([&](client::Room& room, client::RoomOutput&) {
      return room.messaging().send_data(as_bytes(text), "t", {}, random_.below(2) == 0);
    });
  }
  void lose_network() {
    client_.set_offline(true);
    back_at_ = simulation_.now() + std::chrono::milliseconds(100 + random_.below(12'000));
  }

  Simulation& simulation_;
  SeededRandom& random_;
  RoomClient client_;
  bool has_camera_ = false;
  bool has_microphone_ = false;
  std::array<bool, 3> keyframe_wanted_ = {true, true, true};
  Instant back_at_{};
  std::size_t frames_ = 0;
  std::size_t returns_ = 0;
};

class Soak {
 public:
  explicit Soak(std::uint64_t seed) : random_(seed), simulation_(seed) {
    // The batch of a turn keeps the size of the largest, whenever that comes: more than that at once.
    SendBatch& batch = simulation_.shard().datagrams();
    for (int i = 0; i < 512; ++i) batch.add(std::array<std::uint8_t, 1>{}, {});
    batch.clear();
  }

  // People come, and all have gone at the end.
  void round(Duration length) {
    simulation_.replace_network(random_.next());
    std::vector<std::unique_ptr<Person>> people(kPeople);
    const Instant end = simulation_.now() + length;
    while (simulation_.now() < end) {
      for (unsigned i = 0; i < kPeople; ++i) {
        // Each acts every two seconds, and stays for half a minute.
        if (random_.below(30) != 0) continue;
        if (!people[i]) {
          connect(i);
          people[i] = std::make_unique<Person>(simulation_, random_, i + 1, "person-" + std::to_string(joins_++));
        } else if (random_.below(15) == 0) {
          send_off(people[i]);
        } else {
          people[i]->act();
        }
      }
      for (const auto& person : people) {
        if (person) person->film();
      }
      simulation_.run_for(kFrame);
    }
    for (auto& person : people) send_off(person);
    simulation_.run_for(120s);  // who is gone without a word, and the room's departure time-out
  }

  runtime::Shard& shard() { return simulation_.shard(); }
  unsigned joins() const { return joins_; }
  std::size_t frames() const { return frames_; }
  std::size_t returns() const { return returns_; }

 private:
  // Any network that people may have.
  Link link() {
    Link link;
    link.loss = random_.below(3) == 0 ? random_.unit() * 0.08 : 0;
    link.duplicate = random_.below(5) == 0 ? 0.01 : 0;
    link.delay = std::chrono::milliseconds(5 + random_.below(150));
    link.jitter = std::chrono::milliseconds(random_.below(3) == 0 ? random_.below(60) : 0);
    if (random_.below(3) == 0) link.rate = Bitrate::kilobits(300 + random_.below(3000));
    if (random_.below(6) == 0) link.bursts = {.good_to_bad = 0.001, .bad_to_good = 0.2};
    return link;
  }
  void connect(unsigned i) {
    Network& network = simulation_.network();
    const LinkId up = network.add_link(link());
    const LinkId down = network.add_link(link());
    for (const std::uint16_t port : {50000, 50001}) {
      network.attach({IpAddress::v4({10, 2, 0, static_cast<std::uint8_t>(i + 1)}), port}, up, down);
    }
  }
  // By its own word, or as who closes the lid.
  void send_off(std::unique_ptr<Person>& person) {
    if (!person) return;
    if (random_.below(2) == 0) {
      person->leave();
      simulation_.run_for(50ms);
    }
    person->film();  // takes what it was told
    frames_ += person->frames();
    returns_ += person->returns();
    person.reset();
  }

  SeededRandom random_;
  Simulation simulation_;
  unsigned joins_ = 0;
  std::size_t frames_ = 0;
  std::size_t returns_ = 0;
};

}  // namespace

TEST_CASE("[M-087] after hours of people coming and going over bad networks the server is what it was before") {
  const char* hours = std::getenv("SFU_SOAK_HOURS");
  const char* seed = std::getenv("SFU_SOAK_SEED");
  // 40 s each, and what it takes until all is quiet.
  const int rounds = hours != nullptr ? std::max(8, std::atoi(hours) * 60 * 60 / 40) : kSanitized ? 2 : 24;
  Soak soak(seed != nullptr ? std::strtoull(seed, nullptr, 10) : 1);
  const auto check_empty = [&] {
    CHECK(soak.shard().room_count() == 0);
    CHECK(soak.shard().deadline() == kNever);
    const Statistics& statistics = soak.shard().statistics();
    CHECK(statistics.rooms == 0);
    CHECK(statistics.participants == 0);
    for (const std::size_t kind : {0u, 1u, 2u}) {
      CHECK(statistics.tracks_published[kind] == 0);
      CHECK(statistics.tracks_subscribed[kind] == 0);
    }
  };
  // What is kept for good is made at first: tables as large as the crowd, OpenSSL's and usrsctp's own.
  for (int i = 0; i < rounds / 4; ++i) soak.round(40s);
  check_empty();
  const std::size_t before = heap_in_use();
  const unsigned joins_before = soak.joins();
  for (int i = rounds / 4; i < rounds; ++i) {
    soak.round(40s);
    check_empty();
  }
  const std::size_t after = heap_in_use();
  MESSAGE(soak.joins(), " joins, ", soak.returns(), " times connected, ", soak.frames(), " frames received; heap ",
          before, " bytes, after ", soak.joins() - joins_before, " more joins ", after);
  // It was no quiet room.
  CHECK(soak.joins() > static_cast<unsigned>(3 * rounds));
  CHECK(soak.returns() > soak.joins());
  CHECK(soak.frames() > static_cast<std::size_t>(200 * rounds));
  if (!kSanitized) CHECK(static_cast<double>(after) < 1.05 * static_cast<double>(before));
}
