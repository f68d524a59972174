// SPDX-License-Identifier: Apache-2.0
// Where a room's operations put what they produce: datagrams, messages to clients, and news for the host. The caller
// owns the vectors, drains them after each call or each turn, and reuses them.
#pragma once

#include <memory>
#include <vector>

#include "base/send_batch.hpp"
#include "livekit_models.pb.h"
#include "livekit_rtc.pb.h"
#include "room/ids.hpp"
#include "sfu/rpc.hpp"

namespace sfu::room {

// A message for a signalling connection. Order within the vector is the order on the wire.
struct SignalOut {
  ConnectionId connection = 0;
  livekit::SignalResponse message;  // message_case() may be unset: then only `close` matters
  bool close = false;               // close the connection once all that was queued is written
  // In place of `message`, where many are told the same.
  std::shared_ptr<const livekit::SignalResponse> shared{};
  // In place of `message`: what its token is made of is now so, and a new token is sent in this place.
  std::shared_ptr<const livekit::ParticipantInfo> renewed{};

  const livekit::SignalResponse& content() const { return shared ? *shared : message; }
};

// What happened, with copies of the infos as they were then: for the host's EventSink, and webhooks.
struct Event {
  enum class Type {
    kRoomStarted,
    kRoomFinished,
    kParticipantJoined,             // became ACTIVE
    kParticipantLeft,               // participant.disconnect_reason says why
    kParticipantConnectionAborted,  // left without ever becoming ACTIVE
    kParticipantUpdated,            // metadata, name, attributes or permission changed
    kTrackPublished,
    kTrackUnpublished,
    kTrackSubscribed,  // `participant` subscribes to `track` of `publisher_sid`
    kTrackUnsubscribed,
  };

  Type type = Type::kRoomStarted;
  ParticipantId id;             // of `participant`; may be gone by now
  ConnectionId connection = 0;  // its signalling connection, if it has one
  livekit::Room room;
  livekit::ParticipantInfo participant;  // empty for the room's own events
  livekit::TrackInfo track;              // empty unless a track's event
  std::string publisher_sid;
};

using RpcCallId = std::uint64_t;  // the caller's number

// How a call of the host's to a participant ended.
struct RpcEnded {
  RpcCallId id = 0;
  RpcResult result;
};

struct Output {
  SendBatch& datagrams;
  std::vector<SignalOut>& signals;
  std::vector<Event>& events;
  bool reading = false;  // more datagrams follow in this turn; Room::end_reading() tells of the last
};

}  // namespace sfu::room
