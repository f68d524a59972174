// SPDX-License-Identifier: Apache-2.0
// What the host does with rooms by name: it may make them, and operations may concern two of them.
#include <algorithm>
#include <iterator>
#include <utility>

#include "base/utf8.hpp"
#include "runtime/engine_impl.hpp"
#include "runtime/infos.hpp"
#include "runtime/texts.hpp"
#include "sfu/engine.hpp"
#include "signal/room_settings.hpp"

namespace sfu {
namespace {

Result<void> check_room_name(const std::string& name, const TextLimits& limits) {
  SFU_CHECK_OK(check_utf8("a room's name", name));
  if (limits.room_name == 0 || name.size() <= limits.room_name) return {};
  return fail(Errc::kInvalidArgument, "a room's name has at most " + std::to_string(limits.room_name) + " bytes");
}

}  // namespace

// Whoever entered the room's name into the placement is there now, or was turned away.
void Engine::Impl::arrived(unsigned index, const std::string& room) {
  workers_[index]->post(
      [this, room](Instant, runtime::Shard& shard) { placement_->settled(room, shard.find_room(room) != nullptr); });
}

Result<RoomInfo> Engine::Impl::create_room(const std::string& name, RoomConfiguration configuration,
                                           const std::string& preset) {
  SFU_CHECK_OK(check_room_name(name, options_.room_defaults.limits));
  SFU_CHECK_OK(runtime::check_utf8(configuration));
  if (is_full()) return fail(Errc::kLimitExceeded, "reached configured limit for node");
  if (!preset.empty()) {
    const auto found = options_.room_presets.find(preset);
    if (found == options_.room_presets.end()) return fail(Errc::kNotFound, "no room preset " + preset);
    signal::fill_from_preset(configuration, found->second);
  }
  const unsigned index = placement_->enter(name);
  auto info = call(index, [name, configuration](Instant now, runtime::Shard& shard) -> Result<RoomInfo> {
    return shard.create_room(now, name, configuration);
  });
  arrived(index, name);
  return info;
}

Result<void> Engine::Impl::with_both(const std::string& from, const std::string& to, RoomOperation operation) {
  if (to.empty()) return fail(Errc::kInvalidArgument, "a room to go to needs a name");
  SFU_CHECK_OK(check_room_name(to, options_.room_defaults.limits));
  const auto here = placement_->find(from);
  if (!here) return fail(Errc::kNotFound, "no room " + from);
  const unsigned there = placement_->enter(to, here);
  auto result = call(*here, [=, operation = std::move(operation)](Instant now, runtime::Shard& shard) -> Result<void> {
    room::Room* room = shard.find_room(from);
    if (room == nullptr) return fail(Errc::kNotFound, "no room " + from);
    return operation(now, shard, *room, there == *here);
  });
  arrived(there, to);
  return result;
}

// A worker forwards nothing while it tells of its rooms: so it tells of some, and goes on where it was.
std::vector<RoomInfo> Engine::rooms(const std::vector<std::string>& names) const {
  constexpr std::size_t kAtOnce = 100;
  std::vector<RoomInfo> all;
  for (unsigned index = 0; index < impl_->worker_count(); ++index) {
    std::optional<std::string> last;
    std::size_t told = kAtOnce;
    while (told == kAtOnce) {
      auto some = impl_->call(index, [&](Instant, runtime::Shard& shard) -> Result<std::vector<RoomInfo>> {
        std::vector<RoomInfo> infos;
        for (const room::Room* room : shard.rooms(names, last, kAtOnce)) {
          infos.push_back(runtime::to_info(room->info(), room->options()));
        }
        return infos;
      });
      told = some ? some->size() : 0;
      if (told == 0) break;
      last = some->back().name;
      std::ranges::move(*some, std::back_inserter(all));
    }
  }
  return all;
}

Result<RoomInfo> Engine::create_room(const std::string& name, const RoomConfiguration& configuration,
                                     const std::string& preset) {
  return impl_->create_room(name, configuration, preset);
}

}  // namespace sfu
