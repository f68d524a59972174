// SPDX-License-Identifier: Apache-2.0
// What is sent fits into the smallest MTU that the Internet is known for, with room for its own headers.
#include <doctest/doctest.h>

#include "camera.hpp"
#include "payload/payload.hpp"
#include "simulation.hpp"
#include "viewer.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kLargest = 1200 + 16;  // and SRTP's tag
constexpr std::size_t kRtpHeader = 12;

struct Person {
  Viewer viewer;
  Camera camera;
  Client* client = nullptr;
  bool ready = false;
  std::size_t messages = 0;  // that came
};

// Two who film in packets as large as they get, send large messages, and lose some of it.
struct Call {
  Call() : simulation(95) {
    const Link link{.loss = 0.05, .delay = 20ms};
    for (Person* person : {&alice, &bob}) {
      person->client = &simulation.join("room", person == &alice ? "alice" : "bob", link, link, &person->viewer);
    }
    simulation.every(Camera::kInterval, [this] { return film(alice), film(bob), true; });
  }

  void film(Person& person) {
    for (const client::Event& event : person.client->take_events()) act(person, event);
    if (!person.ready) return;
    for (auto& packet : person.camera.next_frame()) {
      packet.resize(kRtpHeader + payload::kMaxPayload, 0x55);
      person.client->write("camera", packet);
    }
  }

  void act(Person& person, const client::Event& event) {
    if (const auto* signal = std::get_if<client::SignalReceived>(&event);
        signal != nullptr && signal->message.has_join()) {
      person.client->publish(
          {.cid = "camera", .name = "camera", .codec = rtp::Codec::kVp8, .width = 640, .height = 360});
    }
    if (std::holds_alternative<client::PublishReady>(event)) person.ready = true;
    if (std::holds_alternative<client::KeyframeRequested>(event)) person.camera.want_keyframe();
    if (std::holds_alternative<client::DataReceived>(event)) ++person.messages;
  }

  Simulation simulation;
  Person alice;
  Person bob;
};

}  // namespace

TEST_CASE("[M-095] no datagram of a whole call is larger than 1200 bytes and SRTP's tag") {
  Call call;
  REQUIRE(call.simulation.run_until([&] { return call.alice.ready && call.bob.ready; }, 10s));
  call.simulation.run_for(2s);
  livekit::DataPacket large;
  large.mutable_user()->set_payload(std::string(60'000, 'x'));
  livekit::DataPacket small;
  small.mutable_user()->set_payload(std::string(1300, 'y'));
  for (int i = 0; i < 10; ++i) {
    for (const Person* person : {&call.alice, &call.bob}) {
      CHECK(person->client->send_data(large, true));
      (void)person->client->send_data(small, false);
    }
    call.simulation.run_for(2s);
  }
  call.alice.client->leave();
  call.simulation.run_for(2s);

  MESSAGE("largest datagram: " << call.simulation.network().largest() << " bytes");
  CHECK(call.simulation.network().largest() <= kLargest);
  // It was all there: the handshake, media with repeats, and data.
  CHECK(call.alice.messages > 10);
  CHECK(call.bob.messages > 10);
  const auto& track = call.bob.viewer.tracks().begin()->second;
  CHECK(track.packets.size() > 800);
  CHECK(track.repaired > 20);
}
