// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace sfu::load {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}
double milliseconds(Duration duration) {
  return seconds(duration) * 1e3;
}

object to_json(const LatencyHistogram& histogram) {
  return {{"count", histogram.count()},
          {"p50_ms", milliseconds(histogram.percentile(0.5))},
          {"p95_ms", milliseconds(histogram.percentile(0.95))},
          {"p99_ms", milliseconds(histogram.percentile(0.99))},
          {"max_ms", milliseconds(histogram.max())}};
}

object sent(const Traffic& traffic, double time) {
  return {{"packets", traffic.packets},
          {"bitrate_bps", static_cast<double>(traffic.bytes) * 8 / time},
          {"lost", traffic.lost}};
}

object received(const Traffic& traffic, double time) {
  object all = sent(traffic, time);
  all["repeated"] = traffic.repeated;
  all["expected"] = traffic.expected;
  all["latency"] = to_json(traffic.latency);
  return all;
}

value server_json(const RunResult& result, const Derived& derived) {
  if (!result.before_joins || !result.begin || !result.end) return nullptr;
  const ProcessFigures& begin = *result.begin;
  const ProcessFigures& end = *result.end;
  object all = {{"cpu_share", derived.server_cpu_share},
                {"cpu_ns_per_packet", derived.server_ns_per_packet},
                {"cpu_ns_per_packet_either_way", derived.server_ns_per_packet_either_way},
                {"user_s", seconds(end.user - begin.user)},
                {"system_s", seconds(end.system - begin.system)},
                {"resident_bytes", end.resident_bytes},
                {"resident_bytes_before_joins", result.before_joins->resident_bytes},
                {"resident_bytes_per_participant", derived.bytes_per_participant},
                {"proportional_bytes", end.proportional_bytes},
                {"voluntary_switches", end.voluntary_switches - begin.voluntary_switches},
                {"involuntary_switches", end.involuntary_switches - begin.involuntary_switches},
                {"threads", end.threads},
                {"latency", nullptr},
                {"system_calls", nullptr}};
  if (result.server_latency) {
    const ServerLatency& latency = *result.server_latency;
    all["latency"] = object{{"count", latency.count()},
                            {"p50_ms", milliseconds(latency.percentile(0.5))},
                            {"p95_ms", milliseconds(latency.percentile(0.95))},
                            {"p99_ms", milliseconds(latency.percentile(0.99))}};
  }
  if (result.system_calls) {
    object calls;
    for (const auto& [name, count] : result.system_calls->calls) calls[name] = count;
    all["system_calls"] = object{
        {"tool", result.system_calls->tool}, {"packets", result.system_calls->packets}, {"calls", std::move(calls)}};
  }
  return all;
}

object costs_json(const RunResult& result, const Derived& derived, const BareLoop::Costs& costs) {
  object all = {{"protect_ns", costs.protect_ns},
                {"plain_ns", costs.plain_ns},
                {"segmented_ns", costs.segmented_ns},
                {"paced_ns", costs.paced_ns},
                {"paced_segmented_ns", costs.paced_segmented_ns}};
  if (result.begin) {
    all["ratio"] = derived.server_ns_per_packet / costs.plain_ns;
    all["ratio_segmented"] = derived.server_ns_per_packet / costs.segmented_ns;
    all["ratio_paced"] = derived.server_ns_per_packet / costs.paced_ns;
    all["ratio_paced_segmented"] = derived.server_ns_per_packet / costs.paced_segmented_ns;
  }
  return all;
}

value bare_loop_json(const RunResult& result, const Derived& derived) {
  if (!result.bare_loop) return nullptr;
  const BareLoop& bare = *result.bare_loop;
  return object{{"destinations", bare.destinations},
                {"burst", bare.burst},
                {"packet_size", bare.packet_size},
                {"openssl", costs_json(result, derived, bare.openssl)},
                {"libsrtp", costs_json(result, derived, bare.libsrtp)}};
}

object run_json(const RunResult& result) {
  const Derived derived = derive(result);
  const Figures& figures = result.figures;
  const Load& load = result.scenario.load;
  const Joining& joining = figures.joining;
  return {{"rooms", load.rooms},
          {"publishers", load.publishers},
          {"subscribers", load.subscribers},
          {"joins_per_second_wanted", load.joins_per_second},
          {"participants", result.participants},
          {"streams", figures.streams},
          {"duration_s", derived.seconds},
          {"up", sent(figures.up, derived.seconds)},
          {"down", received(figures.down, derived.seconds)},
          {"data_up", sent(figures.data_up, derived.seconds)},
          {"data_down", received(figures.data_down, derived.seconds)},
          {"joins", object{{"begun", joining.begun},
                           {"ready", joining.ready},
                           {"left", joining.left},
                           {"failed", joining.failed},
                           {"reconnects", joining.recovered},
                           {"per_second", derived.joins_per_second},
                           {"time_to_join", to_json(joining.to_ready)},
                           {"time_to_first_packet", to_json(joining.to_first_packet)}}},
          {"server", server_json(result, derived)},
          {"bare_loop", bare_loop_json(result, derived)},
          {"generator", object{{"cpu_share", derived.generator_cpu_share},
                               {"longest_turn_ms", milliseconds(figures.longest_turn)},
                               {"datagrams_not_sent", figures.not_sent}}},
          {"others", object{{"cpu_share", derived.others_cpu_share}}}};
}

}  // namespace

Derived derive(const RunResult& result) {
  Derived derived;
  derived.seconds = seconds(result.measured);
  derived.forwarded = result.scenario.data ? result.figures.data_down.packets : result.figures.down.packets;
  derived.generator_cpu_share = seconds(result.generator_cpu) / derived.seconds;
  derived.others_cpu_share = seconds(result.machine_cpu - result.generator_cpu) / derived.seconds;
  const double joining = seconds(result.joins_took);
  if (joining > 0) derived.joins_per_second = static_cast<double>(result.joined_at_first) / joining;
  if (!result.before_joins || !result.begin || !result.end) return derived;
  const Duration cpu = result.end->cpu - result.begin->cpu;
  derived.server_cpu_share = seconds(cpu) / derived.seconds;
  derived.others_cpu_share = std::max(0.0, derived.others_cpu_share - derived.server_cpu_share);
  if (derived.forwarded != 0) {
    const std::uint64_t received = result.scenario.data ? result.figures.data_up.packets : result.figures.up.packets;
    derived.server_ns_per_packet = static_cast<double>(cpu.count()) / static_cast<double>(derived.forwarded);
    derived.server_ns_per_packet_either_way =
        static_cast<double>(cpu.count()) / static_cast<double>(derived.forwarded + received);
  }
  if (result.participants != 0) {
    derived.bytes_per_participant =
        (static_cast<double>(result.end->resident_bytes) - static_cast<double>(result.before_joins->resident_bytes)) /
        static_cast<double>(result.participants);
  }
  return derived;
}

std::string to_json(const Options& options, std::span<const RunResult> results) {
  array runs;
  for (const RunResult& result : results) runs.push_back(run_json(result));
  const object all = {
      {"scenario", options.scenario},
      {"server", options.url.empty() ? "started" : options.url},
      {"codec", rtp::encoding_name(options.codec)},
      {"threads", options.threads},
      {"runs", std::move(runs)},
  };
  return boost::json::serialize(all) + "\n";
}

}  // namespace sfu::load
