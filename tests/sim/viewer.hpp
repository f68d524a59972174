// SPDX-License-Identifier: Apache-2.0
// What one subscriber got of each track: kept packet by packet, judged at the end.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "camera.hpp"
#include "client/session.hpp"
#include "rtp/sequence.hpp"

namespace sfu::sim {

class Viewer final : public client::RtpObserver {
 public:
  struct Track {
    struct Packet {
      Label label;
      std::uint32_t timestamp = 0;
    };
    std::map<std::int64_t, Packet> packets;  // by unwrapped sequence number
    rtp::SequenceUnwrapper unwrapper;
    std::uint64_t repaired = 0;
    std::uint64_t conflicts = 0;  // one sequence number with two contents
    std::uint64_t late = 0;       // came after a later one, and not as a repeat
    Instant first{};              // arrival of the first packet
  };

  struct Verdict {
    std::uint64_t expected = 0;  // packets between the last key frame and the end
    std::uint64_t missing = 0;
    std::uint64_t frames = 0;
    std::uint64_t incomplete_frames = 0;
    bool sequence_continuous = true;  // numbers go up by one for each packet that was to be forwarded
    bool timestamps_continuous = true;
  };
  // Judges up to the given frame: what came later may still be on its way.
  static Verdict judge(const Track& track, std::uint32_t last_frame);

  void on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) override;
  const std::map<std::string, Track>& tracks() const { return tracks_; }
  // Over all that arrived, in order; equal for equal runs.
  std::uint64_t trace() const { return trace_; }

 private:
  std::map<std::string, Track> tracks_;
  std::uint64_t trace_ = 0xcbf29ce484222325;
};

}  // namespace sfu::sim
