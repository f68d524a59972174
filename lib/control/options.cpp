// SPDX-License-Identifier: Apache-2.0
// Settings of a configuration file as options of the server.
#include <utility>

#include "base/result.hpp"
#include "config/config.hpp"
#include "sfu/server.hpp"

namespace sfu {
namespace {

void apply(const config::Settings& settings, ServerOptions& options) {
  options.bind_addresses = settings.bind_addresses;
  options.port = settings.port;
  options.keys = {settings.keys.begin(), settings.keys.end()};
  options.development = settings.development;
  if (settings.meet.value_or(settings.development)) options.meet_directory = settings.meet_directory;
  options.log_level = settings.log_level.value_or(LogLevel::kInfo);
  options.log_json = settings.log_json;

  EngineOptions& engine = options.engine;
  engine.bind_addresses = settings.bind_addresses;
  if (settings.udp_ports) {
    engine.udp_port_first = settings.udp_ports->first;
    engine.udp_port_last = settings.udp_ports->last;
  }
  if (!settings.node_ips.empty()) engine.node_ip = settings.node_ips.front();
  engine.workers = settings.workers;
  engine.region = settings.region;
  engine.room_defaults.auto_create = settings.room.auto_create;
  engine.room_defaults.empty_timeout = settings.room.empty_timeout;
  engine.room_defaults.departure_timeout = settings.room.departure_timeout;
  engine.room_defaults.max_participants = settings.room.max_participants;
  engine.room_defaults.sync_streams = settings.room.sync_streams;
  engine.room_defaults.playout_delay = settings.room.playout_delay;
  engine.room_presets = settings.room.configurations;
  engine.ice_servers = settings.ice_servers;
  options.webhooks = settings.webhooks;
  engine.room_defaults.data_tracks = settings.room.data_tracks;
  engine.room_defaults.participant_data_blobs = settings.room.data_blobs;
  engine.room_defaults.subscription_limit_video = settings.limits.subscription_limit_video;
  engine.room_defaults.subscription_limit_audio = settings.limits.subscription_limit_audio;
  engine.room_defaults.codec_regression_threshold = settings.room.codec_regression_threshold;
  engine.room_defaults.reconnect_on_publication_error = settings.room.reconnect_on_publication_error;
  engine.room_defaults.max_data_blob_key_length = settings.limits.max_data_blob_key_length;
  engine.room_defaults.max_data_blobs_size = settings.limits.max_data_blobs_size;
  engine.room_defaults.max_data_track_custom_encoding_length = settings.limits.max_data_track_custom_encoding_length;
  for (const config::EnabledCodec& codec : settings.room.enabled_codecs) {
    engine.room_defaults.enabled_codecs.push_back(codec.mime);
  }
}

}  // namespace

Result<LoadedOptions> load_options(std::string_view yaml, const std::string& file_name, bool development) {
  SFU_TRY(config::Settings settings, config::parse(yaml, file_name, development));
  SFU_CHECK_OK(config::load_key_file(settings));
  SFU_CHECK_OK(config::load_turn_secrets(settings));
  LoadedOptions loaded;
  apply(settings, loaded.options);
  loaded.warnings = std::move(settings.warnings);
  return loaded;
}

}  // namespace sfu
