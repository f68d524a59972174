// SPDX-License-Identifier: Apache-2.0
#include "webhook/notifier.hpp"

#include <pthread.h>

#include <algorithm>
#include <limits>

#include "base/utf8.hpp"
#include "http/retry_after.hpp"
#include "http/url.hpp"

namespace sfu::webhook {
namespace {

// What the receiver's operator may have put behind the path is no business of the log's.
std::string without_query(const std::string& url) {
  return url.substr(0, url.find('?'));
}

// `number` counts from 1: what the URL is may be a secret.
Result<void> check_url(const std::string& url, std::size_t number) {
  if (http::Url::parse(url, "http", "https")) return {};
  return fail(Errc::kInvalidArgument, "webhooks go to http:// and https:// URLs without user names: URL " +
                                          std::to_string(number) + " is none");
}

bool is_utf8(const EgressInfo& egress) {
  return sfu::is_utf8(egress.egress_id) && sfu::is_utf8(egress.room_id) && sfu::is_utf8(egress.room_name) &&
         sfu::is_utf8(egress.error) &&
         std::ranges::all_of(
             egress.files,
             [](const EgressFile& file) { return sfu::is_utf8(file.filename) && sfu::is_utf8(file.location); }) &&
         std::ranges::all_of(egress.streams, [](const EgressStream& stream) {
           return sfu::is_utf8(stream.url) && sfu::is_utf8(stream.error);
         });
}

Result<void> check(const EgressInfo& egress) {
  if (egress.egress_id.empty()) return fail(Errc::kInvalidArgument, "an egress needs an id");
  if (!is_utf8(egress)) return fail(Errc::kInvalidArgument, "what is told of an egress is UTF-8");
  for (std::size_t i = 0; i < egress.webhooks.size(); ++i) SFU_CHECK_OK(check_url(egress.webhooks[i].url, i + 1));
  return {};
}

}  // namespace

Notifier::Notifier(const WebhookOptions& options, auth::KeyMap keys, const Clock& clock, Log log)
    : clock_(clock),
      log_(std::move(log)),
      keys_(std::move(keys)),
      urls_(options.urls),
      signer_{options.api_key, keys_.secret(options.api_key).value_or(""), options.full_room_in_track_events},
      filter_(options.include_events, options.exclude_events),
      ca_file_(options.ca_file),
      stop_timeout_(options.stop_timeout),
      deliveries_({options.max_age, options.max_depth}) {}

Result<std::unique_ptr<Notifier>> Notifier::create(const WebhookOptions& options, auth::KeyMap keys, const Clock& clock,
                                                   Log log) {
  for (std::size_t i = 0; i < options.urls.size(); ++i) SFU_CHECK_OK(check_url(options.urls[i], i + 1));
  if (!options.urls.empty() && !keys.secret(options.api_key)) {
    return fail(Errc::kInvalidArgument, "api_key is required to use webhooks");
  }
  auto notifier = std::unique_ptr<Notifier>(new Notifier(options, std::move(keys), clock, std::move(log)));
  if (!options.urls.empty()) SFU_CHECK_OK(notifier->start());
  return notifier;
}

Result<void> Notifier::start() {
  // Deliveries has one post under way for each room and URL. Fewer connections than that would make those that hang
  // hold up the others of their host.
  constexpr auto kNoLimit = std::numeric_limits<std::size_t>::max();
  SFU_TRY(client_, http::Client::create({.ca_file = ca_file_, .connections_per_origin = kNoLimit}));
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "sfu-webhooks");
  return {};
}

Notifier::~Notifier() {
  stop();
}

void Notifier::on_event(const Event& event) {
  if (urls_.empty() || !filter_.allows(to_string(event.kind))) return;
  const std::lock_guard lock(mutex_);
  if (inbox_.stopping) return;
  inbox_.events.push_back(event);
  changed_.notify_one();
}

Result<void> Notifier::announce(const EgressInfo& egress) {
  SFU_CHECK_OK(check(egress));
  const std::lock_guard lock(mutex_);
  if (inbox_.stopping) return fail(Errc::kClosed, "the server is stopped");
  if (urls_.empty() && egress.webhooks.empty()) return {};
  if (!client_) SFU_CHECK_OK(start());
  inbox_.announcements.push_back({make_sid(random_, "EV_"), egress, clock_.wall_now()});
  changed_.notify_one();
  return {};
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
    for (const Event& event : inbox.events) enqueue(now, event, out);
    for (const Announcement& announcement : inbox.announcements) enqueue(now, announcement, out);
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
    return !inbox_.events.empty() || !inbox_.announcements.empty() || !inbox_.outcomes.empty() ||
           inbox_.stopping != stopping;
  };
  if (until == kNever) {
    changed_.wait(lock, has_news);
  } else {
    changed_.wait_for(lock, std::max(until - clock_.now(), Duration::zero()), has_news);
  }
  Inbox taken{.events = {}, .announcements = {}, .outcomes = {}, .stopping = inbox_.stopping};
  taken.events.swap(inbox_.events);
  taken.announcements.swap(inbox_.announcements);
  taken.outcomes.swap(inbox_.outcomes);
  return taken;
}

void Notifier::enqueue(Instant now, const Event& event, Deliveries::Output& out) {
  const auto message = std::make_shared<const Message>(signer_.sign(event, clock_.wall_now()));
  deliveries_.enqueue(now, urls_, event.room.name, message, out);
}

// The filter is for the configured URLs alone, and the egress's own do not wait for those (control-plane spec 3).
void Notifier::enqueue(Instant now, const Announcement& announcement, Deliveries::Output& out) {
  const EgressInfo& egress = announcement.egress;
  const auto post_to = [&](std::span<const std::string> urls, const Signer& signer) {
    const auto message = std::make_shared<const Message>(signer.sign(announcement, clock_.wall_now()));
    deliveries_.enqueue(now, urls, egress.egress_id, message, out);
  };
  if (!urls_.empty() && filter_.allows(event_of(egress.status))) post_to(urls_, signer_);
  for (const EgressWebhook& own : egress.webhooks) {
    if (const auto signer = signer_of(own.signing_key)) {
      post_to({&own.url, 1}, *signer);
      continue;
    }
    log_.error("a webhook of an egress is not sent: its key is none of the server's",
               {{"egress", egress.egress_id},
                {"event", event_of(egress.status)},
                {"url", without_query(own.url)},
                {"signing_key", own.signing_key}});
  }
}

std::optional<Signer> Notifier::signer_of(const std::string& signing_key) const {
  const std::string& api_key = signing_key.empty() ? signer_.api_key : signing_key;
  auto secret = keys_.secret(api_key);
  if (!secret) return std::nullopt;
  return Signer{.api_key = api_key, .secret = *std::move(secret)};
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
                           {"Authorization", post.message->authorization}};
  if (post.message->sequence != 0) headers.emplace_back("Sfu-Sequence", std::to_string(post.message->sequence));
  client_->post(post.url, headers, post.message->body,
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
  const std::string url = without_query(report.url);
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
