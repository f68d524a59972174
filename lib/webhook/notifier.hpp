// SPDX-License-Identifier: Apache-2.0
// Posts an engine's events to the URLs of a WebhookOptions. The workers that tell it of them are never held up: a
// thread of its own makes and signs the messages and keeps to what Deliveries says, and the HTTP client's thread posts
// them.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/webhooks.hpp"
#include "webhook/deliveries.hpp"
#include "webhook/event_filter.hpp"
#include "webhook/message.hpp"

namespace sfu::webhook {

class Notifier final : public EventSink {
 public:
  // `secret` is that of options.api_key; `clock` outlives the notifier. Errors: kInvalidArgument (a URL that
  // cannot be posted to), kUnavailable (the authorities' file).
  static Result<std::unique_ptr<Notifier>> create(const WebhookOptions& options, std::string secret, const Clock& clock,
                                                  Log log);
  ~Notifier() override;

  // Any thread. After stop() nothing is taken.
  void on_event(const Event& event) override;
  // Waits for what is not delivered yet, no longer than WebhookOptions::stop_timeout, and ends the threads. Idempotent.
  void stop();
  // Any thread.
  WebhookCounters counters() const;

 private:
  // What others put in for the thread.
  struct Inbox {
    std::vector<Event> events;
    std::vector<std::pair<Deliveries::QueueKey, Outcome>> outcomes;
    bool stopping = false;
  };

  Notifier(const WebhookOptions& options, std::string secret, const Clock& clock, Log log,
           std::unique_ptr<http::Client> client);
  void run();
  Inbox wait(Instant until, bool stopping);
  void perform(Deliveries::Output& out);
  void post(const Deliveries::Post& post);
  void log(const Deliveries::Report& report) const;
  Outcome to_outcome(const Result<http::ClientResponse>& result) const;

  const Clock& clock_;
  const Log log_;
  const Signer signer_;
  const EventFilter filter_;
  const Duration stop_timeout_;
  Deliveries deliveries_;

  mutable std::mutex mutex_;  // of the next three
  std::condition_variable changed_;
  Inbox inbox_;
  WebhookCounters counters_;

  std::mutex stopping_;
  std::unique_ptr<http::Client> client_;
  std::thread thread_;
};

}  // namespace sfu::webhook
