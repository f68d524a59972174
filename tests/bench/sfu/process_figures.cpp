// SPDX-License-Identifier: Apache-2.0
#include "process_figures.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace sfu::load {
namespace {

std::string slurp(const std::string& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

// The number behind "Name:" at the beginning of a line.
std::optional<std::uint64_t> field(std::string_view text, std::string_view name) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    at += line.size() + 1;
    if (!line.starts_with(name) || !line.substr(name.size()).starts_with(':')) continue;
    const std::size_t digit = line.find_first_of("0123456789");
    std::uint64_t value = 0;
    if (digit == std::string_view::npos) return std::nullopt;
    std::from_chars(line.data() + digit, line.data() + line.size(), value);
    return value;
  }
  return std::nullopt;
}

Duration of_ticks(std::uint64_t ticks, long ticks_per_second) {
  return Duration(static_cast<Duration::rep>(ticks) * (1'000'000'000 / ticks_per_second));
}

}  // namespace

bool parse_stat(std::string_view text, long ticks_per_second, ProcessFigures& out) {
  // The second field, the program's name in brackets, may have anything in it.
  const std::size_t bracket = text.rfind(')');
  if (bracket == std::string_view::npos) return false;
  std::string_view rest = text.substr(bracket + 1);
  std::uint64_t fields[3] = {};  // utime (14), stime (15), num_threads (20)
  for (unsigned number = 3; number <= 20; ++number) {
    const std::size_t begin = rest.find_first_not_of(' ');
    if (begin == std::string_view::npos) return false;
    rest.remove_prefix(begin);
    const std::string_view value = rest.substr(0, rest.find_first_of(" \n"));
    rest.remove_prefix(value.size());
    std::uint64_t* wanted = number == 14 ? &fields[0] : number == 15 ? &fields[1] : number == 20 ? &fields[2] : nullptr;
    if (wanted == nullptr) continue;
    if (std::from_chars(value.data(), value.data() + value.size(), *wanted).ec != std::errc()) return false;
  }
  out.user = of_ticks(fields[0], ticks_per_second);
  out.system = of_ticks(fields[1], ticks_per_second);
  out.threads = static_cast<unsigned>(fields[2]);
  return true;
}

bool parse_status(std::string_view text, ProcessFigures& out) {
  const auto kilobytes = field(text, "VmRSS");
  if (!kilobytes) return false;
  out.resident_bytes = *kilobytes * 1024;
  return true;
}

bool parse_switches(std::string_view text, ProcessFigures& out) {
  const auto voluntary = field(text, "voluntary_ctxt_switches");
  const auto involuntary = field(text, "nonvoluntary_ctxt_switches");
  if (!voluntary || !involuntary) return false;
  out.voluntary_switches += *voluntary;
  out.involuntary_switches += *involuntary;
  return true;
}

bool parse_smaps_rollup(std::string_view text, ProcessFigures& out) {
  const auto kilobytes = field(text, "Pss");
  if (!kilobytes) return false;
  out.proportional_bytes = *kilobytes * 1024;
  return true;
}

// user, nice, system, idle, iowait, irq, softirq, steal; what follows is in user and nice already.
Duration parse_machine(std::string_view text, long ticks_per_second) {
  if (!text.starts_with("cpu ")) return {};
  std::string_view rest = text.substr(4, text.find('\n') - 4);
  std::uint64_t busy = 0;
  for (unsigned number = 0; number < 8; ++number) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    std::uint64_t ticks = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), ticks);
    if (error != std::errc()) break;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (number != 3 && number != 4) busy += ticks;
  }
  return of_ticks(busy, ticks_per_second);
}

Duration read_machine() {
  return parse_machine(slurp("/proc/stat"), sysconf(_SC_CLK_TCK));
}

std::optional<ProcessFigures> read_process(pid_t process) {
  const std::string folder = "/proc/" + std::to_string(process) + "/";
  ProcessFigures figures;
  if (!parse_stat(slurp(folder + "stat"), sysconf(_SC_CLK_TCK), figures)) return std::nullopt;
  if (!parse_status(slurp(folder + "status"), figures)) return std::nullopt;
  (void)parse_smaps_rollup(slurp(folder + "smaps_rollup"), figures);  // for the owner alone
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(folder + "task", error)) {
    (void)parse_switches(slurp(task.path().string() + "/status"), figures);  // a thread may have ended
  }
  // To the nanosecond, where the ticks of stat are of ten milliseconds.
  clockid_t clock = 0;
  timespec time{};
  if (clock_getcpuclockid(process, &clock) == 0 && clock_gettime(clock, &time) == 0) {
    figures.cpu = std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
  } else {
    figures.cpu = figures.user + figures.system;
  }
  return figures;
}

}  // namespace sfu::load
