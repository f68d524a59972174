// SPDX-License-Identifier: Apache-2.0
// Which codec of a track a subscriber gets (signalling 2.8, 2.9). Plain functions.
#pragma once

#include <optional>
#include <vector>

#include "peer/negotiated.hpp"
#include "room/publication.hpp"

namespace sfu::room {

// A codec as browsers send it, without a payload type.
peer::PayloadCodec usual_form(rtp::Codec codec);

// What subscribers are offered, the most wanted first: also of the backups that no one has needed so far.
std::vector<peer::PayloadCodec> offered_to_subscribers(const Publication& publication);

// The first codec of the publisher that a subscriber with these can decode.
std::optional<CodecIndex> choose_codec(const Publication& publication, const std::vector<peer::PayloadCodec>& agreed);

// Whether all subscribers are to get a backup codec once it comes, so that the publisher encodes only one. `threshold`:
// a room of so many participants is too large for BackupCodecPolicy PREFER_REGRESSION; 0 means no room is.
bool regresses_to_backup(const livekit::TrackInfo& info, std::size_t participants, std::uint32_t threshold);

}  // namespace sfu::room
