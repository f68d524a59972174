// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "config/schema.hpp"
#include "config/testing.hpp"
#include "temporary_folder.hpp"

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
    CHECK(settings.room.departure_timeout == 20s);
    CHECK(settings.room.data_tracks);
    CHECK_FALSE(settings.room.remote_unmute);
    CHECK(settings.room.limits.metadata == 524288);
    CHECK(settings.room.speakers.interval == 400ms);
    CHECK(settings.node_limits.tracks == 0);
    CHECK(settings.signal_message_size_limit == 2 << 20);
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
worker_cpus: [0, 2]
lend_above: 0.75
key_file: /etc/keys.yaml
meet:
  enabled: false
  directory: /srv/meet
console:
  directory: /srv/console
rtc:
  udp_port: 7882-7892
  node_ip: 192.0.2.1,2001:db8::1
  use_external_ip: false
  use_ice_lite: true
  enable_loopback_candidate: true
  interfaces: {includes: [eth0, eth1], excludes: [docker0]}
  ips: {includes: [10.0.0.0/8], excludes: ["fd00::/8"]}
keys:
  key1: 0123456789abcdef0123456789abcdef
  "123": 0123456789abcdef0123456789abcdefg
limit:
  num_tracks: 400
  bytes_per_sec: 1_000_000
  signal_message_size_limit: 1000
  max_api_request_body_size: 0
logging:
  level: warn
  json: true
prometheus: {port: 6789, username: me, password: mine}
node_stats: {stats_update_interval: 1s}
)");
  CHECK(settings.port == 8880);
  REQUIRE(settings.bind_addresses.size() == 2);
  CHECK(settings.bind_addresses[1].to_string() == "::1");
  CHECK(settings.region == "us-west-2");
  CHECK(settings.workers == 3);
  CHECK(settings.worker_cpus == std::vector<int>{0, 2});
  CHECK(settings.lend_above == 0.75);
  CHECK(settings.key_file == "/etc/keys.yaml");
  CHECK(settings.meet == false);
  CHECK(settings.meet_directory == "/srv/meet");
  CHECK(settings.console_directory == "/srv/console");
  CHECK(settings.udp_ports == PortRange{7882, 7892});
  CHECK(settings.interfaces.loopback);
  CHECK(settings.interfaces.included_interfaces == std::vector<std::string>{"eth0", "eth1"});
  CHECK(settings.interfaces.excluded_interfaces == std::vector<std::string>{"docker0"});
  CHECK(settings.interfaces.included_addresses == std::vector{*IpNetwork::parse("10.0.0.0/8")});
  CHECK(settings.interfaces.excluded_addresses == std::vector{*IpNetwork::parse("fd00::/8")});
  REQUIRE(settings.node_ips.size() == 2);
  CHECK(settings.node_ips[0].is_v4());
  CHECK(settings.keys.size() == 2);
  CHECK(settings.keys.at("123") == "0123456789abcdef0123456789abcdefg");
  CHECK(settings.node_limits.tracks == 400);
  CHECK(settings.node_limits.bytes_per_second == 1'000'000);
  CHECK(settings.signal_message_size_limit == 1000);
  CHECK(settings.max_api_request_body_size == 0);
  CHECK(settings.log_level == LogLevel::kWarn);
  CHECK(settings.log_json);
  CHECK(settings.prometheus_port == 6789);
  CHECK(settings.prometheus_username == "me");
  CHECK(settings.prometheus_password == "mine");
  CHECK(settings.statistics_interval == 1s);
  CHECK(settings.warnings.empty());
}

