// SPDX-License-Identifier: Apache-2.0
// Small things that participants leave for others to fetch, such as the schema of a data track (signalling 2.18). They
// go with the session of whoever stored them.
#pragma once

#include "livekit_rtc.pb.h"
#include "room/room_state.hpp"

namespace sfu::room {

void store_data_blob(const RoomState& state, Participant& owner, const livekit::StoreDataBlobRequest& request,
                     Output& out);
void get_data_blob(RoomState& state, const Participant& asker, const livekit::GetDataBlobRequest& request, Output& out);

}  // namespace sfu::room
