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

#include "congestion/feedback_generator.hpp"
#include "ice/demux.hpp"
#include "peer/peer.hpp"
#include "room/room.hpp"
#include "room/transport_fallback.hpp"
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
  std::vector<peer::ChannelId> closed_channels;
  std::vector<livekit::DataPacket> packets;  // received on _reliable and _lossy
  std::vector<std::vector<std::uint8_t>> data_track_packets;
  std::vector<std::vector<std::uint8_t>> rtp;
  std::vector<std::vector<std::uint8_t>> rtcp;
  congestion::FeedbackGenerator feedback;  // of what it receives, where that is negotiated

  void note_arrival(Instant now, ByteView packet);
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
  // All that it was told of speakers, in order.
  std::vector<livekit::SpeakerInfo> speakers() const;

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
  // Of the stream of `packet`, that came before.
  void send_nack(const rtp::PacketView& packet, std::span<const std::uint16_t> sequence_numbers);
  void request_key_frame();  // of the stream that it received last (PLI)
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
  std::vector<rtp::Codec> video_codecs;                       // that it can decode
  std::function<void(sdp::SessionDescription&)> edit_answer;  // of the offers that it gets
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
  explicit World(RoomOptions options = {}, std::vector<SocketAddress> server = {address(1, 7882)},
                 Policy* policy = nullptr, std::vector<SocketAddress> tcp = {})
      : candidates(std::move(server)), tcp_candidates(std::move(tcp)), fallback({true, !tcp_candidates.empty(), true}) {
    if (options.name.empty()) options.name = "lobby";
    environment.registry = &registry;
    environment.certificate = &certificate();
    environment.candidates = candidates;
    environment.tcp_candidates = tcp_candidates;
    environment.fallback = &fallback;
    environment.random = &random;
    environment.wall = &wall;
    environment.policy = policy;
    environment.statistics = &statistics;
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
  Statistics statistics;
  SeededRandom random{7};
  TestRegistry registry;
  std::vector<SocketAddress> candidates;
  std::vector<SocketAddress> tcp_candidates;
  TransportFallback fallback;
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

}  // namespace sfu::room::testing
