// SPDX-License-Identifier: Apache-2.0
#include "webhook/notifier.hpp"

#include <pthread.h>

#include <algorithm>

#include "http/retry_after.hpp"
#include "http/url.hpp"

namespace sfu::webhook {
namespace {

// What the receiver's operator may have put behind the path is no business of the log's.
std::string without_query(const std::string& url) {
  return url.substr(0, url.find('?'));
}

}  // namespace

Notifier::Notifier(const WebhookOptions& options, std::string secret, const Clock& clock, Log log,
                   std::unique_ptr<http::Client> client)
    : clock_(clock),
      log_(std::move(log)),
      signer_{options.api_key, std::move(secret), options.full_room_in_track_events},
      filter_(options.include_events, options.exclude_events),
      stop_timeout_(options.stop_timeout),
      deliveries_({options.urls, options.max_age, options.max_depth}),
      client_(std::move(client)) {}

Result<std::unique_ptr<Notifier>> Notifier::create(const WebhookOptions& options, std::string secret,
                                                   const Clock& clock, Log log) {
  for (std::size_t i = 0; i < options.urls.size(); ++i) {
    if (http::Url::parse(options.urls[i], "http", "https")) continue;
    return fail(Errc::kInvalidArgument, "webhooks go to http:// and https:// URLs without user names: URL " +
                                            std::to_string(i + 1) + " is none");
  }
  SFU_TRY(auto client, http::Client::create({.ca_file = options.ca_file}));
  auto notifier =
      std::unique_ptr<Notifier>(new Notifier(options, std::move(secret), clock, std::move(log), std::move(client)));
  notifier->thread_ = std::thread([n = notifier.get()] { n->run(); });
  pthread_setname_np(notifier->thread_.native_handle(), "sfu-webhooks");
  return notifier;
}

Notifier::~Notifier() {
  stop();
}

void Notifier::on_event(const Event& event) {
  if (!filter_.allows(to_string(event.kind))) return;
  const std::lock_guard lock(mutex_);
  if (inbox_.stopping) return;
  inbox_.events.push_back(event);
  changed_.notify_one();
}

void Notifier::stop() {
  const std::lock_guard end(stopping_);  // whoever calls it meanwhile waits for the end too
  {
    const std::lock_guard lock(mutex_);
    inbox_.stopping = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

WebhookCounters Notifier::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

void Notifier::run() {
  Deliveries::Output out;
  Instant end = kNever;
  for (;;) {
    const Inbox inbox = wait(std::min(deliveries_.deadline(), end), end != kNever);
    const Instant now = clock_.now();
    for (const Event& event : inbox.events) {
      const auto message = std::make_shared<const Message>(signer_.sign(event, clock_.wall_now()));
      deliveries_.enqueue(now, event.room.name, message, out);
    }
    for (const auto& [queue, outcome] : inbox.outcomes) deliveries_.finished(now, queue, outcome, out);
    deliveries_.advance(now, out);
    if (inbox.stopping && end == kNever) end = now + stop_timeout_;
    const bool over = inbox.stopping && (deliveries_.empty() || now >= end);
    if (over) {
      out.posts.clear();
      deliveries_.close(out);
    }
    perform(out);
    if (over) return;
  }
}

// Takes what has come, once there is something or `until` is past. `stopping`: that is known.
Notifier::Inbox Notifier::wait(Instant until, bool stopping) {
  std::unique_lock lock(mutex_);
  const auto has_news = [this, stopping] {
    return !inbox_.events.empty() || !inbox_.outcomes.empty() || inbox_.stopping != stopping;
  };
  if (until == kNever) {
    changed_.wait(lock, has_news);
  } else {
    changed_.wait_for(lock, std::max(until - clock_.now(), Duration::zero()), has_news);
  }
  Inbox taken{.events = {}, .outcomes = {}, .stopping = inbox_.stopping};
  taken.events.swap(inbox_.events);
  taken.outcomes.swap(inbox_.outcomes);
  return taken;
}

void Notifier::perform(Deliveries::Output& out) {
  for (const Deliveries::Post& each : out.posts) post(each);
  for (const Deliveries::Report& report : out.reports) log(report);
  out.posts.clear();
  out.reports.clear();
  const std::lock_guard lock(mutex_);
  counters_ = deliveries_.counters();
}

void Notifier::post(const Deliveries::Post& post) {
  http::Headers headers = {{"Content-Type", "application/webhook+json"},
                           {"User-Agent", "LiveKit"},
                           {"Authorization", post.message->authorization},
                           {"Sfu-Sequence", std::to_string(post.message->sequence)}};
  client_->post(*post.url, std::move(headers), post.message->body,
                [this, queue = post.queue](const Result<http::ClientResponse>& result) {
                  const std::lock_guard lock(mutex_);
                  inbox_.outcomes.emplace_back(queue, to_outcome(result));
                  changed_.notify_one();
                });
}

Outcome Notifier::to_outcome(const Result<http::ClientResponse>& result) const {
  if (result) {
    const std::string* wanted = result->header("Retry-After");
    return {.status = result->status,
            .retry_after = wanted != nullptr ? http::parse_retry_after(*wanted, clock_.wall_now()) : std::nullopt};
  }
  const bool distrusted = result.error().code == Errc::kUnauthenticated;
  return {.kind = distrusted ? Outcome::Kind::kDistrusted : Outcome::Kind::kUnreachable,
          .error = result.error().message};
}

void Notifier::log(const Deliveries::Report& report) const {
  using enum Deliveries::Report::Kind;
  const std::string url = without_query(*report.url);
  const std::string attempts = std::to_string(report.attempts);
  const std::string outcome = report.last.error.empty() ? std::to_string(report.last.status) : report.last.error;
  const Message& message = *report.message;
  switch (report.kind) {
    case kDelivered:
      return log_.debug(
          "a webhook was delivered",
          {{"event", message.event}, {"id", message.id}, {"url", url}, {"status", outcome}, {"attempts", attempts}});
    case kFailed:
      return log_.warn(
          "a webhook is given up",
          {{"event", message.event}, {"id", message.id}, {"url", url}, {"outcome", outcome}, {"attempts", attempts}});
    default:
      return log_.warn("a webhook was dropped",
                       {{"event", message.event}, {"id", message.id}, {"url", url}, {"reason", reason(report.kind)}});
  }
}

}  // namespace sfu::webhook
