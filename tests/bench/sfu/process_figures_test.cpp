// SPDX-License-Identifier: Apache-2.0
#include "process_figures.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include "system_calls.hpp"

using namespace sfu::load;
using namespace std::chrono_literals;

TEST_CASE("proc(5) stat: times and threads, whatever the program is called") {
  ProcessFigures figures;
  REQUIRE(
      parse_stat("4711 (a) S 1) R 1 4711 4711 0 -1 4194560 900 0 3 0 150 25 7 8 20 0 6 0 12345 99 88\n", 100, figures));
  CHECK(figures.user == 1500ms);
  CHECK(figures.system == 250ms);
  CHECK(figures.threads == 6);
  CHECK_FALSE(parse_stat("", 100, figures));
  CHECK_FALSE(parse_stat("4711 (sfu-server) R 1 4711", 100, figures));
  CHECK_FALSE(parse_stat("4711 (x) R 1 1 1 0 -1 4 9 0 3 0 many 25 7 8 20 0 6 0", 100, figures));
}

TEST_CASE("proc(5) status: memory, and the switches of threads, which add up") {
  const char* status =
      "Name:\tsfu-server\nVmHWM:\t   30000 kB\nVmRSS:\t   20480 kB\nRssAnon:\t    9000 kB\n"
      "voluntary_ctxt_switches:\t120\nnonvoluntary_ctxt_switches:\t7\n";
  ProcessFigures figures;
  REQUIRE(parse_status(status, figures));
  CHECK(figures.resident_bytes == 20480 * 1024);
  REQUIRE(parse_switches(status, figures));
  REQUIRE(parse_switches(status, figures));
  CHECK(figures.voluntary_switches == 240);
  CHECK(figures.involuntary_switches == 14);
  CHECK_FALSE(parse_status("Name:\tkthreadd\n", figures));
  CHECK_FALSE(parse_switches("", figures));
}

TEST_CASE("proc(5) smaps_rollup: the proportional share, not its kinds") {
  ProcessFigures figures;
  REQUIRE(parse_smaps_rollup("00400000-7fff rollup\nRss:  100 kB\nPss_Anon:  5 kB\nPss:  64 kB\n", figures));
  CHECK(figures.proportional_bytes == 64 * 1024);
}

TEST_CASE("proc(5) stat of the machine: what is not idle, steal included, guests not twice") {
  CHECK(parse_machine("cpu  100 20 30 9999 888 1 2 47 50 6\ncpu0 1 2 3\n", 100) == 2s);
  CHECK(parse_machine("intr 5", 100) == 0s);
}

TEST_CASE("a process is read as a whole, and one that is not there is not") {
  const auto own = read_process(getpid());
  REQUIRE(own);
  CHECK(own->cpu > 0ns);
  CHECK(own->resident_bytes > 1024 * 1024);
  CHECK(own->threads >= 1);
  CHECK_FALSE(read_process(0x7fffffff));
}

TEST_CASE("perf trace's tables, one a thread, add up") {
  const auto calls = parse_perf_trace(R"(
 Summary of events:

 sfu-worker-0 (19708), 75 events, 92.6%

   syscall            calls  errors  total       min       avg       max       stddev
                                     (msec)    (msec)    (msec)    (msec)        (%)
   --------------- --------  ------ -------- --------- --------- ---------     ------
   sendmmsg               6      3   612.020     0.000   102.003   311.818     63.26%
   epoll_pwait2           2      0     0.418     0.183     0.209     0.236     12.66%

 sfu-server (19706), 4 events, 5.0%

   sendmmsg               1      0     0.001     0.001     0.001     0.001      0.00%
)");
  CHECK(calls == std::map<std::string, std::uint64_t>{{"sendmmsg", 7}, {"epoll_pwait2", 2}});
}

TEST_CASE("strace's table, with errors and without") {
  const auto calls = parse_strace(R"(strace: Process 14731 attached with 4 threads
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 73.00    0.002811           9       300         4 recvmmsg
 27.00    0.001035           8       120           sendmmsg
------ ----------- ----------- --------- --------- ----------------
100.00    0.003846           9       420         4 total
)");
  CHECK(calls == std::map<std::string, std::uint64_t>{{"recvmmsg", 300}, {"sendmmsg", 120}});
  CHECK(parse_strace("strace: attach: ptrace(PTRACE_SEIZE, 1): Operation not permitted\n").empty());
}
