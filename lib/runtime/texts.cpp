// SPDX-License-Identifier: Apache-2.0
#include "runtime/texts.hpp"

#include "base/utf8.hpp"

namespace sfu::runtime {

Result<void> check_utf8(const EngineOptions& options) {
  SFU_CHECK_OK(sfu::check_utf8("node_id", options.node_id));
  SFU_CHECK_OK(sfu::check_utf8("region", options.region));
  SFU_CHECK_OK(sfu::check_utf8("room_defaults: metadata", options.room_defaults.metadata));
  SFU_CHECK_OK(sfu::check_utf8("room_defaults: enabled_codecs", options.room_defaults.enabled_codecs));
  for (const auto& [name, preset] : options.room_presets) {
    SFU_CHECK_OK(sfu::check_utf8("the name of a room preset", name));
    SFU_CHECK_OK(check_utf8(preset));
  }
  SFU_CHECK_OK(sfu::check_utf8("turn: domain", options.turn.domain));
  SFU_CHECK_OK(sfu::check_utf8("ice_servers: stun", options.ice_servers.stun));
  for (const TurnServer& server : options.ice_servers.turn) {
    SFU_CHECK_OK(sfu::check_utf8("ice_servers: host", server.host));
    SFU_CHECK_OK(sfu::check_utf8("ice_servers: username", server.username));
    SFU_CHECK_OK(sfu::check_utf8("ice_servers: credential", server.credential));
  }
  return {};
}

Result<void> check_utf8(const RoomConfiguration& configuration) {
  SFU_CHECK_OK(sfu::check_utf8("metadata", configuration.metadata));
  SFU_CHECK_OK(sfu::check_utf8("agents", configuration.agents));
  SFU_CHECK_OK(sfu::check_utf8("egress", configuration.egress));
  return sfu::check_utf8("tags", configuration.tags);
}

}  // namespace sfu::runtime
