// SPDX-License-Identifier: Apache-2.0
#include "sfu/server.hpp"

#include <limits>

#include "base/time.hpp"
#include "control/event_fan.hpp"
#include "control/gateway.hpp"
#include "control/metrics_port.hpp"
#include "http/http.hpp"
#include "sfu/authenticator.hpp"
#include "webhook/notifier.hpp"

namespace sfu {

namespace {

Result<control::Pages> load_pages(const ServerOptions& options) {
  std::optional<std::pair<std::string, std::string>> key;
  if (options.development && !options.keys.empty()) key = *options.keys.begin();
  control::Pages pages(std::move(key));
  if (!options.meet_directory.empty()) SFU_CHECK_OK(pages.add_meet(options.meet_directory));
  if (!options.console_directory.empty()) SFU_CHECK_OK(pages.add_console(options.console_directory));
  return pages;
}

}  // namespace

class Server::Impl {
 public:
  static Result<std::unique_ptr<Impl>> create(ServerOptions options);
  ~Impl() {
    if (http_) stop();  // else create() has failed, and what there is stops by itself
  }

  Engine& engine() { return *engine_; }
  std::uint16_t port() const { return http_->addresses().front().port; }
  Result<void> announce(const EgressInfo& egress) { return notifier_->announce(egress); }
  WebhookCounters webhook_counters() const { return notifier_->counters(); }

  std::string metrics() const {
    const auto now = metrics::system_packets();
    return metrics::to_text({.engine = engine_->statistics(),
                             .api = gateway_->api_figures(),
                             .webhooks = webhook_counters(),
                             .system = {now.sent - system_at_start_.sent, now.dropped - system_at_start_.dropped}});
  }

  void stop() {
    // The engine first: its farewells still leave through the open WebSockets, and the ends of rooms as webhooks.
    engine_->stop();
    http_->stop();
    if (metrics_port_) metrics_port_->stop();
    notifier_->stop();
  }

 private:
  SystemClock system_clock_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<webhook::Notifier> notifier_;
  control::EventFan events_;
  std::unique_ptr<ClientConfigProvider> client_config_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<control::Gateway> gateway_;
  std::unique_ptr<http::Server> http_;
  std::unique_ptr<http::Server> metrics_port_;
  const metrics::SystemPackets system_at_start_ = metrics::system_packets();
};

Result<std::unique_ptr<Server::Impl>> Server::Impl::create(ServerOptions options) {
  auto impl = std::make_unique<Impl>();
  if (options.engine.authenticator == nullptr) {
    if (options.keys.empty()) {
      return fail(Errc::kInvalidArgument, "no API keys: give some under `keys`, or run with --dev");
    }
    impl->authenticator_ = make_token_authenticator(options.keys);
    options.engine.authenticator = impl->authenticator_.get();
  }
  if (options.engine.turn.keys.empty()) options.engine.turn.keys = options.keys;
  if (options.engine.client_config == nullptr && !options.client_rules.empty()) {
    auto rules = make_client_config(std::move(options.client_rules));
    if (!rules) return Failure{std::move(rules).error()};
    impl->client_config_ = *std::move(rules);
    options.engine.client_config = impl->client_config_.get();
  }
  auto pages = load_pages(options);
  if (!pages) return Failure{std::move(pages).error()};
  control::GatewayOptions gateway;
  gateway.development = options.development;

  http::Config http;
  http.port = options.port;
  for (const IpAddress& ip : options.bind_addresses) http.addresses.push_back({ip, options.port});
  http.log = Log(options.engine.logger);
  const RoomOptions& defaults = options.engine.room_defaults;
  gateway.api = {.limits = defaults.limits, .auto_create = defaults.auto_create};
  const Authenticator& authenticator = *options.engine.authenticator;
  http.body_limit = options.max_request_body != 0 ? options.max_request_body : std::numeric_limits<std::size_t>::max();
  http.websocket_message_limit = options.engine.signal_message_size_limit;
  const Clock& clock = options.engine.clock != nullptr ? *options.engine.clock : impl->system_clock_;
  auto notifier = webhook::Notifier::create(options.webhooks, auth::KeyMap({options.keys.begin(), options.keys.end()}),
                                            clock, Log(options.engine.logger));
  if (!notifier) return Failure{std::move(notifier).error()};
  impl->notifier_ = *std::move(notifier);
  gateway.metrics = [impl = impl.get()] { return impl->metrics(); };
  const Log log = http.log;
  impl->events_.add(options.engine.events);
  impl->events_.add(impl->notifier_.get());
  options.engine.events = &impl->events_;

  auto engine = Engine::create(std::move(options.engine));
  if (!engine) return Failure{std::move(engine).error()};
  impl->engine_ = *std::move(engine);
  impl->gateway_ =
      std::make_unique<control::Gateway>(*impl->engine_, authenticator, clock, std::move(gateway), *std::move(pages));
  auto server = http::Server::create(std::move(http), impl->gateway_->handlers());
  if (!server) return Failure{std::move(server).error()};
  impl->http_ = *std::move(server);
  if (options.metrics.port != 0) {
    auto port = control::open_metrics_port(
        options.metrics, options.bind_addresses, [impl = impl.get()] { return impl->metrics(); }, log);
    if (!port) return Failure{std::move(port).error()};
    impl->metrics_port_ = *std::move(port);
  }
  return impl;
}

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::create(ServerOptions options) {
  auto impl = Impl::create(std::move(options));
  if (!impl) return Failure{std::move(impl).error()};
  return std::unique_ptr<Server>(new Server(*std::move(impl)));
}

Engine& Server::engine() {
  return impl_->engine();
}
std::uint16_t Server::port() const {
  return impl_->port();
}
Result<void> Server::announce(const EgressInfo& egress) {
  return impl_->announce(egress);
}
WebhookCounters Server::webhook_counters() const {
  return impl_->webhook_counters();
}
std::string Server::metrics() const {
  return impl_->metrics();
}
std::uint64_t Server::drain(std::function<void()> done) {
  return impl_->engine().drain(std::move(done));
}
void Server::stop() {
  impl_->stop();
}

}  // namespace sfu
