// SPDX-License-Identifier: Apache-2.0
// The receiving end of webhooks, for the HTTP server of your program: tells whether a request comes from an SFU that
// knows one of your API keys, and what it says. Works with LiveKit's servers too.
//
//   const auto event = receiver.receive(request.body, request.header("Authorization"));
//   if (!event) return respond(401, event.error().message);
//   if (event->event == "participant_left") ...
//
// Answer with 200 once you have stored the event. With 500 it comes again, and events of its room wait for it; it may
// also come again when your answer is lost, so look for its id.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "sfu/info.hpp"
#include "sfu/result.hpp"
#include "sfu/time.hpp"

namespace sfu {

struct WebhookEvent {
  std::string event;  // "room_started", "participant_joined", ...
  std::string id;     // "EV_...", the same when it comes again
  WallTime created_at{};
  // What it is about. An event of a track has no more of its room and participant than sid and name, sid and identity.
  std::optional<RoomInfo> room;
  std::optional<ParticipantInfo> participant;
  std::optional<TrackInfo> track;
  // JSON of the protocol's EgressInfo, IngressInfo and Job; empty if it has none.
  std::string egress_info;
  std::string ingress_info;
  std::string job;
  std::string json;  // the whole body
};

// Any thread; calls may overlap.
class WebhookReceiver {
 public:
  // API key to secret, as access tokens are made with.
  explicit WebhookReceiver(std::map<std::string, std::string> keys);
  ~WebhookReceiver();
  WebhookReceiver(WebhookReceiver&&) noexcept;
  WebhookReceiver& operator=(WebhookReceiver&&) noexcept;

  // `body` as it came, byte for byte; `authorization` is the header of that name. Fields that are not known here are
  // left out of the values. Errors, with a message that says what is wrong: kUnauthenticated (no token, one that is not
  // ours, not valid any more, or of another body), kMalformed (a body that is no event).
  Result<WebhookEvent> receive(std::string_view body, std::string_view authorization,
                               WallTime now = std::chrono::system_clock::now()) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu
