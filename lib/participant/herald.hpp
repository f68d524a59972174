// SPDX-License-Identifier: Apache-2.0
// Tells an observer what happened in the room, in its words; and knows who waits for the answer to a call, and who
// answers calls. On the observer's thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "participant/events.hpp"
#include "participant/roster.hpp"
#include "sfu/client_events.hpp"

namespace sfu::participant {

class Herald {
 public:
  using Done = std::function<void(RpcResult)>;
  using Handler = std::function<void(RpcCall, sfu::RpcResponder)>;
  // Sends an answer to the call of this id; from any thread, also when nobody is there any more.
  using Answer = std::function<void(const std::string& id, RpcResult result)>;

  Herald(ClientObserver& observer, Answer answer) : observer_(observer), answer_(std::move(answer)) {}

  void tell(std::vector<RoomEvent>& events, const Roster& roster);
  ClientObserver& observer() { return observer_; }

  // Called with the answer to the call of this id, or with an error if none comes.
  void await_answer(const std::string& call, Done done) { calls_[call] = std::move(done); }
  void set_handler(const std::string& method, Handler handler) { handlers_[method] = std::move(handler); }
  void remove_handler(const std::string& method) { handlers_.erase(method); }

 private:
  void tell(Joined& event, const Roster& roster);
  void tell(Ready& event, const Roster& roster);
  void tell(Reconnecting& event, const Roster& roster);
  void tell(Disconnected& event, const Roster& roster);
  void tell(Moved& event, const Roster& roster);
  void tell(RosterEvent& event, const Roster& roster);
  void tell(PublishReady& event, const Roster& roster);
  void tell(PublishFailed& event, const Roster& roster);
  void tell(SubscriptionStarted& event, const Roster& roster);
  void tell(SubscriptionEnded& event, const Roster& roster);
  void tell(FrameReceived& event, const Roster& roster);
  void tell(KeyframeRequested& event, const Roster& roster);
  void tell(UserData& event, const Roster& roster);
  void tell(StreamEvent& event, const Roster& roster);
  void tell(TextReceived& event, const Roster& roster);
  void tell(RpcInvoked& event, const Roster& roster);
  void tell(RpcCompleted& event, const Roster& roster);
  void tell(ServerMessage& event, const Roster& roster);

  ClientObserver& observer_;
  Answer answer_;
  bool was_ready_ = false;
  std::map<std::string, Done> calls_;        // by the id of the call
  std::map<std::string, Handler> handlers_;  // by method
};

}  // namespace sfu::participant
