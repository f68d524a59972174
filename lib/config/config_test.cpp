// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "config/schema.hpp"
#include "config/testing.hpp"

namespace sfu::config {
namespace {

using namespace testing;
using namespace std::chrono_literals;

TEST_CASE("an empty file has LiveKit's defaults") {
  for (const char* yaml : {"", "# nothing\n", "rtc:\n", "{}"}) {
    const Settings settings = parsed(yaml);
    CHECK(settings.port == 7880);
    CHECK(settings.bind_addresses.empty());
    CHECK_FALSE(settings.udp_ports);
    CHECK(settings.room.auto_create);
    CHECK(settings.room.empty_timeout == 300s);
    CHECK(settings.room.data_tracks);
    CHECK_FALSE(settings.room.data_blobs);
    CHECK(settings.room.codec_regression_threshold == 5);
    CHECK_FALSE(settings.room.reconnect_on_publication_error);
    CHECK(settings.limits.max_data_blob_key_length == 256);
    CHECK(settings.limits.max_data_blobs_size == 64000);
    CHECK(settings.limits.max_data_track_custom_encoding_length == 32);
    CHECK(settings.limits.subscription_limit_video == 0);
    CHECK(settings.limits.subscription_limit_audio == 0);
    CHECK(settings.room.departure_timeout == 20s);
    CHECK(settings.limits.max_metadata_size == 524288);
    CHECK(settings.audio.active_level == 35);
    CHECK(settings.audio.update_interval == 400ms);
    CHECK_FALSE(settings.log_level);
    CHECK_FALSE(settings.development);
    CHECK(settings.keys.empty());
    CHECK(settings.warnings.empty());
  }
}

TEST_CASE("every key that has an effect is read") {
  const Settings settings = parsed(R"(
port: 8880
bind_addresses: [127.0.0.1, "::1"]
region: us-west-2
workers: 3
key_file: /etc/keys.yaml
meet:
  enabled: false
  directory: /srv/meet
rtc:
  udp_port: 7882-7892
  node_ip: 192.0.2.1,2001:db8::1
  use_external_ip: false
  use_ice_lite: true
  reconnect_on_publication_error: true
video: {codec_regression_threshold: 0}
keys:
  key1: 0123456789abcdef0123456789abcdef
  "123": 0123456789abcdef0123456789abcdefg
room:
  auto_create: no
  empty_timeout: 60
  departure_timeout: 5
  max_participants: 100
  enabled_codecs:
    - mime: audio/opus
    - mime: video/H264
      fmtp_line: profile-level-id=42e01f
enable_data_tracks: false
enable_participant_data_blob: true
limit:
  max_metadata_size: 0
  max_participant_name_length: 64
  subscription_limit_video: 9
  subscription_limit_audio: 25
  max_data_blob_key_length: 64
  max_data_blobs_size: 0
  max_data_track_custom_encoding_length: 16
audio:
  active_level: 30
  min_percentile: 50
  update_interval: 500
  smooth_intervals: 4
logging:
  level: warn
  json: true
)");
  CHECK(settings.port == 8880);
  REQUIRE(settings.bind_addresses.size() == 2);
  CHECK(settings.bind_addresses[1].to_string() == "::1");
  CHECK(settings.region == "us-west-2");
  CHECK(settings.workers == 3);
  CHECK(settings.key_file == "/etc/keys.yaml");
  CHECK(settings.meet == false);
  CHECK(settings.meet_directory == "/srv/meet");
  CHECK(settings.udp_ports == PortRange{7882, 7892});
  REQUIRE(settings.node_ips.size() == 2);
  CHECK(settings.node_ips[0].is_v4());
  CHECK(settings.keys.size() == 2);
  CHECK(settings.keys.at("123") == "0123456789abcdef0123456789abcdefg");
  CHECK_FALSE(settings.room.auto_create);
  CHECK(settings.room.empty_timeout == 60s);
  CHECK(settings.room.departure_timeout == 5s);
  CHECK(settings.room.max_participants == 100);
  CHECK_FALSE(settings.room.data_tracks);
  CHECK(settings.room.data_blobs);
  REQUIRE(settings.room.enabled_codecs.size() == 2);
  CHECK(settings.room.enabled_codecs[1].fmtp_line == "profile-level-id=42e01f");
  CHECK(settings.limits.max_metadata_size == 0);
  CHECK(settings.limits.max_participant_name_length == 64);
  CHECK(settings.limits.max_room_name_length == 256);
  CHECK(settings.limits.subscription_limit_video == 9);
  CHECK(settings.limits.subscription_limit_audio == 25);
  CHECK(settings.limits.max_data_blob_key_length == 64);
  CHECK(settings.limits.max_data_blobs_size == 0);
  CHECK(settings.limits.max_data_track_custom_encoding_length == 16);
  CHECK(settings.room.codec_regression_threshold == 0);
  CHECK(settings.room.reconnect_on_publication_error);
  CHECK(settings.audio.active_level == 30);
  CHECK(settings.audio.min_percentile == 50);
  CHECK(settings.audio.update_interval == 500ms);
  CHECK(settings.audio.smooth_intervals == 4);
  CHECK(settings.log_level == LogLevel::kWarn);
  CHECK(settings.log_json);
  CHECK(settings.warnings.empty());
}

TEST_CASE("an unknown key is refused with its full name and line, and what it may have meant") {
  CHECK(refused("port: 1\nrtc:\n  udp_prot: 7882\n") ==
        "config.yaml:3: unknown key rtc.udp_prot; did you mean rtc.udp_port?");
  CHECK(refused("rct:\n  udp_port: 7882\n") == "config.yaml:1: unknown key rct; did you mean rtc?");
  CHECK(refused("\n\nauto_create: true") == "config.yaml:3: unknown key auto_create; did you mean room.auto_create?");
  CHECK(refused("xylophone_of_doom: 1") == "config.yaml:1: unknown key xylophone_of_doom");
  CHECK(refused("room:\n  enabled_codecs:\n    - mime: video/VP8\n      fmt: x\n") ==
        "config.yaml:4: room.enabled_codecs[0].fmt is unknown; a codec has mime and fmtp_line");
}

TEST_CASE("a wrong type or value is refused with the key's full name and line") {
  CHECK(refused("port: http") == "config.yaml:1: port must be a number from 0 to 65535, not http");
  CHECK(refused("port: 65536") == "config.yaml:1: port must be a number from 0 to 65535, not 65536");
  CHECK(refused("port: -1") == "config.yaml:1: port must be a number from 0 to 65535, not -1");
  CHECK(refused("port: '7880'") == "config.yaml:1: port must be a number from 0 to 65535");
  CHECK(refused("port: [1]") == "config.yaml:1: port must be a number from 0 to 65535");
  CHECK(refused("room:\n  auto_create: 1") == "config.yaml:2: room.auto_create must be true or false");
  CHECK(refused("room:\n  auto_create: 'true'") == "config.yaml:2: room.auto_create must be true or false");
  CHECK(refused("room: 5") == "config.yaml:1: room must be a map of keys and values");
  CHECK(refused("- port") == "config.yaml:1: the configuration must be a map of keys and values");
  CHECK(refused("bind_addresses: 127.0.0.1") == "config.yaml:1: bind_addresses must be a list");
  CHECK(refused("bind_addresses:\n- 127.0.0.1\n- here") ==
        "config.yaml:3: bind_addresses[1] must be an IP address, not here");
  CHECK(refused("region: [a]") == "config.yaml:1: region must be text");
  CHECK(refused("keys:\n  a: ''\n") == "config.yaml:2: keys.a must have a secret");
  CHECK(refused("keys: [a]") == "config.yaml:1: keys must be a map of keys and values");
  CHECK(refused("logging:\n  level: loud") ==
        "config.yaml:2: logging.level must be debug, info, warn or error, not loud");
  CHECK(refused("room:\n  enabled_codecs: [{mime: VP8}]") ==
        "config.yaml:2: room.enabled_codecs[0] must have a mime such as video/VP8");
  CHECK(refused("audio:\n  active_level: 128") ==
        "config.yaml:2: audio.active_level must be a number from 0 to 127, not 128");
  CHECK(refused("port: 1\nport: 2") == "config.yaml:2: port is there twice");
}

TEST_CASE("text that is not YAML is refused with the line where it stops making sense") {
  CHECK(refused("port: 7880\nrtc: [1, 2").starts_with("config.yaml:"));
  CHECK(refused("port: 7880\n  rtc:\n bad").starts_with("config.yaml:2: "));
  CHECK(refused("? [a]\n: 1") == "config.yaml:1: a key must be text");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "[";
  for (int i = 0; i < 100; ++i) deep += "]";
  CHECK(refused("redis: " + deep) == "config.yaml:1: nested too deep");
  CHECK(refused("redis: &a [*a]") == "config.yaml:1: nested too deep");
}

TEST_CASE("a UDP port is one, or a range") {
  CHECK(parsed("rtc: {udp_port: 7882}").udp_ports == PortRange{7882, 7882});
  CHECK(parsed("rtc: {udp_port: '7882'}").udp_ports == PortRange{7882, 7882});
  for (const char* bad : {"0", "65536", "7882-", "-5", "a-b", "7882-7890x", "7882 - 7890"}) {
    CHECK(refused("rtc:\n  udp_port: " + std::string(bad)) ==
          "config.yaml:2: rtc.udp_port must be a port, or a range such as 7882-7892, not " + std::string(bad));
  }
  CHECK(refused("rtc:\n  udp_port: 9-8") == "config.yaml:2: rtc.udp_port must not end before it begins, but is 9-8");
}

TEST_CASE("port_range_start and port_range_end are a range too, and win") {
  CHECK(parsed("rtc: {port_range_start: 100, port_range_end: 200}").udp_ports == PortRange{100, 200});
  CHECK(parsed("rtc: {port_range_start: 55000}").udp_ports == PortRange{55000, 60000});
  const Settings both = parsed("rtc: {port_range_start: 100, port_range_end: 200, udp_port: 7882}");
  CHECK(both.udp_ports == PortRange{100, 200});
  CHECK(both.warnings.size() == 1);
  CHECK(refused("rtc: {port_range_start: 300, port_range_end: 200}") ==
        "config.yaml: rtc.port_range_end must not be below rtc.port_range_start");
}

TEST_CASE("node_ip is one address of each family at most") {
  CHECK(parsed("rtc: {node_ip: 192.0.2.1}").node_ips.size() == 1);
  CHECK(parsed("rtc: {node_ip: ''}").node_ips.empty());
  CHECK(refused("rtc: {node_ip: '192.0.2.1,192.0.2.2'}") ==
        "config.yaml:1: rtc.node_ip has two addresses of one family: 192.0.2.1,192.0.2.2");
  CHECK(refused("rtc: {node_ip: example.org}").starts_with("config.yaml:1: rtc.node_ip must be an IP address"));
}

TEST_CASE("finding the external address is refused, since it is not built") {
  CHECK(refused("rtc:\n  use_external_ip: true") ==
        "config.yaml:2: rtc.use_external_ip is not built yet: set it to false, and rtc.node_ip to the address clients "
        "reach");
  CHECK(parsed("rtc: {use_external_ip: false}").warnings.empty());
}

TEST_CASE("keys of parts that are not built are accepted with a warning that names them") {
  const Settings settings = parsed(R"(
redis:
  address: localhost:6379
  anything: {below: it}
rtc:
  tcp_port: 7881
  use_ice_lite: false
turn: {enabled: true}
ingress:
  rtmp_base_url: rtmp://localhost
)");
  const std::vector<std::string> expected = {
      "config.yaml:2: redis is not built yet and has no effect",
      "config.yaml:6: rtc.tcp_port is not built yet and has no effect",
      "config.yaml:7: rtc.use_ice_lite has no effect: ICE is always lite here",
      "config.yaml:8: turn.enabled has no effect: this comes later; rtc.turn_servers names others",
      "config.yaml:9: ingress is not built yet and has no effect",
  };
  CHECK(settings.warnings == expected);
}

TEST_CASE("deprecated keys still work, and say so") {
  const Settings settings = parsed("log_level: error\nroom: {max_metadata_size: 99, max_room_name_length: 0}");
  CHECK(settings.log_level == LogLevel::kError);
  CHECK(settings.limits.max_metadata_size == 99);
  CHECK(settings.limits.max_room_name_length == 256);
  CHECK(settings.warnings.size() == 3);
}

TEST_CASE("short secrets are warned of, by the key's name and not the secret") {
  const Settings settings = parsed("keys: {api: hunter2}");
  REQUIRE(settings.warnings.size() == 1);
  CHECK(settings.warnings[0].find("key api") != std::string::npos);
  CHECK(settings.warnings[0].find("hunter2") == std::string::npos);
  CHECK(parsed("keys: {api: hunter2}", /*development=*/true).warnings.empty());
}

TEST_CASE("development mode brings its key, its port and the loopback addresses") {
  for (const Settings& settings : {parsed("", true), parsed("development: true")}) {
    CHECK(settings.development);
    CHECK(settings.keys == Keys{{"devkey", "secret"}});
    CHECK(settings.udp_ports == PortRange{7882, 7882});
    CHECK(settings.log_level == LogLevel::kDebug);
    REQUIRE(settings.bind_addresses.size() == 2);
    CHECK(settings.bind_addresses[0].to_string() == "127.0.0.1");
    CHECK(settings.bind_addresses[1].to_string() == "::1");
    CHECK(settings.warnings.empty());
  }
}

TEST_CASE("development mode leaves alone what the file says") {
  const Settings bound = parsed("bind_addresses: [192.0.2.1]\nrtc: {udp_port: 9000}\nlogging: {level: info}", true);
  CHECK(bound.bind_addresses.size() == 1);
  CHECK(bound.udp_ports == PortRange{9000, 9000});
  CHECK(bound.log_level == LogLevel::kInfo);
  CHECK(bound.keys.contains("devkey"));
  // With keys of the operator's own there is no reason to close the doors.
  const Settings keyed = parsed("keys: {api: secret}", true);
  CHECK_FALSE(keyed.keys.contains("devkey"));
  CHECK(keyed.bind_addresses.empty());
}

TEST_CASE("a key file holds a map of keys, and others must not reach it") {
  char folder[] = "/tmp/sfu_config_XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  Settings settings;
  CHECK(load_key_file(settings));
  settings.key_file = std::string(folder) + "/keys.yaml";
  CHECK(load_key_file(settings).error().code == Errc::kNotFound);

  std::ofstream(settings.key_file) << "api: 0123456789abcdef0123456789abcdef\nother: short\n";
  REQUIRE(::chmod(settings.key_file.c_str(), 0644) == 0);
  CHECK(load_key_file(settings).error().code == Errc::kPermissionDenied);
  REQUIRE(::chmod(settings.key_file.c_str(), 0640) == 0);
  settings.keys = {{"replaced", "x"}};
  REQUIRE(load_key_file(settings));
  CHECK(settings.keys.size() == 2);
  CHECK(settings.keys.at("api") == "0123456789abcdef0123456789abcdef");
  CHECK(settings.warnings.size() == 1);

  std::ofstream(settings.key_file) << "[not a map]";
  CHECK(load_key_file(settings).error().message ==
        settings.key_file + ":1: the configuration must be a map of keys and values");
  std::remove(settings.key_file.c_str());
  ::rmdir(folder);
}

TEST_CASE("every known key is reachable, and named once") {
  for (const KnownKey& known : known_keys()) {
    CAPTURE(known.name);
    CHECK(find_key(known.name) == &known);
    CHECK_FALSE(is_section(known.name));
    CHECK(similar_key(known.name) == known.name);
  }
}

}  // namespace
}  // namespace sfu::config
