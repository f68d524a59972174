# SPDX-License-Identifier: Apache-2.0
"""The C interface, as ctypes and marshal.py need it.

Made of include/sfu-c by bindings/generate/generate."""

from ctypes import Structure, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint16, c_uint32, c_uint64, c_uint8, c_void_p
from typing import Any

from ._shape import Shape as S


class sfu_pair(Structure):
    _fields_ = [("key", c_char_p), ("value", c_char_p)]


class sfu_log_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("log", c_void_p)]


class sfu_auth_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("authenticate", c_void_p), ("refresh", c_void_p)]


class sfu_client_options(Structure):
    _fields_ = [("size", c_uint32), ("url", c_char_p), ("token", c_char_p), ("single_connection", c_int32), ("auto_subscribe", c_int32), ("adaptive_stream", c_int32), ("metadata", c_char_p), ("attributes", c_void_p), ("attribute_count", c_size_t), ("media_addresses", c_void_p), ("media_address_count", c_size_t), ("ca_file", c_char_p), ("any_server", c_int32), ("receive_frames", c_int32)]


class sfu_data_message(Structure):
    _fields_ = [("size", c_uint32), ("reliable", c_int32), ("sender", c_char_p), ("topic", c_char_p), ("bytes", c_void_p), ("length", c_size_t)]


class sfu_speaker(Structure):
    _fields_ = [("size", c_uint32), ("identity", c_char_p), ("level", c_double)]


class sfu_stream_info(Structure):
    _fields_ = [("size", c_uint32), ("text", c_int32), ("id", c_char_p), ("sender", c_char_p), ("topic", c_char_p), ("mime_type", c_char_p), ("name", c_char_p), ("total_length", c_int64), ("attributes", c_void_p), ("attribute_count", c_size_t), ("reply_to", c_char_p)]


class sfu_client_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("on_connected", c_void_p), ("on_ready", c_void_p), ("on_reconnecting", c_void_p), ("on_reconnected", c_void_p), ("on_disconnected", c_void_p), ("on_moved", c_void_p), ("on_participant_joined", c_void_p), ("on_participant_changed", c_void_p), ("on_participant_left", c_void_p), ("on_track_published", c_void_p), ("on_track_changed", c_void_p), ("on_track_unpublished", c_void_p), ("on_speakers", c_void_p), ("on_subscribed", c_void_p), ("on_unsubscribed", c_void_p), ("on_frame", c_void_p), ("on_rtp", c_void_p), ("on_published", c_void_p), ("on_publish_failed", c_void_p), ("on_keyframe_requested", c_void_p), ("on_data", c_void_p), ("on_text", c_void_p), ("on_stream_opened", c_void_p), ("on_stream_data", c_void_p), ("on_stream_closed", c_void_p)]


class sfu_stream_options(Structure):
    _fields_ = [("size", c_uint32), ("topic", c_char_p), ("to", c_void_p), ("to_count", c_size_t), ("attributes", c_void_p), ("attribute_count", c_size_t), ("mime_type", c_char_p), ("name", c_char_p), ("reply_to", c_char_p)]


class sfu_rpc_call(Structure):
    _fields_ = [("size", c_uint32), ("caller", c_char_p), ("method", c_char_p), ("payload", c_char_p), ("timeout_ms", c_int64)]


class sfu_rpc_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("on_call", c_void_p)]


class sfu_client_description(Structure):
    _fields_ = [("size", c_uint32), ("sdk", c_char_p), ("version", c_char_p), ("protocol", c_int64), ("os", c_char_p), ("os_version", c_char_p), ("device_model", c_char_p), ("browser", c_char_p), ("browser_version", c_char_p), ("address", c_char_p)]


class sfu_client_configuration(Structure):
    _fields_ = [("size", c_uint32), ("video_hardware_encoder", c_int32), ("screen_hardware_encoder", c_int32), ("resume_connection", c_int32), ("force_relay", c_int32), ("disabled_codecs", c_void_p), ("disabled_codec_count", c_size_t), ("disabled_publish_codecs", c_void_p), ("disabled_publish_codec_count", c_size_t)]


class sfu_client_rule(Structure):
    _fields_ = [("size", c_uint32), ("merge", c_int32), ("when", c_char_p), ("then", c_void_p)]


class sfu_client_config_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("configure", c_void_p)]


class sfu_clock_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("now_ns", c_void_p), ("wall_now_ns", c_void_p)]


class sfu_turn_server(Structure):
    _fields_ = [("size", c_uint32), ("protocol", c_int32), ("host", c_char_p), ("port", c_uint16), ("username", c_char_p), ("credential", c_char_p), ("secret", c_char_p), ("ttl_ms", c_int64)]


class sfu_engine_options(Structure):
    _fields_ = [("size", c_uint32), ("workers", c_uint32), ("udp_port_first", c_uint16), ("udp_port_last", c_uint16), ("bind_addresses", c_void_p), ("bind_address_count", c_size_t), ("included_interfaces", c_void_p), ("included_interface_count", c_size_t), ("excluded_interfaces", c_void_p), ("excluded_interface_count", c_size_t), ("included_addresses", c_void_p), ("included_address_count", c_size_t), ("excluded_addresses", c_void_p), ("excluded_address_count", c_size_t), ("loopback", c_int32), ("node_ips", c_void_p), ("node_ip_count", c_size_t), ("node_id", c_char_p), ("region", c_char_p), ("keys", c_void_p), ("key_count", c_size_t), ("room_defaults", c_void_p), ("room_presets", c_void_p), ("room_preset_count", c_size_t), ("turn_servers", c_void_p), ("turn_server_count", c_size_t), ("stun_servers", c_void_p), ("stun_server_count", c_size_t), ("track_limit", c_uint64), ("bytes_per_second_limit", c_uint64), ("signal_message_limit", c_int64), ("statistics_interval_ms", c_int64), ("policy_timeout_ms", c_int64), ("host_driven", c_int32), ("client_rules", c_void_p), ("client_rule_count", c_size_t), ("auth", c_void_p), ("policy", c_void_p), ("events", c_void_p), ("transport", c_void_p), ("client_config", c_void_p), ("clock", c_void_p), ("log", c_void_p), ("log_level", c_int32), ("log_json", c_int32)]


class sfu_event(Structure):
    _fields_ = [("size", c_uint32), ("kind", c_int32), ("name", c_char_p), ("id", c_char_p), ("sequence", c_uint64), ("at_ms", c_int64), ("room", c_void_p), ("participant", c_void_p), ("track", c_void_p)]


class sfu_event_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("on_event", c_void_p)]


class sfu_local_participant_options(Structure):
    _fields_ = [("size", c_uint32), ("claims", c_void_p), ("auto_subscribe", c_int32), ("receive_frames", c_int32)]


class sfu_frame(Structure):
    _fields_ = [("size", c_uint32), ("timestamp", c_uint32), ("bytes", c_void_p), ("length", c_size_t), ("is_keyframe", c_int32)]


class sfu_video_layer(Structure):
    _fields_ = [("size", c_uint32), ("width", c_uint32), ("height", c_uint32), ("bitrate", c_uint32), ("rid", c_char_p)]


class sfu_publish_options(Structure):
    _fields_ = [("size", c_uint32), ("codec", c_int32), ("source", c_int32), ("width", c_uint32), ("height", c_uint32), ("stereo", c_int32), ("muted", c_int32), ("name", c_char_p), ("layers", c_void_p), ("layer_count", c_size_t)]


class sfu_track_settings(Structure):
    _fields_ = [("size", c_uint32), ("disabled", c_int32), ("quality", c_int32), ("width", c_uint32), ("height", c_uint32), ("fps", c_uint32)]


class sfu_media_file_info(Structure):
    _fields_ = [("size", c_uint32), ("codec", c_int32), ("width", c_uint32), ("height", c_uint32)]


class sfu_media_sample(Structure):
    _fields_ = [("size", c_uint32), ("frame", c_void_p), ("at_us", c_int64), ("duration_us", c_int64)]


class sfu_track_packet(Structure):
    _fields_ = [("size", c_uint32), ("ssrc", c_uint32), ("timestamp", c_uint32), ("sequence_number", c_uint16), ("payload_type", c_uint8), ("layer", c_uint8), ("spatial_layer", c_uint8), ("temporal_layer", c_uint8), ("marker", c_int32), ("redundant", c_int32), ("recovered", c_int32), ("starts_frame", c_int32), ("starts_keyframe", c_int32), ("voice", c_int32), ("audio_level", c_int32), ("arrived_ns", c_int64), ("mime_type", c_char_p), ("descriptor", c_void_p), ("descriptor_length", c_size_t), ("payload", c_void_p), ("payload_length", c_size_t)]


class sfu_packet_filter_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("on_packet", c_void_p), ("on_ended", c_void_p)]


class sfu_join_request(Structure):
    _fields_ = [("size", c_uint32), ("claims", c_void_p), ("client_address", c_char_p), ("room_exists", c_int32), ("already_there", c_int32), ("checking", c_int32), ("participants", c_uint64)]


class sfu_policy_participant(Structure):
    _fields_ = [("size", c_uint32), ("identity", c_char_p), ("sid", c_char_p), ("metadata", c_char_p), ("agent", c_int32), ("recorder", c_int32)]


class sfu_publish_request(Structure):
    _fields_ = [("size", c_uint32), ("room", c_char_p), ("publisher", c_void_p), ("track", c_void_p)]


class sfu_subscribe_request(Structure):
    _fields_ = [("size", c_uint32), ("room", c_char_p), ("subscriber", c_void_p), ("publisher", c_void_p), ("track", c_void_p)]


class sfu_data_request(Structure):
    _fields_ = [("size", c_uint32), ("room", c_char_p), ("sender", c_void_p), ("kind", c_int32), ("reliable", c_int32), ("topic", c_char_p), ("id", c_char_p), ("payload", c_void_p), ("payload_length", c_size_t), ("to_identities", c_void_p), ("to_identity_count", c_size_t), ("to_sids", c_void_p), ("to_sid_count", c_size_t)]


class sfu_policy_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("on_join", c_void_p), ("on_publish", c_void_p), ("on_subscribe", c_void_p), ("on_data", c_void_p)]


class sfu_room_api_options(Structure):
    _fields_ = [("size", c_uint32), ("json", c_int32), ("any_server", c_int32), ("url", c_char_p), ("api_key", c_char_p), ("api_secret", c_char_p), ("token", c_char_p), ("timeout_ms", c_int64), ("ca_file", c_char_p)]


class sfu_create_room_options(Structure):
    _fields_ = [("size", c_uint32), ("configuration", c_void_p), ("preset", c_char_p), ("node_id", c_char_p)]


class sfu_api_error(Structure):
    _fields_ = [("size", c_uint32), ("http_status", c_int32), ("code", c_char_p), ("message", c_char_p), ("meta", c_void_p), ("meta_count", c_size_t)]


class sfu_room_options(Structure):
    _fields_ = [("size", c_uint32), ("auto_create", c_int32), ("empty_timeout_ms", c_int64), ("departure_timeout_ms", c_int64), ("max_participants", c_uint32), ("sync_streams", c_int32), ("enabled_codecs", c_void_p), ("enabled_codec_count", c_size_t), ("metadata", c_char_p), ("playout_delay_min_ms", c_int64), ("playout_delay_max_ms", c_int64), ("data_tracks", c_int32), ("participant_data_blobs", c_int32), ("subscription_limit_video", c_uint32), ("subscription_limit_audio", c_uint32), ("codec_regression_threshold", c_int32), ("reconnect_on_publication_error", c_int32), ("remote_unmute", c_int32), ("duplicate_identity", c_int32), ("speaker_active_level", c_uint32), ("speaker_min_percentile", c_uint32), ("speaker_interval_ms", c_int64), ("speaker_smooth_intervals", c_int32), ("keyframe_throttle_low_ms", c_int64), ("keyframe_throttle_mid_ms", c_int64), ("keyframe_throttle_high_ms", c_int64), ("packet_buffer_video", c_uint32), ("packet_buffer_audio", c_uint32), ("dynacast_pause_delay_ms", c_int64), ("congestion_control", c_int32), ("allow_pause", c_int32), ("update_batch_target_size", c_uint32), ("room_name_limit", c_int64), ("identity_limit", c_int64), ("name_limit", c_int64), ("metadata_limit", c_int64), ("attributes_limit", c_int64), ("data_blob_key_limit", c_int64), ("data_blobs_limit", c_int64), ("data_track_encoding_limit", c_int64)]


class sfu_room_configuration(Structure):
    _fields_ = [("size", c_uint32), ("max_participants", c_uint32), ("empty_timeout_ms", c_int64), ("departure_timeout_ms", c_int64), ("metadata", c_char_p), ("playout_delay_min_ms", c_int64), ("playout_delay_max_ms", c_int64), ("sync_streams", c_int32), ("agents", c_char_p), ("egress", c_char_p), ("tags", c_void_p), ("tag_count", c_size_t)]


class sfu_room_preset(Structure):
    _fields_ = [("size", c_uint32), ("name", c_char_p), ("configuration", c_void_p)]


class sfu_server_options(Structure):
    _fields_ = [("size", c_uint32), ("port", c_int32), ("yaml", c_char_p), ("yaml_file_name", c_char_p), ("yaml_lenient", c_int32), ("overrides", c_void_p), ("override_count", c_size_t), ("development", c_int32), ("bind_addresses", c_void_p), ("bind_address_count", c_size_t), ("meet_directory", c_char_p), ("console_directory", c_char_p), ("webhook_urls", c_void_p), ("webhook_url_count", c_size_t), ("webhook_api_key", c_char_p), ("webhook_include_events", c_void_p), ("webhook_include_event_count", c_size_t), ("webhook_exclude_events", c_void_p), ("webhook_exclude_event_count", c_size_t), ("webhook_full_room_in_track_events", c_int32), ("webhook_max_age_ms", c_int64), ("webhook_max_depth", c_uint64), ("webhook_ca_file", c_char_p), ("webhook_stop_timeout_ms", c_int64), ("metrics_port", c_uint16), ("metrics_username", c_char_p), ("metrics_password", c_char_p), ("request_body_limit", c_int64), ("engine", c_void_p)]


class sfu_string_list(Structure):
    _fields_ = [("size", c_uint32), ("items", c_void_p), ("count", c_size_t)]


class sfu_webhook_counters(Structure):
    _fields_ = [("size", c_uint32), ("delivered", c_uint64), ("failed", c_uint64), ("dropped_age", c_uint64), ("dropped_queue_full", c_uint64), ("dropped_queue_closed", c_uint64), ("queue_length", c_uint64)]


class sfu_connect_request(Structure):
    _fields_ = [("size", c_uint32), ("path", c_char_p), ("query", c_void_p), ("query_count", c_size_t), ("headers", c_void_p), ("header_count", c_size_t), ("remote_address", c_char_p)]


class sfu_signal_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("accepted", c_void_p), ("rejected", c_void_p), ("send", c_void_p), ("close", c_void_p)]


class sfu_worker_statistics(Structure):
    _fields_ = [("size", c_uint32), ("rooms", c_uint64), ("participants", c_uint64), ("datagrams_received", c_uint64), ("processor_time_us", c_int64)]


class sfu_engine_statistics(Structure):
    _fields_ = [("size", c_uint32), ("node_id", c_char_p), ("started_at_ms", c_int64), ("updated_at_ms", c_int64), ("age_ms", c_int64), ("rooms", c_uint64), ("participants", c_uint64), ("tracks_published", c_uint64 * 3), ("tracks_subscribed", c_uint64 * 3), ("forward_latency_us", c_int64), ("forward_jitter_us", c_int64), ("joins_validation_failed", c_uint64), ("joins_signal_failed", c_uint64), ("joins_signal_connected", c_uint64), ("joins_rtc_init", c_uint64), ("joins_rtc_connected", c_uint64), ("joins_rtc_active", c_uint64), ("joins_rtc_canceled", c_uint64), ("joins_rtc_failure", c_uint64), ("publish_attempts", c_uint64 * 3), ("publish_successes", c_uint64 * 3), ("publish_cancels", c_uint64 * 3), ("subscribe_attempts", c_uint64), ("subscribe_successes", c_uint64), ("subscribe_cancels", c_uint64), ("packets_received", c_uint64), ("bytes_received", c_uint64), ("packets_received_again", c_uint64), ("bytes_received_again", c_uint64), ("packets_sent", c_uint64), ("bytes_sent", c_uint64), ("packets_sent_again", c_uint64), ("bytes_sent_again", c_uint64), ("nacks_sent", c_uint64), ("plis_sent", c_uint64), ("nacks_received", c_uint64), ("plis_received", c_uint64), ("signal_requests", c_uint64), ("signal_bad_requests", c_uint64), ("signal_responses", c_uint64), ("workers", c_void_p), ("worker_count", c_size_t), ("packets_filtered", c_uint64), ("bytes_filtered", c_uint64)]


class sfu_engine_counters(Structure):
    _fields_ = [("size", c_uint32), ("packets_received", c_uint64), ("dropped_unknown_source", c_uint64), ("dropped_malformed", c_uint64), ("dropped_between_workers", c_uint64), ("data_tracks_malformed", c_uint64), ("data_tracks_unknown", c_uint64), ("data_tracks_dropped", c_uint64)]


class sfu_participant_statistics(Structure):
    _fields_ = [("size", c_uint32), ("quality", c_int32), ("score", c_double), ("identity", c_char_p), ("sid", c_char_p), ("round_trip_us", c_int64), ("estimate_bps", c_int64)]


class sfu_stream_statistics(Structure):
    _fields_ = [("size", c_uint32), ("layer", c_int32), ("publisher", c_char_p), ("track", c_void_p), ("bytes", c_uint64), ("packets", c_uint64), ("lost", c_uint64), ("jitter_us", c_int64), ("filtered", c_uint64)]


class sfu_subscription_statistics(Structure):
    _fields_ = [("size", c_uint32), ("layer", c_int32), ("paused", c_int32), ("subscriber", c_char_p), ("publisher", c_char_p), ("track", c_char_p), ("bytes", c_uint64), ("packets", c_uint64), ("lost", c_uint64)]


class sfu_room_statistics(Structure):
    _fields_ = [("size", c_uint32), ("name", c_char_p), ("participants", c_void_p), ("participant_count", c_size_t), ("streams", c_void_p), ("stream_count", c_size_t), ("subscriptions", c_void_p), ("subscription_count", c_size_t)]


class sfu_video_grant(Structure):
    _fields_ = [("size", c_uint32), ("room_join", c_int32), ("room", c_char_p), ("destination_room", c_char_p), ("room_create", c_int32), ("room_list", c_int32), ("room_record", c_int32), ("room_admin", c_int32), ("ingress_admin", c_int32), ("can_publish", c_int32), ("can_subscribe", c_int32), ("can_publish_data", c_int32), ("can_update_own_metadata", c_int32), ("can_subscribe_metrics", c_int32), ("can_manage_agent_session", c_int32), ("can_publish_sources", c_void_p), ("can_publish_source_count", c_size_t), ("hidden", c_int32), ("recorder", c_int32), ("agent", c_int32)]


class sfu_sip_grant(Structure):
    _fields_ = [("size", c_uint32), ("admin", c_int32), ("call", c_int32)]


class sfu_agent_grant(Structure):
    _fields_ = [("size", c_uint32), ("admin", c_int32), ("simulation_admin", c_int32), ("database_admin", c_int32)]


class sfu_inference_grant(Structure):
    _fields_ = [("size", c_uint32), ("perform", c_int32)]


class sfu_observability_grant(Structure):
    _fields_ = [("size", c_uint32), ("write", c_int32)]


