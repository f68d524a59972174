// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: a room, and clients that talk to it in memory as livekit-client does, over real ICE,
// DTLS, SRTP and SCTP, in virtual time. Clients record every message; what they do by themselves is only what a client
// must do to stay connected: answer offers, and offer when they are asked to.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ice/demux.hpp"
#include "peer/peer.hpp"
#include "room/room.hpp"
#include "rtcp/rtcp.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/packet_writer.hpp"
#include "sdp/sdp.hpp"

namespace sfu::room::testing {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Case = livekit::SignalResponse::MessageCase;

inline const dtls::Certificate& certificate() {
  static const auto made = dtls::Certificate::make();
  return *made;
}

// What a worker's shard does for its rooms.
class TestRegistry final : public PeerRegistry {
 public:
  Ticket add_peer(Room&) override {
    const PeerKey key = ++last_;
    std::string ufrag = "srv" + std::to_string(key);
    demux.add_ufrag(ufrag, key);
    ++live;
    return {key, ufrag};
  }
  void move_peer(PeerKey, Room&) override {}
  void add_ufrag(PeerKey key, const std::string& ufrag) override { demux.add_ufrag(ufrag, key); }
  void remove_ufrag(PeerKey, const std::string& ufrag) override { demux.remove_ufrag(ufrag); }
  void add_path(PeerKey key, const Path& path) override { demux.add_path(path, key); }
  void remove_path(PeerKey key, const Path& path) override { demux.remove_path(path, key); }
  void remove_peer(PeerKey key) override {
    demux.remove_peer(key);
    --live;
  }

  ice::Demux demux;
  int live = 0;

 private:
  PeerKey last_ = 0;
};

inline SocketAddress address(std::uint8_t last, std::uint16_t port) {
  return {IpAddress::v4({10, 0, 0, last}), port};
}

class World;

// One peer connection of a client.
struct TestConnection {
  std::unique_ptr<peer::Peer> peer;
  SocketAddress local;
  std::vector<peer::Event> events;
  std::map<std::string, peer::ChannelId> channels;
  std::vector<livekit::DataPacket> packets;  // received on _reliable and _lossy
  std::vector<std::vector<std::uint8_t>> data_track_packets;
  std::vector<std::vector<std::uint8_t>> rtp;
  bool connected = false;
};

// A track that the client sends.
struct TestTrack {
  std::string cid;
  livekit::TrackType type = livekit::VIDEO;
  livekit::TrackSource source = livekit::CAMERA;
  std::string mid;
  rtp::Ssrc ssrc = 0;
  std::uint16_t sequence = 1000;
  std::uint32_t timestamp = 5000;
};

class TestClient {
 public:
  TestClient(World& world, std::string identity, ConnectionId connection, bool v1, std::uint8_t host);

  // Everything that the server sent, in order.
  std::vector<livekit::SignalResponse> messages;
  bool closed = false;
  ParticipantId id;
  std::string sid;
  std::string identity;
  ConnectionId connection;
  bool v1;
  bool negotiates = true;  // answers and offers by itself
  bool deaf = false;       // no datagram reaches it

