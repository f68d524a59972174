// SPDX-License-Identifier: Apache-2.0
// One published track, seen from its publisher: one encoding, or those of a simulcast, each with its own SSRC. The
// sending side is the media layer's, as it stands in an SFU: a Forwarder numbers, repeats and reports. Its source here
// is the host, who writes RTP packets or whole frames.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/connection.hpp"
#include "client/events.hpp"
#include "media/published_track.hpp"

namespace sfu::client {

class OutgoingTrack {
 public:
  OutgoingTrack(PublishOptions options, bool audio_redundancy, Random& random);
  ~OutgoingTrack();

  const PublishOptions& options() const { return options_; }
  // Opus that goes as RED, if the server takes it.
  bool redundant() const { return redundant_; }
  const std::string& sid() const { return sid_; }
  void set_sid(std::string sid) { sid_ = std::move(sid); }
  const std::string& mid() const { return mid_; }
  bool started() const { return started_; }
  const livekit::TrackInfo& info() const { return info_; }
  void set_info(livekit::TrackInfo info) { info_ = std::move(info); }

  // Takes a section of the connection. Errors as of Negotiator::bind_sender().
  Result<void> bind(Connection& connection);
  // Once the section is negotiated; false if it is not.
  bool start(Instant now, Connection& connection, media::Output out);
  // Leaves the section and the connection.
  void stop(Connection& connection, media::Output out);

  // Both do nothing until started, and while muted.
  void write_rtp(Instant now, std::size_t layer, ByteSpan packet, media::Output out);
  void write_frame(Instant now, std::size_t layer, ByteView frame, std::uint32_t timestamp, bool is_keyframe,
                   media::Output out);
  void set_muted(Instant now, bool muted, media::Output out);

  void advance(Instant now, media::Output out);
  Instant deadline() const;
  // Of all encodings, as the server reports it. Repairs count as found.
  std::int64_t packets_lost() const;
  // The layers whose key frame was asked for since last asked.
  std::vector<std::size_t> take_keyframe_wishes();

 private:
  struct Encoding;

  PublishOptions options_;
  bool redundant_;
  Random& random_;
  std::string sid_;
  std::string mid_;
  livekit::TrackInfo info_;
  bool started_ = false;
  std::vector<std::unique_ptr<Encoding>> encodings_;
};

}  // namespace sfu::client
