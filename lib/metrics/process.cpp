// SPDX-License-Identifier: Apache-2.0
#include "metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "metrics/exposition.hpp"
#include "metrics/metrics.hpp"

namespace sfu::metrics {
namespace {

// Of /proc/self/stat, what comes after the program's name, which may hold spaces (proc(5)).
std::istringstream own_stat() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const std::size_t name_end = line.rfind(')');
  return std::istringstream(name_end == std::string::npos ? std::string() : line.substr(name_end + 1));
}

double boot_time() {
  std::ifstream file("/proc/stat");
  std::string word;
  for (double value = 0; file >> word;) {
    if (word == "btime" && file >> value) return value;
  }
  return 0;
}

struct Process {
  double cpu_seconds = 0;
  double start_time = 0;
  double virtual_bytes = 0;
  double resident_bytes = 0;
};

Process read_process() {
  constexpr int kUserTime = 14, kSystemTime = 15, kStartTime = 22, kVirtual = 23, kResident = 24;  // proc(5)
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  Process process;
  auto fields = own_stat();
  std::string field;
  for (int number = 3; fields >> field; ++number) {
    const double value = std::strtod(field.c_str(), nullptr);
    if (number == kUserTime || number == kSystemTime) process.cpu_seconds += value / ticks;
    if (number == kStartTime) process.start_time = boot_time() + value / ticks;
    if (number == kVirtual) process.virtual_bytes = value;
    if (number == kResident) process.resident_bytes = value * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  return process;
}

std::uint64_t open_descriptors() {
  std::error_code error;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end; at.increment(error)) {
    ++count;
  }
  return count;
}

}  // namespace

std::string process_metrics() {
  const Process process = read_process();
  Exposition out;
  out.counter("process_cpu_seconds_total", "Processor time of all threads.");
  out.sample({}, process.cpu_seconds);
  out.gauge("process_start_time_seconds", "When the process started, since 1970.");
  out.sample({}, process.start_time);
  out.gauge("process_virtual_memory_bytes", "Virtual memory.");
  out.sample({}, process.virtual_bytes);
  out.gauge("process_resident_memory_bytes", "Resident memory.");
  out.sample({}, process.resident_bytes);
  out.gauge("process_open_fds", "Open file descriptors.");
  out.sample({}, open_descriptors());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    out.gauge("process_max_fds", "The most file descriptors that may be open.");
    out.sample({}, static_cast<std::uint64_t>(limit.rlim_cur));
  }
  return out.take();
}

SystemPackets system_packets() {
  // "eth0: bytes packets errs drop fifo frame compressed multicast bytes packets errs drop ..." (proc_net(5))
  constexpr int kSent = 10, kDropped = 12;
  SystemPackets packets;
  std::ifstream file("/proc/net/dev");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || line.substr(0, colon).ends_with("lo")) continue;
    std::istringstream fields(line.substr(colon + 1));
    std::uint64_t value = 0;
    for (int number = 1; fields >> value; ++number) {
      if (number == kSent) packets.sent += value;
      if (number == kDropped) packets.dropped += value;
    }
  }
  return packets;
}

}  // namespace sfu::metrics
