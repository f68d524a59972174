// SPDX-License-Identifier: Apache-2.0
// What a participant of the host's own knows and wants (LocalParticipant), beside what the room keeps of it: the room's
// messages, media and data in, its observer told; and what the host asks for, as the room understands it. Sans-IO; its
// Shard calls it.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "participant/frame_writer.hpp"
#include "participant/herald.hpp"
#include "participant/messaging.hpp"
#include "payload/frame_assembler.hpp"
#include "room/local_inbox.hpp"
#include "room/room.hpp"
#include "runtime/media_queue.hpp"

namespace sfu::runtime {

class LocalSession {
 public:
  // `on_news`: as of LocalInbox.
  LocalSession(bool frames, ClientObserver& observer, Random& random, participant::Herald::Answer answer,
               std::function<void()> on_news)
      : inbox_(std::make_shared<room::LocalInbox>(std::move(on_news))),
        frames_(frames),
        random_(random),
        messaging_(roster_, random),
        herald_(observer, std::move(answer)) {}

  struct Moment {
    Instant now;
    WallTime wall;
  };
  // And where it is then, for the calls below.
  struct Place : Moment {
    room::Room& room;
    room::ParticipantId id;
    room::Output& out;
  };

  void on_signal(Moment at, const livekit::SignalResponse& message);
  // Its signalling connection was closed by the room: nothing follows.
  void on_closed(Moment at);
  bool closed() const { return closed_; }

  // What the room gives it.
  const std::shared_ptr<room::LocalInbox>& inbox() const { return inbox_; }
  // Takes what came for it since last asked and what is due, tells its observer, and sends what waits.
  void exchange(const Place& place);
  void tell() { herald_.tell(events_, roster_); }
  Instant deadline() const { return std::min({messaging_.deadline(), assemblers_due_, flush_due_}); }

  void publish(const Place& place, participant::PublishOptions options);
  void unpublish(const Place& place, const std::string& cid);
  void set_muted(const Place& place, const std::string& cid, bool muted);
  void write(const Place& place, const MediaQueue::Item& item);

  participant::Messaging& messaging() { return messaging_; }
  participant::Herald& herald() { return herald_; }

 private:
  static constexpr std::size_t kMostWaiting = 256 << 10;  // bytes in a receiver's channel, of those a MiB
  static constexpr Duration kPatience = std::chrono::seconds(2);
  static constexpr Duration kFlushInterval = std::chrono::milliseconds(5);

  struct Published {
    std::string sid;           // once it is announced; what is wished before holds from then on
    bool asked_muted = false;  // as it was announced
    bool muted = false;
    bool withdrawn = false;
    std::vector<std::unique_ptr<participant::FrameWriter>> layers;
  };
  struct Subscribed {
    std::vector<peer::PayloadCodec> codecs;
    rtp::Codec assembled = rtp::Codec::kUnknown;
    std::unique_ptr<payload::FrameAssembler> assembler;
  };

  void advance(Instant now);
  void take_inbox(Moment at);
  void take(Moment at, room::LocalEvent& event);
  void take_packet(Moment at, const std::string& sid, const rtp::PacketView& packet);
  void hand_out(const std::string& sid, Subscribed& track);
  // Nothing follows: hands out what waits for a packet that is missing.
  void finish(const std::string& sid, Subscribed& track);
  void tell_frames(const std::string& sid, const Subscribed& track);
  void end(Moment at, participant::Disconnected event);
  void tell_roster(std::vector<participant::RosterEvent>& news);
  void refused(const livekit::RequestResponse& answer);
  void settle_announced(const Place& place);

  std::shared_ptr<room::LocalInbox> inbox_;
  bool frames_;
  Random& random_;
  participant::Roster roster_;
  participant::Messaging messaging_;
  participant::Herald herald_;
  bool closed_ = false;
  std::map<std::string, Published, std::less<>> published_;    // by cid
  std::map<std::string, Subscribed, std::less<>> subscribed_;  // by track sid
  Instant assemblers_due_ = kNever;                            // not after the earliest of theirs
  std::vector<participant::RoomEvent> events_;
  std::vector<payload::Frame> assembled_;
  std::vector<std::string> keyframe_wishes_;  // track sids
  std::vector<std::string> announced_;        // cids, since last exchanged
  Instant flush_due_ = kNever;
  Instant sent_at_{};  // data, into channels that had room
};

}  // namespace sfu::runtime
