// SPDX-License-Identifier: Apache-2.0
#include "capi/plug_points.hpp"
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

void apply_limits(const sfu_room_options& in, RoomOptions& room) {
  set_number(room.limits.room_name, in.room_name_limit, "room_name_limit");
  set_number(room.limits.identity, in.identity_limit, "identity_limit");
  set_number(room.limits.name, in.name_limit, "name_limit");
  set_number(room.limits.metadata, in.metadata_limit, "metadata_limit");
  set_number(room.limits.attributes, in.attributes_limit, "attributes_limit");
  set_number(room.max_data_blob_key_length, in.data_blob_key_limit, "data_blob_key_limit");
  set_number(room.max_data_blobs_size, in.data_blobs_limit, "data_blobs_limit");
  set_number(room.max_data_track_custom_encoding_length, in.data_track_encoding_limit, "data_track_encoding_limit");
}

void apply_media(const sfu_room_options& in, RoomOptions& room) {
  if (in.enabled_codec_count > 0)
    room.enabled_codecs = texts(in.enabled_codecs, in.enabled_codec_count, "enabled_codecs");
  set_time(room.playout_delay.min, in.playout_delay_min_ms, "playout_delay_min_ms");
  set_time(room.playout_delay.max, in.playout_delay_max_ms, "playout_delay_max_ms");
  set_if(room.sync_streams, in.sync_streams);
  set_number(room.subscription_limit_video, in.subscription_limit_video, "subscription_limit_video");
  set_number(room.subscription_limit_audio, in.subscription_limit_audio, "subscription_limit_audio");
  set_number(room.codec_regression_threshold, in.codec_regression_threshold, "codec_regression_threshold");
  set_if(room.reconnect_on_publication_error, in.reconnect_on_publication_error);
  set_number(room.speakers.active_level, in.speaker_active_level, "speaker_active_level");
  set_number(room.speakers.min_percentile, in.speaker_min_percentile, "speaker_min_percentile");
  set_time(room.speakers.interval, in.speaker_interval_ms, "speaker_interval_ms");
  set_number(room.speakers.smooth_intervals, in.speaker_smooth_intervals, "speaker_smooth_intervals");
  set_time(room.keyframe_throttle.low, in.keyframe_throttle_low_ms, "keyframe_throttle_low_ms");
  set_time(room.keyframe_throttle.mid, in.keyframe_throttle_mid_ms, "keyframe_throttle_mid_ms");
  set_time(room.keyframe_throttle.high, in.keyframe_throttle_high_ms, "keyframe_throttle_high_ms");
  set_number(room.packet_buffers.video, in.packet_buffer_video, "packet_buffer_video");
  set_number(room.packet_buffers.audio, in.packet_buffer_audio, "packet_buffer_audio");
  set_time(room.dynacast_pause_delay, in.dynacast_pause_delay_ms, "dynacast_pause_delay_ms");
  set(room.congestion_control, in.congestion_control, "congestion_control");
  set_if(room.allow_pause, in.allow_pause);
  set(room.send_side_bwe, in.send_side_bwe, "send_side_bwe");
  set_if(room.active_red_encoding, in.active_red_encoding);
  set_if(room.loss_proxying, in.loss_proxying);
  set_if(room.equal_packet_sizes, in.equal_packet_sizes);
}

void apply_data_channels(const sfu_room_options& in, DataChannelLimits& limits) {
  set_time(limits.lossy_latency, in.data_channel_lossy_latency_ms, "data_channel_lossy_latency_ms");
  set_time(limits.data_track_latency, in.data_channel_track_latency_ms, "data_channel_track_latency_ms");
  if (in.data_channel_slow_threshold_bps != 0) limits.slow_threshold_bps = in.data_channel_slow_threshold_bps;
}

void apply(const sfu_room_options& in, RoomOptions& room) {
  set(room.auto_create, in.auto_create, "auto_create");
  set_time(room.empty_timeout, in.empty_timeout_ms, "empty_timeout_ms");
  set_time(room.departure_timeout, in.departure_timeout_ms, "departure_timeout_ms");
  set_number(room.max_participants, in.max_participants, "max_participants");
  set(room.metadata, in.metadata, "metadata");
  set(room.data_tracks, in.data_tracks, "data_tracks");
  set_if(room.participant_data_blobs, in.participant_data_blobs);
  set_if(room.remote_unmute, in.remote_unmute);
  if (in.duplicate_identity != SFU_DUPLICATE_IDENTITY_REPLACE) {
    room.duplicate_identity = enumerated(in.duplicate_identity, DuplicateIdentity::kRefuse, "duplicate_identity");
  }
  set_number(room.update_batch_target_size, in.update_batch_target_size, "update_batch_target_size");
  apply_media(in, room);
  apply_data_channels(in, room.data_channels);
  apply_limits(in, room);
}