class sfu_claims(Structure):
    _fields_ = [("size", c_uint32), ("kind", c_int32), ("api_key", c_char_p), ("identity", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("attributes", c_void_p), ("attribute_count", c_size_t), ("kind_details", c_void_p), ("kind_detail_count", c_size_t), ("video", c_void_p), ("sip", c_void_p), ("agent", c_void_p), ("inference", c_void_p), ("observability", c_void_p), ("room_config", c_char_p), ("room_preset", c_char_p), ("sha256", c_char_p), ("not_before_ms", c_int64), ("issued_at_ms", c_int64), ("expires_at_ms", c_int64)]


class sfu_access_token_options(Structure):
    _fields_ = [("size", c_uint32), ("api_key", c_char_p), ("api_secret", c_char_p), ("ttl_ms", c_int64), ("now_ms", c_int64), ("allow_sensitive_room_config", c_int32)]


class sfu_address(Structure):
    _fields_ = [("ip", c_uint8 * 16), ("port", c_uint16)]


class sfu_datagram(Structure):
    _fields_ = [("local", sfu_address), ("remote", sfu_address), ("bytes", c_void_p), ("length", c_size_t)]


class sfu_transport_callbacks(Structure):
    _fields_ = [("size", c_uint32), ("user", c_void_p), ("dropped", c_void_p), ("open", c_void_p), ("close", c_void_p), ("send", c_void_p), ("poll_descriptor", c_void_p), ("receive", c_void_p), ("candidates", c_void_p)]


class sfu_track_info(Structure):
    _fields_ = [("size", c_uint32), ("kind", c_int32), ("source", c_int32), ("muted", c_int32), ("simulcast", c_int32), ("width", c_uint32), ("height", c_uint32), ("sid", c_char_p), ("name", c_char_p), ("mime_type", c_char_p), ("message", c_void_p), ("message_length", c_size_t)]


class sfu_participant_info(Structure):
    _fields_ = [("size", c_uint32), ("state", c_int32), ("is_publisher", c_int32), ("hidden", c_int32), ("forwarded", c_int32), ("sid", c_char_p), ("identity", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("attributes", c_void_p), ("attribute_count", c_size_t), ("joined_at_ms", c_int64), ("tracks", c_void_p), ("track_count", c_size_t), ("message", c_void_p), ("message_length", c_size_t)]


class sfu_room_info(Structure):
    _fields_ = [("size", c_uint32), ("num_participants", c_uint32), ("num_publishers", c_uint32), ("max_participants", c_uint32), ("sid", c_char_p), ("name", c_char_p), ("metadata", c_char_p), ("created_at_ms", c_int64), ("empty_timeout_ms", c_int64), ("departure_timeout_ms", c_int64), ("playout_delay_min_ms", c_int64), ("playout_delay_max_ms", c_int64), ("sync_streams", c_int32), ("agents", c_char_p), ("egress", c_char_p), ("tags", c_void_p), ("tag_count", c_size_t), ("message", c_void_p), ("message_length", c_size_t)]


class sfu_room_info_list(Structure):
    _fields_ = [("size", c_uint32), ("items", c_void_p), ("count", c_size_t)]


class sfu_participant_info_list(Structure):
    _fields_ = [("size", c_uint32), ("items", c_void_p), ("count", c_size_t)]


class sfu_permission(Structure):
    _fields_ = [("size", c_uint32), ("can_subscribe", c_int32), ("can_publish", c_int32), ("can_publish_data", c_int32), ("can_update_metadata", c_int32), ("can_subscribe_metrics", c_int32), ("can_manage_agent_session", c_int32), ("hidden", c_int32), ("recorder", c_int32), ("agent", c_int32), ("can_publish_sources", c_void_p), ("can_publish_source_count", c_size_t)]


class sfu_participant_changes(Structure):
    _fields_ = [("size", c_uint32), ("name", c_char_p), ("metadata", c_char_p), ("attributes", c_void_p), ("attribute_count", c_size_t), ("permission", c_void_p)]


class sfu_agent_dispatch(Structure):
    _fields_ = [("size", c_uint32), ("id", c_char_p), ("agent_name", c_char_p), ("metadata", c_char_p), ("attributes", c_void_p), ("attribute_count", c_size_t), ("deployment", c_char_p), ("restarts", c_int32), ("created_at_ms", c_int64)]


class sfu_agent_dispatch_list(Structure):
    _fields_ = [("size", c_uint32), ("items", c_void_p), ("count", c_size_t)]


class sfu_data_options(Structure):
    _fields_ = [("size", c_uint32), ("reliable", c_int32), ("topic", c_char_p), ("to", c_void_p), ("to_count", c_size_t), ("to_sids", c_void_p), ("to_sid_count", c_size_t), ("nonce", c_void_p), ("nonce_length", c_size_t)]


class sfu_rpc_request(Structure):
    _fields_ = [("size", c_uint32), ("method", c_char_p), ("payload", c_char_p), ("response_timeout_ms", c_int64)]


class sfu_rpc_result(Structure):
    _fields_ = [("size", c_uint32), ("error_code", c_uint32), ("payload", c_char_p), ("error_message", c_char_p), ("error_data", c_char_p)]


class sfu_webhook_event(Structure):
    _fields_ = [("size", c_uint32), ("event", c_char_p), ("id", c_char_p), ("created_at_ms", c_int64), ("room", c_void_p), ("participant", c_void_p), ("track", c_void_p), ("egress_info", c_char_p), ("ingress_info", c_char_p), ("job", c_char_p), ("json", c_char_p)]


STRUCTS: dict[str, type[Structure]] = {
    "sfu_pair": sfu_pair,
    "sfu_log_callbacks": sfu_log_callbacks,
    "sfu_auth_callbacks": sfu_auth_callbacks,
    "sfu_client_options": sfu_client_options,
    "sfu_data_message": sfu_data_message,
    "sfu_speaker": sfu_speaker,
    "sfu_stream_info": sfu_stream_info,
    "sfu_client_callbacks": sfu_client_callbacks,
    "sfu_stream_options": sfu_stream_options,
    "sfu_rpc_call": sfu_rpc_call,
    "sfu_rpc_callbacks": sfu_rpc_callbacks,
    "sfu_client_description": sfu_client_description,
    "sfu_client_configuration": sfu_client_configuration,
    "sfu_client_rule": sfu_client_rule,
    "sfu_client_config_callbacks": sfu_client_config_callbacks,
    "sfu_clock_callbacks": sfu_clock_callbacks,
    "sfu_turn_server": sfu_turn_server,
    "sfu_engine_options": sfu_engine_options,
    "sfu_event": sfu_event,
    "sfu_event_callbacks": sfu_event_callbacks,
    "sfu_local_participant_options": sfu_local_participant_options,
    "sfu_frame": sfu_frame,
    "sfu_video_layer": sfu_video_layer,
    "sfu_publish_options": sfu_publish_options,
    "sfu_track_settings": sfu_track_settings,
    "sfu_media_file_info": sfu_media_file_info,
    "sfu_media_sample": sfu_media_sample,
    "sfu_track_packet": sfu_track_packet,
    "sfu_packet_filter_callbacks": sfu_packet_filter_callbacks,
    "sfu_join_request": sfu_join_request,
    "sfu_policy_participant": sfu_policy_participant,
    "sfu_publish_request": sfu_publish_request,
    "sfu_subscribe_request": sfu_subscribe_request,
    "sfu_data_request": sfu_data_request,
    "sfu_policy_callbacks": sfu_policy_callbacks,
    "sfu_room_api_options": sfu_room_api_options,
    "sfu_create_room_options": sfu_create_room_options,
    "sfu_api_error": sfu_api_error,
    "sfu_room_options": sfu_room_options,
    "sfu_room_configuration": sfu_room_configuration,
    "sfu_room_preset": sfu_room_preset,
    "sfu_server_options": sfu_server_options,
    "sfu_string_list": sfu_string_list,
    "sfu_webhook_counters": sfu_webhook_counters,
    "sfu_connect_request": sfu_connect_request,
    "sfu_signal_callbacks": sfu_signal_callbacks,
    "sfu_worker_statistics": sfu_worker_statistics,
    "sfu_engine_statistics": sfu_engine_statistics,
    "sfu_engine_counters": sfu_engine_counters,
    "sfu_participant_statistics": sfu_participant_statistics,
    "sfu_stream_statistics": sfu_stream_statistics,
    "sfu_subscription_statistics": sfu_subscription_statistics,
    "sfu_room_statistics": sfu_room_statistics,
    "sfu_video_grant": sfu_video_grant,
    "sfu_sip_grant": sfu_sip_grant,
    "sfu_agent_grant": sfu_agent_grant,
    "sfu_inference_grant": sfu_inference_grant,
    "sfu_observability_grant": sfu_observability_grant,
    "sfu_claims": sfu_claims,
    "sfu_access_token_options": sfu_access_token_options,
    "sfu_address": sfu_address,
    "sfu_datagram": sfu_datagram,
    "sfu_transport_callbacks": sfu_transport_callbacks,
    "sfu_track_info": sfu_track_info,
    "sfu_participant_info": sfu_participant_info,
    "sfu_room_info": sfu_room_info,
    "sfu_room_info_list": sfu_room_info_list,
    "sfu_participant_info_list": sfu_participant_info_list,
    "sfu_permission": sfu_permission,
    "sfu_participant_changes": sfu_participant_changes,
    "sfu_agent_dispatch": sfu_agent_dispatch,
    "sfu_agent_dispatch_list": sfu_agent_dispatch_list,
    "sfu_data_options": sfu_data_options,
    "sfu_rpc_request": sfu_rpc_request,
    "sfu_rpc_result": sfu_rpc_result,
    "sfu_webhook_event": sfu_webhook_event,
}

# Without `size`.
SHAPES: dict[str, tuple[S, ...]] = {
    "sfu_pair": (S('key', 'string'), S('value', 'string'),),
    "sfu_log_callbacks": (S('user', 'user'), S('dropped', 'function'), S('log', 'function'),),
    "sfu_auth_callbacks": (S('user', 'user'), S('dropped', 'function'), S('authenticate', 'function'), S('refresh', 'function'),),
    "sfu_client_options": (S('url', 'string'), S('token', 'string'), S('single_connection', 'setting'), S('auto_subscribe', 'setting'), S('adaptive_stream', 'bool'), S('metadata', 'string'), S('attributes', 'pairs', '', 'attribute_count'), S('media_addresses', 'strings', '', 'media_address_count'), S('ca_file', 'string'), S('any_server', 'bool'), S('receive_frames', 'setting'),),
    "sfu_data_message": (S('reliable', 'bool'), S('sender', 'string'), S('topic', 'string'), S('bytes', 'bytes', '', 'length'),),
    "sfu_speaker": (S('identity', 'string'), S('level', 'float'),),
    "sfu_stream_info": (S('text', 'bool'), S('id', 'string'), S('sender', 'string'), S('topic', 'string'), S('mime_type', 'string'), S('name', 'string'), S('total_length', 'int', 'int64_t'), S('attributes', 'pairs', '', 'attribute_count'), S('reply_to', 'string'),),
    "sfu_client_callbacks": (S('user', 'user'), S('dropped', 'function'), S('on_connected', 'function'), S('on_ready', 'function'), S('on_reconnecting', 'function'), S('on_reconnected', 'function'), S('on_disconnected', 'function'), S('on_moved', 'function'), S('on_participant_joined', 'function'), S('on_participant_changed', 'function'), S('on_participant_left', 'function'), S('on_track_published', 'function'), S('on_track_changed', 'function'), S('on_track_unpublished', 'function'), S('on_speakers', 'function'), S('on_subscribed', 'function'), S('on_unsubscribed', 'function'), S('on_frame', 'function'), S('on_rtp', 'function'), S('on_published', 'function'), S('on_publish_failed', 'function'), S('on_keyframe_requested', 'function'), S('on_data', 'function'), S('on_text', 'function'), S('on_stream_opened', 'function'), S('on_stream_data', 'function'), S('on_stream_closed', 'function'),),
    "sfu_stream_options": (S('topic', 'string'), S('to', 'strings', '', 'to_count'), S('attributes', 'pairs', '', 'attribute_count'), S('mime_type', 'string'), S('name', 'string'), S('reply_to', 'string'),),
    "sfu_rpc_call": (S('caller', 'string'), S('method', 'string'), S('payload', 'string'), S('timeout_ms', 'int', 'int64_t'),),
    "sfu_rpc_callbacks": (S('user', 'user'), S('dropped', 'function'), S('on_call', 'function'),),
    "sfu_client_description": (S('sdk', 'string'), S('version', 'string'), S('protocol', 'int', 'int64_t'), S('os', 'string'), S('os_version', 'string'), S('device_model', 'string'), S('browser', 'string'), S('browser_version', 'string'), S('address', 'string'),),
    "sfu_client_configuration": (S('video_hardware_encoder', 'setting'), S('screen_hardware_encoder', 'setting'), S('resume_connection', 'setting'), S('force_relay', 'setting'), S('disabled_codecs', 'strings', '', 'disabled_codec_count'), S('disabled_publish_codecs', 'strings', '', 'disabled_publish_codec_count'),),
    "sfu_client_rule": (S('merge', 'setting'), S('when', 'string'), S('then', 'struct', 'sfu_client_configuration'),),
    "sfu_client_config_callbacks": (S('user', 'user'), S('dropped', 'function'), S('configure', 'function'),),
    "sfu_clock_callbacks": (S('user', 'user'), S('dropped', 'function'), S('now_ns', 'function'), S('wall_now_ns', 'function'),),
    "sfu_turn_server": (S('protocol', 'enum', 'sfu_turn_protocol'), S('host', 'string'), S('port', 'int', 'uint16_t'), S('username', 'string'), S('credential', 'string'), S('secret', 'string'), S('ttl_ms', 'int', 'int64_t'),),
    "sfu_engine_options": (S('workers', 'int', 'uint32_t'), S('udp_port_first', 'int', 'uint16_t'), S('udp_port_last', 'int', 'uint16_t'), S('bind_addresses', 'strings', '', 'bind_address_count'), S('included_interfaces', 'strings', '', 'included_interface_count'), S('excluded_interfaces', 'strings', '', 'excluded_interface_count'), S('included_addresses', 'strings', '', 'included_address_count'), S('excluded_addresses', 'strings', '', 'excluded_address_count'), S('loopback', 'bool'), S('node_ips', 'strings', '', 'node_ip_count'), S('node_id', 'string'), S('region', 'string'), S('keys', 'pairs', '', 'key_count'), S('room_defaults', 'struct', 'sfu_room_options'), S('room_presets', 'structs', 'sfu_room_preset', 'room_preset_count'), S('turn_servers', 'structs', 'sfu_turn_server', 'turn_server_count'), S('stun_servers', 'strings', '', 'stun_server_count'), S('track_limit', 'int', 'uint64_t'), S('bytes_per_second_limit', 'int', 'uint64_t'), S('signal_message_limit', 'int', 'int64_t'), S('statistics_interval_ms', 'int', 'int64_t'), S('policy_timeout_ms', 'int', 'int64_t'), S('host_driven', 'bool'), S('client_rules', 'structs', 'sfu_client_rule', 'client_rule_count'), S('auth', 'callbacks', 'sfu_auth_callbacks'), S('policy', 'callbacks', 'sfu_policy_callbacks'), S('events', 'callbacks', 'sfu_event_callbacks'), S('transport', 'callbacks', 'sfu_transport_callbacks'), S('client_config', 'callbacks', 'sfu_client_config_callbacks'), S('clock', 'callbacks', 'sfu_clock_callbacks'), S('log', 'callbacks', 'sfu_log_callbacks'), S('log_level', 'enum', 'sfu_log_level'), S('log_json', 'bool'),),
    "sfu_event": (S('kind', 'enum', 'sfu_event_kind'), S('name', 'string'), S('id', 'string'), S('sequence', 'int', 'uint64_t'), S('at_ms', 'int', 'int64_t'), S('room', 'struct', 'sfu_room_info'), S('participant', 'struct', 'sfu_participant_info'), S('track', 'struct', 'sfu_track_info'),),
    "sfu_event_callbacks": (S('user', 'user'), S('dropped', 'function'), S('on_event', 'function'),),
    "sfu_local_participant_options": (S('claims', 'struct', 'sfu_claims'), S('auto_subscribe', 'setting'), S('receive_frames', 'setting'),),
    "sfu_frame": (S('timestamp', 'int', 'uint32_t'), S('bytes', 'bytes', '', 'length'), S('is_keyframe', 'bool'),),
    "sfu_video_layer": (S('width', 'int', 'uint32_t'), S('height', 'int', 'uint32_t'), S('bitrate', 'int', 'uint32_t'), S('rid', 'string'),),
    "sfu_publish_options": (S('codec', 'enum', 'sfu_codec'), S('source', 'enum', 'sfu_track_source'), S('width', 'int', 'uint32_t'), S('height', 'int', 'uint32_t'), S('stereo', 'bool'), S('muted', 'bool'), S('name', 'string'), S('layers', 'structs', 'sfu_video_layer', 'layer_count'),),
    "sfu_track_settings": (S('disabled', 'bool'), S('quality', 'enum', 'sfu_video_quality'), S('width', 'int', 'uint32_t'), S('height', 'int', 'uint32_t'), S('fps', 'int', 'uint32_t'),),
    "sfu_media_file_info": (S('codec', 'enum', 'sfu_codec'), S('width', 'int', 'uint32_t'), S('height', 'int', 'uint32_t'),),
    "sfu_media_sample": (S('frame', 'struct', 'sfu_frame'), S('at_us', 'int', 'int64_t'), S('duration_us', 'int', 'int64_t'),),
    "sfu_track_packet": (S('ssrc', 'int', 'uint32_t'), S('timestamp', 'int', 'uint32_t'), S('sequence_number', 'int', 'uint16_t'), S('payload_type', 'int', 'uint8_t'), S('layer', 'int', 'uint8_t'), S('spatial_layer', 'int', 'uint8_t'), S('temporal_layer', 'int', 'uint8_t'), S('marker', 'bool'), S('redundant', 'bool'), S('recovered', 'bool'), S('starts_frame', 'bool'), S('starts_keyframe', 'bool'), S('voice', 'bool'), S('audio_level', 'int', 'int32_t'), S('arrived_ns', 'int', 'int64_t'), S('mime_type', 'string'), S('descriptor', 'bytes', '', 'descriptor_length'), S('payload', 'bytes', '', 'payload_length'),),
    "sfu_packet_filter_callbacks": (S('user', 'user'), S('dropped', 'function'), S('on_packet', 'function'), S('on_ended', 'function'),),
    "sfu_join_request": (S('claims', 'struct', 'sfu_claims'), S('client_address', 'string'), S('room_exists', 'bool'), S('already_there', 'bool'), S('checking', 'bool'), S('participants', 'int', 'uint64_t'),),
    "sfu_policy_participant": (S('identity', 'string'), S('sid', 'string'), S('metadata', 'string'), S('agent', 'bool'), S('recorder', 'bool'),),
    "sfu_publish_request": (S('room', 'string'), S('publisher', 'struct', 'sfu_policy_participant'), S('track', 'struct', 'sfu_track_info'),),
    "sfu_subscribe_request": (S('room', 'string'), S('subscriber', 'struct', 'sfu_policy_participant'), S('publisher', 'struct', 'sfu_policy_participant'), S('track', 'struct', 'sfu_track_info'),),
    "sfu_data_request": (S('room', 'string'), S('sender', 'struct', 'sfu_policy_participant'), S('kind', 'enum', 'sfu_data_kind'), S('reliable', 'bool'), S('topic', 'string'), S('id', 'string'), S('payload', 'bytes', '', 'payload_length'), S('to_identities', 'strings', '', 'to_identity_count'), S('to_sids', 'strings', '', 'to_sid_count'),),
    "sfu_policy_callbacks": (S('user', 'user'), S('dropped', 'function'), S('on_join', 'function'), S('on_publish', 'function'), S('on_subscribe', 'function'), S('on_data', 'function'),),
    "sfu_room_api_options": (S('json', 'bool'), S('any_server', 'bool'), S('url', 'string'), S('api_key', 'string'), S('api_secret', 'string'), S('token', 'string'), S('timeout_ms', 'int', 'int64_t'), S('ca_file', 'string'),),
    "sfu_create_room_options": (S('configuration', 'struct', 'sfu_room_configuration'), S('preset', 'string'), S('node_id', 'string'),),
    "sfu_api_error": (S('http_status', 'int', 'int32_t'), S('code', 'string'), S('message', 'string'), S('meta', 'pairs', '', 'meta_count'),),
    "sfu_room_options": (S('auto_create', 'setting'), S('empty_timeout_ms', 'int', 'int64_t'), S('departure_timeout_ms', 'int', 'int64_t'), S('max_participants', 'int', 'uint32_t'), S('sync_streams', 'bool'), S('enabled_codecs', 'strings', '', 'enabled_codec_count'), S('metadata', 'string'), S('playout_delay_min_ms', 'int', 'int64_t'), S('playout_delay_max_ms', 'int', 'int64_t'), S('data_tracks', 'setting'), S('participant_data_blobs', 'bool'), S('subscription_limit_video', 'int', 'uint32_t'), S('subscription_limit_audio', 'int', 'uint32_t'), S('codec_regression_threshold', 'int', 'int32_t'), S('reconnect_on_publication_error', 'bool'), S('remote_unmute', 'bool'), S('duplicate_identity', 'enum', 'sfu_duplicate_identity'), S('speaker_active_level', 'int', 'uint32_t'), S('speaker_min_percentile', 'int', 'uint32_t'), S('speaker_interval_ms', 'int', 'int64_t'), S('speaker_smooth_intervals', 'int', 'int32_t'), S('keyframe_throttle_low_ms', 'int', 'int64_t'), S('keyframe_throttle_mid_ms', 'int', 'int64_t'), S('keyframe_throttle_high_ms', 'int', 'int64_t'), S('packet_buffer_video', 'int', 'uint32_t'), S('packet_buffer_audio', 'int', 'uint32_t'), S('dynacast_pause_delay_ms', 'int', 'int64_t'), S('congestion_control', 'setting'), S('allow_pause', 'bool'), S('update_batch_target_size', 'int', 'uint32_t'), S('room_name_limit', 'int', 'int64_t'), S('identity_limit', 'int', 'int64_t'), S('name_limit', 'int', 'int64_t'), S('metadata_limit', 'int', 'int64_t'), S('attributes_limit', 'int', 'int64_t'), S('data_blob_key_limit', 'int', 'int64_t'), S('data_blobs_limit', 'int', 'int64_t'), S('data_track_encoding_limit', 'int', 'int64_t'),),
    "sfu_room_configuration": (S('max_participants', 'int', 'uint32_t'), S('empty_timeout_ms', 'int', 'int64_t'), S('departure_timeout_ms', 'int', 'int64_t'), S('metadata', 'string'), S('playout_delay_min_ms', 'int', 'int64_t'), S('playout_delay_max_ms', 'int', 'int64_t'), S('sync_streams', 'bool'), S('agents', 'string'), S('egress', 'string'), S('tags', 'pairs', '', 'tag_count'),),
    "sfu_room_preset": (S('name', 'string'), S('configuration', 'struct', 'sfu_room_configuration'),),
    "sfu_server_options": (S('port', 'int', 'int32_t'), S('yaml', 'string'), S('yaml_file_name', 'string'), S('yaml_lenient', 'bool'), S('overrides', 'pairs', '', 'override_count'), S('development', 'bool'), S('bind_addresses', 'strings', '', 'bind_address_count'), S('meet_directory', 'string'), S('console_directory', 'string'), S('webhook_urls', 'strings', '', 'webhook_url_count'), S('webhook_api_key', 'string'), S('webhook_include_events', 'strings', '', 'webhook_include_event_count'), S('webhook_exclude_events', 'strings', '', 'webhook_exclude_event_count'), S('webhook_full_room_in_track_events', 'bool'), S('webhook_max_age_ms', 'int', 'int64_t'), S('webhook_max_depth', 'int', 'uint64_t'), S('webhook_ca_file', 'string'), S('webhook_stop_timeout_ms', 'int', 'int64_t'), S('metrics_port', 'int', 'uint16_t'), S('metrics_username', 'string'), S('metrics_password', 'string'), S('request_body_limit', 'int', 'int64_t'), S('engine', 'struct', 'sfu_engine_options'),),
    "sfu_string_list": (S('items', 'strings', '', 'count'),),
    "sfu_webhook_counters": (S('delivered', 'int', 'uint64_t'), S('failed', 'int', 'uint64_t'), S('dropped_age', 'int', 'uint64_t'), S('dropped_queue_full', 'int', 'uint64_t'), S('dropped_queue_closed', 'int', 'uint64_t'), S('queue_length', 'int', 'uint64_t'),),
    "sfu_connect_request": (S('path', 'string'), S('query', 'pairs', '', 'query_count'), S('headers', 'pairs', '', 'header_count'), S('remote_address', 'string'),),
    "sfu_signal_callbacks": (S('user', 'user'), S('dropped', 'function'), S('accepted', 'function'), S('rejected', 'function'), S('send', 'function'), S('close', 'function'),),
    "sfu_worker_statistics": (S('rooms', 'int', 'uint64_t'), S('participants', 'int', 'uint64_t'), S('datagrams_received', 'int', 'uint64_t'), S('processor_time_us', 'int', 'int64_t'),),
    "sfu_engine_statistics": (S('node_id', 'string'), S('started_at_ms', 'int', 'int64_t'), S('updated_at_ms', 'int', 'int64_t'), S('age_ms', 'int', 'int64_t'), S('rooms', 'int', 'uint64_t'), S('participants', 'int', 'uint64_t'), S('tracks_published', 'numbers', 'uint64_t'), S('tracks_subscribed', 'numbers', 'uint64_t'), S('forward_latency_us', 'int', 'int64_t'), S('forward_jitter_us', 'int', 'int64_t'), S('joins_validation_failed', 'int', 'uint64_t'), S('joins_signal_failed', 'int', 'uint64_t'), S('joins_signal_connected', 'int', 'uint64_t'), S('joins_rtc_init', 'int', 'uint64_t'), S('joins_rtc_connected', 'int', 'uint64_t'), S('joins_rtc_active', 'int', 'uint64_t'), S('joins_rtc_canceled', 'int', 'uint64_t'), S('joins_rtc_failure', 'int', 'uint64_t'), S('publish_attempts', 'numbers', 'uint64_t'), S('publish_successes', 'numbers', 'uint64_t'), S('publish_cancels', 'numbers', 'uint64_t'), S('subscribe_attempts', 'int', 'uint64_t'), S('subscribe_successes', 'int', 'uint64_t'), S('subscribe_cancels', 'int', 'uint64_t'), S('packets_received', 'int', 'uint64_t'), S('bytes_received', 'int', 'uint64_t'), S('packets_received_again', 'int', 'uint64_t'), S('bytes_received_again', 'int', 'uint64_t'), S('packets_sent', 'int', 'uint64_t'), S('bytes_sent', 'int', 'uint64_t'), S('packets_sent_again', 'int', 'uint64_t'), S('bytes_sent_again', 'int', 'uint64_t'), S('nacks_sent', 'int', 'uint64_t'), S('plis_sent', 'int', 'uint64_t'), S('nacks_received', 'int', 'uint64_t'), S('plis_received', 'int', 'uint64_t'), S('signal_requests', 'int', 'uint64_t'), S('signal_bad_requests', 'int', 'uint64_t'), S('signal_responses', 'int', 'uint64_t'), S('workers', 'structs', 'sfu_worker_statistics', 'worker_count'), S('packets_filtered', 'int', 'uint64_t'), S('bytes_filtered', 'int', 'uint64_t'),),
    "sfu_engine_counters": (S('packets_received', 'int', 'uint64_t'), S('dropped_unknown_source', 'int', 'uint64_t'), S('dropped_malformed', 'int', 'uint64_t'), S('dropped_between_workers', 'int', 'uint64_t'), S('data_tracks_malformed', 'int', 'uint64_t'), S('data_tracks_unknown', 'int', 'uint64_t'), S('data_tracks_dropped', 'int', 'uint64_t'),),
    "sfu_participant_statistics": (S('quality', 'enum', 'sfu_connection_quality'), S('score', 'float'), S('identity', 'string'), S('sid', 'string'), S('round_trip_us', 'int', 'int64_t'), S('estimate_bps', 'int', 'int64_t'),),
    "sfu_stream_statistics": (S('layer', 'int', 'int32_t'), S('publisher', 'string'), S('track', 'struct', 'sfu_track_info'), S('bytes', 'int', 'uint64_t'), S('packets', 'int', 'uint64_t'), S('lost', 'int', 'uint64_t'), S('jitter_us', 'int', 'int64_t'), S('filtered', 'int', 'uint64_t'),),
    "sfu_subscription_statistics": (S('layer', 'int', 'int32_t'), S('paused', 'bool'), S('subscriber', 'string'), S('publisher', 'string'), S('track', 'string'), S('bytes', 'int', 'uint64_t'), S('packets', 'int', 'uint64_t'), S('lost', 'int', 'uint64_t'),),
    "sfu_room_statistics": (S('name', 'string'), S('participants', 'structs', 'sfu_participant_statistics', 'participant_count'), S('streams', 'structs', 'sfu_stream_statistics', 'stream_count'), S('subscriptions', 'structs', 'sfu_subscription_statistics', 'subscription_count'),),
    "sfu_video_grant": (S('room_join', 'bool'), S('room', 'string'), S('destination_room', 'string'), S('room_create', 'bool'), S('room_list', 'bool'), S('room_record', 'bool'), S('room_admin', 'bool'), S('ingress_admin', 'bool'), S('can_publish', 'setting'), S('can_subscribe', 'setting'), S('can_publish_data', 'setting'), S('can_update_own_metadata', 'setting'), S('can_subscribe_metrics', 'setting'), S('can_manage_agent_session', 'setting'), S('can_publish_sources', 'strings', '', 'can_publish_source_count'), S('hidden', 'bool'), S('recorder', 'bool'), S('agent', 'bool'),),
    "sfu_sip_grant": (S('admin', 'bool'), S('call', 'bool'),),
    "sfu_agent_grant": (S('admin', 'bool'), S('simulation_admin', 'bool'), S('database_admin', 'bool'),),
    "sfu_inference_grant": (S('perform', 'bool'),),
    "sfu_observability_grant": (S('write', 'bool'),),
    "sfu_claims": (S('kind', 'enum', 'sfu_participant_kind'), S('api_key', 'string'), S('identity', 'string'), S('name', 'string'), S('metadata', 'string'), S('attributes', 'pairs', '', 'attribute_count'), S('kind_details', 'strings', '', 'kind_detail_count'), S('video', 'struct', 'sfu_video_grant'), S('sip', 'struct', 'sfu_sip_grant'), S('agent', 'struct', 'sfu_agent_grant'), S('inference', 'struct', 'sfu_inference_grant'), S('observability', 'struct', 'sfu_observability_grant'), S('room_config', 'string'), S('room_preset', 'string'), S('sha256', 'string'), S('not_before_ms', 'int', 'int64_t'), S('issued_at_ms', 'int', 'int64_t'), S('expires_at_ms', 'int', 'int64_t'),),
    "sfu_access_token_options": (S('api_key', 'string'), S('api_secret', 'string'), S('ttl_ms', 'int', 'int64_t'), S('now_ms', 'int', 'int64_t'), S('allow_sensitive_room_config', 'bool'),),
    "sfu_address": (S('ip', 'numbers', 'uint8_t'), S('port', 'int', 'uint16_t'),),
    "sfu_datagram": (S('local', 'pointer', 'sfu_address'), S('remote', 'pointer', 'sfu_address'), S('bytes', 'bytes', '', 'length'),),
    "sfu_transport_callbacks": (S('user', 'user'), S('dropped', 'function'), S('open', 'function'), S('close', 'function'), S('send', 'function'), S('poll_descriptor', 'function'), S('receive', 'function'), S('candidates', 'function'),),
    "sfu_track_info": (S('kind', 'enum', 'sfu_track_kind'), S('source', 'enum', 'sfu_track_source'), S('muted', 'bool'), S('simulcast', 'bool'), S('width', 'int', 'uint32_t'), S('height', 'int', 'uint32_t'), S('sid', 'string'), S('name', 'string'), S('mime_type', 'string'), S('message', 'bytes', '', 'message_length'),),
    "sfu_participant_info": (S('state', 'enum', 'sfu_participant_state'), S('is_publisher', 'bool'), S('hidden', 'bool'), S('forwarded', 'bool'), S('sid', 'string'), S('identity', 'string'), S('name', 'string'), S('metadata', 'string'), S('attributes', 'pairs', '', 'attribute_count'), S('joined_at_ms', 'int', 'int64_t'), S('tracks', 'structs', 'sfu_track_info', 'track_count'), S('message', 'bytes', '', 'message_length'),),
    "sfu_room_info": (S('num_participants', 'int', 'uint32_t'), S('num_publishers', 'int', 'uint32_t'), S('max_participants', 'int', 'uint32_t'), S('sid', 'string'), S('name', 'string'), S('metadata', 'string'), S('created_at_ms', 'int', 'int64_t'), S('empty_timeout_ms', 'int', 'int64_t'), S('departure_timeout_ms', 'int', 'int64_t'), S('playout_delay_min_ms', 'int', 'int64_t'), S('playout_delay_max_ms', 'int', 'int64_t'), S('sync_streams', 'bool'), S('agents', 'string'), S('egress', 'string'), S('tags', 'pairs', '', 'tag_count'), S('message', 'bytes', '', 'message_length'),),
    "sfu_room_info_list": (S('items', 'structs', 'sfu_room_info', 'count'),),
    "sfu_participant_info_list": (S('items', 'structs', 'sfu_participant_info', 'count'),),
    "sfu_permission": (S('can_subscribe', 'bool'), S('can_publish', 'bool'), S('can_publish_data', 'bool'), S('can_update_metadata', 'bool'), S('can_subscribe_metrics', 'bool'), S('can_manage_agent_session', 'bool'), S('hidden', 'bool'), S('recorder', 'bool'), S('agent', 'bool'), S('can_publish_sources', 'enums', 'sfu_track_source', 'can_publish_source_count'),),
    "sfu_participant_changes": (S('name', 'string'), S('metadata', 'string'), S('attributes', 'pairs', '', 'attribute_count'), S('permission', 'struct', 'sfu_permission'),),
    "sfu_agent_dispatch": (S('id', 'string'), S('agent_name', 'string'), S('metadata', 'string'), S('attributes', 'pairs', '', 'attribute_count'), S('deployment', 'string'), S('restarts', 'setting'), S('created_at_ms', 'int', 'int64_t'),),
    "sfu_agent_dispatch_list": (S('items', 'structs', 'sfu_agent_dispatch', 'count'),),
    "sfu_data_options": (S('reliable', 'setting'), S('topic', 'string'), S('to', 'strings', '', 'to_count'), S('to_sids', 'strings', '', 'to_sid_count'), S('nonce', 'bytes', '', 'nonce_length'),),
    "sfu_rpc_request": (S('method', 'string'), S('payload', 'string'), S('response_timeout_ms', 'int', 'int64_t'),),
    "sfu_rpc_result": (S('error_code', 'int', 'uint32_t'), S('payload', 'string'), S('error_message', 'string'), S('error_data', 'string'),),
    "sfu_webhook_event": (S('event', 'string'), S('id', 'string'), S('created_at_ms', 'int', 'int64_t'), S('room', 'struct', 'sfu_room_info'), S('participant', 'struct', 'sfu_participant_info'), S('track', 'struct', 'sfu_track_info'), S('egress_info', 'string'), S('ingress_info', 'string'), S('job', 'string'), S('json', 'string'),),
}

# What each callback gets after `user`, its C types, and that of what it returns.
CALLBACKS: dict[str, dict[str, tuple[tuple[S, ...], tuple[Any, ...], Any]]] = {
    "sfu_log_callbacks": {
        "log": ((S('level', 'enum', 'sfu_log_level'), S('message', 'string'), S('fields', 'pairs', '', 'field_count'),), (c_int32, c_char_p, c_void_p, c_size_t,), None),
    },
    "sfu_auth_callbacks": {
        "authenticate": ((S('token', 'string'), S('now_ms', 'int', 'int64_t'), S('answer', 'handle', 'sfu_answer'),), (c_char_p, c_int64, c_void_p,), None),
        "refresh": ((S('claims', 'struct', 'sfu_claims'), S('now_ms', 'int', 'int64_t'), S('ttl_ms', 'int', 'int64_t'), S('answer', 'handle', 'sfu_answer'),), (c_void_p, c_int64, c_int64, c_void_p,), None),
    },
    "sfu_client_callbacks": {
        "on_connected": ((S('room', 'struct', 'sfu_room_info'), S('self', 'struct', 'sfu_participant_info'),), (c_void_p, c_void_p,), None),
        "on_ready": ((), (), None),
        "on_reconnecting": ((S('resuming', 'bool'),), (c_int32,), None),
        "on_reconnected": ((S('resumed', 'bool'),), (c_int32,), None),
        "on_disconnected": ((S('reason', 'enum', 'sfu_disconnect_reason'), S('status', 'enum', 'sfu_status'), S('message', 'string'),), (c_int32, c_int32, c_char_p,), None),
        "on_moved": ((S('room', 'struct', 'sfu_room_info'),), (c_void_p,), None),
        "on_participant_joined": ((S('participant', 'struct', 'sfu_participant_info'),), (c_void_p,), None),
        "on_participant_changed": ((S('participant', 'struct', 'sfu_participant_info'),), (c_void_p,), None),
        "on_participant_left": ((S('participant', 'struct', 'sfu_participant_info'),), (c_void_p,), None),
        "on_track_published": ((S('identity', 'string'), S('track', 'struct', 'sfu_track_info'),), (c_char_p, c_void_p,), None),
        "on_track_changed": ((S('identity', 'string'), S('track', 'struct', 'sfu_track_info'),), (c_char_p, c_void_p,), None),
        "on_track_unpublished": ((S('identity', 'string'), S('track', 'struct', 'sfu_track_info'),), (c_char_p, c_void_p,), None),
        "on_speakers": ((S('speakers', 'structs', 'sfu_speaker', 'count'),), (c_void_p, c_size_t,), None),
        "on_subscribed": ((S('track_sid', 'string'), S('identity', 'string'), S('codec', 'enum', 'sfu_codec'),), (c_char_p, c_char_p, c_int32,), None),
        "on_unsubscribed": ((S('track_sid', 'string'),), (c_char_p,), None),
        "on_frame": ((S('track_sid', 'string'), S('codec', 'enum', 'sfu_codec'), S('frame', 'struct', 'sfu_frame'),), (c_char_p, c_int32, c_void_p,), None),
        "on_rtp": ((S('track_sid', 'string'), S('packet', 'bytes', '', 'length'), S('recovered', 'bool'),), (c_char_p, c_void_p, c_size_t, c_int32,), None),
        "on_published": ((S('id', 'string'), S('track_sid', 'string'),), (c_char_p, c_char_p,), None),
        "on_publish_failed": ((S('id', 'string'), S('status', 'enum', 'sfu_status'), S('message', 'string'),), (c_char_p, c_int32, c_char_p,), None),
        "on_keyframe_requested": ((S('id', 'string'), S('layer', 'int', 'uint32_t'),), (c_char_p, c_uint32,), None),
        "on_data": ((S('message', 'struct', 'sfu_data_message'),), (c_void_p,), None),
        "on_text": ((S('info', 'struct', 'sfu_stream_info'), S('text', 'text', '', 'length'),), (c_void_p, c_void_p, c_size_t,), None),
        "on_stream_opened": ((S('info', 'struct', 'sfu_stream_info'),), (c_void_p,), None),
        "on_stream_data": ((S('sender', 'string'), S('id', 'string'), S('bytes', 'bytes', '', 'length'),), (c_char_p, c_char_p, c_void_p, c_size_t,), None),
        "on_stream_closed": ((S('sender', 'string'), S('id', 'string'), S('status', 'enum', 'sfu_status'), S('message', 'string'),), (c_char_p, c_char_p, c_int32, c_char_p,), None),
    },
    "sfu_rpc_callbacks": {
        "on_call": ((S('call', 'struct', 'sfu_rpc_call'), S('responder', 'handle', 'sfu_rpc_responder'),), (c_void_p, c_void_p,), None),
    },
    "sfu_client_config_callbacks": {
        "configure": ((S('client', 'struct', 'sfu_client_description'), S('answer', 'handle', 'sfu_answer'),), (c_void_p, c_void_p,), None),
    },
    "sfu_event_callbacks": {
        "on_event": ((S('event', 'struct', 'sfu_event'),), (c_void_p,), None),
    },
    "sfu_packet_filter_callbacks": {
        "on_packet": ((S('packet', 'struct', 'sfu_track_packet'), S('room', 'pointer', 'uint8_t*'), S('room_length', 'int', 'size_t'),), (c_void_p, c_void_p, c_size_t,), c_int64),
        "on_ended": ((), (), None),
    },
    "sfu_policy_callbacks": {
        "on_join": ((S('request', 'struct', 'sfu_join_request'), S('decision', 'handle', 'sfu_decision'),), (c_void_p, c_void_p,), None),
        "on_publish": ((S('request', 'struct', 'sfu_publish_request'), S('decision', 'handle', 'sfu_decision'),), (c_void_p, c_void_p,), None),
        "on_subscribe": ((S('request', 'struct', 'sfu_subscribe_request'), S('decision', 'handle', 'sfu_decision'),), (c_void_p, c_void_p,), None),
        "on_data": ((S('request', 'struct', 'sfu_data_request'), S('answer', 'handle', 'sfu_answer'),), (c_void_p, c_void_p,), None),
    },
    "sfu_signal_callbacks": {
        "accepted": ((), (), None),
        "rejected": ((S('status', 'int', 'int32_t'), S('body', 'string'),), (c_int32, c_char_p,), None),
        "send": ((S('message', 'bytes', '', 'length'), S('text', 'bool'),), (c_void_p, c_size_t, c_int32,), None),
        "close": ((S('code', 'int', 'uint16_t'),), (c_uint16,), None),
    },
    "sfu_drain_done": {"done": ((S('status', 'enum', 'sfu_status'),), (c_int32,), None)},
    "sfu_rpc_done": {"done": ((S('result', 'struct', 'sfu_rpc_result'),), (c_void_p,), None)},
}

# What each function takes, and its C types; the first of them is what it returns.
FUNCTIONS: dict[str, tuple[tuple[S, ...], tuple[Any, ...]]] = {
    "sfu_status_name": ((S('status', 'enum', 'sfu_status'),), (c_char_p, c_int32,)),
    "sfu_last_error_message": ((), (c_char_p,)),
    "sfu_version": ((), (c_char_p,)),
    "sfu_protocol_server_version": ((), (c_char_p,)),
    "sfu_struct_init": ((S('object', 'pointer', 'void*'), S('size', 'int', 'uint32_t'),), (None, c_void_p, c_uint32,)),
    "sfu_free": ((S('result', 'pointer', 'const void*'),), (c_int32, c_void_p,)),
    "sfu_live_count": ((), (c_uint64,)),
    "sfu_answer_refuse": ((S('answer', 'handle', 'sfu_answer'), S('reason', 'string'),), (c_int32, c_void_p, c_char_p,)),
    "sfu_answer_claims": ((S('answer', 'handle', 'sfu_answer'), S('claims', 'struct', 'sfu_claims'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_answer_token": ((S('answer', 'handle', 'sfu_answer'), S('token', 'string'),), (c_int32, c_void_p, c_char_p,)),
    "sfu_client_connect": ((S('options', 'struct', 'sfu_client_options'), S('callbacks', 'callbacks', 'sfu_client_callbacks'), S('client', 'out_handle', 'sfu_client'),), (c_int32, c_void_p, c_void_p, c_void_p,)),
    "sfu_client_release": ((S('client', 'handle', 'sfu_client'),), (c_int32, c_void_p,)),
    "sfu_client_leave": ((S('client', 'handle', 'sfu_client'),), (c_int32, c_void_p,)),
    "sfu_client_publish": ((S('client', 'handle', 'sfu_client'), S('id', 'string'), S('options', 'struct', 'sfu_publish_options'),), (c_int32, c_void_p, c_char_p, c_void_p,)),
    "sfu_client_unpublish": ((S('client', 'handle', 'sfu_client'), S('id', 'string'),), (c_int32, c_void_p, c_char_p,)),
    "sfu_client_set_muted": ((S('client', 'handle', 'sfu_client'), S('id', 'string'), S('muted', 'bool'),), (c_int32, c_void_p, c_char_p, c_int32,)),
    "sfu_client_write_frame": ((S('client', 'handle', 'sfu_client'), S('id', 'string'), S('frame', 'struct', 'sfu_frame'), S('layer', 'int', 'uint32_t'),), (c_int32, c_void_p, c_char_p, c_void_p, c_uint32,)),
    "sfu_client_write_rtp": ((S('client', 'handle', 'sfu_client'), S('id', 'string'), S('packet', 'bytes', '', 'length'), S('layer', 'int', 'uint32_t'),), (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, c_uint32,)),
    "sfu_client_subscribe": ((S('client', 'handle', 'sfu_client'), S('track_sid', 'string'), S('subscribed', 'bool'),), (c_int32, c_void_p, c_char_p, c_int32,)),
    "sfu_client_set_track_settings": ((S('client', 'handle', 'sfu_client'), S('track_sid', 'string'), S('settings', 'struct', 'sfu_track_settings'),), (c_int32, c_void_p, c_char_p, c_void_p,)),
    "sfu_client_request_key_frame": ((S('client', 'handle', 'sfu_client'), S('track_sid', 'string'),), (c_int32, c_void_p, c_char_p,)),
    "sfu_client_update": ((S('client', 'handle', 'sfu_client'), S('changes', 'struct', 'sfu_participant_changes'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_client_send_data": ((S('client', 'handle', 'sfu_client'), S('bytes', 'bytes', '', 'length'), S('options', 'struct', 'sfu_data_options'),), (c_int32, c_void_p, c_void_p, c_size_t, c_void_p,)),
    "sfu_client_send_text": ((S('client', 'handle', 'sfu_client'), S('text', 'text', '', 'length'), S('options', 'struct', 'sfu_stream_options'),), (c_int32, c_void_p, c_void_p, c_size_t, c_void_p,)),
    "sfu_client_send_bytes": ((S('client', 'handle', 'sfu_client'), S('bytes', 'bytes', '', 'length'), S('options', 'struct', 'sfu_stream_options'),), (c_int32, c_void_p, c_void_p, c_size_t, c_void_p,)),
    "sfu_client_open_stream": ((S('client', 'handle', 'sfu_client'), S('id', 'string'), S('text', 'bool'), S('options', 'struct', 'sfu_stream_options'),), (c_int32, c_void_p, c_char_p, c_int32, c_void_p,)),
    "sfu_client_write_stream": ((S('client', 'handle', 'sfu_client'), S('id', 'string'), S('bytes', 'bytes', '', 'length'),), (c_int32, c_void_p, c_char_p, c_void_p, c_size_t,)),
    "sfu_client_close_stream": ((S('client', 'handle', 'sfu_client'), S('id', 'string'), S('reason', 'string'),), (c_int32, c_void_p, c_char_p, c_char_p,)),
    "sfu_client_perform_rpc": ((S('client', 'handle', 'sfu_client'), S('identity', 'string'), S('request', 'struct', 'sfu_rpc_request'), S('done', 'done', 'sfu_rpc_done'), S('user', 'user'),), (c_int32, c_void_p, c_char_p, c_void_p, c_void_p, c_void_p,)),
    "sfu_rpc_responder_answer": ((S('responder', 'handle', 'sfu_rpc_responder'), S('result', 'struct', 'sfu_rpc_result'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_rpc_responder_release": ((S('responder', 'handle', 'sfu_rpc_responder'),), (c_int32, c_void_p,)),
    "sfu_client_register_rpc": ((S('client', 'handle', 'sfu_client'), S('method', 'string'), S('callbacks', 'callbacks', 'sfu_rpc_callbacks'),), (c_int32, c_void_p, c_char_p, c_void_p,)),
    "sfu_client_unregister_rpc": ((S('client', 'handle', 'sfu_client'), S('method', 'string'),), (c_int32, c_void_p, c_char_p,)),
    "sfu_answer_configuration": ((S('answer', 'handle', 'sfu_answer'), S('configuration', 'struct', 'sfu_client_configuration'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_engine_create": ((S('options', 'struct', 'sfu_engine_options'), S('engine', 'out_handle', 'sfu_engine'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_engine_release": ((S('engine', 'handle', 'sfu_engine'),), (c_int32, c_void_p,)),
    "sfu_engine_stop": ((S('engine', 'handle', 'sfu_engine'),), (c_int32, c_void_p,)),
    "sfu_engine_drain": ((S('engine', 'handle', 'sfu_engine'), S('done', 'done', 'sfu_drain_done'), S('user', 'user'), S('participants', 'out_int', 'uint64_t'),), (c_int32, c_void_p, c_void_p, c_void_p, c_void_p,)),
    "sfu_engine_get_rooms": ((S('engine', 'handle', 'sfu_engine'), S('names', 'strings', '', 'name_count'), S('rooms', 'out_struct', 'sfu_room_info_list'),), (c_int32, c_void_p, c_void_p, c_size_t, c_void_p,)),
    "sfu_engine_room": ((S('engine', 'handle', 'sfu_engine'), S('name', 'string'), S('room', 'out_handle', 'sfu_room'),), (c_int32, c_void_p, c_char_p, c_void_p,)),
    "sfu_engine_create_room": ((S('engine', 'handle', 'sfu_engine'), S('name', 'string'), S('configuration', 'struct', 'sfu_room_configuration'), S('preset', 'string'), S('info', 'out_struct', 'sfu_room_info'),), (c_int32, c_void_p, c_char_p, c_void_p, c_char_p, c_void_p,)),
    "sfu_engine_get_poll_descriptor": ((S('engine', 'handle', 'sfu_engine'), S('descriptor', 'out_int', 'int'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_engine_get_poll_timeout": ((S('engine', 'handle', 'sfu_engine'), S('nanoseconds', 'out_int', 'int64_t'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_engine_run_once": ((S('engine', 'handle', 'sfu_engine'),), (c_int32, c_void_p,)),
    "sfu_engine_get_statistics": ((S('engine', 'handle', 'sfu_engine'), S('statistics', 'out_struct', 'sfu_engine_statistics'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_engine_get_counters": ((S('engine', 'handle', 'sfu_engine'), S('counters', 'out_struct', 'sfu_engine_counters'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_room_join": ((S('room', 'handle', 'sfu_room'), S('options', 'struct', 'sfu_local_participant_options'), S('callbacks', 'callbacks', 'sfu_client_callbacks'), S('client', 'out_handle', 'sfu_client'),), (c_int32, c_void_p, c_void_p, c_void_p, c_void_p,)),
    "sfu_codec_name": ((S('codec', 'enum', 'sfu_codec'),), (c_char_p, c_int32,)),
    "sfu_codec_clock_rate": ((S('codec', 'enum', 'sfu_codec'),), (c_uint32, c_int32,)),
    "sfu_media_file_open": ((S('path', 'string'), S('frame_interval_us', 'int', 'int64_t'), S('file', 'out_handle', 'sfu_media_file'),), (c_int32, c_char_p, c_int64, c_void_p,)),
    "sfu_media_file_release": ((S('file', 'handle', 'sfu_media_file'),), (c_int32, c_void_p,)),
    "sfu_media_file_get_info": ((S('file', 'handle', 'sfu_media_file'), S('info', 'out_struct', 'sfu_media_file_info'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_media_file_next": ((S('file', 'handle', 'sfu_media_file'), S('sample', 'out_struct', 'sfu_media_sample'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_media_file_rewind": ((S('file', 'handle', 'sfu_media_file'),), (c_int32, c_void_p,)),
    "sfu_track_attach_filter": ((S('track', 'handle', 'sfu_track'), S('callbacks', 'callbacks', 'sfu_packet_filter_callbacks'), S('filter', 'out_handle', 'sfu_packet_filter'),), (c_int32, c_void_p, c_void_p, c_void_p,)),
    "sfu_packet_filter_release": ((S('filter', 'handle', 'sfu_packet_filter'),), (c_int32, c_void_p,)),
    "sfu_decision_allow": ((S('decision', 'handle', 'sfu_decision'),), (c_int32, c_void_p,)),
    "sfu_decision_deny": ((S('decision', 'handle', 'sfu_decision'), S('reason', 'string'),), (c_int32, c_void_p, c_char_p,)),
    "sfu_decision_allow_with": ((S('decision', 'handle', 'sfu_decision'), S('grants', 'struct', 'sfu_video_grant'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_decision_release": ((S('decision', 'handle', 'sfu_decision'),), (c_int32, c_void_p,)),
    "sfu_answer_pass": ((S('answer', 'handle', 'sfu_answer'),), (c_int32, c_void_p,)),
    "sfu_answer_payload": ((S('answer', 'handle', 'sfu_answer'), S('payload', 'bytes', '', 'length'),), (c_int32, c_void_p, c_void_p, c_size_t,)),
    "sfu_room_release": ((S('room', 'handle', 'sfu_room'),), (c_int32, c_void_p,)),
    "sfu_room_get_info": ((S('room', 'handle', 'sfu_room'), S('info', 'out_struct', 'sfu_room_info'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_room_get_participants": ((S('room', 'handle', 'sfu_room'), S('participants', 'out_struct', 'sfu_participant_info_list'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_room_get_statistics": ((S('room', 'handle', 'sfu_room'), S('statistics', 'out_struct', 'sfu_room_statistics'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_room_set_metadata": ((S('room', 'handle', 'sfu_room'), S('metadata', 'string'),), (c_int32, c_void_p, c_char_p,)),
    "sfu_room_send_data": ((S('room', 'handle', 'sfu_room'), S('bytes', 'bytes', '', 'length'), S('options', 'struct', 'sfu_data_options'),), (c_int32, c_void_p, c_void_p, c_size_t, c_void_p,)),
    "sfu_room_get_agent_dispatches": ((S('room', 'handle', 'sfu_room'), S('dispatches', 'out_struct', 'sfu_agent_dispatch_list'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_room_add_agent_dispatch": ((S('room', 'handle', 'sfu_room'), S('dispatch', 'struct', 'sfu_agent_dispatch'), S('added', 'out_struct', 'sfu_agent_dispatch'),), (c_int32, c_void_p, c_void_p, c_void_p,)),
    "sfu_room_remove_agent_dispatch": ((S('room', 'handle', 'sfu_room'), S('id', 'string'), S('removed', 'out_struct', 'sfu_agent_dispatch'),), (c_int32, c_void_p, c_char_p, c_void_p,)),
    "sfu_room_close": ((S('room', 'handle', 'sfu_room'),), (c_int32, c_void_p,)),
    "sfu_room_participant": ((S('room', 'handle', 'sfu_room'), S('identity', 'string'), S('participant', 'out_handle', 'sfu_participant'),), (c_int32, c_void_p, c_char_p, c_void_p,)),
    "sfu_participant_release": ((S('participant', 'handle', 'sfu_participant'),), (c_int32, c_void_p,)),
    "sfu_participant_get_info": ((S('participant', 'handle', 'sfu_participant'), S('info', 'out_struct', 'sfu_participant_info'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_participant_get_permission": ((S('participant', 'handle', 'sfu_participant'), S('permission', 'out_struct', 'sfu_permission'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_participant_remove": ((S('participant', 'handle', 'sfu_participant'), S('revoke_tokens_before_ms', 'int', 'int64_t'),), (c_int32, c_void_p, c_int64,)),
    "sfu_participant_set_permission": ((S('participant', 'handle', 'sfu_participant'), S('permission', 'struct', 'sfu_permission'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_participant_update": ((S('participant', 'handle', 'sfu_participant'), S('changes', 'struct', 'sfu_participant_changes'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_participant_update_subscriptions": ((S('participant', 'handle', 'sfu_participant'), S('track_sids', 'strings', '', 'track_sid_count'), S('subscribe', 'bool'),), (c_int32, c_void_p, c_void_p, c_size_t, c_int32,)),
    "sfu_participant_perform_rpc": ((S('participant', 'handle', 'sfu_participant'), S('request', 'struct', 'sfu_rpc_request'), S('done', 'done', 'sfu_rpc_done'), S('user', 'user'),), (c_int32, c_void_p, c_void_p, c_void_p, c_void_p,)),
    "sfu_participant_move_to": ((S('participant', 'handle', 'sfu_participant'), S('destination', 'handle', 'sfu_room'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_participant_forward_to": ((S('participant', 'handle', 'sfu_participant'), S('destination', 'handle', 'sfu_room'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_participant_track": ((S('participant', 'handle', 'sfu_participant'), S('sid', 'string'), S('track', 'out_handle', 'sfu_track'),), (c_int32, c_void_p, c_char_p, c_void_p,)),
    "sfu_track_release": ((S('track', 'handle', 'sfu_track'),), (c_int32, c_void_p,)),
    "sfu_track_get_info": ((S('track', 'handle', 'sfu_track'), S('info', 'out_struct', 'sfu_track_info'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_track_set_muted": ((S('track', 'handle', 'sfu_track'), S('muted', 'bool'), S('info', 'out_struct', 'sfu_track_info'),), (c_int32, c_void_p, c_int32, c_void_p,)),
    "sfu_room_api_create": ((S('options', 'struct', 'sfu_room_api_options'), S('api', 'out_handle', 'sfu_room_api'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_room_api_release": ((S('api', 'handle', 'sfu_room_api'),), (c_int32, c_void_p,)),
    "sfu_room_api_get_last_error": ((S('error', 'out_struct', 'sfu_api_error'),), (c_int32, c_void_p,)),
    "sfu_room_api_create_room": ((S('api', 'handle', 'sfu_room_api'), S('name', 'string'), S('options', 'struct', 'sfu_create_room_options'), S('info', 'out_struct', 'sfu_room_info'),), (c_int32, c_void_p, c_char_p, c_void_p, c_void_p,)),
    "sfu_room_api_list_rooms": ((S('api', 'handle', 'sfu_room_api'), S('names', 'strings', '', 'name_count'), S('rooms', 'out_struct', 'sfu_room_info_list'),), (c_int32, c_void_p, c_void_p, c_size_t, c_void_p,)),
    "sfu_room_api_delete_room": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'),), (c_int32, c_void_p, c_char_p,)),
    "sfu_room_api_update_room_metadata": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('metadata', 'string'), S('info', 'out_struct', 'sfu_room_info'),), (c_int32, c_void_p, c_char_p, c_char_p, c_void_p,)),
    "sfu_room_api_send_data": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('bytes', 'bytes', '', 'length'), S('options', 'struct', 'sfu_data_options'),), (c_int32, c_void_p, c_char_p, c_void_p, c_size_t, c_void_p,)),
    "sfu_room_api_list_participants": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('participants', 'out_struct', 'sfu_participant_info_list'),), (c_int32, c_void_p, c_char_p, c_void_p,)),
    "sfu_room_api_get_participant": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('identity', 'string'), S('info', 'out_struct', 'sfu_participant_info'),), (c_int32, c_void_p, c_char_p, c_char_p, c_void_p,)),
    "sfu_room_api_remove_participant": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('identity', 'string'), S('revoke_tokens_before_ms', 'int', 'int64_t'),), (c_int32, c_void_p, c_char_p, c_char_p, c_int64,)),
    "sfu_room_api_mute_published_track": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('identity', 'string'), S('track_sid', 'string'), S('muted', 'bool'), S('info', 'out_struct', 'sfu_track_info'),), (c_int32, c_void_p, c_char_p, c_char_p, c_char_p, c_int32, c_void_p,)),
    "sfu_room_api_update_participant": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('identity', 'string'), S('changes', 'struct', 'sfu_participant_changes'), S('info', 'out_struct', 'sfu_participant_info'),), (c_int32, c_void_p, c_char_p, c_char_p, c_void_p, c_void_p,)),
    "sfu_room_api_update_subscriptions": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('identity', 'string'), S('track_sids', 'strings', '', 'track_sid_count'), S('subscribe', 'bool'),), (c_int32, c_void_p, c_char_p, c_char_p, c_void_p, c_size_t, c_int32,)),
    "sfu_room_api_forward_participant": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('identity', 'string'), S('destination_room', 'string'),), (c_int32, c_void_p, c_char_p, c_char_p, c_char_p,)),
    "sfu_room_api_move_participant": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('identity', 'string'), S('destination_room', 'string'),), (c_int32, c_void_p, c_char_p, c_char_p, c_char_p,)),
    "sfu_room_api_perform_rpc": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('identity', 'string'), S('request', 'struct', 'sfu_rpc_request'), S('payload', 'out_string'),), (c_int32, c_void_p, c_char_p, c_char_p, c_void_p, c_void_p,)),
    "sfu_room_api_create_dispatch": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('dispatch', 'struct', 'sfu_agent_dispatch'), S('created', 'out_struct', 'sfu_agent_dispatch'),), (c_int32, c_void_p, c_char_p, c_void_p, c_void_p,)),
    "sfu_room_api_delete_dispatch": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('dispatch_id', 'string'), S('deleted', 'out_struct', 'sfu_agent_dispatch'),), (c_int32, c_void_p, c_char_p, c_char_p, c_void_p,)),
    "sfu_room_api_list_dispatches": ((S('api', 'handle', 'sfu_room_api'), S('room', 'string'), S('dispatch_id', 'string'), S('dispatches', 'out_struct', 'sfu_agent_dispatch_list'),), (c_int32, c_void_p, c_char_p, c_char_p, c_void_p,)),
    "sfu_server_create": ((S('options', 'struct', 'sfu_server_options'), S('server', 'out_handle', 'sfu_server'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_server_release": ((S('server', 'handle', 'sfu_server'),), (c_int32, c_void_p,)),
    "sfu_server_stop": ((S('server', 'handle', 'sfu_server'),), (c_int32, c_void_p,)),
    "sfu_server_drain": ((S('server', 'handle', 'sfu_server'), S('done', 'done', 'sfu_drain_done'), S('user', 'user'), S('participants', 'out_int', 'uint64_t'),), (c_int32, c_void_p, c_void_p, c_void_p, c_void_p,)),
    "sfu_server_engine": ((S('server', 'handle', 'sfu_server'), S('engine', 'out_handle', 'sfu_engine'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_server_get_port": ((S('server', 'handle', 'sfu_server'), S('port', 'out_int', 'uint16_t'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_server_get_metrics": ((S('server', 'handle', 'sfu_server'), S('text', 'out_string'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_server_get_warnings": ((S('server', 'handle', 'sfu_server'), S('warnings', 'out_struct', 'sfu_string_list'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_server_get_webhook_counters": ((S('server', 'handle', 'sfu_server'), S('counters', 'out_struct', 'sfu_webhook_counters'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_engine_connect": ((S('engine', 'handle', 'sfu_engine'), S('request', 'struct', 'sfu_connect_request'), S('callbacks', 'callbacks', 'sfu_signal_callbacks'), S('session', 'out_handle', 'sfu_signal_session'),), (c_int32, c_void_p, c_void_p, c_void_p, c_void_p,)),
    "sfu_signal_session_receive": ((S('session', 'handle', 'sfu_signal_session'), S('message', 'bytes', '', 'length'), S('text', 'bool'),), (c_int32, c_void_p, c_void_p, c_size_t, c_int32,)),
    "sfu_signal_session_disconnected": ((S('session', 'handle', 'sfu_signal_session'),), (c_int32, c_void_p,)),
    "sfu_signal_session_release": ((S('session', 'handle', 'sfu_signal_session'),), (c_int32, c_void_p,)),
    "sfu_engine_validate": ((S('engine', 'handle', 'sfu_engine'), S('request', 'struct', 'sfu_connect_request'), S('status', 'out_int', 'int32_t'), S('body', 'out_string'),), (c_int32, c_void_p, c_void_p, c_void_p, c_void_p,)),
    "sfu_engine_check_revoked": ((S('engine', 'handle', 'sfu_engine'), S('claims', 'struct', 'sfu_claims'),), (c_int32, c_void_p, c_void_p,)),
    "sfu_access_token_create": ((S('claims', 'struct', 'sfu_claims'), S('options', 'struct', 'sfu_access_token_options'), S('token', 'out_string'),), (c_int32, c_void_p, c_void_p, c_void_p,)),
    "sfu_token_verifier_create": ((S('keys', 'pairs', '', 'key_count'), S('leeway_ms', 'int', 'int64_t'), S('verifier', 'out_handle', 'sfu_token_verifier'),), (c_int32, c_void_p, c_size_t, c_int64, c_void_p,)),
    "sfu_token_verifier_release": ((S('verifier', 'handle', 'sfu_token_verifier'),), (c_int32, c_void_p,)),
    "sfu_token_verifier_verify": ((S('verifier', 'handle', 'sfu_token_verifier'), S('token', 'string'), S('now_ms', 'int', 'int64_t'), S('claims', 'out_struct', 'sfu_claims'),), (c_int32, c_void_p, c_char_p, c_int64, c_void_p,)),
    "sfu_packet_sink_receive": ((S('sink', 'handle', 'sfu_packet_sink'), S('arrived_ns', 'int', 'int64_t'), S('local', 'struct', 'sfu_address'), S('remote', 'struct', 'sfu_address'), S('bytes', 'pointer', 'uint8_t*'), S('length', 'int', 'size_t'),), (c_int32, c_void_p, c_int64, c_void_p, c_void_p, c_void_p, c_size_t,)),
    "sfu_webhook_receiver_create": ((S('keys', 'pairs', '', 'key_count'), S('receiver', 'out_handle', 'sfu_webhook_receiver'),), (c_int32, c_void_p, c_size_t, c_void_p,)),
    "sfu_webhook_receiver_release": ((S('receiver', 'handle', 'sfu_webhook_receiver'),), (c_int32, c_void_p,)),
    "sfu_webhook_receiver_receive": ((S('receiver', 'handle', 'sfu_webhook_receiver'), S('body', 'bytes', '', 'length'), S('authorization', 'string'), S('now_ms', 'int', 'int64_t'), S('event', 'out_struct', 'sfu_webhook_event'),), (c_int32, c_void_p, c_void_p, c_size_t, c_char_p, c_int64, c_void_p,)),
}

ENUMERATIONS: dict[str, dict[str, int]] = {
    "sfu_status": {'SFU_OK': 0, 'SFU_ERROR_INVALID_ARGUMENT': -1, 'SFU_ERROR_TRUNCATED': -2, 'SFU_ERROR_MALFORMED': -3, 'SFU_ERROR_UNSUPPORTED': -4, 'SFU_ERROR_NOT_FOUND': -5, 'SFU_ERROR_ALREADY_EXISTS': -6, 'SFU_ERROR_PERMISSION_DENIED': -7, 'SFU_ERROR_UNAUTHENTICATED': -8, 'SFU_ERROR_LIMIT_EXCEEDED': -9, 'SFU_ERROR_FAILED_PRECONDITION': -10, 'SFU_ERROR_CLOSED': -11, 'SFU_ERROR_TIMEOUT': -12, 'SFU_ERROR_UNAVAILABLE': -13, 'SFU_ERROR_INTERNAL': -14, 'SFU_ERROR_INVALID_HANDLE': -32, 'SFU_ERROR_WRONG_THREAD': -33, 'SFU_ERROR_OUT_OF_MEMORY': -34},
    "sfu_setting": {'SFU_DEFAULT': 0, 'SFU_ON': 1, 'SFU_OFF': 2},
    "": {'SFU_NONE': -1},
    "sfu_log_level": {'SFU_LOG_DEFAULT': 0, 'SFU_LOG_DEBUG': 1, 'SFU_LOG_INFO': 2, 'SFU_LOG_WARN': 3, 'SFU_LOG_ERROR': 4, 'SFU_LOG_OFF': 5},
    "sfu_disconnect_reason": {'SFU_DISCONNECT_OTHER': 0, 'SFU_DISCONNECT_CLIENT_INITIATED': 1, 'SFU_DISCONNECT_DUPLICATE_IDENTITY': 2, 'SFU_DISCONNECT_SERVER_SHUTDOWN': 3, 'SFU_DISCONNECT_PARTICIPANT_REMOVED': 4, 'SFU_DISCONNECT_ROOM_DELETED': 5, 'SFU_DISCONNECT_ROOM_CLOSED': 6, 'SFU_DISCONNECT_JOIN_FAILED': 7, 'SFU_DISCONNECT_LOST': 8},
    "sfu_turn_protocol": {'SFU_TURN_UDP': 0, 'SFU_TURN_TCP': 1, 'SFU_TURN_TLS': 2},
    "sfu_event_kind": {'SFU_EVENT_ROOM_STARTED': 0, 'SFU_EVENT_ROOM_FINISHED': 1, 'SFU_EVENT_PARTICIPANT_JOINED': 2, 'SFU_EVENT_PARTICIPANT_LEFT': 3, 'SFU_EVENT_PARTICIPANT_CONNECTION_ABORTED': 4, 'SFU_EVENT_TRACK_PUBLISHED': 5, 'SFU_EVENT_TRACK_UNPUBLISHED': 6},
    "sfu_codec": {'SFU_CODEC_OPUS': 0, 'SFU_CODEC_PCMU': 1, 'SFU_CODEC_PCMA': 2, 'SFU_CODEC_VP8': 3, 'SFU_CODEC_VP9': 4, 'SFU_CODEC_H264': 5, 'SFU_CODEC_H265': 6, 'SFU_CODEC_AV1': 7},
    "sfu_video_quality": {'SFU_VIDEO_QUALITY_HIGH': 0, 'SFU_VIDEO_QUALITY_MEDIUM': 1, 'SFU_VIDEO_QUALITY_LOW': 2},
    "sfu_packet_verdict": {'SFU_PACKET_PASS': 0, 'SFU_PACKET_DROP': -1},
    "sfu_data_kind": {'SFU_DATA_USER': 0, 'SFU_DATA_CHAT': 1, 'SFU_DATA_STREAM_START': 2, 'SFU_DATA_STREAM_CHUNK': 3, 'SFU_DATA_STREAM_END': 4, 'SFU_DATA_RPC_REQUEST': 5, 'SFU_DATA_RPC_ANSWER': 6, 'SFU_DATA_ENCRYPTED': 7, 'SFU_DATA_OTHER': 8},
    "sfu_duplicate_identity": {'SFU_DUPLICATE_IDENTITY_REPLACE': 0, 'SFU_DUPLICATE_IDENTITY_REFUSE': 1},
    "sfu_connection_quality": {'SFU_QUALITY_POOR': 0, 'SFU_QUALITY_GOOD': 1, 'SFU_QUALITY_EXCELLENT': 2, 'SFU_QUALITY_LOST': 3},
    "sfu_participant_kind": {'SFU_PARTICIPANT_KIND_STANDARD': 0, 'SFU_PARTICIPANT_KIND_INGRESS': 1, 'SFU_PARTICIPANT_KIND_EGRESS': 2, 'SFU_PARTICIPANT_KIND_SIP': 3, 'SFU_PARTICIPANT_KIND_AGENT': 4, 'SFU_PARTICIPANT_KIND_CONNECTOR': 5, 'SFU_PARTICIPANT_KIND_BRIDGE': 6},
    "sfu_track_kind": {'SFU_TRACK_KIND_AUDIO': 0, 'SFU_TRACK_KIND_VIDEO': 1, 'SFU_TRACK_KIND_DATA': 2},
    "sfu_track_source": {'SFU_TRACK_SOURCE_UNKNOWN': 0, 'SFU_TRACK_SOURCE_CAMERA': 1, 'SFU_TRACK_SOURCE_MICROPHONE': 2, 'SFU_TRACK_SOURCE_SCREEN_SHARE': 3, 'SFU_TRACK_SOURCE_SCREEN_SHARE_AUDIO': 4},
    "sfu_participant_state": {'SFU_PARTICIPANT_JOINING': 0, 'SFU_PARTICIPANT_JOINED': 1, 'SFU_PARTICIPANT_ACTIVE': 2, 'SFU_PARTICIPANT_DISCONNECTED': 3},
}
