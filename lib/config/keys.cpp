// SPDX-License-Identifier: Apache-2.0
// The keys outside rtc.
#include "config/readers.hpp"

namespace sfu::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kRoom = &Settings::room;
constexpr auto kLimits = &RoomOptions::limits;
constexpr auto kSpeakers = &RoomOptions::speakers;

constexpr KnownKey kKeys[] = {
    {"port", kPort, "7880", set<&Settings::port>},
    {"bind_addresses", kTexts, "", read_bind_addresses},
    {"region", kText, "", set<&Settings::region>},
    {"workers", number(0, 1024), "0", set<&Settings::workers>},
    {"development", kFlag, "false", set<&Settings::development>},
    {"meet.enabled", kFlag, "", set<&Settings::meet>},
    {"meet.directory", kText, "", set<&Settings::meet_directory>},
    {"keys", other("map of text"), "", read_key_map},
    {"key_file", kText, "", set<&Settings::key_file>},
    {"enable_data_tracks", kFlag, "true", set<kRoom, &RoomOptions::data_tracks>},
    {"enable_participant_data_blob", kFlag, "false", set<kRoom, &RoomOptions::participant_data_blobs>},

    {"log_level", kText, "", deprecated<read_log_level>},
    {"logging.level", kText, "info", read_log_level},
    {"logging.json", kFlag, "false", set<&Settings::log_json>},
    {"logging.sample", kFlag, "false", nullptr},
    {"logging.component_levels", other("map of text"), "", nullptr},
    {"logging.sample_initial", kCount, "0", nullptr},
    {"logging.sample_interval", kCount, "0", nullptr},
    {"logging.item_sample_seconds", kCount, "0", nullptr},
    {"logging.item_sample_initial", kCount, "0", nullptr},
    {"logging.item_sample_interval", kCount, "0", nullptr},
    {"logging.pion_level", kText, "error", nullptr},

    {"room.auto_create", kFlag, "true", set<kRoom, &RoomOptions::auto_create>},
    {"room.empty_timeout", kCount, "300", set_count<seconds, kRoom, &RoomOptions::empty_timeout>},
    {"room.departure_timeout", kCount, "20", set_count<seconds, kRoom, &RoomOptions::departure_timeout>},
    {"room.max_participants", kCount, "0", set<kRoom, &RoomOptions::max_participants>},
    {"room.enabled_codecs", other("list of codecs"), "", read_enabled_codecs},
    {"room.max_metadata_size", kCount, "0", deprecated<note<&Draft::room_metadata>>},
    {"room.max_room_name_length", kCount, "0", deprecated<note<&Draft::room_name>>},
    {"room.max_participant_identity_length", kCount, "0", deprecated<note<&Draft::room_identity>>},
    {"room.enable_remote_unmute", kFlag, "false", set<kRoom, &RoomOptions::remote_unmute>},
    {"room.sync_streams", kFlag, "false", set<kRoom, &RoomOptions::sync_streams>},
    {"room.enable_full_room_in_webhooks", kFlag, "false", nullptr},
    {"room.playout_delay.enabled", kFlag, "false", note<&Draft::playout_delay_enabled>},
    {"room.playout_delay.min", kCount, "0",
     set_count<milliseconds, kRoom, &RoomOptions::playout_delay, &PlayoutDelay::min>},
    {"room.playout_delay.max", kCount, "0",
     set_count<milliseconds, kRoom, &RoomOptions::playout_delay, &PlayoutDelay::max>},
    {"room.create_room_timeout", kTime, "10s", nullptr},
    {"room.create_room_attempts", kCount, "3", nullptr},
    {"room.update_batch_target_size", number(1, kMaxNumber), "131072",
     set<kRoom, &RoomOptions::update_batch_target_size>},
    {"room.room_configurations", other("map of room configurations"), "", read_room_configurations},

    {"limit.num_tracks", number(-1, kMaxNumber), "0", set_limit<&Settings::node_limits, &NodeLimits::tracks>},
    {"limit.bytes_per_sec", real(-1, 1'000'000'000'000), "0",
     set_limit<&Settings::node_limits, &NodeLimits::bytes_per_second>},
    {"limit.max_metadata_size", kCount, "524288", set<kRoom, kLimits, &TextLimits::metadata>},
    {"limit.max_attributes_size", kCount, "65536", set<kRoom, kLimits, &TextLimits::attributes>},
    {"limit.max_room_name_length", kCount, "256", set<kRoom, kLimits, &TextLimits::room_name>},
    {"limit.max_participant_identity_length", kCount, "256", set<kRoom, kLimits, &TextLimits::identity>},
    {"limit.max_participant_name_length", kCount, "256", set<kRoom, kLimits, &TextLimits::name>},
    {"limit.signal_message_size_limit", kCount, "2097152", set<&Settings::signal_message_size_limit>},
    {"limit.max_api_request_body_size", kCount, "10485760", set<&Settings::max_api_request_body_size>},
    {"limit.agent_signal_message_size_limit", kCount, "2097152", nullptr},
    {"limit.subscription_limit_video", kCount, "0", set<kRoom, &RoomOptions::subscription_limit_video>},
    {"limit.subscription_limit_audio", kCount, "0", set<kRoom, &RoomOptions::subscription_limit_audio>},
    {"limit.max_data_blob_key_length", kCount, "256", set<kRoom, &RoomOptions::max_data_blob_key_length>},
    {"limit.max_data_blobs_size", kCount, "64000", set<kRoom, &RoomOptions::max_data_blobs_size>},
    {"limit.max_data_track_custom_encoding_length", kCount, "32",
     set<kRoom, &RoomOptions::max_data_track_custom_encoding_length>},

    {"audio.active_level", number(0, 127), "35", set<kRoom, kSpeakers, &SpeakerOptions::active_level>},
    {"audio.min_percentile", number(0, 100), "40", set<kRoom, kSpeakers, &SpeakerOptions::min_percentile>},
    {"audio.update_interval", number(1, kMaxNumber), "400",
     set_count<milliseconds, kRoom, kSpeakers, &SpeakerOptions::interval>},
    {"audio.smooth_intervals", kCount, "2", set<kRoom, kSpeakers, &SpeakerOptions::smooth_intervals>},
    {"audio.active_red_encoding", kFlag, "false", nullptr},
    {"audio.enable_loss_proxying", kFlag, "false", nullptr},

    {"video.dynacast_pause_delay", kTime, "5s", set<kRoom, &RoomOptions::dynacast_pause_delay>},
    {"video.codec_regression_threshold", kCount, "5", set<kRoom, &RoomOptions::codec_regression_threshold>},
    {"video.stream_tracker_manager.video", other("map"), "", nullptr},
    {"video.stream_tracker_manager.screenshare", other("map"), "", nullptr},

    {"client_configuration", other("list of rules"), "", read_client_rules},

    {"prometheus_port", kPort, "0", deprecated<not_built<set<&Settings::prometheus_port>>>},
    {"prometheus.port", kPort, "0", not_built<set<&Settings::prometheus_port>>},
    {"prometheus.username", kText, "", note<&Draft::prometheus_user>},
    {"prometheus.password", kText, "", note<&Draft::prometheus_password>},
    {"debug_handler.port", kPort, "0", nullptr},
    {"debug_handler_port", kPort, "0", nullptr},  // as LiveKit's documentation has it

    {"redis.address", kText, "", nullptr},
    {"redis.username", kText, "", nullptr},
    {"redis.password", kText, "", nullptr},
    {"redis.db", kCount, "0", nullptr},
    {"redis.use_tls", kFlag, "false", nullptr},
    {"redis.tls.enabled", kFlag, "false", nullptr},
    {"redis.tls.insecure", kFlag, "false", nullptr},
    {"redis.tls.server_name", kText, "", nullptr},
    {"redis.tls.ca_cert_file", kText, "", nullptr},
    {"redis.tls.client_cert_file", kText, "", nullptr},
    {"redis.tls.client_key_file", kText, "", nullptr},
    {"redis.sentinel_master_name", kText, "", nullptr},
    {"redis.sentinel_username", kText, "", nullptr},
    {"redis.sentinel_password", kText, "", nullptr},
    {"redis.sentinel_addresses", kTexts, "", nullptr},
    {"redis.cluster_addresses", kTexts, "", nullptr},
    {"redis.max_redirects", kCount, "2", nullptr},
    {"redis.dial_timeout", kCount, "0", nullptr},
    {"redis.read_timeout", kCount, "0", nullptr},
    {"redis.write_timeout", kCount, "0", nullptr},
    {"redis.pool_timeout", kCount, "0", nullptr},
    {"redis.pool_size", kCount, "0", nullptr},

    {"turn.enabled", kFlag, "false", not_built<note<&Draft::turn, &decltype(Draft::turn)::enabled>>},
    {"turn.domain", kText, "", note<&Draft::turn, &decltype(Draft::turn)::domain>},
    {"turn.cert_file", kText, "", note<&Draft::turn, &decltype(Draft::turn)::cert_file>},
    {"turn.key_file", kText, "", note<&Draft::turn, &decltype(Draft::turn)::key_file>},
    {"turn.tls_port", kPort, "0", note<&Draft::turn, &decltype(Draft::turn)::tls_port>},
    {"turn.udp_port", kPort, "0", note<&Draft::turn, &decltype(Draft::turn)::udp_port>},
    {"turn.external_tls", kFlag, "false", note<&Draft::turn, &decltype(Draft::turn)::external_tls>},
    {"turn.relay_range_start", kPort, "30000", accept},
    {"turn.relay_range_end", kPort, "40000", accept},
    {"turn.bind_addresses", kTexts, "", accept},
    {"turn.per_user_relay_allocation_limit", number(-kMaxNumber, kMaxNumber), "12", accept},
    {"turn.ttl_seconds", number(-kMaxNumber, kMaxNumber), "300", accept},
    {"turn.allow_restricted_peer_cidrs", kTexts, "", read_cidrs},
    {"turn.deny_peer_cidrs", kTexts, "", read_cidrs},

    {"ingress.rtmp_base_url", kText, "", nullptr},
    {"ingress.whip_base_url", kText, "", nullptr},
    {"sip", other("map"), "", nullptr},
    {"webhook", other("map"), "", nullptr},

    {"node_selector.kind", kText, "any", read_selector_kind},
    {"node_selector.sort_by", kText, "random", read_selector_sort},
    {"node_selector.algorithm", kText, "lowest", read_selector_algorithm},
    {"node_selector.cpu_load_limit", real(0, 1000), "0.9", nullptr},
    {"node_selector.sysload_limit", real(0, 1000), "0.9", nullptr},
    {"node_selector.regions", other("list of regions"), "", read_selector_regions},

    {"signal_relay.retry_timeout", kTime, "7.5s", nullptr},
    {"signal_relay.min_retry_interval", kTime, "500ms", nullptr},
    {"signal_relay.max_retry_interval", kTime, "4s", nullptr},
    {"signal_relay.stream_buffer_size", kCount, "1000", nullptr},
    {"signal_relay.connect_attempts", kCount, "3", nullptr},
    {"psrpc.max_attempts", kCount, "3", nullptr},
    {"psrpc.timeout", kTime, "3s", nullptr},
    {"psrpc.backoff", kTime, "2s", nullptr},
    {"psrpc.buffer_size", kCount, "1000", nullptr},
    {"agents.target_load", real(0, 1), "0.7", nullptr},
    {"agents.enable_user_data_recording", kFlag, "false", nullptr},
    {"agents.enable_user_data_redaction", kFlag, "false", nullptr},
    {"metric.timestamper_config.one_way_delay_estimator_min_interval", kTime, "5s", nullptr},
    {"metric.timestamper_config.one_way_delay_estimator_max_batch", kCount, "100", nullptr},
    {"metric.collector.sampling_interval_ms", kCount, "3000", nullptr},
    {"metric.collector.batch_interval_ms", kCount, "10000", nullptr},
    {"metric.reporter.reporting_interval_ms", kCount, "10000", nullptr},
    {"trace.jaeger_url", kText, "", nullptr},
    {"node_stats.stats_update_interval", kTime, "2s", nullptr},
    {"node_stats.stats_rate_measurement_intervals", other("list of times"), "[10s]", read_rate_intervals},
    {"node_stats.stats_max_delay", kTime, "30s", nullptr},
    {"api.execution_timeout", kTime, "2s", nullptr},
    {"api.check_interval", kTime, "100ms", nullptr},
    {"api.max_check_interval", kTime, "300s", nullptr},
    {"api.enable_psrpc_for_get_list_participants", kFlag, "false", nullptr},
};

}  // namespace

std::span<const KnownKey> general_keys() {
  return kKeys;
}

}  // namespace sfu::config
