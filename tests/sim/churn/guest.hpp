// SPDX-License-Identifier: Apache-2.0
// One device of the crowd: it joins under some identity, negotiates as livekit-client does over `/rtc` or `/rtc/v1`,
// does things at random, loses its connections, comes back and leaves. Its peers are real (ICE, DTLS, SCTP); what it
// knows is in its View.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "peer/peer.hpp"
#include "placeholders.hpp"
#include "room/ids.hpp"
#include "sfu/claims.hpp"
#include "sfu/signal_session.hpp"
#include "view.hpp"

namespace sfu::sim {

class Crowd;

// With what a device joins.
struct Manner {
  Claims claims;
  bool v1 = true;
  bool text = false;  // speaks JSON
  bool auto_subscribe = true;
  bool adaptive_stream = false;
  bool bundles_offer = false;   // v1: the first offer comes with the join request
  bool never_connects = false;  // signalling alone
  int protocol = 17;
  std::string sdk = "js";
  std::string browser = "chrome";
};

class Guest {
 public:
  struct Track {
    std::string cid;
    livekit::TrackType type = livekit::AUDIO;
    std::string mid;
    std::uint32_t ssrc = 0;
    std::string sid;  // once track_published has come
    std::uint16_t sequence = 0;
  };
  enum class State { kOut, kJoining, kIn, kLost, kResuming };

  Guest(Crowd& crowd, unsigned number);

  // --- for the crowd
  void advance(Instant now);
  Instant deadline() const;
  void receive(const Path& path, ByteSpan datagram);
  void on_message(room::ConnectionId connection, std::span<const std::uint8_t> bytes, bool text);
  void on_close(room::ConnectionId connection);
  void on_rejected(room::ConnectionId connection, int status);

  // --- for those who look at it
  State state() const { return state_; }
  room::ConnectionId connection() const { return connection_; }
  const Manner& manner() const { return manner_; }
  const View* view() const { return view_.get(); }
  const std::vector<Track>& tracks() const { return tracks_; }
  // Whether it asked for this track, or against it; else auto_subscribe decides.
  bool wants(const std::string& track) const;
  bool has_settings(const std::string& track) const { return settings_.contains(track); }
  bool connected() const;
  const std::map<std::string, int>& media() const { return media_; }  // packets received, by track
  void forget_media() { media_.clear(); }
  // A packet of each audio track.
  void speak();

  // --- what it may do; guest_actions.cpp
  void join(Manner manner);
  void act();
  void leave();
  // Gone without a word. The server hears of the signalling connection's end, or does not.
  void crash(bool heard);
  // The signalling connection is lost, and a resume follows after `gap`; with `outage` datagrams are lost until then.
  void lose(Duration gap, bool heard, bool outage);

 private:
  struct Link {
    std::unique_ptr<peer::Peer> peer;
    SocketAddress local;
    std::vector<peer::Event> events;
    std::map<std::string, peer::ChannelId> channels;
    bool connected = false;
  };

  void connect(bool resume);
  void make_links();
  void make(Link& link);
  void end();  // forgets the session
  void rejoin_later(Duration gap);

  void handle(const livekit::SignalResponse& message);
  void on_join(const livekit::JoinResponse& join);
  void on_reconnect();
  void on_leave(const livekit::LeaveRequest& leave);
  void on_answer(const livekit::SessionDescription& answer);
  void on_offer(const livekit::SessionDescription& offer);
  void on_track_published(const livekit::TrackPublishedResponse& published);
  void note_sources(const std::string& sdp, const livekit::SessionDescription& description);
  livekit::SessionDescription make_offer();
  void negotiate();
  void request(const livekit::SignalRequest& request);
  void drain(Link& link);
  void flush();

  // guest_actions.cpp
  void publish();
  void unpublish();
  void mute();
  void subscribe();
  void change_settings();
  void change_permission();
  void change_profile();
  void change_track();
  void send_data();
  void simulate();
  void nonsense();
  std::optional<std::string> any_track();

  Crowd& crowd_;
  unsigned number_;
  std::uint16_t next_port_ = 1024;
  unsigned next_cid_ = 0;
  State state_ = State::kOut;
  Manner manner_;
  room::ConnectionId connection_ = 0;
  std::unique_ptr<View> view_;
  Instant next_action_ = kNever;
  Instant flow_due_ = kNever;  // what state_ waits for: to resume, or to join anew
  Instant offline_until_{};

  Link publisher_;
  Link subscriber_;  // v0
  Placeholders placeholders_;
  std::uint32_t offer_id_ = 0;
  bool negotiating_ = false;
  bool again_ = false;
  std::vector<Track> tracks_;
  std::map<std::string, bool> wishes_;    // explicit ones, by track
  std::map<std::string, bool> settings_;  // disabled, by track
  std::optional<livekit::SubscriptionPermission> permission_;
  std::map<std::uint32_t, std::string> sources_;  // track by SSRC
  std::map<std::string, int> media_;
  SendBatch datagrams_;
};

}  // namespace sfu::sim
