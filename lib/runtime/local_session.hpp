// SPDX-License-Identifier: Apache-2.0
// What a participant of the host's own knows and wants (LocalParticipant), beside what the room keeps of it: the room's
// messages, media and data in, its observer told; and what the host asks for, as the room understands it. Sans-IO; its
// Shard calls it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "participant/frame_writer.hpp"
#include "participant/herald.hpp"
#include "participant/messaging.hpp"
#include "payload/frame_assembler.hpp"
#include "room/local_transport.hpp"
#include "room/room.hpp"

namespace sfu::runtime {

class LocalSession {
 public:
  LocalSession(room::ConnectionId connection, bool frames, ClientObserver& observer, Random& random,
               participant::Herald::Answer answer)
      : connection_(connection),
        frames_(frames),
        random_(random),
        messaging_(roster_, random),
        herald_(observer, std::move(answer)) {}

  // Where it is now, for the calls below.
  struct Place {
    Instant now;
    WallTime wall;
    room::Room& room;
    room::ParticipantId id;
    room::Output& out;
  };

  void on_signal(const livekit::SignalResponse& message);
  // Its signalling connection was closed by the room: nothing follows.
  void on_closed();
  bool closed() const { return closed_; }

  // Takes what came for it since last asked, tells its observer, and sends what waits.
  void exchange(const Place& place);
  void tell() { herald_.tell(events_, roster_); }
  void advance(const Place& place);
  Instant deadline() const;

  void publish(const Place& place, participant::PublishOptions options);
  void unpublish(const Place& place, const std::string& cid);
  void set_muted(const Place& place, const std::string& cid, bool muted);
  void write_frame(const Place& place, const std::string& cid, std::size_t layer, ByteView frame,
                   std::uint32_t timestamp, bool is_keyframe);

  room::ConnectionId connection() const { return connection_; }
  participant::Messaging& messaging() { return messaging_; }
  participant::Herald& herald() { return herald_; }

 private:
  struct Published {
    std::string sid;  // once it is announced
    std::vector<std::unique_ptr<participant::FrameWriter>> layers;
  };
  struct Subscribed {
    std::vector<peer::PayloadCodec> codecs;
    rtp::Codec assembled = rtp::Codec::kUnknown;
    std::unique_ptr<payload::FrameAssembler> assembler;
  };

  void take(const Place& place, room::LocalEvent& event);
  void take_packet(const Place& place, const room::LocalTransport& transport, ByteView packet);
  void hand_out(const Place& place, const std::string& sid, Subscribed& track);
  // Nothing follows: hands out what waits for a packet that is missing.
  void finish(const std::string& sid, Subscribed& track);
  void tell_frames(const std::string& sid, const Subscribed& track);
  void end(participant::Disconnected event);
  void tell_roster(std::vector<participant::RosterEvent>& news);
  void refused(const livekit::RequestResponse& answer);

  room::ConnectionId connection_;
  bool frames_;
  Random& random_;
  participant::Roster roster_;
  participant::Messaging messaging_;
  participant::Herald herald_;
  bool closed_ = false;
  WallTime wall_{};
  std::map<std::string, Published, std::less<>> published_;    // by cid
  std::map<std::string, Subscribed, std::less<>> subscribed_;  // by track sid
  std::vector<participant::RoomEvent> events_;
  std::vector<payload::Frame> assembled_;
};

}  // namespace sfu::runtime
