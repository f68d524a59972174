// SPDX-License-Identifier: Apache-2.0
#include "room/scenarios.hpp"

#include <algorithm>

#include "room/transport_fallback.hpp"

namespace sfu::room {

namespace {

constexpr Duration kResumeWithin = std::chrono::seconds(5);
constexpr int kResumesRefused = 3;
constexpr int kLongestSpeech = 60;  // seconds

// For this session and the next, which livekit-client begins at once.
void switch_protocol(Instant now, RoomParts& parts, Participant& participant, livekit::CandidateProtocol protocol) {
  parts.lifecycle.prefer(participant, protocol);
  auto* fallback = parts.state.environment.fallback;
  if (fallback != nullptr) fallback->set(now, parts.state.options.name, participant.profile.identity(), protocol);
}

}  // namespace

void simulate(Instant now, RoomParts& parts, Participant& participant, const livekit::SimulateScenario& scenario,
              Output& out) {
  using Scenario = livekit::SimulateScenario;
  using Leave = livekit::LeaveRequest;
  auto& lifecycle = parts.lifecycle;
  switch (scenario.scenario_case()) {
    case Scenario::kSpeakerUpdate:
      parts.speaking.simulate(now, participant,
                              std::chrono::seconds(std::clamp(scenario.speaker_update(), 0, kLongestSpeech)), out);
      break;
    case Scenario::kNodeFailure:
      if (scenario.node_failure()) lifecycle.drop(now, participant, livekit::SERVER_SHUTDOWN, out);
      break;
    case Scenario::kMigration:
      if (scenario.migration()) lifecycle.drop(now, participant, livekit::MIGRATION, out);
      break;
    case Scenario::kServerLeave:
      if (scenario.server_leave()) lifecycle.close(now, participant, livekit::SERVER_SHUTDOWN, Leave::DISCONNECT, out);
      break;
    case Scenario::kLeaveRequestFullReconnect:
      if (scenario.leave_request_full_reconnect()) {
        lifecycle.close(now, participant, livekit::CLIENT_INITIATED, Leave::RECONNECT, out);
      }
      break;
    case Scenario::kSwitchCandidateProtocol:
      switch_protocol(now, parts, participant, scenario.switch_candidate_protocol());
      parts.negotiation.restart(now, participant, out);
      break;
    case Scenario::kSubscriberBandwidth:
      parts.streams.set_cap(now, participant, scenario.subscriber_bandwidth());
      break;
    case Scenario::kDisconnectSignalOnResume:
      if (scenario.disconnect_signal_on_resume()) participant.resume_fault = {now + kResumeWithin, 0, true};
      break;
    case Scenario::kDisconnectSignalOnResumeNoMessages:
      if (scenario.disconnect_signal_on_resume_no_messages()) {
        participant.resume_fault = {now + kResumeWithin, kResumesRefused, false};
      }
      break;
    default: break;
  }
}

}  // namespace sfu::room
