// SPDX-License-Identifier: Apache-2.0
// What is behind the handles of participants and tracks.
#pragma once

#include "capi/handles.hpp"
#include "capi/kinds.hpp"
#include "sfu-c/room.h"
#include "sfu/engine.hpp"
#include "sfu/room.hpp"

namespace sfu::capi {

struct ParticipantObject {
  std::shared_ptr<Engine> engine;
  Participant participant;
};

struct TrackObject {
  std::shared_ptr<Engine> engine;
  Track track;
};

template <>
struct Handle<sfu_participant> {
  using Object = ParticipantObject;
  static constexpr unsigned kKind = kinds::kParticipant;
  static constexpr const char* kName = "sfu_participant";
};

template <>
struct Handle<sfu_track> {
  using Object = TrackObject;
  static constexpr unsigned kKind = kinds::kTrack;
  static constexpr const char* kName = "sfu_track";
};

}  // namespace sfu::capi
