// SPDX-License-Identifier: Apache-2.0
// Participants with a backup codec (signalling 2.8) that are moved to another room, or shown in a second one.
#include <doctest/doctest.h>

#include <memory>
#include <vector>

#include "camera.hpp"
#include "simulation.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

constexpr std::uint8_t kIdr = 0x65;  // NAL units of H.264
constexpr std::uint8_t kSlice = 0x61;

// What came of each codec.
struct Viewed final : client::RtpObserver {
  void on_rtp(Instant, const std::string&, const rtp::PacketView& packet, bool) override {
    const auto first = packet.payload().empty() ? std::uint8_t{} : packet.payload()[0];
    ++(first == kIdr || first == kSlice ? h264 : vp8);
  }
  int vp8 = 0;
  int h264 = 0;
};

struct Person {
  Viewed viewed;
  Client* client = nullptr;
  livekit::ParticipantInfo alice;  // as last heard of
  livekit::SubscribedQualityUpdate watched;
};

// Alice films in VP8, and in H.264 if someone is to have that.
class Studio {
 public:
  explicit Studio(std::uint64_t seed) : simulation(seed) {
    alice = &enter("blue", "alice");
    simulation.every(Camera::kInterval, [this] { return film(), true; });
  }

  Person& enter(const std::string& room, const std::string& identity) {
    auto& person = *people_.emplace_back(std::make_unique<Person>());
    person.client = &simulation.join(room, identity, {}, {}, &person.viewed);
    return person;
  }
  // As livekit-client does it when the backup is asked for.
  void publish_backup() {
    publish({.cid = "backup", .name = {}, .codec = rtp::Codec::kH264},
            [&](livekit::AddTrackRequest& add) { add.set_sid(sid); });
  }
  void end_backup() {
    filming_backup_ = false;
    client::Output out{datagrams_, requests_, events_};
    alice->client->session().unpublish(simulation.now(), "backup", out);
    send_requests();
  }
  room::Room& room(const std::string& name) { return *simulation.shard().find_room(name); }

  Simulation simulation;
  Person* alice = nullptr;
  std::string sid;
  livekit::BackupCodecPolicy policy = livekit::REGRESSION;

 private:
  void publish(const client::PublishOptions& options, const std::function<void(livekit::AddTrackRequest&)>& change) {
    client::Output out{datagrams_, requests_, events_};
    REQUIRE(alice->client->session().publish(simulation.now(), options, out).has_value());
    change(*requests_.back().mutable_add_track());
    send_requests();
  }
  void send_requests() {
    for (const auto& request : std::exchange(requests_, {})) alice->client->request(request);
  }
  void film() {
    for (const auto& person : people_) {
      for (const client::Event& event : person->client->take_events()) act(*person, event);
    }
    if (sid.empty()) return;
    for (auto& packet : camera_.next_frame()) alice->client->write("camera", packet);
    if (!filming_backup_) return;
    for (auto& packet : backup_camera_.next_frame()) {
      packet[12] = Label::read(ByteView(packet).subspan(12)).keyframe ? kIdr : kSlice;
      alice->client->write("backup", packet);
    }
  }
  void act(Person& person, const client::Event& event) {
    if (const auto* signal = std::get_if<client::SignalReceived>(&event)) hear(person, signal->message);
    if (const auto* ready = std::get_if<client::PublishReady>(&event)) {
      sid = ready->track_sid;
      filming_backup_ |= ready->cid == "backup";
    }
    if (const auto* wish = std::get_if<client::KeyframeRequested>(&event)) {
      (wish->cid == "backup" ? backup_camera_ : camera_).want_keyframe();
    }
  }
  void hear(Person& person, const livekit::SignalResponse& message) {
    const auto take = [&](const auto& infos) {
      for (const auto& info : infos) {
        if (info.identity() == "alice") person.alice = info;
      }
    };
    take(message.join().other_participants());
    take(message.update().participants());
    if (message.has_subscribed_quality_update()) person.watched = message.subscribed_quality_update();
    if (!message.has_join() || &person != alice) return;
    publish({.cid = "camera", .name = {}, .codec = rtp::Codec::kVp8}, [&](livekit::AddTrackRequest& add) {
      add.set_backup_codec_policy(policy);
      add.add_simulcast_codecs()->set_codec("h264");
    });
  }

  std::vector<std::unique_ptr<Person>> people_;
  Camera camera_;
  Camera backup_camera_;
  bool filming_backup_ = false;
  SendBatch datagrams_;
  std::vector<livekit::SignalRequest> requests_;
  std::vector<client::Event> events_;
};

