// SPDX-License-Identifier: Apache-2.0
// A participant of the host's own, inside this process: it publishes encoded media, receives that of others, and
// exchanges data, streams and calls with them, as a Client does, but without a socket, encryption or SDP. To the others
// it is a participant like any other. Room::join() makes it.
//
// Threads: every call of its observer comes on the worker thread of the room, in order; it must not block. The
// functions here may be called from any thread, that one included: they hand their work over and do not wait. On the
// worker's thread they take effect in its next turn.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "sfu/claims.hpp"
#include "sfu/client_events.hpp"
#include "sfu/client_media.hpp"
#include "sfu/time.hpp"

namespace sfu {

struct LocalParticipantOptions {
  // Who it is (identity, which must not be empty, name, metadata, attributes, kind), what it may (video), and the
  // settings of the room that its joining makes, as a token would say it. Left out: everything that a grant allows
  // unless it says otherwise. room and room_join are filled in.
  Claims claims;
  bool auto_subscribe = true;  // to every track
  // Put what is received together to frames (ClientObserver::on_frame).
  bool receive_frames = true;
};

class LocalParticipant {
 public:
  // Leaves the room, and waits until the observer is called no more. Not from the observer: there, leave(). Before the
  // engine is destroyed.
  ~LocalParticipant();
  LocalParticipant(const LocalParticipant&) = delete;
  LocalParticipant& operator=(const LocalParticipant&) = delete;

  const std::string& identity() const;
  // Leaves the room; on_disconnected() follows.
  void leave();

  // Publishing: as of Client. What is written before on_published(), or while muted, is dropped.
  void publish(std::string id, PublishTrack track);
  void unpublish(std::string id);
  void set_muted(std::string id, bool muted);
  void write_frame(const std::string& id, const MediaFrame& frame, std::size_t layer = 0);
  void write_rtp(const std::string& id, std::span<const std::uint8_t> packet, std::size_t layer = 0);

  // Subscribing.
  void subscribe(std::string track_sid, bool subscribed);
  void set_track_settings(std::string track_sid, TrackSettings settings);
  // Asks the publisher of a subscribed track for a key frame; for frames (LocalParticipantOptions::receive_frames) that
  // is done where one is needed.
  void request_key_frame(std::string track_sid);

  // Itself: empty fields stay as they are; an attribute of empty value is removed. Needs a grant that allows it.
  void update(std::string name, std::string metadata, std::map<std::string, std::string> attributes);

  // Data, streams and calls: as of Client.
  void send_data(std::span<const std::uint8_t> payload, std::string topic = {}, std::vector<std::string> to = {},
                 bool reliable = true);
  void send_text(std::string text, StreamOptions options = {});
  void send_bytes(std::vector<std::uint8_t> bytes, StreamOptions options = {});
  void open_stream(std::string id, bool text, StreamOptions options = {});
  void write_stream(std::string id, std::vector<std::uint8_t> bytes);
  void close_stream(std::string id, std::string reason = {});
  // `done` is called once, on the worker's thread; never after the participant was destroyed.
  void call(std::string identity, std::string method, std::string payload, std::function<void(RpcResult)> done,
            Duration timeout = std::chrono::seconds(15));
  void handle(std::string method, std::function<void(RpcCall, RpcResponder)> handler);
  void stop_handling(std::string method);

 private:
  friend class Engine;
  class Impl;
  explicit LocalParticipant(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu
