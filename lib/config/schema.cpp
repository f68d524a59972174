// SPDX-License-Identifier: Apache-2.0
#include "config/schema.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

namespace sfu::config {
namespace {

constexpr std::uint64_t kMaxPort = 0xffff;
constexpr std::uint64_t kMaxNumber = 0xffffffff;

template <typename From, typename To>
Result<void> assign(Result<From> value, To& to) {
  if (!value) return Failure{std::move(value).error()};
  to = static_cast<To>(*std::move(value));
  return {};
}

template <typename Unit>
Result<void> assign_time(const Value& value, Duration& to) {
  SFU_TRY(const auto count, value.number(0, kMaxNumber));
  to = Unit(count);
  return {};
}

// "7882" or "7882-7892".
Result<void> apply_udp_port(const Value& value, Draft& draft) {
  SFU_TRY(const auto written, value.text());
  PortRange range;
  const char* end = written.data() + written.size();
  auto [at, error] = std::from_chars(written.data(), end, range.first);
  range.last = range.first;
  if (error == std::errc() && at != end && *at == '-') {
    const auto second = std::from_chars(at + 1, end, range.last);
    at = second.ptr;
    error = second.ec;
  }
  if (error != std::errc() || at != end || range.first == 0) {
    return value.failure("must be a port, or a range such as 7882-7892, not " + written);
  }
  if (range.last < range.first) return value.failure("must not end before it begins, but is " + written);
  draft.mux_ports = range;
  return {};
}

Result<void> apply_bind_addresses(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  for (const Value& item : items) {
    SFU_TRY(const auto written, item.text());
    if (written.empty()) continue;  // LiveKit's way to say: all
    SFU_TRY(const auto address, item.ip_address());
    draft.settings.bind_addresses.push_back(address);
  }
  return {};
}

// "v4", "v6" or "v4,v6".
Result<void> apply_node_ip(const Value& value, Draft& draft) {
  SFU_TRY(const auto written, value.text());
  std::string_view rest = written;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string part(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const auto address = IpAddress::parse(part);
    if (!address) return value.failure("must be an IP address, or one IPv4 and one IPv6 with a comma, not " + written);
    for (const IpAddress& other : draft.settings.node_ips) {
      if (other.is_v4() == address->is_v4()) return value.failure("has two addresses of one family: " + written);
    }
    draft.settings.node_ips.push_back(*address);
  }
  return {};
}

Result<void> apply_use_external_ip(const Value& value, Draft&) {
  SFU_TRY(const bool wanted, value.boolean());
  if (wanted) return value.failure("is not built yet: set it to false, and rtc.node_ip to the address clients reach");
  return {};
}

Result<void> apply_use_ice_lite(const Value& value, Draft& draft) {
  SFU_TRY(const bool wanted, value.boolean());
  if (!wanted) draft.settings.warnings.push_back(value.message("has no effect: ICE is always lite here"));
  return {};
}

Result<void> apply_turn_enabled(const Value& value, Draft& draft) {
  SFU_TRY(const bool wanted, value.boolean());
  if (wanted) {
    draft.settings.warnings.push_back(value.message("has no effect: this comes later; rtc.turn_servers names others"));
  }
  return {};
}

// Settings of the TURN server, which turn.enabled has warned of.
Result<void> apply_with_turn(const Value&, Draft&) {
  return {};
}

Result<void> apply_keys(const Value& value, Draft& draft) {
  return assign(read_keys(value), draft.settings.keys);
}

Result<void> apply_enabled_codecs(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  for (const Value& item : items) {
    EnabledCodec codec;
    SFU_TRY(const auto entries, item.map());
    for (const Value& entry : entries) {
      if (entry.key() == "mime") {
        SFU_CHECK_OK(assign(entry.text(), codec.mime));
      } else if (entry.key() == "fmtp_line") {
        SFU_CHECK_OK(assign(entry.text(), codec.fmtp_line));
      } else {
        return entry.failure("is unknown; a codec has mime and fmtp_line");
      }
    }
    const bool has_kind = codec.mime.starts_with("audio/") || codec.mime.starts_with("video/");
    if (!has_kind) return item.failure("must have a mime such as video/VP8");
    draft.settings.room.enabled_codecs.push_back(std::move(codec));
  }
  return {};
}

Result<void> apply_log_level(const Value& value, Draft& draft) {
  constexpr std::array<std::pair<std::string_view, LogLevel>, 5> kLevels = {{{"debug", LogLevel::kDebug},
                                                                             {"info", LogLevel::kInfo},
                                                                             {"warn", LogLevel::kWarn},
                                                                             {"warning", LogLevel::kWarn},
                                                                             {"error", LogLevel::kError}}};
  SFU_TRY(const auto written, value.text());
  if (written.empty()) return {};
  for (const auto& [name, level] : kLevels) {
    if (name != written) continue;
    draft.settings.log_level = level;
    return {};
  }
  return value.failure("must be debug, info, warn or error, not " + written);
}

// Still accepted, but moved.
template <Result<void> (*kApply)(const Value&, Draft&)>
Result<void> apply_deprecated(const Value& value, Draft& draft) {
  draft.settings.warnings.push_back(
      value.message("is deprecated; see LiveKit's sample configuration for its new place"));
  return kApply(value, draft);
}

// A limit under room. instead of limit.: there, 0 means that it is not set.
template <std::uint32_t LimitSettings::* kLimit>
Result<void> apply_room_limit(const Value& value, Draft& draft) {
  SFU_TRY(const auto limit, value.number(0, kMaxNumber));
  if (limit != 0) draft.settings.limits.*kLimit = static_cast<std::uint32_t>(limit);
  return {};
}

template <std::uint32_t LimitSettings::* kLimit>
Result<void> apply_limit(const Value& value, Draft& draft) {
  return assign(value.number(0, kMaxNumber), draft.settings.limits.*kLimit);
}

constexpr KnownKey kKnownKeys[] = {
    {"port", [](const Value& v, Draft& d) { return assign(v.number(0, kMaxPort), d.settings.port); }},
    {"bind_addresses", apply_bind_addresses},
    {"region", [](const Value& v, Draft& d) { return assign(v.text(), d.settings.region); }},
    {"workers", [](const Value& v, Draft& d) { return assign(v.number(0, 1024), d.settings.workers); }},
    {"development", [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.development); }},
    {"meet.enabled", [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.meet); }},
    {"meet.directory", [](const Value& v, Draft& d) { return assign(v.text(), d.settings.meet_directory); }},
    {"keys", apply_keys},
    {"key_file", [](const Value& v, Draft& d) { return assign(v.text(), d.settings.key_file); }},
    {"log_level", apply_deprecated<apply_log_level>},
    {"logging.level", apply_log_level},
    {"logging.json", [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.log_json); }},
    {"logging.sample", nullptr},
    {"logging.component_levels", nullptr},
    {"logging.sample_initial", nullptr},
    {"logging.sample_interval", nullptr},
    {"logging.item_sample_seconds", nullptr},
    {"logging.item_sample_initial", nullptr},
    {"logging.item_sample_interval", nullptr},
    {"logging.pion_level", nullptr},

    {"rtc.udp_port", apply_udp_port},
    {"rtc.port_range_start",
     [](const Value& v, Draft& d) { return assign(v.number(1, kMaxPort), d.port_range_start); }},
    {"rtc.port_range_end", [](const Value& v, Draft& d) { return assign(v.number(1, kMaxPort), d.port_range_end); }},
    {"rtc.node_ip", apply_node_ip},
    {"rtc.use_external_ip", apply_use_external_ip},
    {"rtc.use_ice_lite", apply_use_ice_lite},
    {"rtc.tcp_port", nullptr},
    {"rtc.skip_external_ip_validation", nullptr},
    {"rtc.advertise_internal_ip", nullptr},
    {"rtc.external_ip_only", nullptr},
    {"rtc.stun_servers", apply_stun_servers},
    {"rtc.turn_servers", apply_turn_servers},
    {"rtc.use_mdns", nullptr},
    {"rtc.enable_loopback_candidate", nullptr},
    {"rtc.force_tcp", nullptr},
    {"rtc.use_stun_port_as_ice", nullptr},
    {"rtc.interfaces", nullptr},
    {"rtc.ips", nullptr},
    {"rtc.batch_io", nullptr},
    {"rtc.packet_buffer_size", nullptr},
    {"rtc.packet_buffer_size_video", nullptr},
    {"rtc.packet_buffer_size_audio", nullptr},
    {"rtc.pli_throttle", nullptr},
    {"rtc.congestion_control", nullptr},
    {"rtc.allow_tcp_fallback", nullptr},
    {"rtc.tcp_fallback_rtt_threshold", nullptr},
    {"rtc.allow_udp_unstable_fallback", nullptr},
    {"rtc.reconnect_on_publication_error",
     [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.room.reconnect_on_publication_error); }},
    {"rtc.reconnect_on_subscription_error", nullptr},
    {"rtc.reconnect_on_data_channel_error", nullptr},
    {"rtc.datachannel_slow_threshold", nullptr},
    {"rtc.datachannel_lossy_target_latency", nullptr},
    {"rtc.datachannel_data_track_target_latency", nullptr},
    {"rtc.data_channel_max_buffered_amount", nullptr},
    {"rtc.strict_acks", nullptr},
    {"rtc.forward_stats", nullptr},
    {"rtc.enable_rtp_stream_restart_detection", nullptr},
    {"rtc.enable_warp", nullptr},
    {"rtc.sctp_min_cwnd", nullptr},
    {"rtc.sctp_fast_rtx_wnd", nullptr},
    {"rtc.sctp_cwnd_ca_step", nullptr},
    {"rtc.host_acceptance_min_wait", nullptr},
    {"rtc.srflx_acceptance_min_wait", nullptr},
    {"rtc.prflx_acceptance_min_wait", nullptr},
    {"rtc.relay_acceptance_min_wait", nullptr},

    {"room.auto_create", [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.room.auto_create); }},
    {"room.empty_timeout",
     [](const Value& v, Draft& d) { return assign_time<std::chrono::seconds>(v, d.settings.room.empty_timeout); }},
    {"room.departure_timeout",
     [](const Value& v, Draft& d) { return assign_time<std::chrono::seconds>(v, d.settings.room.departure_timeout); }},
    {"room.max_participants",
     [](const Value& v, Draft& d) { return assign(v.number(0, kMaxNumber), d.settings.room.max_participants); }},
    {"room.enabled_codecs", apply_enabled_codecs},
    {"room.max_metadata_size", apply_deprecated<apply_room_limit<&LimitSettings::max_metadata_size>>},
    {"room.max_room_name_length", apply_deprecated<apply_room_limit<&LimitSettings::max_room_name_length>>},
    {"room.max_participant_identity_length",
     apply_deprecated<apply_room_limit<&LimitSettings::max_participant_identity_length>>},
    {"room.enable_remote_unmute", nullptr},
    {"room.sync_streams", [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.room.sync_streams); }},
    {"room.enable_full_room_in_webhooks",
     [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.webhooks.full_room_in_track_events); }},
    {"room.playout_delay", apply_playout_delay},
    {"room.create_room_timeout", nullptr},
    {"room.create_room_attempts", nullptr},
    {"room.update_batch_target_size", nullptr},
    {"room.room_configurations", apply_room_configurations},

    {"limit.max_metadata_size", apply_limit<&LimitSettings::max_metadata_size>},
    {"limit.max_attributes_size", apply_limit<&LimitSettings::max_attributes_size>},
    {"limit.max_room_name_length", apply_limit<&LimitSettings::max_room_name_length>},
    {"limit.max_participant_identity_length", apply_limit<&LimitSettings::max_participant_identity_length>},
    {"limit.max_participant_name_length", apply_limit<&LimitSettings::max_participant_name_length>},
    {"limit.signal_message_size_limit", apply_limit<&LimitSettings::signal_message_size_limit>},
    {"limit.max_api_request_body_size", apply_limit<&LimitSettings::max_api_request_body_size>},
    {"limit.agent_signal_message_size_limit", nullptr},
    {"limit.num_tracks", nullptr},
    {"limit.bytes_per_sec", nullptr},
    {"limit.subscription_limit_video", apply_limit<&LimitSettings::subscription_limit_video>},
    {"limit.subscription_limit_audio", apply_limit<&LimitSettings::subscription_limit_audio>},
    {"limit.max_data_blob_key_length", apply_limit<&LimitSettings::max_data_blob_key_length>},
    {"limit.max_data_blobs_size", apply_limit<&LimitSettings::max_data_blobs_size>},
    {"limit.max_data_track_custom_encoding_length", apply_limit<&LimitSettings::max_data_track_custom_encoding_length>},

    {"audio.active_level",
     [](const Value& v, Draft& d) { return assign(v.number(0, 127), d.settings.audio.active_level); }},
    {"audio.min_percentile",
     [](const Value& v, Draft& d) { return assign(v.number(0, 100), d.settings.audio.min_percentile); }},
    {"audio.update_interval",
     [](const Value& v, Draft& d) {
       return assign_time<std::chrono::milliseconds>(v, d.settings.audio.update_interval);
     }},
    {"audio.smooth_intervals",
     [](const Value& v, Draft& d) { return assign(v.number(0, kMaxNumber), d.settings.audio.smooth_intervals); }},
    {"audio.active_red_encoding", nullptr},
    {"audio.enable_loss_proxying", nullptr},

    {"prometheus_port", nullptr},
    {"prometheus", nullptr},
    {"debug_handler", nullptr},
    {"debug_handler_port", nullptr},  // as LiveKit's sample file has it
    {"enable_data_tracks", [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.room.data_tracks); }},
    {"enable_participant_data_blob",
     [](const Value& v, Draft& d) { return assign(v.boolean(), d.settings.room.data_blobs); }},
    {"redis", nullptr},
    {"video.codec_regression_threshold",
     [](const Value& v, Draft& d) {
       return assign(v.number(0, kMaxNumber), d.settings.room.codec_regression_threshold);
     }},
    {"video.dynacast_pause_delay", nullptr},
    {"video.stream_tracker_manager", nullptr},
    {"turn.enabled", apply_turn_enabled},
    {"turn.domain", apply_with_turn},
    {"turn.cert_file", apply_with_turn},
    {"turn.key_file", apply_with_turn},
    {"turn.tls_port", apply_with_turn},
    {"turn.udp_port", apply_with_turn},
    {"turn.relay_range_start", apply_with_turn},
    {"turn.relay_range_end", apply_with_turn},
    {"turn.external_tls", apply_with_turn},
    {"turn.bind_addresses", apply_with_turn},
    {"turn.per_user_relay_allocation_limit", apply_with_turn},
    {"turn.ttl_seconds", apply_with_turn},
    {"turn.allow_restricted_peer_cidrs", apply_with_turn},
    {"turn.deny_peer_cidrs", apply_with_turn},
    {"ingress", nullptr},
    {"sip", nullptr},
    {"webhook.urls", apply_webhook_urls},
    {"webhook.api_key", [](const Value& v, Draft& d) { return assign(v.text(), d.settings.webhooks.api_key); }},
    {"webhook.url_notifier.num_workers", apply_webhook_url_notifier},
    {"webhook.url_notifier.queue_size", apply_webhook_url_notifier},
    {"webhook.resource_url_notifier.max_age", apply_webhook_max_age},
    {"webhook.resource_url_notifier.max_depth", apply_webhook_max_depth},
    {"webhook.filter_params.include_events", apply_webhook_include_events},
    {"webhook.filter_params.exclude_events", apply_webhook_exclude_events},
    {"node_selector", nullptr},
    {"signal_relay", nullptr},
    {"psrpc", nullptr},
    {"agents", nullptr},
    {"metric", nullptr},
    {"trace", nullptr},
    {"node_stats", nullptr},
    {"api", nullptr},
};

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}

}  // namespace