  std::size_t count(Case which) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(messages, [which](const auto& message) { return message.message_case() == which; }));
  }
  // The last one of the kind; a test that has none fails.
  const livekit::SignalResponse& last(Case which) const {
    const auto found = std::ranges::find_if(messages.rbegin(), messages.rend(),
                                            [which](const auto& message) { return message.message_case() == which; });
    REQUIRE(found != messages.rend());
    return *found;
  }
  // Place of the first message that `test` accepts; messages.size() if there is none.
  std::size_t index_of(const std::function<bool(const livekit::SignalResponse&)>& test) const {
    return static_cast<std::size_t>(std::ranges::find_if(messages, test) - messages.begin());
  }
  // What it last heard of someone; an empty sid if nothing.
  livekit::ParticipantInfo heard_of(const std::string& who) const;

  // Says what it will send, and gives it a section of the next offer. Opus and VP8 unless told otherwise.
  TestTrack& add_track(livekit::TrackType type, livekit::TrackSource source, std::string cid,
                       rtp::Codec codec = rtp::Codec::kUnknown);
  livekit::AddTrackRequest add_track_request(const TestTrack& track) const;
  void unpublish(const TestTrack& track);
  livekit::SessionDescription make_offer();
  void send_offer();
  bool is_active() const { return publisher.connected && (v1 || subscriber.connected); }
  void send_packet(const TestTrack& track_name, ByteView payload, bool marker = true, int level = -1);
  void send_data(const livekit::DataPacket& packet, bool reliable);
  void send_message(const std::string& label, ByteView bytes);
  // What of the server's media came, and the receiver's estimate of how much may come (REMB).
  std::vector<std::vector<std::uint8_t>>& received() { return downlink().rtp; }
  void send_estimate(Bitrate estimate);
  const std::vector<livekit::DataPacket>& received_data() const { return data_connection().packets; }
  const std::vector<std::vector<std::uint8_t>>& received_data_track() const {
    return data_connection().data_track_packets;
  }

  void handle(const livekit::SignalResponse& message);
  void after_call(TestConnection& side);

  std::map<std::string, std::pair<bool, bool>> channel_kinds;  // of channels that the server made: ordered, reliable
  TestConnection publisher;
  TestConnection subscriber;
  // Sections that v1 clients offer to receive in, beside those of their own peer.
  int placeholder_audios = 3;
  int placeholder_videos = 3;
  std::vector<rtp::Codec> video_codecs;  // that it can decode
  std::uint32_t last_offer_id = 0;
  std::deque<TestTrack> tracks;

 private:
  TestConnection& downlink() { return v1 ? publisher : subscriber; }
  const TestConnection& data_connection() const { return v1 ? publisher : subscriber; }
  std::string with_placeholders(const std::string& sdp);
  std::string without_placeholders(const std::string& sdp) const;

  World& world_;
  std::vector<std::string> section_order_;  // mids as first offered: their order never changes
};

class World {
 public:
  explicit World(RoomOptions options = {}, std::vector<SocketAddress> server = {address(1, 7882)})
      : candidates(std::move(server)) {
    if (options.name.empty()) options.name = "lobby";
    environment.registry = &registry;
    environment.certificate = &certificate();
    environment.candidates = candidates;
    environment.random = &random;
    environment.wall = &wall;
    wall = {clock.now(), clock.wall_now()};
    room = std::make_unique<Room>(clock.now(), std::move(options), environment, out);
  }

  JoinParams join_params(const TestClient& client) const {
    JoinParams params;
    params.connection = client.connection;
    params.identity = client.identity;
    params.permission.set_can_publish(true);
    params.permission.set_can_subscribe(true);
    params.permission.set_can_publish_data(true);
    params.permission.set_can_update_metadata(true);
    params.client.set_protocol(17);
    params.client.set_sdk(livekit::ClientInfo::JS);
    params.single_peer_connection = client.v1;
    return params;
  }
  TestClient& client(const std::string& identity, bool v1 = true) {
    const auto number = static_cast<std::uint8_t>(clients.size() + 2);
    clients.push_back(std::make_unique<TestClient>(*this, identity, 100u + number, v1, number));
    return *clients.back();
  }
  // Joins and, in v1, offers.
  TestClient& join(const std::string& identity, bool v1 = true, const std::function<void(JoinParams&)>& change = {}) {
    auto& joining = client(identity, v1);
    join(joining, change);
    return joining;
  }
  void join(TestClient& joining, const std::function<void(JoinParams&)>& change = {}) {
    auto params = join_params(joining);
    if (change) change(params);
    const bool offers = joining.v1 && !params.offer;
    const auto id = room->join(now(), std::move(params), out);
    REQUIRE(id.has_value());
    joining.id = *id;
    deliver();
    if (offers && joining.negotiates) joining.send_offer();
  }
  // Joins, publishes if asked to, and waits until it is connected.
  TestClient& connect(const std::string& identity, bool v1 = true,
                      const std::function<void(JoinParams&)>& change = {}) {
    auto& joining = join(identity, v1, change);
    run(seconds(1));
    REQUIRE(room->participant_info(joining.id).state() == livekit::ParticipantInfo::ACTIVE);
    return joining;
  }
  void publish(TestClient& publisher, TestTrack& track) {
    room->add_track(now(), publisher.id, publisher.add_track_request(track), out);
    publisher.send_offer();
  }

