// SPDX-License-Identifier: Apache-2.0
// What nothing costs: the memory of a server that nobody uses, and of each participant who is connected (ICE, DTLS,
// data channels, signalling) and does nothing.
//
//   idle [--server PROGRAM] [--participants N] [--per-room N] [--v1]
//     --server    started, looked at and ended; "" skips it; default: ../bin/sfu-server beside this program
//     --per-room  how many participants share a room; 0: all
//     --v1        clients of /rtc/v1, with one peer connection instead of two
#include <fcntl.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>
#include <thread>

#include "baseline.hpp"
#include "clients.hpp"
#include "server.hpp"

namespace {

using namespace sfu::bench;
using namespace std::chrono_literals;

// Who join together. A crowd at the same moment leaves memory behind that it needed for that moment.
constexpr std::uint32_t kAtOnce = 2;

struct Options {
  std::string server;
  std::uint32_t participants = 100;
  std::size_t per_room = 0;
  bool v1 = false;
};

struct Memory {
  long resident_kb = 0;
  long anonymous_kb = 0;  // of that: not of files
  double heap_kb = 0;     // handed out by malloc, of this process only
};

Memory memory_of(const std::string& process) {
  Memory memory;
  std::ifstream status("/proc/" + process + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) memory.resident_kb = std::strtol(line.c_str() + 6, nullptr, 10);
    if (line.starts_with("RssAnon:")) memory.anonymous_kb = std::strtol(line.c_str() + 8, nullptr, 10);
  }
  return memory;
}

Memory own_memory() {
  Memory memory = memory_of("self");
  const auto heap = mallinfo2();
  memory.heap_kb = static_cast<double>(heap.uordblks + heap.hblkhd) / 1024;
  return memory;
}

void print(const char* what, const Memory& memory) {
  std::printf("%-42s %7.1f MB resident, %6.1f MB of it anonymous\n", what,
              static_cast<double>(memory.resident_kb) / 1024, static_cast<double>(memory.anonymous_kb) / 1024);
}

void look_at_server(const std::string& program) {
  if (program.empty()) return;
  if (access(program.c_str(), X_OK) != 0) {
    std::printf("%s is not built\n", program.c_str());
    return;
  }
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execl(program.c_str(), program.c_str(), "--dev", "--bind", "127.0.0.1", "--port", "17880", "--udp-port", "17882",
          "--rtc.tcp_port", "17881", nullptr);
    std::_Exit(127);
  }
  std::this_thread::sleep_for(2s);
  int status = 0;
  if (waitpid(child, &status, WNOHANG) == child) {
    std::printf("%s ended by itself\n", program.c_str());
    return;
  }
  print("sfu-server, idle", memory_of(std::to_string(child)));
  kill(child, SIGTERM);
  waitpid(child, &status, 0);
}

void look_at_participants(const Options& options, Channel channel) {
  Server server(std::move(channel), options.per_room, options.v1);
  server.serve_for(200ms);
  print("an engine of one worker, idle", own_memory());
  // The first ones warm up what all share.
  const std::uint32_t first = std::min<std::uint32_t>(10, options.participants / 2);
  server.ask(Word::kJoin, first);
  server.serve_for(2s);
  const Memory few = own_memory();
  print((std::to_string(first) + " participants").c_str(), few);
  for (std::uint32_t there = first; there < options.participants;) {
    there = std::min(there + kAtOnce, options.participants);
    server.ask(Word::kJoin, there);
  }
  server.serve_for(3s);
  const Memory many = own_memory();
  print((std::to_string(options.participants) + " participants").c_str(), many);
  const double more = options.participants - first;
  std::printf("per_participant_kb %.1f resident, %.1f of the heap   (%s, %s)\n",
              static_cast<double>(many.resident_kb - few.resident_kb) / more, (many.heap_kb - few.heap_kb) / more,
              options.v1 ? "v1, one peer connection" : "v0, two peer connections",
              options.per_room != 0 ? (std::to_string(options.per_room) + " a room").c_str() : "one room");
}

bool parse(int argc, char** argv, Options& options) {
  const std::string self = argv[0];
  options.server = self.substr(0, self.rfind('/') + 1) + "../bin/sfu-server";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--v1") {
      options.v1 = true;
    } else if (argument == "--server" && i + 1 < argc) {
      options.server = argv[++i];
    } else if (argument == "--participants" && i + 1 < argc) {
      options.participants = static_cast<std::uint32_t>(std::strtoul(argv[++i], nullptr, 10));
    } else if (argument == "--per-room" && i + 1 < argc) {
      options.per_room = std::strtoul(argv[++i], nullptr, 10);
    } else {
      return false;
    }
  }
  return options.participants > 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fprintf(stderr, "usage: idle [--server PROGRAM] [--participants N] [--per-room N] [--v1]\n");
    return 2;
  }
  look_at_server(options.server);
  auto [ours, theirs] = Channel::make();
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    ours.close();
    run_clients(std::move(theirs), {.v1 = options.v1});
  }
  theirs.close();
  look_at_participants(options, std::move(ours));
  kill(child, SIGTERM);
  waitpid(child, nullptr, 0);
  return 0;
}
