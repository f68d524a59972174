// SPDX-License-Identifier: Apache-2.0
// A crowd that joins, publishes, changes and leaves at random: whatever the order, what each client knows is in the end
// what is so, and nothing stays behind. Two hundred guests for two hours, with ten seeds, take their time:
//   SFU_CHURN=full build/tests/sim_churn_test
//   SFU_CHURN_SEED=7 repeats one seed of either size; SFU_CHURN_WATCH=3 prints what this guest says and hears
#include <doctest/doctest.h>
#include <malloc.h>

#include <cstdlib>
#include <string_view>

#include "crowd.hpp"

using namespace sfu;
using namespace sfu::sim;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

#ifdef SFU_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

struct Size {
  unsigned guests;
  Duration pace;
  Duration time;
  unsigned seeds;
  Duration between_checks;
};

Size size_of_run() {
  const char* wanted = std::getenv("SFU_CHURN");
  if (wanted != nullptr && std::string_view(wanted) == "full") {
    return {.guests = 200, .pace = seconds(60), .time = minutes(120), .seeds = 10, .between_checks = minutes(5)};
  }
  if (kSanitized) return {20, seconds(4), minutes(5), 1, minutes(1)};
  return {.guests = 40, .pace = seconds(4), .time = minutes(10), .seeds = 3, .between_checks = minutes(1)};
}

void run(Crowd& crowd, const Size& size) {
  for (Duration done{}; done < size.time; done += size.between_checks) {
    crowd.churn(size.between_checks);
    crowd.settle_and_check();
    if (crowd.problems().count() > 0) break;
  }
}

std::size_t heap_in_use() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

}  // namespace

TEST_CASE("[S-030][S-062][S-063][S-065] a crowd at random: every client's view of the room is the room") {
  Size size = size_of_run();
  std::uint64_t first = 1;
  if (const char* seed = std::getenv("SFU_CHURN_SEED")) {
    first = std::strtoull(seed, nullptr, 10);
    size.seeds = 1;
  }
  const char* watch = std::getenv("SFU_CHURN_WATCH");
  for (std::uint64_t seed = first; seed < first + size.seeds; ++seed) {
    CAPTURE(seed);
    Crowd crowd({.seed = seed,
                 .guests = size.guests,
                 .pace = size.pace,
                 .watch = watch != nullptr ? static_cast<unsigned>(std::strtoul(watch, nullptr, 10)) : ~0U});
    run(crowd, size);
    crowd.empty();
    CHECK_MESSAGE(crowd.problems().count() == 0, crowd.problems().text());
    CHECK(crowd.shard().room_count() == 0);
    CHECK(crowd.shard().deadline() == kNever);
    const Statistics& statistics = crowd.shard().statistics();
    CHECK(statistics.data_tracks_malformed > 0);
    // Whatever moves they made, who came has gone.
    CHECK(statistics.rooms == 0);
    CHECK(statistics.participants == 0);
    for (const auto kind : {0, 1, 2}) {
      CHECK(statistics.tracks_published[static_cast<std::size_t>(kind)] == 0);
      CHECK(statistics.tracks_subscribed[static_cast<std::size_t>(kind)] == 0);
    }
    CHECK(statistics.joins.rtc_connected ==
          statistics.joins.rtc_active + statistics.joins.rtc_canceled + statistics.joins.rtc_failure);
    CHECK(statistics.subscribe.attempts >= statistics.subscribe.successes + statistics.subscribe.cancels);
    const auto& figures = crowd.figures();
    MESSAGE("seed ", seed, ": ", figures.actions, " actions, ", figures.joins, " joins, ", figures.resumes,
            " resumes, ", figures.messages, " messages, ", figures.datagrams, " datagrams, at most ", figures.most,
            " in the room");
  }
}

TEST_CASE("the same seed makes the same run") {
  const auto trace = [] {
    Crowd crowd({.seed = 11, .guests = 15, .pace = seconds(3)});
    crowd.churn(minutes(1));
    crowd.empty();
    return crowd.trace();
  };
  CHECK(trace() == trace());
}

TEST_CASE("when all have left, the memory is what it was before they came") {
  if (kSanitized) return;  // mallinfo2() knows glibc's heap; leaks are the sanitizer's to find
  Crowd crowd({.seed = 5, .guests = 30, .pace = seconds(3)});
  const auto round = [&] {
    crowd.churn(minutes(2));
    crowd.empty();
    return heap_in_use();
  };
  round();  // fills what is kept: tables as large as the crowd was, OpenSSL's and usrsctp's own
  const auto before = round();
  const auto joins_before = crowd.figures().joins;
  for (int i = 0; i < 3; ++i) round();
  const auto after = heap_in_use();
  const auto joins = crowd.figures().joins - joins_before;
  MESSAGE("heap ", before, " bytes, after ", joins, " more joins ", after);
  // Tables may grow by a few entries where the crowd was a little larger; a leak of 64 bytes a join would show.
  CHECK(after < before + 64 * joins);
  CHECK(crowd.problems().count() == 0);
}
