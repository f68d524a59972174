// SPDX-License-Identifier: Apache-2.0
// Whether one participant may have a track of another, media or data (signalling 2.9, 3.4).
#pragma once

#include <optional>
#include <string>

#include "room/outbox.hpp"

namespace sfu::room {

// The publisher's part of it; what the subscriber's own token says is another question.
bool lets_subscribe(const Participant& publisher, const Participant& subscriber, const std::string& track_sid);

// Says so to the subscriber, the first time and whenever it changes. `told` is what was said last.
void tell_allowed(const Participant& subscriber, const Participant& publisher, const std::string& track_sid,
                  bool allowed, std::optional<bool>& told, Output& out);

}  // namespace sfu::room
