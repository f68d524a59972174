// SPDX-License-Identifier: Apache-2.0
// Between the claims of a token and the words that the room uses.
#pragma once

#include <optional>
#include <vector>

#include "livekit_models.pb.h"
#include "sfu/claims.hpp"

namespace sfu::signal {

// Its sources are for show: they are read in any case, and one that is not known is UNKNOWN.
livekit::ParticipantPermission permission_of(const VideoGrant& grant);
// The sources that it allows, which are those whose names are exact; nullopt if they are the permission's.
std::optional<std::vector<livekit::TrackSource>> publish_sources_of(const VideoGrant& grant);
livekit::ParticipantInfo::Kind kind_of(ParticipantKind kind);
// Unknown ones are left out.
std::vector<livekit::ParticipantInfo::KindDetail> kind_details_of(const std::vector<std::string>& names);

// Writes what a participant has become since its token was made. Permissions are all written out;
// sources that did not change keep the names that they have, since another spelling may allow more.
void update_claims(Claims& claims, const livekit::ParticipantInfo& info);

}  // namespace sfu::signal
