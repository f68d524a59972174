// SPDX-License-Identifier: Apache-2.0
#include "sfu/webhook_receiver.hpp"

#include <google/protobuf/util/json_util.h>
#include <livekit_webhook.pb.h>

#include "auth/auth.hpp"
#include "auth/body_digest.hpp"
#include "wire/infos.hpp"

namespace sfu {
namespace {

std::string to_json(const google::protobuf::Message& message) {
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json);
  return json;
}

WebhookEvent to_event(const livekit::WebhookEvent& message, std::string_view body) {
  WebhookEvent event;
  event.event = message.event();
  event.id = message.id();
  event.created_at = WallTime(std::chrono::seconds(message.created_at()));
  if (message.has_room()) event.room = wire::to_info(message.room());
  if (message.has_participant()) event.participant = wire::to_info(message.participant());
  if (message.has_track()) event.track = wire::to_info(message.track());
  if (message.has_egress_info()) event.egress_info = to_json(message.egress_info());
  if (message.has_ingress_info()) event.ingress_info = to_json(message.ingress_info());
  if (message.has_job()) event.job = to_json(message.job());
  event.json = body;
  return event;
}

}  // namespace

class WebhookReceiver::Impl {
 public:
  explicit Impl(std::map<std::string, std::string> keys) : keys_({keys.begin(), keys.end()}) {}

  Result<WebhookEvent> receive(std::string_view body, std::string_view authorization, WallTime now) const {
    if (authorization.empty()) return fail(Errc::kUnauthenticated, "the request has no Authorization header");
    const auto claims = auth::verify(authorization, keys_, now);
    if (!claims) return fail(Errc::kUnauthenticated, claims.error().message);
    if (!auth::is_body_digest(claims->sha256, body)) {
      return fail(Errc::kUnauthenticated, claims->sha256.empty() ? "the token is none of a webhook: it has no sha256"
                                                                 : "the body is not the one that was signed");
    }
    google::protobuf::util::JsonParseOptions options;
    options.ignore_unknown_fields = true;
    livekit::WebhookEvent message;
    const auto parsed = google::protobuf::util::JsonStringToMessage({body.data(), body.size()}, &message, options);
    if (!parsed.ok()) {
      return fail(Errc::kMalformed, "the body is no webhook event: " + std::string(parsed.message()));
    }
    if (message.event().empty()) return fail(Errc::kMalformed, "the body is no webhook event: it has no name");
    return to_event(message, body);
  }

 private:
  auth::KeyMap keys_;
};

WebhookReceiver::WebhookReceiver(std::map<std::string, std::string> keys)
    : impl_(std::make_unique<Impl>(std::move(keys))) {}
WebhookReceiver::~WebhookReceiver() = default;
WebhookReceiver::WebhookReceiver(WebhookReceiver&&) noexcept = default;
WebhookReceiver& WebhookReceiver::operator=(WebhookReceiver&&) noexcept = default;

Result<WebhookEvent> WebhookReceiver::receive(std::string_view body, std::string_view authorization,
                                              WallTime now) const {
  return impl_->receive(body, authorization, now);
}

}  // namespace sfu
