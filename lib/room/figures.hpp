// SPDX-License-Identifier: Apache-2.0
// How rooms name things in the Statistics of their worker, and what an event adds to them.
#pragma once

#include "room/room_state.hpp"
#include "sfu/statistics.hpp"

namespace sfu::room {

std::size_t kind_index(const livekit::TrackInfo& track);
StreamKey stream_key(StreamDirection direction, const livekit::TrackInfo& track);

// A track was published, ended, subscribed to, or is so no more.
void count_track_event(Statistics& statistics, Event::Type type, const livekit::TrackInfo& track);

// How long it took from `since` until `now` that `participant` published the track, or got it.
void observe_pubsub(Statistics& statistics, bool subscribe, const livekit::TrackInfo& track, Participant& participant,
                    Duration took);

// A text or byte stream that a participant begins.
void observe_stream(Statistics& statistics, const livekit::DataPacket& packet);

// One stream over one window.
struct StreamWindow {
  std::uint64_t expected = 0;  // packets
  std::uint64_t lost = 0;
  std::uint64_t out_of_order = 0;
  Duration jitter{};
  std::optional<Duration> round_trip;
};
void observe_window(Statistics& statistics, const StreamKey& key, const StreamWindow& window);

inline double to_milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace sfu::room
