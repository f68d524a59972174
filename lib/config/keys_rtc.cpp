// SPDX-License-Identifier: Apache-2.0
// The keys under rtc, but for those of bandwidth estimation.
#include "config/readers.hpp"

namespace sfu::config {
namespace {

constexpr auto kRoom = &Settings::room;
constexpr auto kInterfaces = &Settings::interfaces;
constexpr auto kThrottle = &RoomOptions::keyframe_throttle;
constexpr auto kChannels = &RoomOptions::data_channels;
// Fewer would not hold one large packet of each size; more would be memory for nothing: who asks asks within a second.
constexpr Type kBuffer = number(20, 10'000);

constexpr KnownKey kKeys[] = {
    {"rtc.udp_port", other("port, or first-last"), "", read_udp_port},
    {"rtc.port_range_start", kRealPort, "", note<&Draft::port_range_start>},
    {"rtc.port_range_end", kRealPort, "", note<&Draft::port_range_end>},
    {"rtc.tcp_port", kPort, "7881", set<&Settings::tcp_port>},
    {"rtc.force_tcp", kFlag, "false", set<&Settings::force_tcp>},
    {"rtc.node_ip", kText, "", read_node_ip},
    {"rtc.use_external_ip", kFlag, "false", read_use_external_ip},
    {"rtc.skip_external_ip_validation", kFlag, "false", nullptr},
    {"rtc.advertise_internal_ip", kFlag, "false", nullptr},
    {"rtc.external_ip_only", kFlag, "false", nullptr},
    {"rtc.stun_servers", kTexts, "", read_stun_servers},
    {"rtc.turn_servers", other("list of TURN servers"), "", read_turn_servers},
    {"rtc.use_ice_lite", kFlag, "false", read_use_ice_lite},
    {"rtc.use_mdns", kFlag, "false", nullptr},
    {"rtc.enable_loopback_candidate", kFlag, "false", set<kInterfaces, &InterfaceFilter::loopback>},
    {"rtc.use_stun_port_as_ice", kFlag, "false", nullptr},
    {"rtc.interfaces.includes", kTexts, "", set<kInterfaces, &InterfaceFilter::included_interfaces>},
    {"rtc.interfaces.excludes", kTexts, "", set<kInterfaces, &InterfaceFilter::excluded_interfaces>},
    {"rtc.ips.includes", kTexts, "", set<kInterfaces, &InterfaceFilter::included_addresses>},
    {"rtc.ips.excludes", kTexts, "", set<kInterfaces, &InterfaceFilter::excluded_addresses>},
    {"rtc.batch_io.batch_size", kCount, "0", nullptr},
    {"rtc.batch_io.max_flush_interval", kTime, "0", nullptr},
    {"rtc.packet_buffer_size", kBuffer, "500", deprecated<note<&Draft::packet_buffer>>},
    {"rtc.packet_buffer_size_video", kBuffer, "500", note<&Draft::packet_buffer_video>},
    {"rtc.packet_buffer_size_audio", kBuffer, "200", note<&Draft::packet_buffer_audio>},
    {"rtc.equal_packet_sizes", kFlag, "false", set<kRoom, &RoomOptions::equal_packet_sizes>},
    {"rtc.pli_throttle.low_quality", kTime, "500ms", set<kRoom, kThrottle, &KeyframeThrottle::low>},
    {"rtc.pli_throttle.mid_quality", kTime, "1s", set<kRoom, kThrottle, &KeyframeThrottle::mid>},
    {"rtc.pli_throttle.high_quality", kTime, "1s", set<kRoom, kThrottle, &KeyframeThrottle::high>},
    {"rtc.allow_tcp_fallback", kFlag, "true", set<&Settings::tcp_fallback>},
    {"rtc.tcp_fallback_rtt_threshold", kCount, "0", nullptr},
    {"rtc.allow_udp_unstable_fallback", kFlag, "false", nullptr},
    {"rtc.reconnect_on_publication_error", kFlag, "false", set<kRoom, &RoomOptions::reconnect_on_publication_error>},
    {"rtc.reconnect_on_subscription_error", kFlag, "false", nullptr},
    {"rtc.reconnect_on_data_channel_error", kFlag, "false", nullptr},
    {"rtc.datachannel_slow_threshold", kCount, "0", set<kRoom, kChannels, &DataChannelLimits::slow_threshold_bps>},
    {"rtc.datachannel_lossy_target_latency", kTime, "100ms", set<kRoom, kChannels, &DataChannelLimits::lossy_latency>},
    {"rtc.datachannel_data_track_target_latency", kTime, "100ms",
     set<kRoom, kChannels, &DataChannelLimits::data_track_latency>},
    {"rtc.data_channel_max_buffered_amount", kCount, "0", nullptr},
    {"rtc.strict_acks", kFlag, "false", nullptr},
    {"rtc.forward_stats.summary_interval", kTime, "0", nullptr},
    {"rtc.forward_stats.report_interval", kTime, "0", nullptr},
    {"rtc.forward_stats.report_window", kTime, "0", nullptr},
    {"rtc.enable_rtp_stream_restart_detection", kFlag, "false", nullptr},
    {"rtc.enable_warp", kFlag, "false", nullptr},
    {"rtc.sctp_min_cwnd", kCount, "0", nullptr},
    {"rtc.sctp_fast_rtx_wnd", kCount, "0", nullptr},
    {"rtc.sctp_cwnd_ca_step", kCount, "0", nullptr},
    {"rtc.host_acceptance_min_wait", kTime, "0", nullptr},
    {"rtc.srflx_acceptance_min_wait", kTime, "0", nullptr},
    {"rtc.prflx_acceptance_min_wait", kTime, "0", nullptr},
    {"rtc.relay_acceptance_min_wait", kTime, "0", nullptr},
};

}  // namespace

std::span<const KnownKey> rtc_keys() {
  return kKeys;
}

}  // namespace sfu::config