  Instant now() const { return clock.now(); }
  // Lets time pass, with every datagram and message arriving at once.
  void run(Duration duration);
  // Hands out what the room produced.
  void deliver();
  void send_to_room(const Path& path, ByteView bytes);

  ManualClock clock;
  WallAnchor wall;
  SeededRandom random{7};
  TestRegistry registry;
  std::vector<SocketAddress> candidates;
  std::vector<rtp::Codec> video_codecs = {rtp::Codec::kVp8, rtp::Codec::kH264};  // that the next client can decode
  Environment environment;
  SendBatch datagrams;
  std::vector<SignalOut> signals;
  std::vector<Event> events;
  Output out{datagrams, signals, events};
  std::unique_ptr<Room> room;
  std::vector<std::unique_ptr<TestClient>> clients;
  std::vector<Event> history;  // events so far

  std::size_t count(Event::Type type) const {
    return static_cast<std::size_t>(std::ranges::count(history, type, &Event::type));
  }

 private:
  bool exchange();
};

inline TestClient::TestClient(World& world, std::string name, ConnectionId number, bool single, std::uint8_t host)
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

inline livekit::ParticipantInfo TestClient::heard_of(const std::string& who) const {
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

inline TestTrack& TestClient::add_track(livekit::TrackType type, livekit::TrackSource source, std::string cid,
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

inline livekit::AddTrackRequest TestClient::add_track_request(const TestTrack& track) const {
  livekit::AddTrackRequest request;
  request.set_cid(track.cid);
  request.set_type(track.type);
  request.set_source(track.source);
  return request;
}

inline void TestClient::unpublish(const TestTrack& track) {
  publisher.peer->negotiation().unbind_sender(track.mid);
  send_offer();
}

inline void add_video_codec(sdp::MediaDescription& media, rtp::Codec codec) {
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

inline std::string TestClient::with_placeholders(const std::string& text) {
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

inline std::string TestClient::without_placeholders(const std::string& text) const {
  auto description = sdp::parse(text);
  REQUIRE(description.has_value());
  const auto is_placeholder = [](const std::string& mid) {
    return mid.starts_with("audio") || mid.starts_with("video");
  };
  std::erase_if(description->media, [&](const auto& media) { return is_placeholder(media.mid); });
  std::erase_if(description->bundle, is_placeholder);
  return sdp::write(*description);
}

inline livekit::SessionDescription TestClient::make_offer() {
  auto sdp = publisher.peer->create_offer();
  REQUIRE(sdp.has_value());
  livekit::SessionDescription offer;
  offer.set_type("offer");
  offer.set_sdp(with_placeholders(*sdp));
  offer.set_id(++last_offer_id);
  return offer;
}

inline void TestClient::send_offer() {
  const auto offer = make_offer();
  world_.room->offer(world_.now(), id, offer, world_.out);
  world_.deliver();
}

inline void TestClient::handle(const livekit::SignalResponse& message) {
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
    answer.set_id(message.offer().id());
    world_.room->answer(now, id, answer, world_.out);
  } else if (message.has_media_sections_requirement()) {
    placeholder_audios += static_cast<int>(message.media_sections_requirement().num_audios());
    placeholder_videos += static_cast<int>(message.media_sections_requirement().num_videos());
    send_offer();
  }
}

inline void TestClient::after_call(TestConnection& side) {
  for (const auto& event : side.events) {
    if (const auto* changed = std::get_if<peer::StateChanged>(&event)) {
      side.connected = changed->state == peer::State::kConnected;
    } else if (const auto* opened = std::get_if<peer::ChannelOpened>(&event)) {
      side.channels[opened->label] = opened->channel;
      if (!opened->ours) channel_kinds[opened->label] = {opened->ordered, opened->reliable};
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

inline void TestClient::send_packet(const TestTrack& name, ByteView payload, bool marker, int level) {
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

inline void TestClient::send_data(const livekit::DataPacket& packet, bool reliable) {
  const auto bytes = packet.SerializeAsString();
  send_message(reliable ? "_reliable" : "_lossy", as_bytes(bytes));
}

inline void TestClient::send_message(const std::string& label, ByteView bytes) {
  const auto channel = publisher.channels.find(label);
  REQUIRE(channel != publisher.channels.end());
  peer::Output sink{world_.datagrams, publisher.events};
  CHECK(publisher.peer->send_data(world_.now(), channel->second, bytes, true, sink).has_value());
  after_call(publisher);
}

inline void TestClient::send_estimate(Bitrate estimate) {
  std::array<std::uint8_t, 64> buffer;
  ByteWriter writer(buffer);
  const rtp::Ssrc ssrcs[] = {1};
  rtcp::write_remb(writer, 1, estimate, ssrcs);
  CHECK(downlink().peer->send_rtcp(writer.written(), world_.datagrams));
}

inline void World::send_to_room(const Path& path, ByteView bytes) {
  std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());
  const Path seen{path.remote, path.local};
  if (const auto key = registry.demux.route(seen, copy)) room->receive(now(), *key, seen, copy, now(), out);
}

inline void World::deliver() {
  while (!signals.empty()) {
    const auto batch = std::exchange(signals, {});
    for (const auto& signal : batch) {
      const auto to = std::ranges::find_if(clients, [&](const auto& c) { return c->connection == signal.connection; });
      if (to == clients.end()) continue;
      CHECK_FALSE((*to)->closed);
      if (signal.content().message_case() != Case::MESSAGE_NOT_SET) (*to)->handle(signal.content());
      if (signal.close) (*to)->closed = true;
    }
  }
  history.insert(history.end(), events.begin(), events.end());
  events.clear();
}

// Moves datagrams both ways once. False when there were none.
inline bool World::exchange() {
  if (datagrams.empty()) return false;
  std::vector<std::pair<Path, std::vector<std::uint8_t>>> moving;
  for (const auto& datagram : datagrams.datagrams()) {
    moving.emplace_back(datagram.path, std::vector<std::uint8_t>(datagram.bytes.begin(), datagram.bytes.end()));
  }
  datagrams.clear();
  for (auto& [path, bytes] : moving) {
    if (path.remote == candidates.front()) {
      send_to_room(path, bytes);
      continue;
    }
    for (auto& client : clients) {
      for (auto* side : {&client->publisher, &client->subscriber}) {
        if (!side->peer || side->local != path.remote || client->deaf) continue;
        peer::Output sink{datagrams, side->events};
        const auto received = side->peer->receive(now(), {path.remote, path.local}, bytes, sink);
        if (received.kind == peer::Peer::Received::Kind::kRtp) {
          side->rtp.emplace_back(received.packet.begin(), received.packet.end());
        }
        client->after_call(*side);
      }
    }
  }
  return true;
}

inline void World::run(Duration duration) {
  const Instant end = now() + duration;
  for (int idle = 0; now() < end || idle < 2;) {
    deliver();
    if (exchange()) {
      idle = 0;
      continue;
    }
    deliver();
    Instant next = std::min(end, room->deadline());
    for (auto& client : clients) {
      for (auto* side : {&client->publisher, &client->subscriber}) {
        if (side->peer) next = std::min(next, side->peer->deadline());
      }
    }
    if (next > now()) {
      clock.advance(next - now());
    } else if (++idle > 1 && now() < end) {
      clock.advance(milliseconds(1));  // something is due and stays so
    }
    wall = {clock.now(), clock.wall_now()};
    room->advance(now(), out);
    for (auto& client : clients) {
      for (auto* side : {&client->publisher, &client->subscriber}) {
        if (!side->peer) continue;
        peer::Output sink{datagrams, side->events};
        side->peer->advance(now(), sink);
        client->after_call(*side);
      }
    }
  }
}

}  // namespace sfu::room::testing
