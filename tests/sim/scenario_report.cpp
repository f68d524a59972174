// SPDX-License-Identifier: Apache-2.0
#include "scenario_report.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <vector>

namespace sfu::sim {
namespace {

double milliseconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}
double kilobits(Bitrate bitrate) {
  return static_cast<double>(bitrate.bps) / 1e3;
}

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[128];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

std::string percent(double share) {
  return format("%.0f", share * 100);
}

std::string waits(Duration p50, Duration p95, Duration max) {
  return format("%.0f/%.0f/%.0f", milliseconds(p50), milliseconds(p95), milliseconds(max));
}

std::vector<std::string> row(const SubscriberFigures& one) {
  std::string layers;
  for (const double share : one.layers) layers += (layers.empty() ? "" : "/") + percent(share);
  return {one.identity,
          one.estimate ? format("%.0f", kilobits(*one.estimate)) : "-",
          format("%.0f", kilobits(one.mean)),
          format("%.0f", kilobits(one.steady)),
          one.utilisation ? percent(*one.utilisation) : "-",
          layers,
          waits(one.wait_p50, one.wait_p95, one.wait_max),
          one.recovery ? format("%.1f", milliseconds(*one.recovery) / 1e3) : "-",
          std::to_string(one.dropped),
          std::to_string(one.lost),
          std::to_string(one.freezes),
          format("%.1f", milliseconds(one.longest_gap) / 1e3),
          one.first_frame ? format("%.2f", milliseconds(*one.first_frame) / 1e3) : "-",
          one.concealed ? format("%.2f", *one.concealed * 100) : "-"};
}

std::vector<std::string> row(const LinkFigures& link) {
  return {link.name,
          format("%.0f", kilobits(link.mean)),
          format("%.0f", kilobits(link.steady)),
          format("%.0f", kilobits(link.cross)),
          waits(link.wait_p50, link.wait_p95, link.wait_max),
          std::to_string(link.dropped),
          std::to_string(link.cross_dropped),
          std::to_string(link.lost)};
}

// Columns as wide as they must be; the first to the left.
std::string align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& cells : rows) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string out;
  for (const auto& cells : rows) {
    std::string line = cells[0] + std::string(widths[0] - cells[0].size(), ' ');
    for (std::size_t i = 1; i < cells.size(); ++i)
      line += "  " + std::string(widths[i] - cells[i].size(), ' ') + cells[i];
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace

std::string to_table(const ScenarioResult& result) {
  std::vector<std::vector<std::string>> rows = {
      {"", "estimate", "mean", "steady", "used", "layers %", "queue ms", "recovered", "dropped", "lost", "freezes",
       "longest", "first", "concealed"},
      {"subscriber", "kbit/s", "kbit/s", "kbit/s", "%", "none/low/mid/high", "p50/p95/max", "s", "", "", "", "gap s",
       "frame s", "%"}};
  for (const SubscriberFigures& one : result.subscribers) rows.push_back(row(one));
  std::string out = result.name + ", seed " + std::to_string(result.seed) + ", " +
                    format("%.0f s\n", milliseconds(result.duration) / 1e3) + align(rows);
  if (result.links.empty()) return out;
  rows = {{"", "mean", "steady", "cross", "queue ms", "dropped", "cross", "lost"},
          {"link", "kbit/s", "kbit/s", "kbit/s", "p50/p95/max", "", "dropped", ""}};
  for (const LinkFigures& link : result.links) rows.push_back(row(link));
  return out + "\n" + align(rows);
}

std::string to_json(const ScenarioResult& result) {
  using boost::json::array;
  using boost::json::object;
  const auto optional = [](const auto& value, auto convert) {
    return value ? boost::json::value(convert(*value)) : boost::json::value(nullptr);
  };
  const auto bps = [](Bitrate bitrate) { return bitrate.bps; };
  array subscribers;
  for (const SubscriberFigures& one : result.subscribers) {
    array tracks;
    for (const TrackFigures& track : one.tracks) {
      tracks.push_back(object{{"publisher", track.publisher},
                              {"kind", track.audio ? "audio" : "video"},
                              {"bitrate_bps", track.bitrate.bps},
                              {"shown", track.shown},
                              {"freezes", track.freezes},
                              {"longest_gap_ms", milliseconds(track.longest_gap)},
                              {"first_frame_ms", optional(track.first_frame, milliseconds)},
                              {"concealed", track.concealed},
                              {"delay_p50_ms", milliseconds(track.delay_p50)},
                              {"delay_p95_ms", milliseconds(track.delay_p95)},
                              {"repaired", track.repaired}});
    }
    array samples;
    for (const Sample& sample : one.samples) {
      samples.push_back(object{{"t_ms", milliseconds(sample.at)},
                               {"capacity_bps", sample.capacity.bps},
                               {"estimate_bps", optional(sample.estimate, bps)},
                               {"received_bps", sample.received.bps},
                               {"longest_wait_ms", milliseconds(sample.longest_wait)},
                               {"tracks", array(sample.tracks.begin(), sample.tracks.end())}});
    }
    subscribers.push_back(object{{"identity", one.identity},
                                 {"estimate_bps", optional(one.estimate, bps)},
                                 {"mean_bps", one.mean.bps},
                                 {"steady_bps", one.steady.bps},
                                 {"utilisation", optional(one.utilisation, [](double share) { return share; })},
                                 {"layers", array(one.layers.begin(), one.layers.end())},
                                 {"queue_p50_ms", milliseconds(one.wait_p50)},
                                 {"queue_p95_ms", milliseconds(one.wait_p95)},
                                 {"queue_max_ms", milliseconds(one.wait_max)},
                                 {"recovery_ms", optional(one.recovery, milliseconds)},
                                 {"dropped", one.dropped},
                                 {"lost", one.lost},
                                 {"freezes", one.freezes},
                                 {"frozen_ms", milliseconds(one.frozen)},
                                 {"longest_gap_ms", milliseconds(one.longest_gap)},
                                 {"first_frame_ms", optional(one.first_frame, milliseconds)},
                                 {"concealed", optional(one.concealed, [](double share) { return share; })},
                                 {"tracks", std::move(tracks)},
                                 {"samples", std::move(samples)}});
  }
  array links;
  for (const LinkFigures& link : result.links) {
    links.push_back(object{{"name", link.name},
                           {"mean_bps", link.mean.bps},
                           {"steady_bps", link.steady.bps},
                           {"cross_bps", link.cross.bps},
                           {"queue_p50_ms", milliseconds(link.wait_p50)},
                           {"queue_p95_ms", milliseconds(link.wait_p95)},
                           {"queue_max_ms", milliseconds(link.wait_max)},
                           {"dropped", link.dropped},
                           {"cross_dropped", link.cross_dropped},
                           {"lost", link.lost}});
  }
  return boost::json::serialize(object{{"scenario", result.name},
                                       {"seed", result.seed},
                                       {"duration_ms", milliseconds(result.duration)},
                                       {"subscribers", std::move(subscribers)},
                                       {"links", std::move(links)}}) +
         "\n";
}

}  // namespace sfu::sim
