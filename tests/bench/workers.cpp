// SPDX-License-Identifier: Apache-2.0
// What several workers carry of one room: one publisher, many subscribers, over real sockets on loopback. An engine
// with one worker and one with several, which lend, have such a room each, at the same time, so that whatever else the
// machine does concerns both. The clients need processors too, so what is compared is not how much arrives before
// something breaks, but what bounds that: at the same load, the CPU time of the busiest worker's thread for each packet
// that was forwarded. 4 Mbit/s for each of 60: with much less the threads sleep most of the time, and to wake them
// costs as much as what they are woken for; but then nothing need be lent.
//
//   workers [--workers N] [--subscribers N] [--fps N] [--frame PACKETS] [--paced] [--seconds N]
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "baseline.hpp"
#include "clients.hpp"
#include "server.hpp"

namespace {

using namespace sfu::bench;
using namespace std::chrono_literals;

struct Options {
  ClientOptions clients;
  unsigned workers = 2;
  unsigned subscribers = 60;
  unsigned seconds = 10;
};

// A process of clients, begun while this one has a single thread.
struct Crowd {
  pid_t process;
  Channel channel;
};

Crowd begin_crowd(const ClientOptions& options) {
  auto [ours, theirs] = Channel::make();
  const pid_t process = fork();
  if (process < 0) die("fork");
  if (process == 0) {
    ours.close();
    run_clients(std::move(theirs), options);
  }
  theirs.close();
  return {process, std::move(ours)};
}

class Room {
 public:
  Room(const Options& options, Crowd crowd, unsigned workers)
      : process_(crowd.process), workers_(workers), server_(std::move(crowd.channel), engine_options(workers)) {
    server_.ask(Word::kJoin, 1 + options.subscribers);
    server_.ask(Word::kPublish);
  }
  ~Room() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }

  void serve(sfu::Duration time) { server_.serve_for(time); }
  void begin() {
    received_ = server_.count_received();
    before_ = server_.statistics();
  }
  // Tells what it took since then; nanoseconds of the busiest worker for a packet.
  double end(unsigned seconds) {
    const sfu::EngineStatistics after = server_.statistics();
    const auto received = static_cast<double>(server_.count_received() - received_);
    const auto sent = static_cast<double>(after.traffic.sent.packets - before_.traffic.sent.packets);
    if (sent == 0) die("nothing was forwarded");
    std::printf("%u worker%s: %.0f packets/s", workers_, workers_ > 1 ? "s" : "", sent / seconds);
    double busiest = 0;
    double sum = 0;
    for (std::size_t i = 0; i < after.workers.size(); ++i) {
      const auto used = after.workers[i].processor_time - before_.workers[i].processor_time;
      const double nanoseconds = static_cast<double>(used.count()) / sent;
      std::printf("%s %.0f", i == 0 ? "; ns of each worker for one:" : ",", nanoseconds);
      busiest = std::max(busiest, nanoseconds);
      sum += nanoseconds;
    }
    std::printf("; together %.0f\n", sum);
    std::printf("  sealed and sent by another worker %.3f; dropped because it was busy %.4f; received %.4f of them\n",
                static_cast<double>(after.datagrams_lent - before_.datagrams_lent) / sent,
                static_cast<double>(after.dropped_lent - before_.dropped_lent) / sent, received / sent);
    return busiest;
  }

 private:
  static sfu::EngineOptions engine_options(unsigned workers) {
    sfu::EngineOptions options;
    options.workers = workers;
    options.bind_addresses = {sfu::IpAddress::v4({127, 0, 0, 1})};
    options.udp_port_first = options.udp_port_last = 0;
    options.lend_above = 0;
    options.statistics_interval = 100ms;
    return options;
  }

  pid_t process_;
  unsigned workers_;
  Server server_;
  std::uint64_t received_ = 0;
  sfu::EngineStatistics before_;
};

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto number = [&] { return i + 1 < argc ? static_cast<unsigned>(std::strtoul(argv[++i], nullptr, 10)) : 0; };
    if (argument == "--workers") {
      options.workers = number();
    } else if (argument == "--subscribers") {
      options.subscribers = number();
    } else if (argument == "--fps") {
      options.clients.frames_per_second = number();
    } else if (argument == "--frame") {
      options.clients.packets_per_frame = number();
    } else if (argument == "--paced") {
      options.clients.paced = true;
    } else if (argument == "--seconds") {
      options.seconds = number();
    } else {
      return false;
    }
  }
  return options.workers > 1 && options.subscribers > 0 && options.clients.frames_per_second > 0 &&
         options.clients.packets_per_frame > 0 && options.seconds > 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  options.clients.frames_per_second = 60;
  if (!parse(argc, argv, options)) {
    std::fprintf(
        stderr, "usage: workers [--workers N] [--subscribers N] [--fps N] [--frame PACKETS] [--paced] [--seconds N]\n");
    return 2;
  }
  Crowd first = begin_crowd(options.clients);
  Crowd second = begin_crowd(options.clients);
  std::printf("1 to %u, %u frames/s of %u packets of %zu bytes, %s\n", options.subscribers,
              options.clients.frames_per_second, options.clients.packets_per_frame, kPacketSize,
              options.clients.paced ? "paced" : "a frame at once");
  Room alone(options, std::move(first), 1);
  Room shared(options, std::move(second), options.workers);
  const auto run = [&](unsigned seconds) {
    for (unsigned step = 0; step < 50 * seconds; ++step) {
      alone.serve(10ms);
      shared.serve(10ms);
    }
  };
  run(8);  // what is lent settles
  alone.begin();
  shared.begin();
  run(options.seconds);
  const double one = alone.end(options.seconds);
  const double several = shared.end(options.seconds);
  std::printf("carries %.2f times as much\n", one / several);
  return 0;
}
