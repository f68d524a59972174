// SPDX-License-Identifier: Apache-2.0
#include "room/candidate_init.hpp"
#include "room/testing.hpp"

namespace sfu::room {

using namespace testing;

TEST_CASE("[S-020] v0: the first offer has a data section, actpass and an id, and its answer connects") {
  World world;
  auto& alice = world.join("alice", false);
  REQUIRE(alice.count(Case::kOffer) == 1);
  const auto& offer = alice.last(Case::kOffer).offer();
  CHECK(offer.type() == "offer");
  CHECK(offer.id() > 0);
  const auto description = sdp::parse(offer.sdp());
  REQUIRE(description.has_value());
  REQUIRE(description->media.size() == 1);
  CHECK(description->media[0].is_data());
  CHECK(offer.sdp().find("a=setup:actpass") != std::string::npos);
  world.run(seconds(1));
  CHECK(alice.subscriber.connected);
  CHECK(world.room->participant_info(alice.id).state() == livekit::ParticipantInfo::ACTIVE);
}

TEST_CASE("an answer to another offer than the last is not taken") {
  World world;
  auto& alice = world.client("alice", false);
  alice.negotiates = false;
  world.join(alice);
  const auto& offer = alice.last(Case::kOffer).offer();
  livekit::SessionDescription answer;
  answer.set_sdp("v=0\r\n");
  answer.set_id(offer.id() + 1);
  world.room->answer(world.now(), alice.id, answer, world.out);
  world.deliver();
  CHECK_FALSE(alice.closed);  // taken, it would have ended the session
}

TEST_CASE("[S-021] v0: the server makes the three channels with the right reliability") {
  World world;
  auto& alice = world.connect("alice", false);
  CHECK(alice.subscriber.channels.size() == 3);
  CHECK(alice.subscriber.channels.contains("_reliable"));
  CHECK(alice.subscriber.channels.contains("_lossy"));
  CHECK(alice.subscriber.channels.contains("_data_track"));
  CHECK(alice.channel_kinds["_reliable"] == std::pair(true, true));
  CHECK(alice.channel_kinds["_lossy"] == std::pair(false, false));
  CHECK(alice.channel_kinds["_data_track"] == std::pair(false, false));
}

TEST_CASE("[S-022] v1: the server makes no channel and sends on the client's") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  CHECK(alice.channel_kinds.empty());
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload("hi");
  bob.send_data(packet, true);
  world.run(milliseconds(100));
  REQUIRE(alice.received_data().size() == 1);
  CHECK(alice.received_data()[0].user().payload() == "hi");
}

TEST_CASE("[S-023] every client offer is answered with its own id, also when they come quickly") {
  World world;
  auto& alice = world.join("alice");
  for (int i = 0; i < 5; ++i) {
    const auto offer = alice.make_offer();
    world.room->offer(world.now(), alice.id, offer, world.out);
    world.deliver();
    CHECK(alice.last(Case::kAnswer).answer().id() == offer.id());
    CHECK(alice.last(Case::kAnswer).answer().type() == "answer");
  }
  CHECK(alice.count(Case::kAnswer) == 6);
}

TEST_CASE("[S-024][S-025] v1: a subscription takes a free section of the next answer, and leaves it again") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob");
  bob.messages.clear();
  auto& track = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  world.publish(alice, track);
  world.run(milliseconds(200));
  const auto sid = alice.last(Case::kTrackPublished).track_published().track().sid();

  REQUIRE(bob.count(Case::kMediaSectionsRequirement) == 1);
  const auto& requirement = bob.last(Case::kMediaSectionsRequirement).media_sections_requirement();
  CHECK(requirement.num_audios() == 0);
  CHECK(requirement.num_videos() == 0);
  const auto answer = bob.last(Case::kAnswer).answer();
  REQUIRE(answer.mid_to_track_id().size() == 1);
  CHECK(answer.mid_to_track_id().begin()->second == sid);
  const auto description = sdp::parse(answer.sdp());
  const auto* section = description->find(answer.mid_to_track_id().begin()->first);
  REQUIRE(section != nullptr);
  CHECK(section->direction == sdp::Direction::kSendOnly);
  REQUIRE(section->msids.size() == 1);

  livekit::UpdateSubscription unsubscribe;
  unsubscribe.add_track_sids(sid);
  world.room->update_subscription(world.now(), bob.id, unsubscribe, world.out);
  world.run(milliseconds(200));
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().empty());
  CHECK(bob.count(Case::kMediaSectionsRequirement) == 2);
}

