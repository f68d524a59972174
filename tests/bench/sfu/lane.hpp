// SPDX-License-Identifier: Apache-2.0
// One thread of the generator with its share of the participants. It looks at its sockets at equal distances and not
// whenever something comes (poller.hpp): what arrives in between has the kernel's time of arrival.
#pragma once

#include <future>
#include <memory>
#include <thread>
#include <unordered_map>

#include "base/timer_queue.hpp"
#include "lane_parts.hpp"
#include "net/loop.hpp"
#include "participant.hpp"

namespace sfu::load {

class Lane {
 public:
  // `terms` outlive it. Errors: kUnavailable.
  static Result<std::unique_ptr<Lane>> start(const Terms& terms);
  // Does not say farewell for its participants; leave_all() does.
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // --- any thread
  void join(Role role);
  void set_speaker(const std::string& identity);
  // Counting begins anew; what was counted of joins is kept.
  void begin_measuring();
  void stop_sending();
  void leave_all();
  // By now.
  Figures figures();
  // How a WebSocket of that participant tells what happens.
  http::WebSocketClientCallbacks callbacks_for(std::uint32_t participant, std::uint32_t attempt);

 private:
  explicit Lane(const Terms& terms) : parts_(terms, *this) {}
  Result<void> open();
  void run();
  void turn(Instant now);
  void reschedule(std::uint32_t id, const Participant& participant);
  void retire(std::uint32_t id);
  // Runs `function(now)` on the thread.
  template <typename Function>
  void post(Function function) {
    mailbox_->post(std::move(function));
  }
  // The same, and waits for it.
  template <typename Function>
  void call(Function function);
  // For a participant that may have gone.
  template <typename Function>
  void with(std::uint32_t id, Function function);
  template <typename Function>
  void for_each(Function function);

  LaneParts parts_;
  std::unique_ptr<net::Loop> loop_;
  std::shared_ptr<client::Mailbox> mailbox_;
  std::vector<client::Mailbox::Task> tasks_;
  std::unordered_map<std::uint32_t, std::unique_ptr<Participant>> participants_;
  TimerQueue timers_;
  std::uint32_t last_id_ = 0;
  Instant next_turn_{};
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sfu::load
