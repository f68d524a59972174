// SPDX-License-Identifier: Apache-2.0
#include "runtime/infos.hpp"

#include <memory>
#include <utility>

namespace sfu::runtime {
namespace {

std::optional<EventKind> to_kind(room::Event::Type type) {
  using Type = room::Event::Type;
  switch (type) {
    case Type::kRoomStarted: return EventKind::kRoomStarted;
    case Type::kRoomFinished: return EventKind::kRoomFinished;
    case Type::kParticipantJoined: return EventKind::kParticipantJoined;
    case Type::kParticipantLeft: return EventKind::kParticipantLeft;
    case Type::kParticipantConnectionAborted: return EventKind::kParticipantConnectionAborted;
    case Type::kTrackPublished: return EventKind::kTrackPublished;
    case Type::kTrackUnpublished: return EventKind::kTrackUnpublished;
    default: return std::nullopt;
  }
}

}  // namespace

RoomInfo to_info(const livekit::Room& room, const room::RoomOptions& options) {
  RoomInfo info = wire::to_info(room);
  info.sync_streams = options.sync_streams;
  info.playout_delay = options.playout_delay;
  info.agents = options.agents;
  info.egress = options.egress;
  info.tags = options.tags;
  return info;
}

std::optional<Event> to_event(room::Event event, const room::RoomOptions& options, WallTime at) {
  const auto kind = to_kind(event.type);
  if (!kind) return std::nullopt;
  Event news{.kind = *kind,
             .id = {},
             .room = to_info(event.room, options),
             .participant = wire::to_info(event.participant),
             .track = wire::to_info(event.track),
             .at = at,
             .details = nullptr};
  news.details = std::make_shared<const room::Event>(std::move(event));
  return news;
}

}  // namespace sfu::runtime
