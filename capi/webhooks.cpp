// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/webhooks.h"

#include "capi/handles.hpp"
#include "capi/kinds.hpp"
#include "capi/results.hpp"
#include "capi/values.hpp"
#include "sfu/webhook_receiver.hpp"

namespace sfu::capi {

template <>
struct Handle<sfu_webhook_receiver> {
  using Object = WebhookReceiver;
  static constexpr unsigned kKind = kinds::kWebhookReceiver;
  static constexpr const char* kName = "sfu_webhook_receiver";
};

namespace {

const sfu_webhook_event* to_c(Arena& arena, const WebhookEvent& event) {
  auto* made = arena.make<sfu_webhook_event>();
  made->event = arena.text(event.event);
  made->id = arena.text(event.id);
  made->created_at_ms = to_ms(event.created_at);
  if (event.room) made->room = to_c(arena, *event.room);
  if (event.participant) made->participant = to_c(arena, *event.participant);
  if (event.track) made->track = to_c(arena, *event.track);
  made->egress_info = arena.text(event.egress_info);
  made->ingress_info = arena.text(event.ingress_info);
  made->job = arena.text(event.job);
  made->json = arena.text(event.json);
  return made;
}

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_webhook_receiver_create(const sfu_pair* keys, size_t key_count, sfu_webhook_receiver** receiver) {
  return enter([&] {
    needs_place(receiver);
    *receiver = add<sfu_webhook_receiver>(std::make_shared<sfu::WebhookReceiver>(pairs(keys, key_count, "keys")));
  });
}

sfu_status sfu_webhook_receiver_release(sfu_webhook_receiver* receiver) {
  return release(receiver);
}

sfu_status sfu_webhook_receiver_receive(sfu_webhook_receiver* receiver, const uint8_t* body, size_t length,
                                        const char* authorization, int64_t now_ms, const sfu_webhook_event** event) {
  return enter([&] {
    needs_place(event);
    const auto in = bytes(body, length);
    const std::string_view text_in(reinterpret_cast<const char*>(in.data()), in.size());
    const auto got = value(find(receiver)->receive(text_in, as_is(authorization), wall_time_or_now(now_ms, "now_ms")));
    *event = give([&](Arena& arena) { return to_c(arena, got); });
  });
}