TEST_CASE("[S-026] v1: without a free section the client is asked for exactly those that lack") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.client("bob");
  bob.placeholder_audios = 1;
  bob.placeholder_videos = 0;
  world.join(bob);
  world.run(seconds(1));
  bob.messages.clear();
  auto& camera = alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam");
  auto& screen = alice.add_track(livekit::VIDEO, livekit::SCREEN_SHARE, "screen");
  auto& microphone = alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic");
  auto& sound = alice.add_track(livekit::AUDIO, livekit::SCREEN_SHARE_AUDIO, "sound");
  for (const auto* track : {&camera, &screen, &microphone, &sound}) {
    world.room->add_track(world.now(), alice.id, alice.add_track_request(*track), world.out);
  }
  alice.send_offer();
  world.run(milliseconds(200));
  REQUIRE(bob.count(Case::kMediaSectionsRequirement) == 1);
  const auto& requirement = bob.last(Case::kMediaSectionsRequirement).media_sections_requirement();
  CHECK(requirement.num_audios() == 1);
  CHECK(requirement.num_videos() == 2);
  CHECK(bob.last(Case::kAnswer).answer().mid_to_track_id().size() == 4);
}

TEST_CASE("[S-024] v0: an offer tells the track of each section that it sends in") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false);
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(milliseconds(200));
  const auto sid = alice.last(Case::kTrackPublished).track_published().track().sid();
  const auto& offer = bob.last(Case::kOffer).offer();
  REQUIRE(offer.mid_to_track_id().size() == 1);
  CHECK(offer.mid_to_track_id().begin()->second == sid);
  CHECK(bob.count(Case::kMediaSectionsRequirement) == 0);
}

TEST_CASE("[S-028] v0: the section of a track that was unsubscribed is used again") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false);
  world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "one"));
  world.run(milliseconds(500));
  const auto first = bob.last(Case::kOffer).offer();
  livekit::UpdateSubscription unsubscribe;
  unsubscribe.add_track_sids(first.mid_to_track_id().begin()->second);
  world.room->update_subscription(world.now(), bob.id, unsubscribe, world.out);
  world.run(milliseconds(500));
  world.publish(alice, alice.add_track(livekit::VIDEO, livekit::SCREEN_SHARE, "two"));
  world.run(milliseconds(500));
  const auto second = bob.last(Case::kOffer).offer();
  REQUIRE(second.mid_to_track_id().size() == 1);
  CHECK(second.mid_to_track_id().begin()->first == first.mid_to_track_id().begin()->first);
  CHECK(second.mid_to_track_id().begin()->second != first.mid_to_track_id().begin()->second);
}

TEST_CASE("[S-029] the msid's stream names the publisher and the track, or its stream where streams are in sync") {
  for (const bool sync : {false, true}) {
    RoomOptions options;
    options.sync_streams = sync;
    World world(options);
    auto& alice = world.connect("alice");
    auto& bob = world.connect("bob", false);
    world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
    world.run(milliseconds(200));
    const auto sid = alice.last(Case::kTrackPublished).track_published().track().sid();
    const auto description = sdp::parse(bob.last(Case::kOffer).offer().sdp());
    const auto video = std::ranges::find(description->media, "video", &sdp::MediaDescription::type);
    REQUIRE(video != description->media.end());
    REQUIRE(video->msids.size() == 1);
    CHECK(video->msids[0].stream_id == alice.sid + (sync ? "|camera" : "|" + sid));
    CHECK(video->msids[0].track_id == sid);
  }
}

