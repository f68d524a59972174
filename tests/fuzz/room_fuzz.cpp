// SPDX-License-Identifier: Apache-2.0
// layers: room
// What clients may ask of a room, in any order: a stream of records, each a byte that says who does what, a length and
// a SignalRequest. Every answer echoes its offer, nobody hears anything after the leave, and the room goes on.
#include <cstdlib>
#include <set>

#include "base/bytes.hpp"
#include "dtls/certificate.hpp"
#include "room/data_packet.hpp"
#include "room/room.hpp"

namespace {

using namespace sfu;

void require(bool condition) {
  if (!condition) std::abort();
}

class NullRegistry final : public room::PeerRegistry {
 public:
  Ticket add_peer(room::Room&) override {
    live.insert(++last_);
    return {last_, "ufrag" + std::to_string(last_)};
  }
  void move_peer(room::PeerKey, room::Room&) override {}
  void add_ufrag(room::PeerKey, const std::string&) override {}
  void remove_ufrag(room::PeerKey, const std::string&) override {}
  void add_path(room::PeerKey, const Path&) override {}
  void remove_path(room::PeerKey, const Path&) override {}
  void remove_peer(room::PeerKey key) override { require(live.erase(key) == 1); }

  std::set<room::PeerKey> live;

 private:
  room::PeerKey last_ = 0;
};

struct Meeting {
  Meeting() {
    environment.registry = &registry;
    environment.certificate = &certificate();
    environment.candidates = candidates;
    environment.random = &random;
    environment.wall = &wall;
    environment.statistics = &statistics;
    room::RoomOptions options;
    options.data_blobs = true;
    room.emplace(clock.now(), std::move(options), environment, out);
    for (int i = 0; i < 3; ++i) join(i);
  }
  static const dtls::Certificate& certificate() {
    static const auto made = dtls::Certificate::make();
    return *made;
  }
  void join(int who) {
    room::JoinParams params;
    params.connection = connections[who] = ++last_connection;
    params.identity = std::string(1, static_cast<char>('a' + who));
    params.permission.set_can_publish(true);
    params.permission.set_can_subscribe(true);
    params.permission.set_can_publish_data(true);
    params.auto_subscribe_data = who == 1;
    params.permission.set_can_update_metadata(true);
    params.client.set_protocol(who == 2 ? 5 : 17);
    params.single_peer_connection = who != 1;
    const auto joined = room->join(clock.now(), std::move(params), out);
    ids[who] = joined.value_or(room::ParticipantId());
  }
  void drain() {
    for (const auto& signal : out.signals) {
      require(!closed.contains(signal.connection));
      if (signal.close) closed.insert(signal.connection);
    }
    out.signals.clear();
    out.events.clear();
    out.datagrams.clear();
  }

