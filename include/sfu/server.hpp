// SPDX-License-Identifier: Apache-2.0
// An engine with its control plane: the HTTP port that clients and server SDKs of LiveKit speak to. `sfu-server` is a
// main() round this header.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sfu/config.hpp"
#include "sfu/egress.hpp"
#include "sfu/engine.hpp"
#include "sfu/webhooks.hpp"

namespace sfu {

// A port for Prometheus, beside /metrics on the HTTP port. It answers to any path.
struct MetricsOptions {
  std::uint16_t port = 0;  // 0: none
  std::string username;    // with a password: who reads has to give both (basic authentication)
  std::string password;
};

struct ServerOptions {
  // HTTP and WebSocket. Port 0 takes a free one: see Server::port().
  std::vector<IpAddress> bind_addresses;  // empty: all interfaces, of IPv6 too where there is one
  std::uint16_t port = 7880;

  // API key to secret; used for access tokens unless engine.authenticator is given. At least one is then needed.
  std::map<std::string, std::string> keys;

  // Development mode: the pages below give tokens to anyone who reaches the port.
  bool development = false;
  // Folders of the meeting page, served at /meet/, and of the console, at /console/ (docs/console.md). Empty: no page.
  std::string meet_directory;
  std::string console_directory;

  // Events go there as well as to engine.events. Signed with the secret that `keys` has for their API key.
  WebhookOptions webhooks;
  MetricsOptions metrics;
  // Bytes of a request's body; more is answered 413. 0: no limit.
  std::uint32_t max_request_body = 10 << 20;

  // Rules for certain clients, before the known ones; used unless engine.client_config is given.
  std::vector<ClientConfigRule> client_rules;

  LogLevel log_level = LogLevel::kInfo;
  bool log_json = false;

  EngineOptions engine;
};

struct LoadedOptions {
  ServerOptions options;
  std::vector<std::string> warnings;  // keys that are understood but have no effect here, for the operator to read
};

// Reads LiveKit's configuration. Errors: kInvalidArgument, with the key, the file and the line ("config.yaml:12:
// unknown key rtc.udp_prot"); for the key file also kNotFound and kPermissionDenied.
Result<LoadedOptions> load_options(const ConfigSource& source);

class Server {
 public:
  // Opens the port and starts the engine. Errors: kUnavailable (a port in use: the message names it),
  // kInvalidArgument.
  static Result<std::unique_ptr<Server>> create(ServerOptions options);
  // stop(), then frees.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  Engine& engine();
  std::uint16_t port() const;  // the HTTP port in use
  // Tells the webhooks of an egress of the host's, as it is now: kStarting as "egress_started", kActive and kEnding as
  // "egress_updated", the others as "egress_ended". It goes to the URLs of WebhookOptions if their filter lets it, and
  // to the egress's own in any case; to each URL in the order of the calls. An own URL whose signing_key the server
  // does not have gets nothing, which is logged as an error. Errors, with nothing sent: kInvalidArgument (no egress_id,
  // text that is not UTF-8, an own URL that cannot be posted to), kUnavailable (WebhookOptions::ca_file), kClosed (the
  // server is stopped). Any thread; the first own URL of a server without others waits for the authorities to be read.
  Result<void> announce(const EgressInfo& egress);
  // All 0 without webhooks. Any thread.
  WebhookCounters webhook_counters() const;

  // What Prometheus reads: docs/metrics.md. Any thread.
  std::string metrics() const;

  // Engine::drain(): everything goes on until nobody is left. Any thread.
  std::uint64_t drain(std::function<void()> done);
  // Stops taking connections, tells the clients, ends the rooms; then waits for webhooks that are not delivered yet, as
  // long as WebhookOptions::stop_timeout. Idempotent; any thread but the library's own.
  void stop();

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu
