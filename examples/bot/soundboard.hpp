// SPDX-License-Identifier: Apache-2.0
// Plays tones into a room: an audio track of Opus that is silent between them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "sfu/local_participant.hpp"

class Soundboard {
 public:
  static constexpr double kLowest = 50, kHighest = 8000;  // Hz

  // Publishes its track. `me` outlives it.
  explicit Soundboard(sfu::LocalParticipant& me);
  ~Soundboard();

  // For three seconds, from now on, in place of what is playing. Any thread.
  void play(double hertz);

 private:
  using Clock = std::chrono::steady_clock;
  void run(const std::stop_token& stop);
  void play_one(const std::stop_token& stop, double hertz);

  sfu::LocalParticipant& me_;
  Clock::time_point begin_ = Clock::now();  // of RTP timestamps
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<double> wanted_;
  std::jthread thread_;  // the last member: it ends first
};

// "440"; nothing: no number, or out of range.
std::optional<double> read_tone(std::string_view text);
