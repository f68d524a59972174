// SPDX-License-Identifier: Apache-2.0
#include "server_process.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace sfu::load {
namespace {

constexpr int kStartMilliseconds = 10'000;
constexpr std::string_view kListening = "listening on ";

// One that was free a moment ago. The kernel does not hand it out again soon.
Result<std::uint16_t> free_port(int type) {
  const int descriptor = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = descriptor >= 0 && bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!bound) return fail(Errc::kUnavailable, std::string("no free port: ") + std::strerror(errno));
  return ntohs(address.sin_port);
}

// In the child, between fork() and exec: nothing here may allocate.
[[noreturn]] void become(const char* program, char* const* arguments, int output, int log, const cpu_set_t* cpus) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  dup2(output, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (cpus != nullptr) sched_setaffinity(0, sizeof *cpus, cpus);
  execv(program, arguments);
  std::_Exit(127);
}

// Reads until there is `wanted`, the end, or too much time has passed.
std::string read_until(int descriptor, std::string_view wanted) {
  std::string text;
  std::array<char, 4096> bytes;
  pollfd readable{descriptor, POLLIN, 0};
  while (text.find(wanted) == std::string::npos && poll(&readable, 1, kStartMilliseconds) == 1) {
    const ssize_t size = read(descriptor, bytes.data(), bytes.size());
    if (size <= 0) break;
    text.append(bytes.data(), static_cast<std::size_t>(size));
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<ServerProcess>> ServerProcess::start(const std::string& program, const std::vector<int>& cpus,
                                                            const std::vector<std::string>& more_arguments) {
  SFU_TRY(const std::uint16_t port, free_port(SOCK_STREAM));
  SFU_TRY(const std::uint16_t tcp_port, free_port(SOCK_STREAM));
  SFU_TRY(const std::uint16_t metrics_port, free_port(SOCK_STREAM));
  SFU_TRY(const std::uint16_t udp_port, free_port(SOCK_DGRAM));
  std::vector<std::string> words = {program,
                                    "--dev",
                                    "--bind",
                                    "127.0.0.1",
                                    "--port",
                                    std::to_string(port),
                                    "--udp-port",
                                    std::to_string(udp_port),
                                    "--rtc.tcp_port",
                                    std::to_string(tcp_port),
                                    "--prometheus.port",
                                    std::to_string(metrics_port),
                                    "--logging.level",
                                    "warn"};
  words.insert(words.end(), more_arguments.begin(), more_arguments.end());
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  cpu_set_t set;
  CPU_ZERO(&set);
  for (const int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &set);

  int ends[2] = {-1, -1};
  // Its log goes to memory: a pipe that nobody empties would stop it.
  const int log = memfd_create("server-log", MFD_CLOEXEC);
  if (log < 0 || pipe2(ends, O_CLOEXEC) != 0) {
    return fail(Errc::kUnavailable, std::string("its output: ") + std::strerror(errno));
  }
  const pid_t child = fork();
  if (child == 0) become(program.c_str(), arguments.data(), ends[1], log, cpus.empty() ? nullptr : &set);
  close(ends[1]);
  if (child < 0) return fail(Errc::kUnavailable, std::string("fork: ") + std::strerror(errno));
  auto server = std::unique_ptr<ServerProcess>(new ServerProcess(child, ends[0], log));
  if (read_until(ends[0], kListening).find(kListening) == std::string::npos) {
    return fail(Errc::kUnavailable, program + " does not serve: " + server->log());
  }
  server->url_ = "ws://127.0.0.1:" + std::to_string(port);
  server->metrics_url_ = "http://127.0.0.1:" + std::to_string(metrics_port) + "/metrics";
  return server;
}

bool ServerProcess::running() const {
  siginfo_t how{};
  return waitid(P_PID, static_cast<id_t>(pid_), &how, WEXITED | WNOHANG | WNOWAIT) == 0 && how.si_pid == 0;
}

std::string ServerProcess::log() const {
  std::string text(64 * 1024, '\0');
  const ssize_t size = pread(log_, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return text;
}

ServerProcess::~ServerProcess() {
  // The first would wait for those who are still there.
  kill(pid_, SIGTERM);
  kill(pid_, SIGINT);
  waitpid(pid_, nullptr, 0);
  close(output_);
  close(log_);
}

}  // namespace sfu::load
