// SPDX-License-Identifier: Apache-2.0
// The client of the tests of this folder.
#include "room/testing.hpp"
#include "rtcp/rtcp.hpp"
#include "rtp/packet_writer.hpp"
#include "sdp/sdp.hpp"

namespace sfu::room::testing {

namespace {

void add_video_codec(sdp::MediaDescription& media, rtp::Codec codec) {
  const std::uint8_t type = codec == rtp::Codec::kVp8 ? 96 : codec == rtp::Codec::kVp9 ? 98 : 108;
  const auto rtx = static_cast<std::uint8_t>(type + 1);
  media.formats.push_back(std::to_string(type));
  media.formats.push_back(std::to_string(rtx));
  media.rtpmaps.push_back({type, std::string(rtp::encoding_name(codec)), 90000, 1});
  media.rtpmaps.push_back({rtx, "rtx", 90000, 1});
  media.fmtps.push_back({rtx, "apt=" + std::to_string(type)});
  if (codec == rtp::Codec::kVp9) media.fmtps.push_back({type, "profile-id=0"});
  if (codec == rtp::Codec::kH264) {
    media.fmtps.push_back({type, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"});
  }
  for (const auto* feedback : {"nack", "nack pli", "ccm fir", "goog-remb"}) media.feedback.push_back({type, feedback});
}

}  // namespace

TestClient::TestClient(World& world, std::string name, ConnectionId number, bool single, std::uint8_t host)
    : identity(std::move(name)), connection(number), v1(single), video_codecs(world.video_codecs), world_(world) {
  const auto make = [&](TestConnection& side, std::uint16_t port) {
    side.local = address(host, port);
    peer::PeerConfig config;
    config.ufrag = "cli" + std::to_string(host) + "p" + std::to_string(port);
    config.certificate = &certificate();
    config.candidates = {side.local};
    config.random = &world_.random;
    config.ice_role = peer::IceRole::kControlling;
    if (&side == &subscriber) {
      config.negotiation.codecs = {rtp::Codec::kOpus, rtp::Codec::kRed};
      std::ranges::copy(video_codecs, std::back_inserter(config.negotiation.codecs));
    }
    auto made = peer::Peer::create(std::move(config));
    REQUIRE(made.has_value());
    side.peer = *std::move(made);
  };
  make(publisher, 5000);
  if (!v1) make(subscriber, 5001);
  peer::Output sink{world_.datagrams, publisher.events};
  for (const auto* label : {"_reliable", "_lossy", "_data_track"}) {
    const bool reliable = label == std::string("_reliable");
    const auto retransmits = reliable ? std::optional<std::uint32_t>() : std::optional<std::uint32_t>(0);
    (void)publisher.peer->open_channel(world_.now(), {label, reliable, retransmits, {}}, sink);
  }
}

livekit::ParticipantInfo TestClient::heard_of(const std::string& who) const {
  livekit::ParticipantInfo info;
  const auto take = [&](const livekit::ParticipantInfo& candidate) {
    if (candidate.identity() == who) info = candidate;
  };
  for (const auto& message : messages) {
    for (const auto& other : message.join().other_participants()) take(other);
    for (const auto& participant : message.update().participants()) take(participant);
  }
  return info;
}

std::vector<livekit::SpeakerInfo> TestClient::speakers() const {
  std::vector<livekit::SpeakerInfo> all;
  for (const auto& message : messages) {
    for (const auto& speaker : message.speakers_changed().speakers()) all.push_back(speaker);
  }
  return all;
}

TestTrack& TestClient::add_track(livekit::TrackType type, livekit::TrackSource source, std::string cid,
                                 rtp::Codec sent) {
  auto& track = tracks.emplace_back();
  track.cid = std::move(cid);
  track.type = type;
  track.source = source;
  track.ssrc = world_.random.u32();
  peer::SenderSpec spec;
  spec.kind = type == livekit::AUDIO ? rtp::MediaKind::kAudio : rtp::MediaKind::kVideo;
  spec.stream_id = "stream";
  spec.track_id = track.cid;
  spec.cname = "cname";
  spec.ssrc = track.ssrc;
  peer::PayloadCodec codec;
  const auto usual = type == livekit::AUDIO ? rtp::Codec::kOpus : rtp::Codec::kVp8;
  codec.codec = sent == rtp::Codec::kUnknown ? usual : sent;
  spec.codecs.push_back(codec);
  if (type == livekit::VIDEO) spec.rtx_ssrc = track.ssrc + 1;
  const auto mid = publisher.peer->negotiation().bind_sender(spec);
  REQUIRE(mid.has_value());
  track.mid = *mid;
  return track;
}

livekit::AddTrackRequest TestClient::add_track_request(const TestTrack& track) const {
  livekit::AddTrackRequest request;
  request.set_cid(track.cid);
  request.set_type(track.type);
  request.set_source(track.source);
  return request;
}

void TestClient::unpublish(const TestTrack& track) {
  publisher.peer->negotiation().unbind_sender(track.mid);
  send_offer();
}

std::string TestClient::with_placeholders(const std::string& text) {
  auto description = sdp::parse(text);
  REQUIRE(description.has_value());
  std::map<std::string, sdp::MediaDescription> sections;
  for (auto& media : description->media) {
    if (media.type == "audio")
      media.extensions.push_back({10, sdp::Direction::kSendRecv, "urn:ietf:params:rtp-hdrext:ssrc-audio-level"});
    sections[media.mid] = media;
  }
  const auto add = [&](const std::string& type, int number) {
    sdp::MediaDescription media;
    media.type = type;
    media.mid = type + std::to_string(number);
    media.direction = sdp::Direction::kRecvOnly;
    media.rtcp_mux = true;
    if (type == "audio") {
      media.formats = {"111", "63"};
      media.rtpmaps = {{111, "opus", 48000, 2}, {63, "red", 48000, 2}};
      media.fmtps = {{111, "minptime=10;useinbandfec=1"}, {63, "111/111"}};
    } else {
      for (const auto codec : video_codecs) add_video_codec(media, codec);
    }
    sections[media.mid] = std::move(media);
  };
  for (int i = 0; i < placeholder_audios; ++i) add("audio", i);
  for (int i = 0; i < placeholder_videos; ++i) add("video", i);
  for (const auto& [mid, media] : sections) {
    if (std::ranges::find(section_order_, mid) == section_order_.end()) section_order_.push_back(mid);
  }
  description->media.clear();
  description->bundle = section_order_;
  for (const auto& mid : section_order_) {
    auto media = sections.at(mid);
    media.ice_ufrag = description->media.empty() ? media.ice_ufrag : description->media.front().ice_ufrag;
    media.ice_pwd = description->media.empty() ? media.ice_pwd : description->media.front().ice_pwd;
    if (media.ice_ufrag.empty()) {
      const auto& own = sections.begin()->second;
      media.ice_ufrag = own.ice_ufrag;
      media.ice_pwd = own.ice_pwd;
    }
    if (media.setup == sdp::Setup::kAbsent) media.setup = sdp::Setup::kActpass;
    description->media.push_back(std::move(media));
  }
  return sdp::write(*description);
}

std::string TestClient::without_placeholders(const std::string& text) const {
  auto description = sdp::parse(text);
  REQUIRE(description.has_value());
  const auto is_placeholder = [](const std::string& mid) {
    return mid.starts_with("audio") || mid.starts_with("video");
  };
  std::erase_if(description->media, [&](const auto& media) { return is_placeholder(media.mid); });
  std::erase_if(description->bundle, is_placeholder);
  return sdp::write(*description);
}

livekit::SessionDescription TestClient::make_offer() {
  auto sdp = publisher.peer->create_offer();
  REQUIRE(sdp.has_value());
  livekit::SessionDescription offer;
  offer.set_type("offer");
  offer.set_sdp(with_placeholders(*sdp));
  offer.set_id(++last_offer_id);
  return offer;
}

void TestClient::send_offer() {
  const auto offer = make_offer();
  world_.room->offer(world_.now(), id, offer, world_.out);
  world_.deliver();
}

void TestClient::handle(const livekit::SignalResponse& message) {
  messages.push_back(message);
  const auto now = world_.now();
  if (message.has_join()) sid = message.join().participant().sid();
  if (!negotiates) return;
  if (message.has_answer()) {
    peer::Output sink{world_.datagrams, publisher.events};
    const auto applied = publisher.peer->apply_answer(now, without_placeholders(message.answer().sdp()), sink);
    CHECK_MESSAGE(applied.has_value(), message.answer().sdp());
    after_call(publisher);
  } else if (message.has_offer()) {
    peer::Output sink{world_.datagrams, subscriber.events};
    REQUIRE(subscriber.peer->apply_offer(now, message.offer().sdp(), sink).has_value());
    auto sdp = subscriber.peer->create_answer(now, sink);
    REQUIRE(sdp.has_value());
    after_call(subscriber);
    livekit::SessionDescription answer;
    answer.set_type("answer");
    answer.set_sdp(*sdp);
    if (edit_answer) {
      auto description = sdp::parse(*sdp);
      REQUIRE(description.has_value());
      edit_answer(*description);
      answer.set_sdp(sdp::write(*description));
    }
    answer.set_id(message.offer().id());
    world_.room->answer(now, id, answer, world_.out);
  } else if (message.has_media_sections_requirement()) {
    placeholder_audios += static_cast<int>(message.media_sections_requirement().num_audios());
    placeholder_videos += static_cast<int>(message.media_sections_requirement().num_videos());
    send_offer();
  }
}

void TestClient::after_call(TestConnection& side) {
  for (const auto& event : side.events) {
    if (const auto* changed = std::get_if<peer::StateChanged>(&event)) {
      side.connected = changed->state == peer::State::kConnected;
    } else if (const auto* opened = std::get_if<peer::ChannelOpened>(&event)) {
      side.channels[opened->label] = opened->channel;
      if (!opened->ours) channel_kinds[opened->label] = {opened->ordered, opened->reliable};
    } else if (const auto* gone = std::get_if<peer::ChannelClosed>(&event)) {
      side.closed_channels.push_back(gone->channel);
    } else if (const auto* message = std::get_if<peer::MessageReceived>(&event)) {
      const auto data_track = side.channels.find("_data_track");
      if (data_track != side.channels.end() && message->channel == data_track->second) {
        side.data_track_packets.push_back(message->bytes);
        continue;
      }
      livekit::DataPacket packet;
      CHECK(packet.ParseFromArray(message->bytes.data(), static_cast<int>(message->bytes.size())));
      side.packets.push_back(std::move(packet));
    }
  }
  side.events.clear();
}

void TestClient::send_packet(const TestTrack& name, ByteView payload, bool marker, int level) {
  auto& track = *std::ranges::find(tracks, name.cid, &TestTrack::cid);
  const auto* section = publisher.peer->negotiation().send_section(track.mid);
  REQUIRE(section != nullptr);
  REQUIRE_FALSE(section->codecs.empty());
  rtp::Header header;
  header.payload_type = section->codecs.front().payload_type;
  header.sequence_number = track.sequence++;
  header.timestamp = track.timestamp;
  header.ssrc = track.ssrc;
  header.marker = marker;
  track.timestamp += track.type == livekit::AUDIO ? 960 : 3000;
  rtp::PacketWriter writer(publisher.peer->open_rtp(world_.datagrams), header);
  if (level >= 0) {
    const std::uint8_t value = static_cast<std::uint8_t>(0x80 | level);
    writer.extension(10, ByteView(&value, 1));
  }
  writer.payload(payload);
  CHECK(publisher.peer->send_rtp(world_.datagrams, writer.size()));
}

void TestClient::send_data(const livekit::DataPacket& packet, bool reliable) {
  const auto bytes = packet.SerializeAsString();
  send_message(reliable ? "_reliable" : "_lossy", as_bytes(bytes));
}

void TestClient::send_message(const std::string& label, ByteView bytes) {
  const auto channel = publisher.channels.find(label);
  REQUIRE(channel != publisher.channels.end());
  peer::Output sink{world_.datagrams, publisher.events};
  CHECK(publisher.peer->send_data(world_.now(), channel->second, bytes, true, sink).has_value());
  after_call(publisher);
}

void TestClient::send_estimate(Bitrate estimate) {
  std::array<std::uint8_t, 64> buffer;
  ByteWriter writer(buffer);
  const rtp::Ssrc ssrcs[] = {1};
  rtcp::write_remb(writer, 1, estimate, ssrcs);
  CHECK(downlink().peer->send_rtcp(writer.written(), world_.datagrams));
}

void TestClient::send_nack(const rtp::PacketView& packet, std::span<const std::uint16_t> sequence_numbers) {
  std::array<std::uint8_t, 256> buffer;
  ByteWriter writer(buffer);
  rtcp::write_nack(writer, 1, packet.ssrc(), sequence_numbers);
  CHECK(downlink().peer->send_rtcp(writer.written(), world_.datagrams));
}

void TestClient::request_key_frame() {
  REQUIRE_FALSE(received().empty());
  const auto packet = rtp::PacketView::parse(received().back());
  REQUIRE(packet.has_value());
  std::array<std::uint8_t, 16> buffer;
  ByteWriter writer(buffer);
  rtcp::write_pli(writer, 1, packet->ssrc());
  CHECK(downlink().peer->send_rtcp(writer.written(), world_.datagrams));
}

}  // namespace sfu::room::testing
