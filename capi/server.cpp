// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/server.h"

#include "capi/egress.hpp"
#include "capi/engine.hpp"
#include "capi/results.hpp"
#include "capi/values.hpp"
#include "sfu/server.hpp"

namespace sfu::capi {
namespace {

struct ServerHost {
  PlugPoints plugs;
  DrainSlot drain;
  std::vector<std::string> warnings;
  std::unique_ptr<Server> server;  // last: it borrows the others
};

}  // namespace

template <>
struct Handle<sfu_server> {
  using Object = ServerHost;
  static constexpr unsigned kKind = kinds::kServer;
  static constexpr const char* kName = "sfu_server";
};

namespace {

void stop(ServerHost& host) {
  host.server->stop();
  host.drain.close();
}

ServerOptions load(const sfu_server_options& in, std::vector<std::string>& warnings) {
  if (in.yaml == nullptr && in.override_count == 0 && in.development == 0) return {};
  ConfigSource source;
  source.yaml = as_is(in.yaml);
  set_path(source.file_name, in.yaml_file_name);
  for (auto& [key, content] : pairs(in.overrides, in.override_count, "overrides")) {
    source.overrides.push_back({.key = key, .value = content, .source = key});
  }
  source.development = in.development != 0;
  source.strict = in.yaml_lenient == 0;
  LoadedOptions loaded = value(load_options(source));
  warnings = std::move(loaded.warnings);
  return std::move(loaded.options);
}

void apply_webhooks(const sfu_server_options& in, WebhookOptions& webhooks) {
  if (in.webhook_url_count > 0) webhooks.urls = texts(in.webhook_urls, in.webhook_url_count, "webhook_urls");
  set(webhooks.api_key, in.webhook_api_key, "webhook_api_key");
  if (in.webhook_include_event_count > 0) {
    webhooks.include_events =
        texts(in.webhook_include_events, in.webhook_include_event_count, "webhook_include_events");
  }
  if (in.webhook_exclude_event_count > 0) {
    webhooks.exclude_events =
        texts(in.webhook_exclude_events, in.webhook_exclude_event_count, "webhook_exclude_events");
  }
  set_if(webhooks.full_room_in_track_events, in.webhook_full_room_in_track_events);
  set_time(webhooks.max_age, in.webhook_max_age_ms, "webhook_max_age_ms");
  if (in.webhook_max_depth != 0) webhooks.max_depth = in.webhook_max_depth;
  set_path(webhooks.ca_file, in.webhook_ca_file);
  set_time(webhooks.stop_timeout, in.webhook_stop_timeout_ms, "webhook_stop_timeout_ms");
}

void apply(const sfu_server_options& in, ServerOptions& server) {
  set_number(server.port, in.port, "port");
  if (in.bind_address_count > 0)
    server.bind_addresses = addresses(in.bind_addresses, in.bind_address_count, "bind_addresses");
  set_path(server.meet_directory, in.meet_directory);
  set_path(server.console_directory, in.console_directory);
  apply_webhooks(in, server.webhooks);
  set_number(server.metrics.port, in.metrics_port, "metrics_port");
  set(server.metrics.username, in.metrics_username, "metrics_username");
  set(server.metrics.password, in.metrics_password, "metrics_password");
  set_number(server.max_request_body, in.request_body_limit, "request_body_limit");
}

void apply_engine(sfu_engine_options in, ServerOptions& server, PlugPoints& plugs) {
  if (in.log != nullptr && in.log_level == SFU_LOG_DEFAULT) {
    in.log_level = static_cast<sfu_log_level>(server.log_level) + SFU_LOG_DEBUG;
  }
  apply(in, server.engine, plugs);
  if (in.key_count > 0) server.keys = pairs(in.keys, in.key_count, "keys");
  authenticate_with(server.keys, server.engine, plugs);
}

const sfu_webhook_counters* to_c(Arena& arena, const WebhookCounters& counters) {
  auto* made = arena.make<sfu_webhook_counters>();
  made->delivered = counters.delivered;
  made->failed = counters.failed;
  made->dropped_age = counters.dropped_age;
  made->dropped_queue_full = counters.dropped_queue_full;
  made->dropped_queue_closed = counters.dropped_queue_closed;
  made->queue_length = counters.queue_length;
  return made;
}

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_server_create(const sfu_server_options* options, sfu_server** server) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(server);
    const auto in = read(options);
    const auto host = std::make_shared<ServerHost>();
    sfu::ServerOptions made = load(in, host->warnings);
    apply(in, made);
    apply_engine(read_or_default(in.engine), made, host->plugs);
    host->server = value(sfu::Server::create(std::move(made)));
    *server = add<sfu_server>(host);
    host->plugs.taken();
  });
}

sfu_status sfu_server_release(sfu_server* server) {
  return enter([&] {
    if (server == nullptr) return;
    must_be_free_to_wait();
    stop(*take(server));
  });
}

sfu_status sfu_server_stop(sfu_server* server) {
  return enter([&] {
    must_be_free_to_wait();
    stop(*find(server));
  });
}

sfu_status sfu_server_drain(sfu_server* server, sfu_drain_done done, void* user, uint64_t* participants) {
  return enter([&] {
    const auto host = find(server);
    const auto here = host->drain.drain(done, user, [&](auto told) { return host->server->drain(std::move(told)); });
    if (participants != nullptr) *participants = here;
  });
}

sfu_status sfu_server_engine(sfu_server* server, sfu_engine** engine) {
  return enter([&] {
    needs_place(engine);
    const auto host = find(server);
    auto object = std::make_shared<EngineObject>();
    object->engine = {host, &host->server->engine()};
    object->drain = {host, &host->drain};
    *engine = add<sfu_engine>(std::move(object));
  });
}

sfu_status sfu_server_get_port(sfu_server* server, uint16_t* port) {
  return enter([&] {
    needs_place(port);
    *port = find(server)->server->port();
  });
}

sfu_status sfu_server_announce(sfu_server* server, const sfu_egress_info* egress) {
  return enter([&] { value(find(server)->server->announce(from_c(egress))); });
}

sfu_status sfu_server_get_metrics(sfu_server* server, char** text) {
  return enter([&] {
    needs_place(text);
    const auto metrics = find(server)->server->metrics();
    *text = give([&](Arena& arena) { return arena.text(metrics); });
  });
}

sfu_status sfu_server_get_warnings(sfu_server* server, const sfu_string_list** warnings) {
  return enter([&] {
    needs_place(warnings);
    const auto host = find(server);
    *warnings = give([&](Arena& arena) {
      auto* made = arena.make<sfu_string_list>();
      made->items = arena.texts(host->warnings);
      made->count = host->warnings.size();
      return made;
    });
  });
}

sfu_status sfu_server_get_webhook_counters(sfu_server* server, const sfu_webhook_counters** counters) {
  return enter([&] {
    needs_place(counters);
    const auto figures = find(server)->server->webhook_counters();
    *counters = give([&](Arena& arena) { return to_c(arena, figures); });
  });
}
