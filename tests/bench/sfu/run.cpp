// SPDX-License-Identifier: Apache-2.0
#include "run.hpp"

#include <time.h>

#include <cstdio>
#include <thread>

#include "base/time.hpp"
#include "fleet.hpp"
#include "progress.hpp"

namespace sfu::load {
namespace {

using namespace std::chrono_literals;

constexpr Duration kTold = 1s;
constexpr Duration kSpeech = 3s;  // of one speaker
constexpr Duration kDrain = 1s;   // for what is under way when sending has stopped, and the last reports
constexpr Duration kSettle = 2s;

Duration own_cpu() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + Duration(time.tv_nsec);
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[200];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

class Run {
 public:
  Run(const Options& options, const Scenario& scenario, const Target& target) : options_(options), target_(target) {
    result_.scenario = scenario;
    result_.participants = participants_of(scenario);
  }

  Result<RunResult> all() {
    result_.before_joins = look();
    if (target_.pid != 0 && !result_.before_joins) {
      return fail(Errc::kNotFound, "--pid: there is no process " + std::to_string(target_.pid));
    }
    if (!target_.metrics.empty()) {
      SFU_TRY(latency_, LatencyReader::create(target_.metrics));
    }
    SFU_TRY(fleet_, Fleet::create(options_, result_.scenario, target_.url));
    SFU_CHECK_OK(let_join());
    live_for(options_.warm_up, "warming up");
    if (options_.system_calls && target_.pid != 0) count_calls();
    SFU_CHECK_OK(measure());
    fleet_->stop_sending();
    std::this_thread::sleep_for(kDrain);
    result_.figures = fleet_->figures();
    progress_.end();
    if (target_.pid != 0 && !result_.end) return fail(Errc::kUnavailable, "the server has ended");
    return std::move(result_);
  }

 private:
  std::optional<ProcessFigures> look() const { return target_.pid != 0 ? read_process(target_.pid) : std::nullopt; }

  Result<void> let_join() {
    const Load& load = result_.scenario.load;
    const Instant begin = clock_.now();
    for (unsigned number = 0; number < load.publishers; ++number) {
      for (unsigned room = 0; room < load.rooms; ++room) SFU_CHECK_OK(fleet_->join_publisher(room, number));
    }
    for (unsigned number = 0; number < load.subscribers; ++number) {
      for (unsigned room = 0; room < load.rooms; ++room) {
        SFU_CHECK_OK(fleet_->join_subscriber(room, number));
        tell_joins(begin);
      }
    }
    SFU_CHECK_OK(fleet_->wait_for_joins());
    result_.joins_took = clock_.now() - begin;
    const Joining joining = fleet_->figures().joining;
    result_.joined_at_first = joining.ready;
    if (joining.ready == 0 && result_.participants > 0) return fail(Errc::kUnavailable, "nobody could join");
    return {};
  }

  void tell_joins(Instant begin) {
    const Instant now = clock_.now();
    if (now < next_told_) return;
    next_told_ = now + kTold;
    const auto ready = static_cast<double>(fleet_->figures().joining.ready);
    progress_.tell(
        format("joined %.0f of %zu, %.0f a second", ready, result_.participants, ready / seconds(now - begin)));
  }

  Result<void> measure() {
    ServerLatency latency;
    if (latency_) {
      SFU_TRY(latency, latency_->read());
    }
    fleet_->begin_measuring();
    result_.begin = look();
    const Duration cpu = own_cpu();
    const Duration machine = read_machine();
    const Instant begin = clock_.now();
    live_for(options_.duration, "measuring");
    result_.end = look();
    result_.generator_cpu = own_cpu() - cpu;
    result_.machine_cpu = read_machine() - machine;
    result_.measured = clock_.now() - begin;
    if (latency_) {
      SFU_TRY(const ServerLatency later, latency_->read());
      result_.server_latency = later.since(latency);
    }
    return {};
  }

  // Before the measurement, which is none of what the counting costs.
  void count_calls() {
    progress_.tell("counting system calls");
    result_.system_calls = count_system_calls(target_.pid, [this] {
      return result_.scenario.data ? fleet_->figures().data_down.packets : fleet_->figures().down.packets;
    });
    next_visitor_ = kNever;  // those who did not come meanwhile are not made up for
    live_for(kSettle, "settling");
  }

  // Time passes: visitors come, speakers take turns, and somebody is told.
  void live_for(Duration time, const char* what) {
    const Instant begin = clock_.now();
    const Instant end = begin + time;
    Figures last = fleet_->figures();
    std::optional<ProcessFigures> last_process = look();
    Instant last_told = begin;
    for (Instant now = begin; now < end; now = clock_.now()) {
      let_live(now);
      std::this_thread::sleep_for(std::min({end, last_told + kTold, next_visitor_, next_speaker_}) - now);
      if (clock_.now() < last_told + kTold) continue;
      now = clock_.now();
      const Figures figures = fleet_->figures();
      const std::optional<ProcessFigures> process = look();
      tell(format("%s %.0f of %.0f s", what, seconds(now - begin), seconds(time)), figures, last, process, last_process,
           now - last_told);
      last = figures;
      last_process = process;
      last_told = now;
    }
  }

  void let_live(Instant now) {
    const Load& load = result_.scenario.load;
    if (load.joins_per_second > 0) {
      if (next_visitor_ == kNever) next_visitor_ = now;
      const auto interval =
          std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / load.joins_per_second));
      for (; next_visitor_ <= now; next_visitor_ += interval) fleet_->join_visitor(++visitors_);
    }
    if (result_.scenario.speakers && load.publishers > 0 && (next_speaker_ == kNever || next_speaker_ <= now)) {
      fleet_->set_speaker(speaker_++ % load.publishers);
      next_speaker_ = now + kSpeech;
    }
  }

  void tell(std::string text, const Figures& now, const Figures& before, const std::optional<ProcessFigures>& process,
            const std::optional<ProcessFigures>& process_before, Duration passed) {
    const double time = seconds(passed);
    const auto packets = static_cast<double>(now.down.packets - before.down.packets);
    const auto messages = static_cast<double>(now.data_down.packets - before.data_down.packets);
    if (result_.scenario.data) {
      text += format(": %.0f messages/s down", messages / time);
    } else {
      text += format(": %.0f packets/s, %.1f Mbit/s down", packets / time,
                     static_cast<double>(now.down.bytes - before.down.bytes) * 8e-6 / time);
    }
    if (process && process_before)
      text += format(", server %.0f %% CPU", seconds(process->cpu - process_before->cpu) * 100 / time);
    progress_.tell(text);
  }

  const Options& options_;
  Target target_;
  SystemClock clock_;
  Progress progress_;
  RunResult result_;
  std::unique_ptr<Fleet> fleet_;
  std::optional<LatencyReader> latency_;
  Instant next_told_{};
  Instant next_visitor_ = kNever;
  Instant next_speaker_ = kNever;
  unsigned visitors_ = 0;
  unsigned speaker_ = 0;
};

}  // namespace

Result<RunResult> run_scenario(const Options& options, const Scenario& scenario, const Target& target) {
  return Run(options, scenario, target).all();
}

}  // namespace sfu::load
