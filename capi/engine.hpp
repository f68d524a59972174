// SPDX-License-Identifier: Apache-2.0
// What is behind the handles of an engine and of what is in it. Each shares the engine's host, so that it is there as
// long as any of them.
#pragma once

#include <memory>

#include "capi/drain.hpp"
#include "capi/handles.hpp"
#include "capi/kinds.hpp"
#include "capi/plug_points.hpp"
#include "sfu-c/engine.h"
#include "sfu/engine.hpp"
#include "sfu/room.hpp"

namespace sfu::capi {

struct EngineHost {
  PlugPoints plugs;
  DrainSlot drain;
  std::unique_ptr<Engine> engine;  // last: it borrows the others
};

struct EngineObject {
  std::shared_ptr<Engine> engine;  // of an EngineHost, or of a server
  std::shared_ptr<DrainSlot> drain;
  bool owner = false;  // releasing it stops the engine
};

struct RoomObject {
  std::shared_ptr<Engine> engine;
  Room room;
};

template <>
struct Handle<sfu_engine> {
  using Object = EngineObject;
  static constexpr unsigned kKind = kinds::kEngine;
  static constexpr const char* kName = "sfu_engine";
};

template <>
struct Handle<sfu_room> {
  using Object = RoomObject;
  static constexpr unsigned kKind = kinds::kRoom;
  static constexpr const char* kName = "sfu_room";
};

}  // namespace sfu::capi
