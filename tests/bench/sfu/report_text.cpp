// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>
#include <vector>

#include "report.hpp"

namespace sfu::load {
namespace {

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}
double percent(std::uint64_t part, std::uint64_t whole) {
  return whole != 0 ? 100 * static_cast<double>(part) / static_cast<double>(whole) : 0;
}
double megabytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1 << 20);
}
unsigned long long plain(std::uint64_t count) {
  return count;
}

using Row = std::vector<std::string>;

// Columns as wide as they must be; the first to the left.
std::string align(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    std::string line = row[0] + std::string(widths[0] - row[0].size(), ' ');
    for (std::size_t i = 1; i < row.size(); ++i) line += "  " + std::string(widths[i] - row[i].size(), ' ') + row[i];
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

Row percentiles(const std::string& name, const LatencyHistogram& histogram) {
  if (histogram.count() == 0) return {name, "-", "-", "-", "-", "0"};
  Row row = {name};
  for (const double share : {0.5, 0.95, 0.99}) row.push_back(format("%.2f", milliseconds(histogram.percentile(share))));
  row.push_back(format("%.2f", milliseconds(histogram.max())));
  row.push_back(format("%llu", plain(histogram.count())));
  return row;
}

Row percentiles(const std::string& name, const ServerLatency& latency) {
  Row row = {name};
  for (const double share : {0.5, 0.95, 0.99}) row.push_back(format("%.2f", milliseconds(latency.percentile(share))));
  row.emplace_back("-");
  row.push_back(format("%llu", plain(latency.count())));
  return row;
}

Row traffic(const std::string& name, const Traffic& of, double seconds, bool numbered) {
  return {name,
          format("%llu", plain(of.packets)),
          format("%.0f", static_cast<double>(of.packets) / seconds),
          format("%.2f", static_cast<double>(of.bytes) * 8e-6 / seconds),
          numbered ? format("%llu", plain(of.lost)) : "-",
          numbered ? format("%.4f", percent(of.lost, of.expected)) : "-",
          format("%llu", plain(of.repeated))};
}

std::string header(const RunResult& result) {
  const Scenario& scenario = result.scenario;
  const Load& load = scenario.load;
  std::string text = format("%s: %u room%s", scenario.name, load.rooms, load.rooms == 1 ? "" : "s");
  text += format(", %u publishers and %u subscribers each", load.publishers, load.subscribers);
  if (load.joins_per_second > 0) text += format(", %.1f joins a second", load.joins_per_second);
  return text + format("; %llu streams, %.1f s\n", plain(result.figures.streams),
                       std::chrono::duration<double>(result.measured).count());
}

std::string joins(const RunResult& result, const Derived& derived) {
  const Joining& joining = result.figures.joining;
  std::string text =
      format("joins  %llu begun, %llu there, %llu left, %llu failed, %llu had to reconnect\n", plain(joining.begun),
             plain(joining.ready), plain(joining.left), plain(joining.failed), plain(joining.recovered));
  return text + format("       %.1f a second (%llu in %.2f s)\n", derived.joins_per_second,
                       plain(result.joined_at_first), std::chrono::duration<double>(result.joins_took).count());
}

std::string server(const RunResult& result, const Derived& derived) {
  if (!result.begin || !result.end || !result.before_joins) return "server  its process is not known (--pid)\n";
  const ProcessFigures& begin = *result.begin;
  const ProcessFigures& end = *result.end;
  std::string text = format("server  CPU %.1f %% of one, %.2f us a packet, %.2f of those that it got too",
                            derived.server_cpu_share * 100, derived.server_ns_per_packet / 1e3,
                            derived.server_ns_per_packet_either_way / 1e3);
  const Duration user = end.user - begin.user;
  const Duration system = end.system - begin.system;
  if ((user + system).count() > 0) {
    text += format(" (%.0f %% of it in the system)", 100 * milliseconds(system) / milliseconds(user + system));
  }
  text += format("\n        memory %.1f MB resident, %.1f before anybody came: %.0f kB a participant\n",
                 megabytes(end.resident_bytes), megabytes(result.before_joins->resident_bytes),
                 derived.bytes_per_participant / 1024);
  text +=
      format("        context switches a second: %.0f voluntary, %.0f involuntary; %u threads\n",
             static_cast<double>(end.voluntary_switches - begin.voluntary_switches) / derived.seconds,
             static_cast<double>(end.involuntary_switches - begin.involuntary_switches) / derived.seconds, end.threads);
  if (!result.system_calls) return text + "        system calls: not counted (--system-calls)\n";
  const SystemCalls& calls = *result.system_calls;
  text += format("        system calls a packet: %.4f (%s)",
                 static_cast<double>(calls.total()) / static_cast<double>(std::max<std::uint64_t>(calls.packets, 1)),
                 calls.tool.c_str());
  std::vector<std::pair<std::uint64_t, std::string>> most;
  most.reserve(calls.calls.size());
  for (const auto& [name, count] : calls.calls) most.emplace_back(count, name);
  std::ranges::sort(most, std::greater());
  for (std::size_t i = 0; i < std::min<std::size_t>(most.size(), 4); ++i) {
    text += format(", %s %llu", most[i].second.c_str(), plain(most[i].first));
  }
  return text + "\n";
}

std::string bare_loop(const RunResult& result, const Derived& derived) {
  if (!result.bare_loop) return "";
  const BareLoop& bare = *result.bare_loop;
  using Costs = BareLoop::Costs;
  std::string text = format("bare loop  %zu destinations, bursts of %zu, %zu bytes; us a packet%s\n", bare.destinations,
                            bare.burst, bare.packet_size, result.begin ? ", and the server over that" : "");
  text += format("           %-30s %-14s %s\n", "", "with OpenSSL", "with libsrtp2");
  for (const auto& [name, cost] :
       {std::pair{"protecting", &Costs::protect_ns}, std::pair{"all, by sendmmsg", &Costs::plain_ns},
        std::pair{"with UDP_SEGMENT", &Costs::segmented_ns}, std::pair{"sendmmsg, at this pace", &Costs::paced_ns},
        std::pair{"with UDP_SEGMENT, at this pace", &Costs::paced_segmented_ns}}) {
    text += format("           %-30s", name);
    for (const Costs* costs : {&bare.openssl, &bare.libsrtp}) {
      const double ns = costs->*cost;
      text += format(" %5.2f", ns / 1e3);
      text += result.begin && cost != &Costs::protect_ns ? format("  %5.2f  ", derived.server_ns_per_packet / ns)
                                                         : std::string(9, ' ');
    }
    while (text.back() == ' ') text.pop_back();
    text += "\n";
  }
  return text;
}

}  // namespace