// Whether the packets of one codec come, and those of the other do not.
bool sees_only(Studio& studio, const Person& viewer, int Viewed::* codec, int Viewed::* other) {
  const Viewed before = viewer.viewed;
  studio.simulation.run_for(1s);
  return viewer.viewed.*codec > before.*codec + 10 && viewer.viewed.*other == before.*other;
}

}  // namespace

TEST_CASE("[C-052][S-047] both codecs of a moved participant's track follow") {
  Studio studio(61);
  Person& bob = studio.enter("blue", "bob");
  Person& carol = studio.enter("red", "carol");
  studio.simulation.run_for(4s);
  CHECK(sees_only(studio, bob, &Viewed::vp8, &Viewed::h264));
  studio.publish_backup();
  studio.simulation.run_for(2s);
  REQUIRE(sees_only(studio, bob, &Viewed::h264, &Viewed::vp8));

  auto& shard = studio.simulation.shard();
  REQUIRE(shard.move_participant(studio.simulation.now(), studio.room("blue"), "alice", "red").has_value());
  studio.simulation.run_for(3s);
  REQUIRE(carol.alice.tracks_size() == 1);
  CHECK(carol.alice.tracks(0).sid() == studio.sid);
  CHECK(carol.alice.tracks(0).codecs_size() == 2);
  CHECK_FALSE(carol.alice.tracks(0).codecs(1).mid().empty());
  CHECK(sees_only(studio, carol, &Viewed::h264, &Viewed::vp8));
  CHECK(bob.alice.state() == livekit::ParticipantInfo::DISCONNECTED);
  const int bob_saw = bob.viewed.vp8 + bob.viewed.h264;

  studio.end_backup();
  studio.simulation.run_for(2s);
  CHECK(sees_only(studio, carol, &Viewed::vp8, &Viewed::h264));
  CHECK(bob.viewed.vp8 + bob.viewed.h264 == bob_saw);
}

TEST_CASE("[C-052][S-047] a forwarded participant's backup codec comes and goes in both rooms") {
  Studio studio(62);
  Person& bob = studio.enter("blue", "bob");
  Person& carol = studio.enter("red", "carol");
  studio.simulation.run_for(4s);
  auto& shard = studio.simulation.shard();
  REQUIRE(shard.forward_participant(studio.simulation.now(), studio.room("blue"), "alice", "red").has_value());
  studio.simulation.run_for(2s);
  CHECK(sees_only(studio, carol, &Viewed::vp8, &Viewed::h264));

  studio.publish_backup();
  studio.simulation.run_for(2s);
  CHECK(sees_only(studio, carol, &Viewed::h264, &Viewed::vp8));
  CHECK(sees_only(studio, bob, &Viewed::h264, &Viewed::vp8));
  CHECK_FALSE(carol.alice.tracks(0).codecs(1).mid().empty());
  // Nobody watches the first any more, in either room.
  studio.simulation.run_for(6s);
  REQUIRE(studio.alice->watched.subscribed_codecs_size() == 2);
  CHECK_FALSE(studio.alice->watched.subscribed_codecs(0).qualities(2).enabled());
  CHECK(studio.alice->watched.subscribed_codecs(1).qualities(2).enabled());

  studio.end_backup();
  studio.simulation.run_for(3s);
  CHECK(sees_only(studio, carol, &Viewed::vp8, &Viewed::h264));
  CHECK(sees_only(studio, bob, &Viewed::vp8, &Viewed::h264));
  CHECK(carol.alice.tracks(0).codecs(1).mid().empty());
  CHECK(studio.alice->watched.subscribed_codecs(0).qualities(2).enabled());
}

TEST_CASE("[C-052] what only a forwarded participant's other room watched is watched no more once its copy is gone") {
  Studio studio(63);
  studio.enter("red", "carol");
  studio.simulation.run_for(2s);
  auto& shard = studio.simulation.shard();
  REQUIRE(shard.forward_participant(studio.simulation.now(), studio.room("blue"), "alice", "red").has_value());
  studio.simulation.run_for(12s);
  REQUIRE(studio.alice->watched.subscribed_codecs_size() > 0);
  CHECK(studio.alice->watched.subscribed_codecs(0).qualities(2).enabled());
  shard.with_room(studio.simulation.now(), studio.room("red"), [&](room::Room& red, room::Output& out) {
    red.remove_participant(studio.simulation.now(), red.find("alice"), livekit::PARTICIPANT_REMOVED, out);
  });
  studio.simulation.run_for(6s);
  CHECK_FALSE(studio.alice->watched.subscribed_codecs(0).qualities(2).enabled());
}
