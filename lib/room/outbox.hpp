// SPDX-License-Identifier: Apache-2.0
// Messages on their way to one client.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "room/output.hpp"
#include "room/participant.hpp"

namespace sfu::room {

// Nothing goes to a client whose signalling connection is lost: a resume brings it up to date.
inline void send(Output& out, const Participant& to, livekit::SignalResponse message) {
  if (to.connection != 0) out.signals.push_back({to.connection, std::move(message), false});
}

// What others are told too.
inline void send(Output& out, const Participant& to, std::shared_ptr<const livekit::SignalResponse> message) {
  if (to.connection != 0) out.signals.push_back({to.connection, {}, false, std::move(message)});
}

// Its name, metadata, attributes or permission changed: so does its token (signalling 2.2).
void renew_token(Output& out, Participant& of);

// Leave as the client's protocol version knows it (signalling 1.9), then the connection is closed. Older clients are
// not told of a resume: they take it from the closing.
void send_leave(Output& out, Participant& to, livekit::DisconnectReason reason, livekit::LeaveRequest::Action action);

// What a failed or finished request is answered with (signalling 2.14). `echo(RequestResponse&)` sets which it was.
template <typename Echo>
void respond(Output& out, const Participant& to, livekit::RequestResponse::Reason reason, std::string message,
             Echo&& echo) {
  const auto& client = to.profile.client();
  if (client.sdk() == livekit::ClientInfo::RUST && client.protocol() < 10) return;
  livekit::SignalResponse response;
  auto* answer = response.mutable_request_response();
  answer->set_reason(reason);
  answer->set_message(std::move(message));
  echo(*answer);
  send(out, to, std::move(response));
}

}  // namespace sfu::room
