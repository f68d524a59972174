// SPDX-License-Identifier: Apache-2.0
#include "webhook/deliveries.hpp"

#include <algorithm>
#include <array>

namespace sfu::webhook {
namespace {

using namespace std::chrono_literals;

// Before the second, third, ... attempt.
constexpr std::array<Duration, 4> kRetryAfter = {1s, 2s, 4s, 8s};

bool is_retried(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::kUnreachable: return true;
    case Outcome::Kind::kDistrusted: return false;
    case Outcome::Kind::kAnswered: break;
  }
  return outcome.status == 429 || (outcome.status >= 500 && outcome.status != 501);
}

Duration wait_before_retry(int attempts, const Outcome& outcome) {
  if (outcome.retry_after && (outcome.status == 429 || outcome.status == 503)) return *outcome.retry_after;
  return kRetryAfter.at(static_cast<std::size_t>(attempts) - 1);
}

}  // namespace

const char* reason(Deliveries::Report::Kind kind) {
  using enum Deliveries::Report::Kind;
  switch (kind) {
    case kTooOld: return "age";
    case kQueueFull: return "queue is full";
    case kQueueClosed: return "queue is closed";
    default: return "";
  }
}

void Deliveries::enqueue(Instant now, std::span<const std::string> urls, const std::string& resource,
                         const std::shared_ptr<const Message>& message, Output& out) {
  for (const std::string& url : urls) {
    if (!enqueue_at(now, url, resource, message, out)) return;
  }
}

bool Deliveries::enqueue_at(Instant now, const std::string& url, const std::string& resource,
                            const std::shared_ptr<const Message>& message, Output& out) {
  QueueKey& key = by_resource_[{url, resource}];
  if (!key) key = queues_.emplace(Queue{url, resource});
  Queue& queue = *queues_.find(key);
  if (queue.current && queue.waiting.size() >= config_.max_depth) {
    ++counters_.dropped_queue_full;
    report(Report::Kind::kQueueFull, queue, message, out);
    return false;
  }
  ++counters_.queue_length;
  queue.waiting.push_back({message, now});
  if (!queue.current) next(now, key, queue, out);
  return true;
}

void Deliveries::finished(Instant now, QueueKey key, const Outcome& outcome, Output& out) {
  Queue* queue = queues_.find(key);
  if (queue == nullptr) return;  // closed meanwhile
  queue->last = outcome;
  const bool retried = is_retried(outcome);
  if (retried && static_cast<std::size_t>(queue->attempts) <= kRetryAfter.size()) {
    retries_.schedule(key.index, now + wait_before_retry(queue->attempts, outcome));
    return;
  }
  const bool delivered = !retried && outcome.kind == Outcome::Kind::kAnswered;
  ++(delivered ? counters_.delivered : counters_.failed);
  --counters_.queue_length;
  report(delivered ? Report::Kind::kDelivered : Report::Kind::kFailed, *queue, queue->current, out);
  next(now, key, *queue, out);
}

void Deliveries::advance(Instant now, Output& out) {
  std::uint32_t index = 0;
  while (retries_.pop_due(now, index)) {
    Queue& queue = *queues_.at(index);
    post(by_resource_.at({queue.url, queue.resource}), queue, out);
  }
}

void Deliveries::close(Output& out) {
  queues_.for_each([&](QueueKey key, Queue& queue) {
    retries_.cancel(key.index);
    if (queue.current) queue.waiting.push_front({std::move(queue.current), {}});
    for (const Waiting& waiting : queue.waiting) {
      ++counters_.dropped_queue_closed;
      --counters_.queue_length;
      report(Report::Kind::kQueueClosed, queue, waiting.message, out);
    }
    queues_.erase(key);
  });
  by_resource_.clear();
}

void Deliveries::post(QueueKey key, Queue& queue, Output& out) {
  ++queue.attempts;
  out.posts.push_back({key, queue.url, queue.current});
}

// Frees the queue when it has nothing more.
void Deliveries::next(Instant now, QueueKey key, Queue& queue, Output& out) {
  queue.current = nullptr;
  queue.attempts = 0;
  queue.last = {};
  while (!queue.waiting.empty()) {
    const Waiting first = std::move(queue.waiting.front());
    queue.waiting.pop_front();
    if (now - first.since <= config_.max_age) {
      queue.current = first.message;
      return post(key, queue, out);
    }
    ++counters_.dropped_age;
    --counters_.queue_length;
    report(Report::Kind::kTooOld, queue, first.message, out);
  }
  by_resource_.erase({queue.url, queue.resource});
  queues_.erase(key);
}

void Deliveries::report(Report::Kind kind, const Queue& queue, const std::shared_ptr<const Message>& message,
                        Output& out) {
  const bool tried = message == queue.current;
  out.reports.push_back({kind, queue.url, message, tried ? queue.attempts : 0, tried ? queue.last : Outcome{}});
}

}  // namespace sfu::webhook