TEST_CASE("every key of rooms is read") {
  const Settings settings = parsed(R"(
rtc:
  reconnect_on_publication_error: true
  packet_buffer_size_video: 800
  packet_buffer_size_audio: 300
  equal_packet_sizes: true
  datachannel_slow_threshold: 64000
  datachannel_lossy_target_latency: 0s
  datachannel_data_track_target_latency: 50ms
  pli_throttle: {low_quality: 100ms, mid_quality: 1.5s, high_quality: 2s}
  congestion_control: {enabled: false, allow_pause: true, use_send_side_bwe: false}
video: {codec_regression_threshold: 0, dynacast_pause_delay: 1m}
room:
  auto_create: no
  empty_timeout: 60
  departure_timeout: 5
  max_participants: 100
  enable_remote_unmute: true
  duplicate_identity: refuse
  update_batch_target_size: 1000
  enabled_codecs:
    - mime: audio/opus
    - mime: video/H264
      fmtp_line: profile-level-id=42e01f
enable_data_tracks: false
enable_participant_data_blob: true
limit:
  max_metadata_size: 0
  max_attributes_size: 1
  max_room_name_length: 2
  max_participant_identity_length: 3
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
  active_red_encoding: true
  enable_loss_proxying: true
)");
  CHECK(settings.warnings.empty());
  const RoomOptions& room = settings.room;
  CHECK_FALSE(room.auto_create);
  CHECK(room.empty_timeout == 60s);
  CHECK(room.departure_timeout == 5s);
  CHECK(room.max_participants == 100);
  CHECK(room.enabled_codecs == std::vector<std::string>{"audio/opus", "video/H264"});
  CHECK(room.remote_unmute);
  CHECK(room.duplicate_identity == DuplicateIdentity::kRefuse);
  CHECK(room.update_batch_target_size == 1000);
  CHECK_FALSE(room.data_tracks);
  CHECK(room.participant_data_blobs);
  CHECK(room.codec_regression_threshold == 0);
  CHECK(room.dynacast_pause_delay == 60s);
  CHECK(room.reconnect_on_publication_error);
  CHECK(room.packet_buffers.video == 800);
  CHECK(room.packet_buffers.audio == 300);
  CHECK(room.data_channels.slow_threshold_bps == 64000);
  CHECK(room.data_channels.lossy_latency == 0ms);
  CHECK(room.data_channels.data_track_latency == 50ms);
  CHECK(room.equal_packet_sizes);
  CHECK(room.keyframe_throttle.low == 100ms);
  CHECK(room.keyframe_throttle.mid == 1500ms);
  CHECK(room.keyframe_throttle.high == 2s);
  CHECK_FALSE(room.congestion_control);
  CHECK(room.allow_pause);
  CHECK_FALSE(room.send_side_bwe);
  CHECK(room.limits.metadata == 0);
  CHECK(room.limits.attributes == 1);
  CHECK(room.limits.room_name == 2);
  CHECK(room.limits.identity == 3);
  CHECK(room.limits.name == 64);
  CHECK(room.subscription_limit_video == 9);
  CHECK(room.subscription_limit_audio == 25);
  CHECK(room.max_data_blob_key_length == 64);
  CHECK(room.max_data_blobs_size == 0);
  CHECK(room.max_data_track_custom_encoding_length == 16);
  CHECK(room.speakers.active_level == 30);
  CHECK(room.active_red_encoding);
  CHECK(room.loss_proxying);
  CHECK(room.speakers.min_percentile == 50);
  CHECK(room.speakers.interval == 500ms);
  CHECK(room.speakers.smooth_intervals == 4);
}

TEST_CASE("[C-073] an unknown key is refused with its full name and line, and what it may have meant") {
  CHECK(refused("port: 1\nrtc:\n  udp_prot: 7882\n") ==
        "config.yaml:3: unknown key rtc.udp_prot; did you mean rtc.udp_port?");
  CHECK(refused("rct:\n  udp_port: 7882\n") == "config.yaml:1: unknown key rct; did you mean rtc?");
  CHECK(refused("\n\nauto_create: true") == "config.yaml:3: unknown key auto_create; did you mean room.auto_create?");
  CHECK(
      refused("room: {playout_delay: {least: 1}}").starts_with("config.yaml:1: unknown key room.playout_delay.least"));
  CHECK(refused("xylophone_of_doom: 1") == "config.yaml:1: unknown key xylophone_of_doom");
  CHECK(refused("room:\n  enabled_codecs:\n    - mime: video/VP8\n      fmt: x\n") ==
        "config.yaml:4: room.enabled_codecs[0].fmt is unknown; a codec has mime and fmtp_line");
}

TEST_CASE("[C-073] an unknown key is only warned of where the operator does not want it strict") {
  const auto settings = parse("xylophone: 1\nport: 9\nrtc: {udp_prot: 1}", "config.yaml", {.strict = false});
  REQUIRE(settings);
  CHECK(settings->port == 9);
  CHECK(settings->warnings ==
        std::vector<std::string>{"config.yaml:1: unknown key xylophone",
                                 "config.yaml:3: unknown key rtc.udp_prot; did you mean rtc.udp_port?"});
}

