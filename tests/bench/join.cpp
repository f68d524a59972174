// SPDX-License-Identifier: Apache-2.0
// What a join costs: from the request for the signalling connection until ICE, DTLS and the data channels of each of
// its peer connections stand, how many of them one worker sustains in a second, and what of it is the DTLS handshake,
// which nobody can leave out.
//
//   join [--joins N] [--at-once N] [--per-room N] [--v1]
//     --at-once   how many join together
//     --per-room  how many participants share a room; 0: all
//     --v1        clients of /rtc/v1, with one peer connection instead of two
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/time.hpp"
#include "baseline.hpp"
#include "clients.hpp"
#include "handshake.hpp"
#include "server.hpp"

namespace {

using namespace sfu::bench;
using namespace std::chrono_literals;

// Who come first, and warm up what all share.
constexpr std::uint32_t kFirst = 20;
constexpr unsigned kHandshakes = 200;

struct Options {
  std::uint32_t joins = 400;
  std::uint32_t at_once = 50;
  std::size_t per_room = 2;
  bool v1 = false;
};

void measure(const Options& options, Channel channel) {
  Server server(std::move(channel), options.per_room, options.v1);
  server.ask(Word::kJoin, kFirst);
  server.serve_for(1s);
  const double before = handshake_ns(kHandshakes);

  const sfu::SystemClock clock;
  const WorkerFigures begin = server.figures();
  const sfu::Instant start = clock.now();
  const std::uint32_t last = kFirst + options.joins;
  for (std::uint32_t there = kFirst; there < last;) {
    there = std::min(there + options.at_once, last);
    server.ask(Word::kJoin, there);
  }
  const double seconds = std::chrono::duration<double>(clock.now() - start).count();
  const WorkerFigures cost = server.figures() - begin;

  const double handshakes = options.v1 ? 1 : 2;
  const double bare = handshakes * (before + handshake_ns(kHandshakes)) / 2;
  const double per_join = cost.cpu_ns / options.joins;
  std::printf("%s, %u at once, %zu a room\n",
              options.v1 ? "v1, one peer connection a participant" : "v0, two peer connections a participant",
              options.at_once, options.per_room);
  std::printf("joins_per_second %.0f   (the worker was busy for %.0f %% of the %.2f s)\n", options.joins / seconds,
              cost.cpu_ns / 1e7 / seconds, seconds);
  std::printf("cpu_us_per_join %.0f   (%.0f joins a second of CPU)\n", per_join / 1000, 1e9 / per_join);
  std::printf("handshake_us_per_join %.0f   (%.0f DTLS handshakes as server, bare)\n", bare / 1000, handshakes);
  std::printf("ratio %.2f\n", per_join / bare);
  std::printf("allocations_per_join %.0f, system_calls_per_join %.0f\n",
              static_cast<double>(cost.allocations) / options.joins,
              static_cast<double>(cost.system_calls) / options.joins);
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto number = [&] { return i + 1 < argc ? static_cast<unsigned>(std::strtoul(argv[++i], nullptr, 10)) : 0; };
    if (argument == "--v1") {
      options.v1 = true;
    } else if (argument == "--joins") {
      options.joins = number();
    } else if (argument == "--at-once") {
      options.at_once = number();
    } else if (argument == "--per-room") {
      options.per_room = number();
    } else {
      return false;
    }
  }
  return options.joins > 0 && options.at_once > 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr, "usage: join [--joins N] [--at-once N] [--per-room N] [--v1]\n");
    return 2;
  }
  auto [ours, theirs] = Channel::make();
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    ours.close();
    run_clients(std::move(theirs), {.v1 = options.v1});
  }
  theirs.close();
  measure(options, std::move(ours));
  kill(child, SIGTERM);
  waitpid(child, nullptr, 0);
  return 0;
}