TurnServer from_c(const sfu_turn_server* turn_server) {
  const sfu_turn_server in = read(turn_server);
  TurnServer made;
  made.host = needed_text(in.host, "the host of a TURN server");
  set_number(made.port, in.port, "port");
  made.protocol = enumerated(in.protocol, TurnServer::Protocol::kTls, "the protocol of a TURN server");
  made.username = text(in.username, "username");
  made.credential = text(in.credential, "credential");
  made.secret = text(in.secret, "secret");
  set_time(made.ttl, in.ttl_ms, "ttl_ms");
  return made;
}

std::vector<IpNetwork> networks(const char* const* in, std::size_t count, const char* what) {
  return items(in, count, [what](const char* item) { return value(IpNetwork::parse(text(item, what))); });
}

void apply(const sfu_turn_options& in, TurnOptions& turn) {
  set_number(turn.udp_port, in.udp_port, "udp_port");
  set_number(turn.tls_port, in.tls_port, "tls_port");
  set_if(turn.external_tls, in.external_tls);
  set_number(turn.advertised_tls_port, in.advertised_tls_port, "advertised_tls_port");
  set_number(turn.relay_port_first, in.relay_port_first, "relay_port_first");
  set_number(turn.relay_port_last, in.relay_port_last, "relay_port_last");
  set(turn.domain, in.domain, "domain");
  set_path(turn.certificate_file, in.certificate_file);
  set_path(turn.key_file, in.key_file);
  if (in.bind_address_count > 0) {
    turn.bind_addresses = addresses(in.bind_addresses, in.bind_address_count, "bind_addresses");
  }
  set_number(turn.allocations_per_participant, in.allocations_per_participant, "allocations_per_participant");
  set_time(turn.credential_ttl, in.credential_ttl_ms, "credential_ttl_ms");
  if (in.allowed_peer_count > 0) {
    turn.allowed_peers = networks(in.allowed_peers, in.allowed_peer_count, "allowed_peers");
  }
  if (in.denied_peer_count > 0) turn.denied_peers = networks(in.denied_peers, in.denied_peer_count, "denied_peers");
}

void apply_workers(const sfu_engine_options& in, EngineOptions& engine) {
  set_number(engine.workers, in.workers, "workers");
  set_if(engine.host_driven, in.host_driven);
  if (in.lend_above_percent != 0) {
    std::uint8_t percent = 0;
    set_number(percent, in.lend_above_percent, "lend_above_percent");
    if (percent > 100) refuse_argument("lend_above_percent is out of range");
    engine.lend_above = percent / 100.0;
  }
  if (in.worker_cpus == nullptr && in.worker_cpu_count > 0) refuse_argument("worker_cpus is NULL, but has a length");
  if (in.worker_cpu_count > 0) engine.worker_cpus.assign(in.worker_cpus, in.worker_cpus + in.worker_cpu_count);
}

void apply_addresses(const sfu_engine_options& in, EngineOptions& engine) {
  if (in.udp_port_first != 0) {
    engine.udp_port_first = in.udp_port_first;
    engine.udp_port_last = in.udp_port_last != 0 ? in.udp_port_last : in.udp_port_first;
  }
  set_number(engine.tcp_port, in.tcp_port, "tcp_port");
  set_if(engine.tcp_port_optional, in.tcp_port_optional);
  set_if(engine.force_tcp, in.force_tcp);
  set(engine.tcp_fallback, in.tcp_fallback, "tcp_fallback");
  if (in.bind_address_count > 0)
    engine.bind_addresses = addresses(in.bind_addresses, in.bind_address_count, "bind_addresses");
  InterfaceFilter& filter = engine.interfaces;
  if (in.included_interface_count > 0) {
    filter.included_interfaces = texts(in.included_interfaces, in.included_interface_count, "included_interfaces");
  }
  if (in.excluded_interface_count > 0) {
    filter.excluded_interfaces = texts(in.excluded_interfaces, in.excluded_interface_count, "excluded_interfaces");
  }
  if (in.included_address_count > 0) {
    filter.included_addresses = networks(in.included_addresses, in.included_address_count, "included_addresses");
  }
  if (in.excluded_address_count > 0) {
    filter.excluded_addresses = networks(in.excluded_addresses, in.excluded_address_count, "excluded_addresses");
  }
  set_if(filter.loopback, in.loopback);
  if (in.node_ip_count > 0) engine.node_ips = addresses(in.node_ips, in.node_ip_count, "node_ips");
  if (in.turn_server_count > 0)
    engine.ice_servers.turn =
        items(in.turn_servers, in.turn_server_count, [](const sfu_turn_server* item) { return from_c(item); });
  if (in.stun_server_count > 0) engine.ice_servers.stun = texts(in.stun_servers, in.stun_server_count, "stun_servers");
}

