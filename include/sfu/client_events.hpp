// SPDX-License-Identifier: Apache-2.0
// What a Client tells, and the values that its data functions take.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "sfu/client_media.hpp"
#include "sfu/info.hpp"
#include "sfu/result.hpp"
#include "sfu/rpc.hpp"
#include "sfu/time.hpp"

namespace sfu {

namespace participant {
class Herald;
}

// Text and byte streams, as all LiveKit SDKs have them.
struct StreamOptions {
  std::string topic{};
  std::vector<std::string> to{};  // identities; empty: everyone
  std::map<std::string, std::string> attributes{};
  std::string mime_type{};  // empty: text/plain, application/octet-stream
  std::string name{};       // of byte streams: the file's
  std::string reply_to{};   // of text streams: another's id
};

struct StreamInfo {
  std::string id{};
  std::string sender{};  // identity
  bool text = true;
  std::string topic{};
  std::string mime_type{};
  std::string name{};
  std::optional<std::uint64_t> size{};  // bytes, if the sender knew
  std::map<std::string, std::string> attributes{};
  std::string reply_to{};
};

struct DataMessage {
  std::string sender{};  // identity; empty: the server
  std::string topic{};
  std::span<const std::uint8_t> payload{};  // borrowed for the call
  bool reliable = true;
};

struct RpcCall {
  std::string caller{};  // identity
  std::string method{};
  std::string payload{};
  Duration timeout{};  // how long the caller waits
};

// Answers one call, once, from any thread; a second answer, and one after the client has gone, do nothing. Copies
// answer the same call.
class RpcResponder {
 public:
  void operator()(RpcResult result) const;

 private:
  friend class participant::Herald;
  struct State;
  explicit RpcResponder(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

struct Disconnect {
  enum class Reason {
    kClientInitiated,
    kDuplicateIdentity,
    kServerShutdown,
    kParticipantRemoved,
    kRoomDeleted,
    kRoomClosed,
    kJoinFailed,  // `error` tells
    kLost,        // the connection could not be made again; `error` tells
    kOther,
  };
  Reason reason = Reason::kOther;
  Error error;
};
const char* to_string(Disconnect::Reason reason) noexcept;

// Derive from it and override what is of interest. Called on the client's thread; must not block.
class ClientObserver {
 public:
  virtual ~ClientObserver() = default;

  // The room was joined. Who is in it is told right after.
  virtual void on_connected(const RoomInfo& /*room*/, const ParticipantInfo& /*self*/) {}
  // Media and data flow: after a join, and after each reconnection.
  virtual void on_ready() {}
  // A connection was lost. `resuming`: the session goes on; else it is replaced.
  virtual void on_reconnecting(bool /*resuming*/) {}
  virtual void on_reconnected(bool /*resumed*/) {}
  // For good; the last call.
  virtual void on_disconnected(const Disconnect& /*why*/) {}
  // Into another room, by the server.
  virtual void on_moved(const RoomInfo& /*room*/) {}

  virtual void on_participant_joined(const ParticipantInfo&) {}
  virtual void on_participant_changed(const ParticipantInfo&) {}
  virtual void on_participant_left(const ParticipantInfo&) {}
  // Of other participants.
  virtual void on_track_published(const std::string& /*identity*/, const TrackInfo&) {}
  virtual void on_track_changed(const std::string& /*identity*/, const TrackInfo&) {}
  virtual void on_track_unpublished(const std::string& /*identity*/, const TrackInfo&) {}
  // Loudness from 0 to 1 by identity, of those that changed; 0: silent again.
  virtual void on_speakers(const std::map<std::string, double>& /*levels*/) {}

  // Media of the track follows, or ends.
  virtual void on_subscribed(const std::string& /*track_sid*/, const std::string& /*identity*/, MediaCodec) {}
  virtual void on_unsubscribed(const std::string& /*track_sid*/) {}
  // A frame that is whole, and for video decodable after those before it (ClientOptions::receive_frames).
  virtual void on_frame(const std::string& /*track_sid*/, MediaCodec, const MediaFrame&) {}
  // Each packet as it arrived, unordered; `recovered`: it was lost and asked for again.
  virtual void on_rtp(const std::string& /*track_sid*/, std::span<const std::uint8_t> /*packet*/, bool /*recovered*/) {}

  // Of one's own tracks, by the id given to publish(). Writing begins with on_published(), also after a reconnection.
  virtual void on_published(const std::string& /*id*/, const std::string& /*track_sid*/) {}
  virtual void on_publish_failed(const std::string& /*id*/, const Error&) {}
  virtual void on_keyframe_requested(const std::string& /*id*/, std::size_t /*layer*/) {}

  virtual void on_data(const DataMessage&) {}
  // A text stream that has come whole, of 16 MiB at most; of all that come, 32 MiB are kept.
  virtual void on_text(const StreamInfo&, const std::string& /*text*/) {}
  // Every stream, as it comes: 16 of one sender at a time. One that brings nothing for 60 s ends.
  virtual void on_stream_opened(const StreamInfo&) {}
  virtual void on_stream_data(const std::string& /*sender*/, const std::string& /*id*/,
                              std::span<const std::uint8_t> /*bytes*/) {}
  // `error`: why it did not come whole; null if it did.
  virtual void on_stream_closed(const std::string& /*sender*/, const std::string& /*id*/, const Error* /*error*/) {}
};

}  // namespace sfu
