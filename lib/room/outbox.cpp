// SPDX-License-Identifier: Apache-2.0
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr int kLeaveActionProtocol = 13;

}  // namespace

void renew_token(Output& out, Participant& of) {
  if (of.connection == 0) return;
  auto& signal = out.signals.emplace_back();
  signal.connection = of.connection;
  signal.renewed = std::make_shared<const livekit::ParticipantInfo>(of.info());
}

void send_leave(Output& out, Participant& to, livekit::DisconnectReason reason, livekit::LeaveRequest::Action action) {
  if (to.connection == 0) return;
  SignalOut last;
  last.connection = to.connection;
  last.close = true;
  const bool knows_action = to.profile.protocol() >= kLeaveActionProtocol;
  if (knows_action || action != livekit::LeaveRequest::RESUME) {
    auto* leave = last.message.mutable_leave();
    leave->set_reason(reason);
    if (knows_action) {
      leave->set_action(action);
    } else {
      leave->set_can_reconnect(action == livekit::LeaveRequest::RECONNECT);
    }
  }
  out.signals.push_back(std::move(last));
  to.connection = 0;
}

}  // namespace sfu::room
