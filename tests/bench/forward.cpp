// SPDX-License-Identifier: Apache-2.0
// What forwarding costs: one publisher, 40 subscribers, packets of 1100 bytes, over real sockets on loopback. The CPU
// time of the worker's thread for all of it (receive, decrypt, choose, rewrite, encrypt, send, reports, timers), by
// packet sent to a subscriber, beside the loop of baseline.hpp in the same run; and what the thread allocates and how
// often it calls the system.
//
//   forward [--cm] [--paced] [--seconds N] [--fps N] [--frame PACKETS] [--subscribers N] [--trace]
//     --cm     AES_CM_128_HMAC_SHA1_80 instead of AEAD_AES_128_GCM
//     --paced  packets one by one at equal distances, not a frame at once
//     --trace  prints where allocations of the packet path come from
// Ends with 1 if media is allocated for. Not so with --cm: libsrtp's cipher from NSS allocates for each packet.
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
  unsigned subscribers = 40;
  unsigned seconds = 6;
  bool trace = false;
};

double ratio(std::uint64_t a, std::uint64_t b) {
  return b != 0 ? static_cast<double>(a) / static_cast<double>(b) : 0;
}

int measure(const Options& options, Channel channel) {
  const std::size_t subscribers = options.subscribers;
  Baseline baseline({.protection = options.clients.cm ? Protection::kLibsrtpAesCm : Protection::kLibsrtp,
                     .destinations = subscribers});
  (void)baseline.run(200);
  const Baseline::Figures before = baseline.run(2000);

  Server server(std::move(channel));
  server.ask(Word::kJoin, 1 + options.subscribers);
  server.ask(Word::kPublish);
  server.serve_for(5s);  // what is remembered of sent packets has grown to its size
  if (options.trace) server.transport().trace_allocations(10);

  // By the second, since others use this machine too: the median is told.
  const std::uint64_t received_before = server.count_received();
  const WorkerFigures begin = server.figures();
  WorkerFigures last = begin;
  std::vector<double> costs;
  for (unsigned second = 0; second < options.seconds; ++second) {
    server.serve_for(1s);
    const WorkerFigures now = server.figures();
    const WorkerFigures in_second = now - last;
    if (in_second.media_sent != 0) costs.push_back(in_second.cpu_ns / static_cast<double>(in_second.media_sent));
    last = now;
  }
  const WorkerFigures all = last - begin;
  const std::uint64_t received = server.count_received() - received_before;
  if (costs.empty()) die("nothing was forwarded");
  std::ranges::sort(costs);
  const double cost = costs[costs.size() / 2];
  const Baseline::Figures after = baseline.run(2000);
  const double bare = (before.total_ns() + after.total_ns()) / 2;

  std::printf("%s, %zu subscribers, %u frames/s of %u packets of %zu bytes, %s; %.0f packets/s sent, median of %u s\n",
              options.clients.cm ? "AES-CM" : "AES-GCM", subscribers, options.clients.frames_per_second,
              options.clients.packets_per_frame, kPacketSize, options.clients.paced ? "paced" : "a frame at once",
              ratio(all.media_sent, options.seconds), options.seconds);
  std::printf("forward_ns_per_packet %.0f   (from %.0f to %.0f)\n", cost, costs.front(), costs.back());
  std::printf("baseline_ns_per_packet %.0f   (protect %.0f, send %.0f)\n", bare,
              (before.protect_ns + after.protect_ns) / 2, (before.send_ns + after.send_ns) / 2);
  std::printf("ratio %.2f\n", cost / bare);
  std::printf("system_calls_per_packet %.4f\n", ratio(all.system_calls, all.media_sent));
  std::printf("allocations_per_packet %.6f   (%llu for %llu received RTP)\n",
              ratio(all.media_allocations, all.media_sent), static_cast<unsigned long long>(all.media_allocations),
              static_cast<unsigned long long>(all.media_received));
  std::printf("other allocations: %llu for %llu received RTCP; %llu in all, with timers and signalling\n",
              static_cast<unsigned long long>(all.control_allocations),
              static_cast<unsigned long long>(all.control_received), static_cast<unsigned long long>(all.allocations));
  std::printf("received by the clients %.4f of what was sent; %llu dropped by the system\n",
              ratio(received, all.media_sent), static_cast<unsigned long long>(all.dropped));
  return all.media_allocations == 0 || options.clients.cm ? 0 : 1;
}

bool parse(int argc, char** argv, Options& options) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const auto number = [&] { return i + 1 < argc ? static_cast<unsigned>(std::strtoul(argv[++i], nullptr, 10)) : 0; };
    if (argument == "--cm") {
      options.clients.cm = true;
    } else if (argument == "--paced") {
      options.clients.paced = true;
    } else if (argument == "--trace") {
      options.trace = true;
    } else if (argument == "--seconds") {
      options.seconds = number();
    } else if (argument == "--fps") {
      options.clients.frames_per_second = number();
    } else if (argument == "--frame") {
      options.clients.packets_per_frame = number();
    } else if (argument == "--subscribers") {
      options.subscribers = number();
    } else {
      return false;
    }
  }
  return options.seconds > 0 && options.clients.frames_per_second > 0 && options.clients.packets_per_frame > 0 &&
         options.subscribers > 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr,
                 "usage: forward [--cm] [--paced] [--seconds N] [--fps N] [--frame PACKETS] [--subscribers N] "
                 "[--trace]\n");
    return 2;
  }
  auto [ours, theirs] = Channel::make();
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    ours.close();
    run_clients(std::move(theirs), options.clients);
  }
  theirs.close();
  const int result = measure(options, std::move(ours));
  kill(child, SIGTERM);
  waitpid(child, nullptr, 0);
  return result;
}
