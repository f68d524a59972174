// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/signalling.h"

#include <algorithm>

#include "capi/callbacks.hpp"
#include "capi/claims.hpp"
#include "capi/engine.hpp"
#include "capi/results.hpp"
#include "sfu/signal_session.hpp"

namespace sfu::capi {

template <>
struct Handle<sfu_signal_session> {
  using Object = SignalSession;
  static constexpr unsigned kKind = kinds::kSignalSession;
  static constexpr const char* kName = "sfu_signal_session";
};

namespace {

class HostSink final : public SignalSink {
 public:
  explicit HostSink(const sfu_signal_callbacks* callbacks) : callbacks_(callbacks) {}
  void taken() noexcept { callbacks_.taken(); }

  void accepted() override { callbacks_(callbacks_->accepted); }
  void rejected(int status, std::string_view body) override {
    callbacks_(callbacks_->rejected, status, std::string(body).c_str());
  }
  void send(std::span<const std::uint8_t> message, bool text) override {
    callbacks_(callbacks_->send, message.data(), message.size(), text);
  }
  void close(std::uint16_t code) override { callbacks_(callbacks_->close, code); }

 private:
  Callbacks<sfu_signal_callbacks> callbacks_;
};

ConnectRequest from_c(const sfu_connect_request* request) {
  const auto in = read(request);
  ConnectRequest made;
  made.path = needed_text(in.path, "the path");
  made.query = pairs_as_they_are(in.query, in.query_count);
  for (auto& [name, content] : pairs_as_they_are(in.headers, in.header_count)) {
    std::string lower = name;
    std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c; });
    made.headers[std::move(lower)] = content;
  }
  made.remote_address = as_is(in.remote_address);
  return made;
}

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_engine_connect(sfu_engine* engine, const sfu_connect_request* request,
                              const sfu_signal_callbacks* callbacks, sfu_signal_session** session) {
  return enter([&] {
    needs_place(session);
    const auto object = find(engine);
    const auto in = from_c(request);
    const auto sink = std::make_shared<HostSink>(callbacks);
    std::shared_ptr<sfu::SignalSession> made = object->engine->connect(in, sink);
    sink->taken();
    *session = add<sfu_signal_session>(std::move(made));
  });
}

sfu_status sfu_signal_session_receive(sfu_signal_session* session, const uint8_t* message, size_t length,
                                      sfu_bool text) {
  return enter([&] { find(session)->receive(bytes(message, length), text != 0); });
}

sfu_status sfu_signal_session_disconnected(sfu_signal_session* session) {
  return enter([&] { find(session)->disconnected(); });
}

sfu_status sfu_signal_session_release(sfu_signal_session* session) {
  return release(session);
}

sfu_status sfu_engine_validate(sfu_engine* engine, const sfu_connect_request* request, int32_t* status, char** body) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(status);
    const auto verdict = find(engine)->engine->validate(from_c(request));
    if (body != nullptr) *body = give([&](Arena& arena) { return arena.text(verdict.body); });
    *status = verdict.status;
  });
}

sfu_status sfu_engine_check_revoked(sfu_engine* engine, const sfu_claims* claims) {
  return enter([&] { value(find(engine)->engine->check_revoked(from_c(claims))); });
}
