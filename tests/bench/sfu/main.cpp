// SPDX-License-Identifier: Apache-2.0
// The load generator: ./dev bench sfu. It drives any server that speaks the protocol, and looks at its process where
// that is on this machine. docs/performance.md is its guide.
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "options.hpp"
#include "report.hpp"
#include "run.hpp"
#include "scenario.hpp"
#include "server_process.hpp"
#include "video_encoder.hpp"

namespace {

using namespace sfu::load;

int complain(const std::string& what) {
  std::fprintf(stderr, "sfu: %s\n", what.c_str());
  return 2;
}

// Two sockets and a WebSocket for each participant.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

bool spill(const std::string& file, const std::string& text) {
  if (file == "-") return std::fputs(text.c_str(), stdout) >= 0;
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  return !out.fail();
}

// Each run has a server of its own, if one is to be started: what one leaves behind is not the next one's.
sfu::Result<RunResult> run_once(const Options& options, const Scenario& scenario) {
  Target target{options.url, options.pid, options.metrics};
  std::unique_ptr<ServerProcess> server;
  if (options.url.empty()) {
    SFU_TRY(server, ServerProcess::start(options.server, options.server_cpus, options.server_arguments));
    target = {server->url(), server->pid(), server->metrics_url()};
  }
  SFU_TRY(RunResult result, run_scenario(options, scenario, target));
  if (server && !server->running()) return sfu::fail(sfu::Errc::kUnavailable, "the server has ended: " + server->log());
  server.reset();
  const Traffic& down = result.figures.down;
  if (scenario.bare_loop && down.packets > 0) {
    const double frames =
        scenario.video ? kFramesPerSecond * std::chrono::duration<double>(result.measured).count() : 0;
    const double streams = static_cast<double>(result.figures.streams);
    const double burst = frames > 0 && streams > 0 ? static_cast<double>(down.packets) / frames / streams : 1;
    const std::size_t destinations = std::size_t{scenario.load.subscribers} * scenario.load.rooms;
    const double bursts = static_cast<double>(down.packets) / burst / static_cast<double>(destinations);
    result.bare_loop = measure_bare_loop(
        destinations, static_cast<std::size_t>(std::lround(burst)), down.bytes / down.packets,
        std::chrono::nanoseconds(static_cast<std::int64_t>(static_cast<double>(result.measured.count()) / bursts)));
  }
  return result;
}

int run_all(const Options& options) {
  std::vector<Scenario> wanted = {with_options(*find_scenario(options.scenario), options)};
  if (!options.sweep.empty()) {
    wanted.resize(options.sweep.size(), wanted.front());
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i].vary(wanted[i].load, options.sweep[i]);
  }
  std::vector<RunResult> results;
  for (const Scenario& scenario : wanted) {
    auto result = run_once(options, scenario);
    if (!result) return complain(result.error().message);
    // The JSON alone, where that is what standard output is for.
    if (options.json != "-") std::printf("%s\n", to_text(*result).c_str());
    std::fflush(stdout);
    results.push_back(*std::move(result));
  }
  if (results.size() > 1 && options.json != "-") std::fputs(to_table(results).c_str(), stdout);
  if (!options.json.empty() && !spill(options.json, to_json(options, results))) {
    return complain(options.json + " cannot be written");
  }
  if (!options.plot.empty() && !spill(options.plot, to_svg(results))) {
    return complain(options.plot + " cannot be written");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  auto options = parse_options({argv + 1, static_cast<std::size_t>(argc - 1)});
  if (!options) return complain(options.error().message);
  if (options->help) {
    std::fputs(options_help().c_str(), stdout);
    return 0;
  }
  const std::string self = argv[0];
  if (options->server.empty()) options->server = self.substr(0, self.rfind('/') + 1) + "../bin/sfu-server";
  raise_descriptor_limit();
  return run_all(*options);
}
