// SPDX-License-Identifier: Apache-2.0
// How often a process calls the system, by `perf trace` where it is installed and may be used, else by strace, which
// slows the process down: so before the measurement, for a few seconds.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sfu::load {

struct SystemCalls {
  std::string tool;
  std::map<std::string, std::uint64_t> calls;  // by name
  std::uint64_t packets = 0;                   // that the clients got meanwhile

  std::uint64_t total() const;
};

// `packets()` is asked before and after. Nothing if neither tool works.
std::optional<SystemCalls> count_system_calls(pid_t process, const std::function<std::uint64_t()>& packets);

// The tables that the tools print.
std::map<std::string, std::uint64_t> parse_perf_trace(std::string_view text);
std::map<std::string, std::uint64_t> parse_strace(std::string_view text);

}  // namespace sfu::load