std::string to_text(const RunResult& result) {
  const Derived derived = derive(result);
  const Figures& figures = result.figures;
  std::vector<Row> rows = {{"", "packets", "a second", "Mbit/s", "lost", "%", "repeated"}};
  rows.push_back(traffic("to the server", figures.up, derived.seconds, true));
  rows.push_back(traffic("from the server", figures.down, derived.seconds, true));
  if (result.scenario.data) {
    rows.push_back(traffic("data to", figures.data_up, derived.seconds, false));
    rows.push_back(traffic("data from", figures.data_down, derived.seconds, true));
  }
  std::vector<Row> times = {{"milliseconds", "p50", "p95", "p99", "max", "of"}};
  times.push_back(percentiles("one-way latency", figures.down.latency));
  if (result.server_latency) times.push_back(percentiles("inside the server", *result.server_latency));
  if (result.scenario.data) times.push_back(percentiles("of data", figures.data_down.latency));
  times.push_back(percentiles("time to join", figures.joining.to_ready));
  times.push_back(percentiles("to first packet", figures.joining.to_first_packet));
  return header(result) + align(rows) + align(times) + joins(result, derived) + server(result, derived) +
         bare_loop(result, derived) +
         format("generator  CPU %.1f %% of one, longest turn %.1f ms, %llu datagrams not taken by the system\n",
                derived.generator_cpu_share * 100, milliseconds(figures.longest_turn), plain(figures.not_sent)) +
         format("others     CPU %.1f %% of one, on this machine\n", derived.others_cpu_share * 100);
}

std::string to_table(std::span<const RunResult> results) {
  std::vector<Row> rows = {{"participants", "streams", "Mbit/s", "lost %", "p50 ms", "p99 ms", "CPU %", "us/packet",
                            "kB each", "joins/s", "generator %"}};
  for (const RunResult& result : results) {
    const Derived derived = derive(result);
    const Traffic& down = result.scenario.data ? result.figures.data_down : result.figures.down;
    const bool known = result.begin.has_value();
    rows.push_back({format("%zu", result.participants), format("%llu", plain(result.figures.streams)),
                    format("%.1f", static_cast<double>(down.bytes) * 8e-6 / derived.seconds),
                    format("%.4f", percent(down.lost, down.expected)),
                    format("%.2f", milliseconds(down.latency.percentile(0.5))),
                    format("%.2f", milliseconds(down.latency.percentile(0.99))),
                    known ? format("%.1f", derived.server_cpu_share * 100) : "-",
                    known ? format("%.2f", derived.server_ns_per_packet / 1e3) : "-",
                    known ? format("%.0f", derived.bytes_per_participant / 1024) : "-",
                    format("%.1f", derived.joins_per_second), format("%.1f", derived.generator_cpu_share * 100)});
  }
  return align(rows);
}

}  // namespace sfu::load
