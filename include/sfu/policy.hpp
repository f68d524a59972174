// SPDX-License-Identifier: Apache-2.0
// The host's say in its rooms, beyond what tokens grant: who joins, what is published, who is subscribed to what, and
// which data passes.
//   struct Rules : sfu::PolicyHook {
//     void on_publish(const sfu::PublishRequest& request, sfu::Decision decision) override {
//       if (request.track.source != sfu::TrackSource::kScreenShare) return decision.allow();
//       ask_somebody([decision = std::make_shared<sfu::Decision>(std::move(decision))](bool yes) {  // later, elsewhere
//         yes ? decision->allow() : decision->deny("no screens today");
//       });
//     }
//   };
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sfu/claims.hpp"
#include "sfu/info.hpp"
#include "sfu/time.hpp"

namespace sfu {

struct Verdict {
  bool allowed = true;
  std::string reason{};                // of a refusal, for the client, where the protocol has a place for it
  std::optional<VideoGrant> grants{};  // of a join: in place of the token's, for this session and the tokens that it
                                       // gets; `room` and `room_join` stay what they are

  static Verdict allow() { return {}; }
  static Verdict deny(std::string reason = {}) { return {.allowed = false, .reason = std::move(reason)}; }
  static Verdict allow_with(VideoGrant grants) { return {.grants = std::move(grants)}; }
};

// An answer that the engine waits for: it is given once, before the hook returns or later, on any thread. One that is
// destroyed without an answer denies. It may outlive the engine; then it does nothing. One thread at a time.
class Decision {
 public:
  // What the engine makes; and a host's tests, to see what their hook decides.
  explicit Decision(std::function<void(Verdict)> decided) : decided_(std::move(decided)) {}
  Decision(Decision&& other) noexcept : decided_(std::exchange(other.decided_, nullptr)) {}
  Decision& operator=(Decision&& other) noexcept {
    Decision old(std::move(*this));
    decided_ = std::exchange(other.decided_, nullptr);
    return *this;
  }
  ~Decision() { deny("nobody decided"); }

  void allow() { decide(Verdict::allow()); }
  void deny(std::string reason = {}) { decide(Verdict::deny(std::move(reason))); }
  // The first one counts.
  void decide(Verdict verdict) {
    if (auto decided = std::exchange(decided_, nullptr)) decided(std::move(verdict));
  }
  // Whether it is still to be given.
  bool is_open() const { return decided_ != nullptr; }

 private:
  std::function<void(Verdict)> decided_;
};

// What requests hold is valid for the call alone.

// Somebody with a good token wants to join a room.
struct JoinRequest {
  const Claims& claims;               // of the token: claims.identity, claims.video->room
  const std::string& client_address;  // as a proxy's headers say, else the socket's; "" if neither is known
  bool room_exists = false;           // false: this join would make it
  std::size_t participants = 0;       // that are in the room, hidden ones, agents and recorders among them
  bool already_there = false;         // one of this identity
  bool checking = false;              // asked by GET .../validate: nobody joins yet
};

struct PolicyParticipant {
  std::string_view identity;
  std::string_view sid;
  std::string_view metadata;
  bool agent = false;
  bool recorder = false;
};

// A participant announces a track, also of data (TrackKind::kData, with its name alone). `track` is what others would
// see of it; it has no sid yet.
struct PublishRequest {
  std::string_view room;
  PolicyParticipant publisher;
  const TrackInfo& track;
};

// A participant is about to get a track of another, because it asked for that or by its auto-subscription, and nothing
// else stands in the way. Of data tracks, `track` has its sid, kind and name.
struct SubscribeRequest {
  std::string_view room;
  PolicyParticipant subscriber;
  PolicyParticipant publisher;
  const TrackInfo& track;
};

enum class DataKind {
  kUser,         // of publishData() and its like, and messages on channels of the application's own
  kChat,         // of clients before text streams
  kStreamStart,  // a stream of text or bytes begins
  kStreamChunk,
  kStreamEnd,
  kRpcRequest,
  kRpcAnswer,  // or the news that it comes
  kEncrypted,  // one of these, encrypted from end to end
  kOther,      // transcriptions, DTMF, and what is new in the protocol
};

// A participant sends data to others. Packets of data tracks are not asked about: on_publish() and on_subscribe() are.
struct DataRequest {
  std::string_view room;
  PolicyParticipant sender;
  DataKind kind = DataKind::kUser;
  bool reliable = true;
  std::string_view topic;  // of kUser and kStreamStart; the method of kRpcRequest
  std::string_view id;     // of the stream, or of the call
  // Of kUser, kChat, kStreamChunk, kRpcRequest, kEncrypted, and of a kStreamStart that holds its whole stream; for all
  // others empty. As its sender sent it: a stream's or a call's may be compressed.
  std::span<const std::uint8_t> payload;
  std::span<const std::string> to_identities;  // with to_sids empty: to all others
  std::span<const std::string> to_sids;
};

struct DataVerdict {
  bool allowed = true;
  std::optional<std::vector<std::uint8_t>> payload{};  // in place of the sender's, where the request has one

  static DataVerdict allow() { return {}; }
  static DataVerdict drop() { return {.allowed = false}; }
  static DataVerdict replace(std::vector<std::uint8_t> payload) { return {.payload = std::move(payload)}; }
};

// Implemented by a host; what it does not override is allowed. It is asked after everything else has let the matter
// pass: tokens, permissions, limits. Called on the worker's thread of the room, which forwards no media meanwhile: it
// must not block. Calls for rooms of different workers overlap. It may call what is marked "any thread", but nothing
// that waits for a worker.
// An answer that is deferred holds up the one matter alone; what is not decided within EngineOptions::policy_timeout is
// denied. If meanwhile the participant leaves or the matter ends otherwise, the answer does nothing.
// The host's own participants (LocalParticipant) are asked about as others are, but for their joining.
class PolicyHook {
 public:
  virtual ~PolicyHook() = default;

  // Each new session, before the room is made; not one that is resumed, and not of moved or forwarded participants,
  // which a host asks for itself. Denied: the HTTP request is answered with 403 and the reason. Deferred: the request
  // waits, and the room keeps the place where it would be made. GET .../validate does not wait: what is not decided
  // when the call returns is good there.
  virtual void on_join(const JoinRequest&, Decision decision) { decision.allow(); }

  // Once for each track, in all its codecs; not for those that come along when a participant is moved or forwarded.
  // Denied: the client is answered with request_response, NOT_ALLOWED and the reason (Rust's before protocol 10 is not;
  // that of JavaScript does not look at it, and gives up after 10 s). Deferred: the client waits for its
  // track_published, and what it sends before goes nowhere.
  virtual void on_publish(const PublishRequest&, Decision decision) { decision.allow(); }

  // For each subscriber of each track. Denied: the client is told so by subscription_permission_update; the reason is
  // for nobody. It is asked about again when the subscription was given up and is wanted anew. Deferred: the
  // subscription waits.
  virtual void on_subscribe(const SubscribeRequest&, Decision decision) { decision.allow(); }

  // Each packet of data, in the order in which its sender sent it. Decided at once, since what is sent after it would
  // have to wait as well. Dropped: its sender is not told.
  virtual DataVerdict on_data(const DataRequest&) { return DataVerdict::allow(); }
};

}  // namespace sfu