Result<Keys> read_keys(const Value& value) {
  SFU_TRY(const auto entries, value.map());
  Keys keys;
  for (const Value& entry : entries) {
    SFU_TRY(const auto secret, entry.text());
    if (secret.empty()) return entry.failure("must have a secret");
    keys.emplace(entry.key(), secret);
  }
  return keys;
}

std::span<const KnownKey> known_keys() {
  return kKnownKeys;
}

const KnownKey* find_key(std::string_view name) {
  for (const KnownKey& known : kKnownKeys) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

bool is_section(std::string_view name) {
  return std::any_of(std::begin(kKnownKeys), std::end(kKnownKeys), [&](const KnownKey& known) {
    return known.name.size() > name.size() && known.name.starts_with(name) && known.name[name.size()] == '.';
  });
}

std::string_view similar_key(std::string_view name) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 4) + 1;
  const auto consider = [&](std::string_view candidate) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= best_distance) return;
    best = candidate;
    best_distance = distance;
  };
  for (const KnownKey& known : kKnownKeys) {
    consider(known.name);
    consider(known.name.substr(0, known.name.find('.')));  // its section
  }
  // A key that is right but in the wrong section, or in none.
  const std::size_t dot = name.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  for (const KnownKey& known : kKnownKeys) {
    const std::size_t known_dot = known.name.rfind('.');
    if (known_dot != std::string_view::npos && known.name.substr(known_dot + 1) == last && best_distance > 0) {
      return known.name;
    }
  }
  return best;
}

}  // namespace sfu::config
