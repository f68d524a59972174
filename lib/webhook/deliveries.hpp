// SPDX-License-Identifier: Apache-2.0
// Which webhook goes out when (control-plane spec 3). For each URL and each resource, which is a room or an egress,
// there is a queue with one message under way: so a receiver gets the events of a room in order, and neither a failing
// receiver nor a busy room holds up others. Sans-IO: it says what is to be posted and is told what came of it; Notifier
// does it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/slot_map.hpp"
#include "base/timer_queue.hpp"
#include "sfu/webhooks.hpp"
#include "webhook/message.hpp"

namespace sfu::webhook {

// What came of a post.
struct Outcome {
  enum class Kind {
    kAnswered,
    kUnreachable,  // no connection, or no answer over it
    kDistrusted,   // the receiver's certificate is not good: trying again does not help
  };
  Kind kind = Kind::kAnswered;
  int status = 0;
  std::optional<Duration> retry_after{};
  std::string error{};  // for people; empty if answered
};

class Deliveries {
 public:
  struct Config {
    Duration max_age{};         // what has waited longer when its turn comes is dropped
    std::size_t max_depth = 0;  // messages of one queue that wait
  };
  using QueueKey = Handle<Deliveries>;

  struct Post {
    QueueKey queue;
    std::string url;
    std::shared_ptr<const Message> message;
  };
  struct Report {
    enum class Kind { kDelivered, kFailed, kTooOld, kQueueFull, kQueueClosed };
    Kind kind;
    std::string url;
    std::shared_ptr<const Message> message;
    int attempts = 0;
    Outcome last;  // of these
  };
  struct Output {
    std::vector<Post> posts;
    std::vector<Report> reports;
  };

  explicit Deliveries(Config config) : config_(std::move(config)) {}

  // To these URLs; where one has too much waiting, neither to it nor to those after it.
  void enqueue(Instant now, std::span<const std::string> urls, const std::string& resource,
               const std::shared_ptr<const Message>& message, Output& out);
  // What came of the Post that this queue asked for.
  void finished(Instant now, QueueKey queue, const Outcome& outcome, Output& out);
  // Posts again what is due.
  void advance(Instant now, Output& out);
  Instant deadline() const { return retries_.deadline(); }

  bool empty() const { return queues_.size() == 0; }
  // Drops everything that is not delivered yet.
  void close(Output& out);

  const WebhookCounters& counters() const { return counters_; }

 private:
  struct Waiting {
    std::shared_ptr<const Message> message;
    Instant since;
  };
  // Exists as long as it has something to deliver.
  struct Queue {
    std::string url;
    std::string resource;
    std::shared_ptr<const Message> current{};
    int attempts = 0;
    Outcome last{};
    std::deque<Waiting> waiting{};
  };

  bool enqueue_at(Instant now, const std::string& url, const std::string& resource,
                  const std::shared_ptr<const Message>& message, Output& out);
  void post(QueueKey key, Queue& queue, Output& out);
  void next(Instant now, QueueKey key, Queue& queue, Output& out);
  void report(Report::Kind kind, const Queue& queue, const std::shared_ptr<const Message>& message, Output& out);

  Config config_;
  SlotMap<Queue, Deliveries> queues_;
  std::map<std::pair<std::string, std::string>, QueueKey> by_resource_;
  TimerQueue retries_;
  WebhookCounters counters_;
};

// The drop's name among the counters: "age", "queue is full", "queue is closed".
const char* reason(Deliveries::Report::Kind kind);

}  // namespace sfu::webhook