TEST_CASE("[S-029] whatever a publisher calls its stream, others get one word of SDP, the same for all of its tracks") {
  for (const bool v1 : {false, true}) {
    CAPTURE(v1);
    const auto words_of = [&](const std::string& stream) {
      RoomOptions options;
      options.sync_streams = true;
      World world(options);
      auto& alice = world.connect("alice");
      auto& bob = world.connect("bob", v1);
      for (const auto type : {livekit::VIDEO, livekit::AUDIO}) {
        auto& track = alice.add_track(type, livekit::UNKNOWN, type == livekit::VIDEO ? "cam" : "mic");
        auto request = alice.add_track_request(track);
        request.set_stream(stream);
        world.room->add_track(world.now(), alice.id, request, world.out);
        world.deliver();
        CHECK(alice.last(Case::kTrackPublished).track_published().track().stream() == stream);
      }
      alice.send_offer();
      world.run(milliseconds(300));
      const auto& text = v1 ? bob.last(Case::kAnswer).answer().sdp() : bob.last(Case::kOffer).offer().sdp();
      CHECK(text.find("\na=candidate:evil") == std::string::npos);
      const auto description = sdp::parse(text);
      REQUIRE(description.has_value());
      std::vector<std::string> words;
      for (const auto& media : description->media) {
        for (const auto& msid : media.msids) {
          CHECK(msid.track_id.starts_with("TR_"));
          REQUIRE(msid.stream_id.starts_with(alice.sid + '|'));
          words.push_back(msid.stream_id.substr(alice.sid.size() + 1));
        }
        for (const auto& attribute : media.ssrcs) CHECK(attribute.value.starts_with(alice.sid + '|' + words.back()));
      }
      REQUIRE(words.size() == 2);
      CHECK(words[0] == words[1]);
      CHECK(words[0].size() <= 100);
      return words[0];
    };
    CHECK(words_of("stage-2_b.x+") == "stage-2_b.x+");
    CHECK(words_of("main stage") == "main+20stage");
    CHECK(words_of("a\r\na=candidate:evil") == "a+0d+0aa+3dcandidate+3aevil");
    CHECK(words_of("舞台") != words_of("观众"));
    CHECK(words_of("TR_VCother") == "+TR_VCother");  // livekit-client would take it for a track's sid
    CHECK(words_of(std::string(1000, 'x')) == std::string(100, 'x'));
  }
}

TEST_CASE("[S-030] the publisher's info comes before the description with its track") {
  for (const bool v1 : {false, true}) {
    World world;
    auto& bob = world.connect("bob", v1);
    world.run(seconds(4));
    auto& alice = world.connect("alice");  // whose joining is not told for three seconds
    world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
    world.run(milliseconds(200));
    const auto sid = alice.last(Case::kTrackPublished).track_published().track().sid();
    const auto description = bob.index_of([&](const auto& message) {
      const auto& session = v1 ? message.answer() : message.offer();
      return !session.mid_to_track_id().empty();
    });
    const auto update = bob.index_of([&](const auto& message) {
      return std::ranges::any_of(message.update().participants(), [&](const auto& info) {
        return info.sid() == alice.sid && info.tracks_size() == 1 && info.tracks(0).sid() == sid;
      });
    });
    CHECK(description < bob.messages.size());
    CHECK(update < description);
  }
}

TEST_CASE("[S-031] candidates are trickled as JSON, the last one as final, after the description they belong to") {
  World world({}, {address(1, 7882), address(9, 7883)});
  auto& alice = world.join("alice");
  std::vector<livekit::TrickleRequest> trickled;
  for (const auto& message : alice.messages) {
    if (message.has_trickle()) trickled.push_back(message.trickle());
  }
  REQUIRE(trickled.size() == 2);
  CHECK_FALSE(trickled[0].final());
  CHECK(trickled[1].final());
  CHECK(trickled[0].target() == livekit::PUBLISHER);
  const auto candidate = parse_candidate_init(trickled[0].candidateinit());
  REQUIRE(candidate.has_value());
  CHECK(candidate->find("10.0.0.1 7882 typ host") != std::string::npos);
  CHECK(alice.index_of([](const auto& message) { return message.has_answer(); }) <
        alice.index_of([](const auto& message) { return message.has_trickle(); }));

  livekit::TrickleRequest bad;
  bad.set_candidateinit("{nonsense");
  world.room->trickle(world.now(), alice.id, bad, world.out);
  world.deliver();
  const auto& response = alice.last(Case::kRequestResponse).request_response();
  CHECK(response.reason() == livekit::RequestResponse::UNCLASSIFIED_ERROR);
  CHECK(response.trickle().candidateinit() == "{nonsense");
}

TEST_CASE("[S-032][S-033] candidates that come before the offer, and mDNS ones, do no harm") {
  World world;
  auto& alice = world.client("alice");
  alice.negotiates = false;
  world.join(alice);
  for (const char* candidate :
       {R"({"candidate":"candidate:1 1 udp 2122260223 10.0.0.2 5000 typ host","sdpMid":"0"})",
        R"({"candidate":"candidate:2 1 udp 2122260223 0b2d.local 5000 typ host"})", R"({"candidate":""})", "{}"}) {
    livekit::TrickleRequest request;
    request.set_candidateinit(candidate);
    world.room->trickle(world.now(), alice.id, request, world.out);
  }
  world.deliver();
  CHECK(alice.count(Case::kRequestResponse) == 0);
  alice.negotiates = true;
  alice.send_offer();
  world.run(seconds(1));
  CHECK(alice.publisher.connected);
}