TEST_CASE("[C-077] a wrong type or value is refused with the key's full name and line") {
  CHECK(refused("port: http") == "config.yaml:1: port must be a number from 0 to 65535, not http");
  CHECK(refused("port: 65536") == "config.yaml:1: port must be a number from 0 to 65535, not 65536");
  CHECK(refused("port: -1") == "config.yaml:1: port must be a number from 0 to 65535, not -1");
  CHECK(refused("port: '7880'") == "config.yaml:1: port must be a number from 0 to 65535");
  CHECK(refused("limit: {bytes_per_sec: many}") ==
        "config.yaml:1: limit.bytes_per_sec must be a number from -1 to 1000000000000, not many");
  CHECK(refused("agents: {target_load: 1.5}") ==
        "config.yaml:1: agents.target_load must be a number from 0 to 1, not 1.5");
  CHECK(refused("agents: {target_load: nan}").ends_with("not nan"));
  CHECK(refused("psrpc: {timeout: soon}") ==
        "config.yaml:1: psrpc.timeout must be a time such as 500ms or 1m30s, not soon");
  CHECK(refused("redis: {sentinel_addresses: here}") == "config.yaml:1: redis.sentinel_addresses must be a list");
  CHECK(refused("port: [1]") == "config.yaml:1: port must be a number from 0 to 65535");
  CHECK(refused("room:\n  auto_create: 1") == "config.yaml:2: room.auto_create must be true or false");
  CHECK(refused("room:\n  auto_create: 'true'") == "config.yaml:2: room.auto_create must be true or false");
  CHECK(refused("room: 5") == "config.yaml:1: room must be a map of keys and values");
  CHECK(refused("- port") == "config.yaml:1: the configuration must be a map of keys and values");
  CHECK(refused("rtc:\n  ips:\n    includes: [10.0.0.0]") ==
        "config.yaml:3: rtc.ips.includes[0] must be an address range such as 10.0.0.0/8, not 10.0.0.0");
  CHECK(refused("bind_addresses: 127.0.0.1") == "config.yaml:1: bind_addresses must be a list");
  CHECK(refused("bind_addresses:\n- 127.0.0.1\n- here") ==
        "config.yaml:3: bind_addresses[1] must be an IP address, not here");
  CHECK(refused("region: [a]") == "config.yaml:1: region must be text");
  CHECK(refused("keys:\n  a: ''\n") == "config.yaml:2: keys.a must have a secret");
  CHECK(refused("keys: [a]") == "config.yaml:1: keys must be a map of keys and values");
  CHECK(refused("room:\n  duplicate_identity: both") ==
        "config.yaml:2: room.duplicate_identity must be replace or refuse, not both");
  CHECK(refused("logging:\n  level: loud") ==
        "config.yaml:2: logging.level must be debug, info, warn or error, not loud");
  CHECK(refused("room:\n  enabled_codecs: [{mime: VP8}]") ==
        "config.yaml:2: room.enabled_codecs[0] must have a mime such as video/VP8");
  CHECK(refused("audio:\n  active_level: 128") ==
        "config.yaml:2: audio.active_level must be a number from 0 to 127, not 128");
  CHECK(refused("port: 1\nport: 2") == "config.yaml:2: port is there twice");
}

