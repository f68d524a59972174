// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/client.h"

#include <atomic>

#include "capi/client.hpp"
#include "capi/media.hpp"
#include "capi/rpc.hpp"

namespace sfu::capi {
namespace {

// Answers with a failure where nobody else does.
struct Responder {
  ~Responder() { answer(RpcError{.code = 1500, .message = "Application error in method handler"}); }
  void answer(RpcResult result) {
    if (!answered.exchange(true)) respond(std::move(result));
  }

  RpcResponder respond;
  std::atomic<bool> answered = false;
};

}  // namespace

template <>
struct Handle<sfu_rpc_responder> {
  using Object = Responder;
  static constexpr unsigned kKind = kinds::kRpcResponder;
  static constexpr const char* kName = "sfu_rpc_responder";
};

namespace {

StreamOptions from_c(const sfu_stream_options* options) {
  const auto in = read_or_default(options);
  return {.topic = text(in.topic, "topic"),
          .to = texts(in.to, in.to_count, "to"),
          .attributes = pairs(in.attributes, in.attribute_count, "attributes"),
          .mime_type = text(in.mime_type, "mime_type"),
          .name = text(in.name, "name"),
          .reply_to = text(in.reply_to, "reply_to")};
}

std::vector<std::uint8_t> copy(const std::uint8_t* in, std::size_t length) {
  const auto span = bytes(in, length);
  return {span.begin(), span.end()};
}

// What the client's thread gives a call of a method to.
class Method {
 public:
  explicit Method(const sfu_rpc_callbacks* callbacks) : callbacks_(callbacks) {}
  void taken() noexcept { callbacks_.taken(); }

  void call(const RpcCall& call, RpcResponder respond) {
    auto responder = std::make_shared<Responder>(std::move(respond));
    if (callbacks_->on_call == nullptr) return;
    Arena arena;
    auto* made = arena.make<sfu_rpc_call>();
    made->caller = arena.text(call.caller);
    made->method = arena.text(call.method);
    made->payload = arena.text(call.payload);
    made->timeout_ms = to_ms(call.timeout);
    callbacks_(callbacks_->on_call, made, add<sfu_rpc_responder>(std::move(responder)));
  }

