// SPDX-License-Identifier: Apache-2.0
// The tracks that this client publishes (signalling 2.7): announced, bound to a section, answered by the server with a
// sid, negotiated, and only then live. The Session owns it and makes the offers that it asks for.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "client/outgoing_track.hpp"

namespace sfu::client {

class Publishing {
 public:
  // LiveKit's clients wait as long.
  static constexpr Duration kAnswerTimeout = std::chrono::seconds(10);

  Publishing(Connection& connection, const SessionConfig& config) : connection_(connection), config_(config) {}

  // Errors: kAlreadyExists (the cid), kUnsupported (no section can carry the codec).
  Result<void> publish(Instant now, PublishOptions options, Output& out);
  // True: an offer is due.
  bool unpublish(std::string_view cid, Output& out);
  // Errors: kNotFound.
  Result<void> set_muted(Instant now, std::string_view cid, bool muted, Output& out);
  OutgoingTrack* find(std::string_view cid);

  // True: an offer is due.
  bool on_published(const livekit::TrackPublishedResponse& message, Output& out);
  // The server muted or removed a track of ours. Unknown sids are ignored; true: an offer is due.
  void on_muted(Instant now, const livekit::MuteTrackRequest& message, Output& out);
  bool on_unpublished(const livekit::TrackUnpublishedResponse& message, Output& out);
  void on_refused(const livekit::RequestResponse& message, Output& out);
  // An answer came, or the connection stands: what is negotiated begins, once both are so.
  void go_live(Instant now, Output& out);
  // Everything that is published, as SyncState wants it.
  void describe(livekit::SyncState& state) const;

  // Of all tracks, as OutgoingTrack::packets_lost().
  std::int64_t packets_lost() const;

  // What subscribers asked for while packets came in.
  void tell_keyframe_wishes(Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const;

 private:
  struct Entry {
    std::unique_ptr<OutgoingTrack> track;
    Instant answer_by = kNever;  // kNever once the server has answered
  };
  using Entries = std::vector<Entry>;

  media::Output media_output(Output& out) const { return {out.datagrams, *config_.wall}; }
  static void request_mute(const OutgoingTrack& track, Output& out);
  void fail_track(Entries::iterator entry, Error error, Output& out);
  Entries::iterator find_sid(std::string_view sid);

  Connection& connection_;
  const SessionConfig& config_;
  Entries entries_;
};

}  // namespace sfu::client