  ManualClock clock;
  WallAnchor wall{clock.now(), clock.wall_now()};
  Statistics statistics;
  SeededRandom random{1};
  NullRegistry registry;
  std::vector<SocketAddress> candidates{{IpAddress::v4({127, 0, 0, 1}), 7882}};
  room::Environment environment;
  SendBatch datagrams;
  std::vector<room::SignalOut> signals;
  std::vector<room::Event> events;
  room::Output out{datagrams, signals, events};
  std::optional<room::Room> room;
  room::ParticipantId ids[3];
  room::ConnectionId connections[3] = {};
  room::ConnectionId last_connection = 0;
  std::set<room::ConnectionId> closed;
};

void ask(Meeting& meeting, room::ParticipantId id, const livekit::SignalRequest& request) {
  auto& room = *meeting.room;
  auto& out = meeting.out;
  const Instant now = meeting.clock.now();
  switch (request.message_case()) {
    case livekit::SignalRequest::kOffer: return room.offer(now, id, request.offer(), out);
    case livekit::SignalRequest::kAnswer: return room.answer(now, id, request.answer(), out);
    case livekit::SignalRequest::kTrickle: return room.trickle(now, id, request.trickle(), out);
    case livekit::SignalRequest::kAddTrack: return room.add_track(now, id, request.add_track(), out);
    case livekit::SignalRequest::kMute: return room.mute_track(now, id, request.mute(), out);
    case livekit::SignalRequest::kSubscription: return room.update_subscription(now, id, request.subscription(), out);
    case livekit::SignalRequest::kTrackSetting:
      return room.update_track_settings(now, id, request.track_setting(), out);
    case livekit::SignalRequest::kLeave: return room.leave(now, id, request.leave(), out);
    case livekit::SignalRequest::kSubscriptionPermission:
      return room.set_subscription_permission(now, id, request.subscription_permission(), out);
    case livekit::SignalRequest::kSyncState: return room.sync_state(now, id, request.sync_state(), out);
    case livekit::SignalRequest::kSimulate: return room.simulate(now, id, request.simulate(), out);
    case livekit::SignalRequest::kUpdateMetadata: return room.update_metadata(now, id, request.update_metadata(), out);
    case livekit::SignalRequest::kUpdateAudioTrack:
      return room.update_audio_track(now, id, request.update_audio_track(), out);
    case livekit::SignalRequest::kUpdateVideoTrack:
      return room.update_video_track(now, id, request.update_video_track(), out);
    case livekit::SignalRequest::kPublishDataTrackRequest:
      return room.publish_data_track(now, id, request.publish_data_track_request(), out);
    case livekit::SignalRequest::kUnpublishDataTrackRequest:
      return room.unpublish_data_track(now, id, request.unpublish_data_track_request(), out);
    case livekit::SignalRequest::kUpdateDataSubscription:
      return room.update_data_subscription(now, id, request.update_data_subscription(), out);
    case livekit::SignalRequest::kStoreDataBlobRequest:
      return room.store_data_blob(now, id, request.store_data_blob_request(), out);
    case livekit::SignalRequest::kGetDataBlobRequest:
      return room.get_data_blob(now, id, request.get_data_blob_request(), out);
    default: return;
  }
}

void pass_time(Meeting& meeting, Duration duration) {
  const Instant end = meeting.clock.now() + duration;
  for (int turns = 0; turns < 1000; ++turns) {
    const Instant next = std::min(end, std::max(meeting.room->deadline(), meeting.clock.now()));
    meeting.clock.advance(next - meeting.clock.now());
    meeting.wall = {meeting.clock.now(), meeting.clock.wall_now()};
    meeting.room->advance(meeting.clock.now(), meeting.out);
    meeting.drain();
    if (next == end && meeting.room->deadline() > end) return;
  }
  require(false);  // a deadline that never goes away
}

void data_packet(ByteView bytes) {
  livekit::DataPacket packet;
  if (!packet.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  room::JoinParams params;
  params.identity = "a";
  const room::Profile sender(params, "PA_a", WallTime());
  if (room::stamp_sender(packet, sender, true)) require(packet.participant_sid() == "PA_a");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Meeting meeting;
  meeting.drain();
  ByteReader reader(ByteView(data, size));
  for (int records = 0; records < 32 && reader.remaining() > 0; ++records) {
    const std::uint8_t head = reader.u8();
    const std::size_t length = reader.u16();
    const ByteView bytes = reader.bytes(std::min(length, reader.remaining()));
    const int who = head % 3;
    switch (head >> 5) {
      case 0: pass_time(meeting, std::chrono::milliseconds(length)); break;
      case 1: meeting.join(who); break;
      case 2: {
        room::ResumeParams params;
        params.identity = std::string(1, static_cast<char>('a' + who));
        params.connection = ++meeting.last_connection;
        if (meeting.room->resume(meeting.clock.now(), params, meeting.out))
          meeting.connections[who] = params.connection;
        break;
      }
      case 3:
        meeting.closed.insert(meeting.connections[who]);
        meeting.room->connection_closed(meeting.clock.now(), meeting.connections[who], meeting.out);
        break;
      case 4: data_packet(bytes); break;
      default: {
        livekit::SignalRequest request;
        if (request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
          ask(meeting, meeting.ids[who], request);
        }
      }
    }
    meeting.drain();
  }
  meeting.room->close(meeting.clock.now(), livekit::SERVER_SHUTDOWN, meeting.out);
  meeting.drain();
  require(meeting.room->finished());
  require(meeting.registry.live.empty());
  return 0;
}
