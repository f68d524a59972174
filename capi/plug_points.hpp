// SPDX-License-Identifier: Apache-2.0
// A host's callbacks as the engine knows them: what an engine borrows, and what lives as long as it does.
#pragma once

#include <memory>

#include "capi/callbacks.hpp"
#include "capi/client_config.hpp"
#include "capi/policy.hpp"
#include "sfu-c/engine.h"
#include "sfu/authenticator.hpp"
#include "sfu/engine.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/logger.hpp"

namespace sfu::capi {

template <>
inline constexpr std::size_t kFirstSize<sfu_engine_options> = offsetof(sfu_engine_options, turn);
template <>
inline constexpr std::size_t kFirstSize<sfu_room_options> = offsetof(sfu_room_options, data_channel_lossy_latency_ms);

class HostLogger final : public Logger {
 public:
  HostLogger(const sfu_log_callbacks* callbacks, LogLevel level) : callbacks_(callbacks), level_(level) {}
  bool enabled(LogLevel level) const override { return level >= level_; }
  void log(LogLevel level, std::string_view message, std::span<const LogField> fields) override;
  void taken() noexcept { callbacks_.taken(); }

 private:
  Callbacks<sfu_log_callbacks> callbacks_;
  LogLevel level_;
};

class SilentLogger final : public Logger {
 public:
  bool enabled(LogLevel) const override { return false; }
  void log(LogLevel, std::string_view, std::span<const LogField>) override {}
};

class HostClock final : public Clock {
 public:
  explicit HostClock(const sfu_clock_callbacks* callbacks) : callbacks_(callbacks) {
    if (callbacks_->now_ns == nullptr || callbacks_->wall_now_ns == nullptr) refuse_argument("a clock has no time");
  }
  Instant now() const override { return Instant(Duration(callbacks_(callbacks_->now_ns))); }
  WallTime wall_now() const override { return WallTime(Duration(callbacks_(callbacks_->wall_now_ns))); }
  void taken() noexcept { callbacks_.taken(); }

 private:
  Callbacks<sfu_clock_callbacks> callbacks_;
};

class HostEvents final : public EventSink {
 public:
  explicit HostEvents(const sfu_event_callbacks* callbacks) : callbacks_(callbacks) {}
  void on_event(const Event& event) override;
  void taken() noexcept { callbacks_.taken(); }

 private:
  Callbacks<sfu_event_callbacks> callbacks_;
};

class HostAuth final : public Authenticator {
 public:
  explicit HostAuth(const sfu_auth_callbacks* callbacks) : callbacks_(callbacks) {}
  bool authenticates() const { return callbacks_->authenticate != nullptr; }
  // Where it does not: these keys' tokens.
  void use_keys(std::map<std::string, std::string> keys) { tokens_ = make_token_authenticator(std::move(keys)); }
  void taken() noexcept { callbacks_.taken(); }

  Result<Claims> authenticate(std::string_view token, WallTime now) const override;
  std::string refresh(const Claims& claims, WallTime now, Duration ttl) const override;

 private:
  Callbacks<sfu_auth_callbacks> callbacks_;
  std::unique_ptr<Authenticator> tokens_;
};

// Makes the transports of an engine.
class HostTransports final {
 public:
  explicit HostTransports(const sfu_transport_callbacks* callbacks);
  Result<std::unique_ptr<PacketTransport>> open(unsigned worker) const;
  void taken() noexcept { callbacks_.taken(); }

 private:
  class Transport;
  Callbacks<sfu_transport_callbacks> callbacks_;
};

struct PlugPoints {
  SilentLogger silent_logger;
  std::unique_ptr<Logger> text_logger;
  std::unique_ptr<HostLogger> logger;
  std::unique_ptr<HostClock> clock;
  std::unique_ptr<HostClientConfig> client_config;
  std::unique_ptr<ClientConfigProvider> client_rules;
  std::unique_ptr<HostEvents> events;
  std::unique_ptr<HostAuth> auth;
  std::unique_ptr<HostPolicy> policy;
  std::unique_ptr<HostTransports> transports;
  std::unique_ptr<Authenticator> tokens;  // without callbacks for that

  // The engine was made with them.
  void taken() noexcept;
};

// What `options` sets of an engine, over what `engine` has already; and who is asked, in `plugs`. Who authenticates is
// put together by authenticate_with().
void apply(const sfu_engine_options& options, EngineOptions& engine, PlugPoints& plugs);
void authenticate_with(std::map<std::string, std::string> keys, EngineOptions& engine, PlugPoints& plugs);

}  // namespace sfu::capi
