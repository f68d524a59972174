// SPDX-License-Identifier: Apache-2.0
// Posts an engine's events to the URLs of a WebhookOptions, and what the host tells of its egresses to those and to the
// egress's own. Who tells it is never held up: a thread of its own makes and signs the messages and keeps to what
// Deliveries says, and the HTTP client's thread posts them. Without URLs neither is started before an egress has some.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "auth/auth.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "sfu/egress.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/webhooks.hpp"
#include "webhook/deliveries.hpp"
#include "webhook/event_filter.hpp"
#include "webhook/message.hpp"

namespace sfu::webhook {

class Notifier final : public EventSink {
 public:
  // `clock` outlives the notifier. Errors: kInvalidArgument (URLs without a key to sign with, a URL that cannot be
  // posted to), kUnavailable (the authorities' file).
  static Result<std::unique_ptr<Notifier>> create(const WebhookOptions& options, auth::KeyMap keys, const Clock& clock,
                                                  Log log);
  ~Notifier() override;

  // Any thread. After stop() nothing is taken.
  void on_event(const Event& event) override;
  // As Server::announce().
  Result<void> announce(const EgressInfo& egress);
  // Waits for what is not delivered yet, no longer than WebhookOptions::stop_timeout, and ends the threads. Idempotent.
  void stop();
  // Any thread.
  WebhookCounters counters() const;

 private:
  // What others put in for the thread.
  struct Inbox {
    std::vector<Event> events;
    std::vector<Announcement> announcements;
    std::vector<std::pair<Deliveries::QueueKey, Outcome>> outcomes;
    bool stopping = false;
  };

  Notifier(const WebhookOptions& options, auth::KeyMap keys, const Clock& clock, Log log);
  Result<void> start();
  void run();
  Inbox wait(Instant until, bool stopping);
  void enqueue(Instant now, const Event& event, Deliveries::Output& out);
  void enqueue(Instant now, const Announcement& announcement, Deliveries::Output& out);
  std::optional<Signer> signer_of(const std::string& signing_key) const;
  void perform(Deliveries::Output& out);
  void post(const Deliveries::Post& post);
  void log(const Deliveries::Report& report) const;
  Outcome to_outcome(const Result<http::ClientResponse>& result) const;

  const Clock& clock_;
  const Log log_;
  const auth::KeyMap keys_;
  const std::vector<std::string> urls_;
  const Signer signer_;  // for these
  const EventFilter filter_;
  const std::string ca_file_;
  const Duration stop_timeout_;
  Deliveries deliveries_;

  mutable std::mutex mutex_;  // of the next four
  std::condition_variable changed_;
  Inbox inbox_;
  SystemRandom random_;
  WebhookCounters counters_;

  std::mutex stopping_;
  std::unique_ptr<http::Client> client_;
  std::thread thread_;
};

}  // namespace sfu::webhook
