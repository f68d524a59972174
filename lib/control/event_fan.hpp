// SPDX-License-Identifier: Apache-2.0
// Several sinks as one: each gets every event, in the order in which they were added.
#pragma once

#include <vector>

#include "sfu/event_sink.hpp"

namespace sfu::control {

class EventFan final : public EventSink {
 public:
  // Null is nobody. Before there are events; each outlives the fan.
  void add(EventSink* sink) {
    if (sink != nullptr) sinks_.push_back(sink);
  }
  void on_event(const Event& event) override {
    for (EventSink* sink : sinks_) sink->on_event(event);
  }

 private:
  std::vector<EventSink*> sinks_;
};

}  // namespace sfu::control