 private:
  Callbacks<sfu_rpc_callbacks> callbacks_;
};

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_client_release(sfu_client* client) {
  return enter([&] {
    if (client == nullptr) return;
    must_be_free_to_wait();
    take(client)->close();
  });
}

sfu_status sfu_client_leave(sfu_client* client) {
  return enter([&] { find(client)->leave(); });
}

sfu_status sfu_client_publish(sfu_client* client, const char* id, const sfu_publish_options* options) {
  return enter([&] {
    const auto object = find(client);
    object->publish(needed_text(id, "the id"), from_c(options));
  });
}

sfu_status sfu_client_unpublish(sfu_client* client, const char* id) {
  return enter([&] { find(client)->unpublish(text(id, "id")); });
}

sfu_status sfu_client_set_muted(sfu_client* client, const char* id, sfu_bool muted) {
  return enter([&] { find(client)->set_muted(text(id, "id"), muted != 0); });
}

sfu_status sfu_client_write_frame(sfu_client* client, const char* id, const sfu_frame* frame, uint32_t layer) {
  return enter([&] {
    const auto object = find(client);
    object->write_frame(text(id, "id"), from_c(frame), layer);
  });
}

sfu_status sfu_client_write_rtp(sfu_client* client, const char* id, const uint8_t* packet, size_t length,
                                uint32_t layer) {
  return enter([&] { find(client)->write_rtp(text(id, "id"), bytes(packet, length), layer); });
}

sfu_status sfu_client_subscribe(sfu_client* client, const char* track_sid, sfu_bool subscribed) {
  return enter([&] { find(client)->subscribe(text(track_sid, "track_sid"), subscribed != 0); });
}

sfu_status sfu_client_set_track_settings(sfu_client* client, const char* track_sid,
                                         const sfu_track_settings* settings) {
  return enter([&] {
    const auto object = find(client);
    object->set_track_settings(text(track_sid, "track_sid"), from_c(settings));
  });
}

sfu_status sfu_client_request_key_frame(sfu_client* client, const char* track_sid) {
  return enter([&] { find(client)->request_key_frame(text(track_sid, "track_sid")); });
}

sfu_status sfu_client_update(sfu_client* client, const sfu_participant_changes* changes) {
  return enter([&] {
    const auto object = find(client);
    auto in = from_c(changes);
    if (in.permission) refuse_argument("a client cannot change its permission");
    object->update(std::move(in.name), std::move(in.metadata), std::move(in.attributes));
  });
}

sfu_status sfu_client_send_data(sfu_client* client, const uint8_t* in, size_t length, const sfu_data_options* options) {
  return enter([&] {
    constexpr std::size_t kMaxPayload = 60'000;
    const auto object = find(client);
    if (length > kMaxPayload) refuse_argument("data of more than 60000 bytes");
    auto how = from_c(options);
    object->send_data(bytes(in, length), std::move(how.topic), std::move(how.to), how.reliable);
  });
}

sfu_status sfu_client_send_text(sfu_client* client, const char* in, size_t length, const sfu_stream_options* options) {
  return enter([&] {
    const auto object = find(client);
    const auto span = bytes(reinterpret_cast<const std::uint8_t*>(in), length);
    std::string said(span.begin(), span.end());
    must_be_utf8(said, "the text");
    object->send_text(std::move(said), from_c(options));
  });
}

sfu_status sfu_client_send_bytes(sfu_client* client, const uint8_t* in, size_t length,
                                 const sfu_stream_options* options) {
  return enter([&] {
    const auto object = find(client);
    object->send_bytes(copy(in, length), from_c(options));
  });
}

sfu_status sfu_client_open_stream(sfu_client* client, const char* id, sfu_bool is_text,
                                  const sfu_stream_options* options) {
  return enter([&] {
    const auto object = find(client);
    object->open_stream(needed_text(id, "the id"), is_text != 0, from_c(options));
  });
}

sfu_status sfu_client_write_stream(sfu_client* client, const char* id, const uint8_t* in, size_t length) {
  return enter([&] { find(client)->write_stream(text(id, "id"), copy(in, length)); });
}

sfu_status sfu_client_close_stream(sfu_client* client, const char* id, const char* reason) {
  return enter([&] { find(client)->close_stream(text(id, "id"), text(reason, "reason")); });
}

sfu_status sfu_client_perform_rpc(sfu_client* client, const char* identity, const sfu_rpc_request* request,
                                  sfu_rpc_done done, void* user) {
  return enter([&] {
    const auto object = find(client);
    auto in = from_c(request, std::chrono::seconds(15));
    auto callee = text(identity, "identity");
    const auto waiter = std::make_shared<RpcWaiter>(done, user);  // from here on nothing is refused
    object->call(
        std::move(callee), std::move(in.method), std::move(in.payload),
        [waiter](const sfu::RpcResult& result) { waiter->tell(result); }, in.response_timeout);
  });
}

sfu_status sfu_client_register_rpc(sfu_client* client, const char* method, const sfu_rpc_callbacks* callbacks) {
  return enter([&] {
    const auto object = find(client);
    const auto callee = std::make_shared<Method>(callbacks);
    object->handle(needed_text(method, "the method"), [callee](const sfu::RpcCall& call, sfu::RpcResponder respond) {
      callee->call(call, std::move(respond));
    });
    callee->taken();
  });
}

sfu_status sfu_client_unregister_rpc(sfu_client* client, const char* method) {
  return enter([&] { find(client)->stop_handling(text(method, "method")); });
}

sfu_status sfu_rpc_responder_answer(sfu_rpc_responder* responder, const sfu_rpc_result* result) {
  return enter([&] {
    const auto object = find(responder);
    object->answer(from_c(result));
  });
}

sfu_status sfu_rpc_responder_release(sfu_rpc_responder* responder) {
  return release(responder);
}
