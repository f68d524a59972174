// SPDX-License-Identifier: Apache-2.0
#include "lane.hpp"

#include <pthread.h>

#include <cstdio>
#include <string_view>
#include <vector>

namespace sfu::load {
namespace {

// While somebody joins, answers are not kept waiting.
constexpr Duration kTurn = std::chrono::milliseconds(4);
constexpr Duration kTurnOfJoins = std::chrono::milliseconds(1);

}  // namespace

Result<std::unique_ptr<Lane>> Lane::start(const Terms& terms) {
  auto lane = std::unique_ptr<Lane>(new Lane(terms));
  SFU_CHECK_OK(lane->open());
  lane->thread_ = std::thread([l = lane.get()] { l->run(); });
  pthread_setname_np(lane->thread_.native_handle(), "load-lane");
  return lane;
}

Result<void> Lane::open() {
  SFU_TRY(loop_, net::Loop::create());
  SFU_TRY(parts_.poller, Poller::create());
  SFU_TRY(parts_.websockets, http::WebSocketClient::create({}));
  mailbox_ = std::make_shared<client::Mailbox>(*loop_);
  return {};
}

Lane::~Lane() {
  if (!thread_.joinable()) return;
  post([this](Instant) { stopping_ = true; });
  thread_.join();
  mailbox_->close();
  parts_.websockets.reset();
}

void Lane::run() {
  while (!stopping_) {
    const Instant now = parts_.clock.now();
    loop_->wait(std::max(Duration::zero(), next_turn_ - now));
    const Instant begun = parts_.clock.now();
    turn(begun);
    parts_.figures.longest_turn = std::max(parts_.figures.longest_turn, parts_.clock.now() - begun);
  }
}

void Lane::turn(Instant now) {
  parts_.wall = {now, parts_.clock.wall_now()};
  mailbox_->take(tasks_);
  for (client::Mailbox::Task& task : tasks_) task(now);
  tasks_.clear();
  if (now < next_turn_) return;
  next_turn_ = now + (parts_.joining > 0 ? kTurnOfJoins : kTurn);
  parts_.poller->visit_ready(
      [&](std::uint32_t id) { with(id, [this](Participant& one) { one.read(parts_.clock.now()); }); });
  for (std::uint32_t id = 0; timers_.pop_due(now, id);) {
    with(id, [now](Participant& one) { one.advance(now); });
  }
}

template <typename Function>
void Lane::with(std::uint32_t id, Function function) {
  const auto found = participants_.find(id);
  if (found == participants_.end()) return;
  function(*found->second);
  reschedule(id, *found->second);
}

void Lane::reschedule(std::uint32_t id, const Participant& participant) {
  if (participant.over()) return retire(id);
  timers_.schedule(id, participant.deadline());
}

void Lane::retire(std::uint32_t id) {
  const auto found = participants_.find(id);
  found->second->add_up(parts_.figures);
  participants_.erase(found);
  timers_.cancel(id);
}

template <typename Function>
void Lane::for_each(Function function) {
  std::vector<std::uint32_t> ids;
  ids.reserve(participants_.size());
  for (const auto& [id, participant] : participants_) ids.push_back(id);
  for (const std::uint32_t id : ids) with(id, function);
}

template <typename Function>
void Lane::call(Function function) {
  std::promise<void> done;
  post([&](Instant now) {
    function(now);
    done.set_value();
  });
  done.get_future().wait();
}

void Lane::join(Role role) {
  post([this, role = std::move(role)](Instant now) mutable {
    const std::uint32_t id = ++last_id_;
    auto made = Participant::create(now, id, std::move(role), parts_);
    if (!made) {
      std::fprintf(stderr, "sfu: a participant could not be made: %s\n", made.error().message.c_str());
      ++parts_.figures.joining.failed;
      return parts_.terms.joins->release();
    }
    const auto& one = *participants_.emplace(id, *std::move(made)).first->second;
    reschedule(id, one);
    next_turn_ = now;
  });
}

void Lane::set_speaker(const std::string& identity) {
  post([this, identity](Instant) { for_each([&](Participant& one) { one.set_speaker(identity); }); });
}

void Lane::begin_measuring() {
  call([this](Instant) {
    const Joining joining = parts_.figures.joining;
    parts_.figures = {};
    parts_.figures.joining = joining;
    for (auto& [id, participant] : participants_) participant->begin_measuring();
  });
}

void Lane::stop_sending() {
  call([this](Instant) { for_each([](Participant& one) { one.stop_sending(); }); });
}

void Lane::leave_all() {
  call([this](Instant now) { for_each([now](Participant& one) { one.leave(now); }); });
}

Figures Lane::figures() {
  Figures sum;
  call([&](Instant) {
    sum = parts_.figures;
    for (const auto& [id, participant] : participants_) participant->add_up(sum);
  });
  return sum;
}

http::WebSocketClientCallbacks Lane::callbacks_for(std::uint32_t participant, std::uint32_t attempt) {
  const auto tell = [this, participant](auto function) {
    mailbox_->post([this, participant, function = std::move(function)](Instant now) mutable {
      with(participant, [&](Participant& one) { one.run(now, std::move(function)); });
    });
  };
  http::WebSocketClientCallbacks callbacks;
  callbacks.on_open = [tell, attempt] {
    tell([attempt](Instant now, client::Room& room, client::RoomOutput&) { room.on_opened(now, attempt); });
  };
  callbacks.on_message = [tell, attempt](std::string_view message, bool) {
    tell([attempt, bytes = std::string(message)](Instant now, client::Room& room, client::RoomOutput& out) {
      room.on_message(now, attempt, as_bytes(bytes), out);
    });
  };
  callbacks.on_close = [tell, attempt](std::uint16_t) {
    tell([attempt](Instant now, client::Room& room, client::RoomOutput& out) { room.on_closed(now, attempt, out); });
  };
  callbacks.on_failed = [tell, attempt](int status, std::string_view body) {
    tell([attempt, status, text = std::string(body)](Instant now, client::Room& room, client::RoomOutput& out) {
      room.on_refused(now, attempt, status, text, out);
    });
  };
  return callbacks;
}

}  // namespace sfu::load