TEST_CASE("[S-034] v0: an offer that stays unanswered for 15 s on a connection that stands ends in a full reconnect") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false);
  bob.negotiates = false;
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.run(seconds(14));
  CHECK_FALSE(bob.closed);
  world.run(seconds(2));
  CHECK(bob.closed);
  CHECK(bob.last(Case::kLeave).leave().reason() == livekit::STATE_MISMATCH);
  CHECK(bob.last(Case::kLeave).leave().action() == livekit::LeaveRequest::RECONNECT);
  CHECK(world.room->participant_count() == 1);
}

TEST_CASE("[S-035] a client's ICE restart is answered with new credentials") {
  World world;
  auto& alice = world.connect("alice");
  const auto before = sdp::parse(alice.last(Case::kAnswer).answer().sdp());
  peer::Output sink{world.datagrams, alice.publisher.events};
  alice.publisher.peer->restart_ice(sink);
  alice.messages.clear();
  alice.send_offer();
  const auto after = sdp::parse(alice.last(Case::kAnswer).answer().sdp());
  CHECK(before->media[0].ice_ufrag + before->ice_ufrag != after->media[0].ice_ufrag + after->ice_ufrag);
  CHECK(alice.count(Case::kTrickle) == 1);
  world.run(seconds(2));
  CHECK(alice.publisher.connected);
  CHECK_FALSE(alice.closed);
}

TEST_CASE("an offer of nonsense is not answered, and the session goes on") {
  World world;
  auto& alice = world.connect("alice");
  const auto answers = alice.count(Case::kAnswer);
  livekit::SessionDescription offer;
  offer.set_sdp("v=0\r\nthis is not SDP");
  world.room->offer(world.now(), alice.id, offer, world.out);
  world.run(seconds(1));
  CHECK(alice.count(Case::kAnswer) == answers);
  CHECK_FALSE(alice.closed);
  alice.send_offer();
  CHECK(alice.count(Case::kAnswer) == answers + 1);
}

TEST_CASE("an offer that cannot be applied makes its sender start over") {
  World world;
  auto& alice = world.connect("alice");
  const std::string good = alice.make_offer().sdp();
  livekit::SessionDescription offer;
  SUBCASE("without a fingerprint") {
    auto description = sdp::parse(good);
    description->fingerprints.clear();
    for (auto& media : description->media) media.fingerprints.clear();
    offer.set_sdp(sdp::write(*description));
  }
  SUBCASE("without the sections that there were") {
    offer.set_sdp("v=0\r\n");
  }
  world.room->offer(world.now(), alice.id, offer, world.out);
  world.deliver();
  CHECK(alice.closed);
  CHECK(alice.last(Case::kLeave).leave().reason() == livekit::STATE_MISMATCH);
  CHECK(alice.last(Case::kLeave).leave().action() == livekit::LeaveRequest::RECONNECT);
}

TEST_CASE("server offers that are wanted together become one, and one wanted meanwhile waits for the answer") {
  World world;
  auto& alice = world.connect("alice");
  auto& bob = world.connect("bob", false);
  world.run(seconds(1));
  bob.messages.clear();
  bob.negotiates = false;
  world.publish(alice, alice.add_track(livekit::AUDIO, livekit::MICROPHONE, "mic"));
  world.publish(alice, alice.add_track(livekit::VIDEO, livekit::CAMERA, "cam"));
  world.run(milliseconds(50));
  REQUIRE(bob.count(Case::kOffer) == 1);
  const auto offer = bob.last(Case::kOffer);
  CHECK(offer.offer().mid_to_track_id().size() == 2);
  world.publish(alice, alice.add_track(livekit::VIDEO, livekit::SCREEN_SHARE, "screen"));
  world.run(seconds(1));
  CHECK(bob.count(Case::kOffer) == 1);
  bob.negotiates = true;
  bob.handle(offer);
  world.run(milliseconds(300));
  CHECK(bob.count(Case::kOffer) == 3);  // the recorded one was handled twice
  CHECK(bob.last(Case::kOffer).offer().mid_to_track_id().size() == 3);
  CHECK(bob.last(Case::kOffer).offer().id() == offer.offer().id() + 1);
}

}  // namespace sfu::room
