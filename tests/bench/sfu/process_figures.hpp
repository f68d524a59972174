// SPDX-License-Identifier: Apache-2.0
// What the system tells about a process on this machine (proc(5)). A difference of two is what an interval took.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "sfu/time.hpp"

namespace sfu::load {

struct ProcessFigures {
  Duration cpu{};   // of all threads
  Duration user{};  // of that, in steps of a clock tick
  Duration system{};
  std::uint64_t voluntary_switches = 0;  // of threads that are there
  std::uint64_t involuntary_switches = 0;
  unsigned threads = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t proportional_bytes = 0;  // shared pages divided among those who share them; 0: not told
};

// Nothing if there is no such process, or it is somebody else's.
std::optional<ProcessFigures> read_process(pid_t process);

// How long all CPUs of this machine together have been at work, for whomever; what a hypervisor took is in it.
Duration read_machine();

// The parts of it, as the files have them. False: not such a file.
bool parse_stat(std::string_view text, long ticks_per_second, ProcessFigures& out);
bool parse_status(std::string_view text, ProcessFigures& out);    // memory
bool parse_switches(std::string_view text, ProcessFigures& out);  // of one thread's status, added
bool parse_smaps_rollup(std::string_view text, ProcessFigures& out);
Duration parse_machine(std::string_view text, long ticks_per_second);  // of /proc/stat

}  // namespace sfu::load
