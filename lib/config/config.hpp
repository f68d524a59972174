// SPDX-License-Identifier: Apache-2.0
// LiveKit's YAML configuration as checked settings. A key that nobody knows, a wrong type or a value out of range is
// refused with the key's full name, the file and the line; a key of a part that is not built yet is accepted with a
// warning. What is not in the file has LiveKit's default (control-plane spec 5.2). Command lines and environment
// variables are the host's. yaml-cpp is seen by yaml.cpp only, and its exceptions stop there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sfu/address.hpp"
#include "sfu/ice_servers.hpp"
#include "sfu/logger.hpp"
#include "sfu/room_options.hpp"
#include "sfu/time.hpp"
#include "sfu/webhooks.hpp"

namespace sfu::config {

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  friend bool operator==(const PortRange&, const PortRange&) = default;
};

using Keys = std::map<std::string, std::string, std::less<>>;  // API key to secret

struct EnabledCodec {
  std::string mime;
  std::string fmtp_line;
};

struct RoomSettings {
  bool auto_create = true;
  Duration empty_timeout = std::chrono::seconds(300);
  Duration departure_timeout = std::chrono::seconds(20);
  std::uint32_t max_participants = 0;        // 0: no limit
  std::vector<EnabledCodec> enabled_codecs;  // empty: all
  bool sync_streams = false;
  PlayoutDelay playout_delay;
  RoomPresets configurations;
  bool data_tracks = true;                       // enable_data_tracks
  bool data_blobs = false;                       // enable_participant_data_blob
  std::uint32_t codec_regression_threshold = 5;  // video.codec_regression_threshold; 0: always
  bool reconnect_on_publication_error = false;   // rtc.reconnect_on_publication_error
};

// In bytes where nothing else is said; 0: no limit.
struct LimitSettings {
  std::uint32_t max_metadata_size = 524288;
  std::uint32_t max_attributes_size = 65536;
  std::uint32_t max_room_name_length = 256;
  std::uint32_t max_participant_identity_length = 256;
  std::uint32_t max_participant_name_length = 256;
  std::uint32_t signal_message_size_limit = 2 * 1024 * 1024;
  std::uint32_t max_api_request_body_size = 10 * 1024 * 1024;
  std::uint32_t max_data_blob_key_length = 256;
  std::uint32_t max_data_blobs_size = 64'000;  // of one participant
  std::uint32_t max_data_track_custom_encoding_length = 32;
  std::uint32_t subscription_limit_video = 0;  // tracks, of one participant
  std::uint32_t subscription_limit_audio = 0;
};

// Who counts as an active speaker (media spec 2.5).
struct AudioSettings {
  std::uint8_t active_level = 35;  // -dBov
  std::uint8_t min_percentile = 40;
  Duration update_interval = std::chrono::milliseconds(400);
  std::uint32_t smooth_intervals = 2;
};

struct Settings {
  std::uint16_t port = 7880;              // HTTP and WebSocket
  std::vector<IpAddress> bind_addresses;  // empty: all interfaces
  std::optional<PortRange> udp_ports;     // rtc.udp_port, or rtc.port_range_start to _end, which win over it
  std::vector<IpAddress> node_ips;        // at most one IPv4 and one IPv6
  std::string region;
  unsigned workers = 0;  // 0: one a core

  Keys keys;
  std::string key_file;  // read with load_key_file()

  RoomSettings room;
  IceServers ice_servers;                                // rtc.turn_servers, rtc.stun_servers
  std::map<std::size_t, std::string> turn_secret_files;  // by index of ice_servers.turn; read with load_key_file()
  LimitSettings limits;
  AudioSettings audio;
  WebhookOptions webhooks;

  std::optional<LogLevel> log_level;  // unset: info
  bool log_json = false;

  bool development = false;
  std::optional<bool> meet;    // meet.enabled; unset: in development only
  std::string meet_directory;  // meet.directory

  std::vector<std::string> warnings;  // for the operator to read, with file and line
};

// `file_name` is for messages only. `development` is LiveKit's --dev, as is the key of that name in the file: unless
// the file says otherwise the UDP port is 7882, the log level debug, the key `devkey` with the secret `secret`, and
// then the addresses are the loopback ones. Errors: kInvalidArgument.
Result<Settings> parse(std::string_view yaml, std::string_view file_name, bool development = false);

// A map of API keys to secrets, as in a key file or LiveKit's --keys.
Result<Keys> parse_keys(std::string_view yaml, std::string_view file_name);

// Replaces settings.keys by what settings.key_file holds; does nothing if that is empty. A file that users other than
// its owner and group can access is refused. Errors: kNotFound, kPermissionDenied, kInvalidArgument.
Result<void> load_key_file(Settings& settings);
// The same for the secrets of TURN servers that are in files of their own (settings.turn_secret_files).
Result<void> load_turn_secrets(Settings& settings);

}  // namespace sfu::config