TEST_CASE("[C-077] text that is not YAML is refused with the line where it stops making sense") {
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

TEST_CASE("keys of parts that are not built are accepted with a warning that names them, but for their defaults") {
  const Settings settings = parsed(R"(
redis:
  address: localhost:6379
  db: 0
rtc:
  use_mdns: true
  use_ice_lite: false
  use_external_ip: true
  use_stun_port_as_ice: false
turn: {enabled: true, udp_port: 3478}
logging: {pion_level: error, sample: true}
sip: {}
)");
  const std::vector<std::string> expected = {
      "config.yaml:3: redis.address is not built yet and has no effect",
      "config.yaml:6: rtc.use_mdns is not built yet and has no effect",
      "config.yaml:7: rtc.use_ice_lite has no effect: ICE is always lite here",
      ("config.yaml:8: rtc.use_external_ip is not built yet and has no effect: set rtc.node_ip to the address that "
       "clients reach"),
      "config.yaml:11: logging.sample is not built yet and has no effect",
  };
  CHECK(settings.warnings == expected);
}

TEST_CASE("times are written as Go writes them, and a bare number counts nanoseconds") {
  const auto delay = [](const std::string& written) {
    return parsed("video: {dynacast_pause_delay: " + written + "}").room.dynacast_pause_delay;
  };
  CHECK(delay("0") == 0s);
  CHECK(delay("1500") == 1500ns);
  CHECK(delay("7.5s") == 7500ms);
  CHECK(delay("1h2m3s4ms5us6ns") == 1h + 2min + 3s + 4ms + 5us + 6ns);
  CHECK(delay("2\u00b5s") == 2us);
  for (const char* bad : {"s", "5", "-5s", "5 s", "5d", "1.2.3s", "99999999h"}) {
    CAPTURE(bad);
    const bool whole = std::string(bad) == "5";
    CHECK((refused("video: {dynacast_pause_delay: " + std::string(bad) + "}") == "accepted") == whole);
  }
}

TEST_CASE("[C-077] what does not fit together is refused") {
  CHECK(refused("rtc: {force_tcp: true, tcp_port: 0}") == "config.yaml: rtc.force_tcp needs a port at rtc.tcp_port");
  CHECK(refused("prometheus: {port: 1, username: me}") ==
        "config.yaml: prometheus.username and prometheus.password must both be set, or neither");
  CHECK(refused("node_selector: {kind: best}") ==
        "config.yaml:1: node_selector.kind must be one of any, random, cpuload, sysload, regionaware, not best");
  CHECK(refused("region: here\nnode_selector: {regions: [{name: there, lat: 1.5, lon: -122}]}") ==
        "config.yaml: region must be one of node_selector.regions, but is 'here'");
  CHECK(refused("region: there\nnode_selector: {regions: [{name: there, lat: 1.5, lon: -122}]}") == "accepted");
  CHECK(refused("node_selector: {regions: [{name: there, lat: 91}]}") ==
        "config.yaml:1: node_selector.regions[0].lat must be a number from -90 to 90, not 91");
  CHECK(refused("turn: {enabled: true}") == "config.yaml: turn.enabled needs a port at turn.tls_port or turn.udp_port");
  CHECK(refused("turn: {enabled: true, tls_port: 5349}") == "config.yaml: turn.tls_port needs turn.domain");
  CHECK(refused("turn: {enabled: true, tls_port: 5349, domain: not_a domain}") ==
        "config.yaml: turn.domain is no domain name: not_a domain");
  CHECK(refused("turn: {enabled: true, tls_port: 5349, domain: turn.example.org}") ==
        "config.yaml: turn.tls_port needs turn.cert_file and turn.key_file, or turn.external_tls");
  CHECK(refused("turn: {enabled: true, tls_port: 5349, domain: turn.example.org, external_tls: true}") == "accepted");
  CHECK(refused("turn: {deny_peer_cidrs: [10.0.0.0/8, 10.0.0.0/33]}") ==
        "config.yaml:1: turn.deny_peer_cidrs[1] must be an address range such as 10.0.0.0/8, not 10.0.0.0/33");
}

TEST_CASE("short secrets are warned of, by the key's name and not the secret") {
  const Settings settings = parsed("keys: {api: hunter2}");
  REQUIRE(settings.warnings.size() == 1);
  CHECK(settings.warnings[0].find("key api") != std::string::npos);
  CHECK(settings.warnings[0].find("hunter2") == std::string::npos);
  CHECK(parsed("keys: {api: hunter2}", /*development=*/true).warnings.empty());
}

TEST_CASE("[C-075] development mode brings its key, its port and the loopback addresses") {
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

TEST_CASE("[C-075] development mode leaves alone what the file says") {
  const Settings bound = parsed("bind_addresses: [192.0.2.1]\nrtc: {udp_port: 9000}\nlogging: {level: info}", true);
  CHECK(bound.bind_addresses.size() == 1);
  CHECK(bound.udp_ports == PortRange{9000, 9000});
  CHECK(bound.log_level == LogLevel::kInfo);
  CHECK(bound.keys.contains("devkey"));
  // With keys of the operator's own there is no reason to close the doors.
  const Settings keyed = parsed("keys: {api: secret}", true);
  CHECK_FALSE(keyed.keys.contains("devkey"));
  CHECK(keyed.bind_addresses.empty());
  // LiveKit's way to say: all.
  CHECK(parsed("bind_addresses: ['']", true).bind_addresses.empty());
  CHECK(parsed("bind_addresses: [127.0.0.1, '']", true).bind_addresses.empty());
  CHECK(parsed("bind_addresses: []", true).bind_addresses.size() == 2);
}

TEST_CASE("[C-017] a key file holds a map of keys, and others must not reach it") {
  const TemporaryFolder folder;
  Settings settings;
  CHECK(load_key_file(settings));
  settings.key_file = folder.path() + "/keys.yaml";
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
}

TEST_CASE("[C-074] flags and variables come over the file, and the last of them counts") {
  const auto with = [](std::vector<Override> overrides) {
    const auto settings = parse("room: {empty_timeout: 60}\nbind_addresses: [10.0.0.1]\nrtc: {node_ip: 10.0.0.2}",
                                "config.yaml", {.overrides = overrides});
    if (!settings) FAIL(settings.error().message);
    return *settings;
  };
  CHECK(with({}).room.empty_timeout == 60s);
  CHECK(with({{"room.empty_timeout", "7", "LIVEKIT_ROOM_EMPTY_TIMEOUT"}}).room.empty_timeout == 7s);
  CHECK(with({{"room.empty_timeout", "7", "X"}, {"room.empty_timeout", "8", "--room.empty_timeout"}})
            .room.empty_timeout == 8s);
  CHECK_FALSE(with({{"room.auto_create", "0", "X"}}).room.auto_create);
  CHECK(with({{"video.dynacast_pause_delay", "5000", "X"}}).room.dynacast_pause_delay == 5us);
  CHECK(with({{"bind_addresses", "[10.0.0.3, '::1']", "--bind"}}).bind_addresses.size() == 2);
  CHECK(with({{"rtc.node_ip", "10.0.0.4", "NODE_IP"}}).node_ips.front().to_string() == "10.0.0.4");
  CHECK(with({{"keys", "a: 0123456789abcdef0123456789abcdef", "LIVEKIT_KEYS"}}).keys.contains("a"));
}

TEST_CASE("[C-074] a wrong flag or variable is refused by its own name, and a time there is a number") {
  const auto refused_as = [](const Override& given) {
    const auto settings = parse("", "config.yaml", {.overrides = {&given, 1}});
    return settings ? "accepted" : settings.error().message;
  };
  CHECK(refused_as({"port", "http", "LIVEKIT_PORT"}) ==
        "LIVEKIT_PORT: port must be a number from 0 to 65535, not http");
  CHECK(refused_as({"video.dynacast_pause_delay", "5s", "--video.dynacast_pause_delay"}) ==
        "--video.dynacast_pause_delay: video.dynacast_pause_delay must be a whole number of nanoseconds here, not 5s");
  CHECK(refused_as({"room.auto_create", "maybe", "X"}) == "X: room.auto_create must be true or false");
  CHECK(refused_as({"no.such", "1", "X"}) == "X: unknown key no.such");
  CHECK(refused_as({"keys", "[a]", "--keys"}) == "--keys: keys must be a map of keys and values");
}

TEST_CASE("every known key is reachable, named once, and has a default of its type") {
  for (const KnownKey* known : known_keys()) {
    CAPTURE(known->name);
    CHECK(find_key(known->name) == known);
    CHECK_FALSE(is_section(known->name));
    CHECK(similar_key(known->name) == known->name);
    if (known->fallback.empty()) continue;
    const auto node = read_yaml(known->fallback, "default");
    REQUIRE(node);
    CHECK(check(Value(*node, std::string(known->name), 1, "default"), known->type));
  }
}

TEST_CASE("a path may name variables and the home folder") {
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    return name == "HOME"   ? std::optional<std::string>("/home/me")
           : name == "KEYS" ? std::optional<std::string>("k")
                            : std::nullopt;
  };
  CHECK(expand_path("~/$KEYS/${KEYS}.yaml", environment) == "/home/me/k/k.yaml");
  CHECK(expand_path("/a~b/$ /${KEYS/$NONE/x", environment) == "/a~b/$ /${KEYS//x");
  CHECK(expand_path("~/$KEYS", {}) == "~/$KEYS");
}

}  // namespace
}  // namespace sfu::config
