// SPDX-License-Identifier: Apache-2.0
// Between the claims of a token and the words that the room uses.
#pragma once

#include <vector>

#include "livekit_models.pb.h"
#include "sfu/claims.hpp"

namespace sfu::signal {

livekit::ParticipantPermission permission_of(const VideoGrant& grant);
livekit::ParticipantInfo::Kind kind_of(ParticipantKind kind);
// Unknown ones are left out.
std::vector<livekit::ParticipantInfo::KindDetail> kind_details_of(const std::vector<std::string>& names);

// Writes what a participant has become since its token was made. Permissions are all written out.
void update_claims(Claims& claims, const livekit::ParticipantInfo& info);

}  // namespace sfu::signal