LogLevel to_log_level(sfu_log_level level) {
  switch (level) {
    case SFU_LOG_DEFAULT:
    case SFU_LOG_OFF:
    case SFU_LOG_INFO: return LogLevel::kInfo;
    case SFU_LOG_DEBUG: return LogLevel::kDebug;
    case SFU_LOG_WARN: return LogLevel::kWarn;
    case SFU_LOG_ERROR: return LogLevel::kError;
    default: refuse_argument("log_level: no such number");
  }
}

void apply_logger(const sfu_engine_options& in, EngineOptions& engine, PlugPoints& plugs) {
  if (in.log != nullptr) {
    plugs.logger = std::make_unique<HostLogger>(in.log, to_log_level(in.log_level));
    engine.logger = plugs.logger.get();
  } else if (in.log_level != SFU_LOG_DEFAULT && in.log_level != SFU_LOG_OFF) {
    plugs.text_logger = make_text_logger(to_log_level(in.log_level), in.log_json != 0);
    engine.logger = plugs.text_logger.get();
  }
  if (in.log_level == SFU_LOG_OFF) engine.logger = &plugs.silent_logger;
}

void apply_plug_points(const sfu_engine_options& in, EngineOptions& engine, PlugPoints& plugs) {
  apply_logger(in, engine, plugs);
  if (in.clock != nullptr) {
    plugs.clock = std::make_unique<HostClock>(in.clock);
    engine.clock = plugs.clock.get();
  }
  if (in.client_config != nullptr) {
    plugs.client_config = std::make_unique<HostClientConfig>(in.client_config);
    engine.client_config = plugs.client_config.get();
  } else if (in.client_rule_count > 0) {
    plugs.client_rules = value(make_client_config(
        items(in.client_rules, in.client_rule_count, [](const sfu_client_rule* rule) { return capi::from_c(rule); })));
    engine.client_config = plugs.client_rules.get();
  }
  if (in.events != nullptr) {
    plugs.events = std::make_unique<HostEvents>(in.events);
    engine.events = plugs.events.get();
  }
  if (in.auth != nullptr) plugs.auth = std::make_unique<HostAuth>(in.auth);
  if (in.policy != nullptr) {
    plugs.policy = std::make_unique<HostPolicy>(in.policy);
    engine.policy = plugs.policy.get();
  }
  if (in.transport != nullptr) {
    plugs.transports = std::make_unique<HostTransports>(in.transport);
    engine.make_transport = [transports = plugs.transports.get()](unsigned worker) { return transports->open(worker); };
  }
}

}  // namespace

void apply(const sfu_engine_options& in, EngineOptions& engine, PlugPoints& plugs) {
  apply_workers(in, engine);
  set_time(engine.policy_timeout, in.policy_timeout_ms, "policy_timeout_ms");
  apply_addresses(in, engine);
  if (in.turn != nullptr) apply(read(in.turn), engine.turn);
  set(engine.node_id, in.node_id, "node_id");
  set(engine.region, in.region, "region");
  if (in.room_defaults != nullptr) apply(read(in.room_defaults), engine.room_defaults);
  for (const auto& preset :
       items(in.room_presets, in.room_preset_count, [](const sfu_room_preset* item) { return read(item); })) {
    engine.room_presets[needed_text(preset.name, "the name of a preset")] = from_c(preset.configuration);
  }
  if (in.track_limit != 0) engine.node_limits.tracks = in.track_limit;
  if (in.bytes_per_second_limit != 0) engine.node_limits.bytes_per_second = in.bytes_per_second_limit;
  set_number(engine.signal_message_size_limit, in.signal_message_limit, "signal_message_limit");
  if (in.statistics_interval_ms != 0)
    engine.statistics_interval = milliseconds(in.statistics_interval_ms, "statistics_interval_ms");
  apply_plug_points(in, engine, plugs);
}

void authenticate_with(std::map<std::string, std::string> keys, EngineOptions& engine, PlugPoints& plugs) {
  if (plugs.auth && plugs.auth->authenticates()) {
    engine.authenticator = plugs.auth.get();
    return;
  }
  if (keys.empty()) refuse_argument("no API keys, and no callback that authenticates");
  if (plugs.auth) {
    plugs.auth->use_keys(std::move(keys));
    engine.authenticator = plugs.auth.get();
  } else {
    plugs.tokens = make_token_authenticator(std::move(keys));
    engine.authenticator = plugs.tokens.get();
  }
}

}  // namespace sfu::capi
