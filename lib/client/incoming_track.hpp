// SPDX-License-Identifier: Apache-2.0
// One subscribed track. The receiving side is the media layer's (NACK, reports); beside it the host is shown the
// packets, and their frames if it wants them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "client/connection.hpp"
#include "client/events.hpp"
#include "client/red_unpacker.hpp"
#include "media/published_track.hpp"
#include "payload/frame_assembler.hpp"

namespace sfu::client {

class IncomingTrack {
 public:
  IncomingTrack(const peer::ReceiveSection& section, Connection& connection, const SessionConfig& config);
  // Takes itself out of the connection's routes.
  void stop(Connection& connection) { connection.endpoint().remove_track(track_); }

  const std::string& sid() const { return sid_; }
  // What is shown: of RED the Opus inside.
  rtp::Codec codec() const;

  // True if the packet is this track's; then it has been shown to `observer` (which may be null) and its frames are in
  // `out`.
  bool receive(Instant now, ByteView packet, const rtp::PacketView& view, RtpObserver* observer, Output& out);
  // Asks for a key frame (PLI).
  void request_key_frame(Output& out);
  void advance(Instant now, Output& out);
  // Nothing follows: hands out the frames that wait for a packet that is missing.
  void flush(Output& out);
  Instant deadline() const;

 private:
  void unpack(Instant now, const rtp::PacketView& packet, bool recovered, RtpObserver* observer, Output& out);
  void show(Instant now, const rtp::PacketView& packet, bool recovered, RtpObserver* observer, Output& out);
  void assemble(Instant now, const rtp::PacketView& packet, Output& out);
  void hand_out(Output& out);
  void tell_frames(Output& out);

  const SessionConfig& config_;
  media::RtpSink& sink_;
  std::string sid_;
  std::vector<peer::PayloadCodec> codecs_;
  std::vector<peer::AnnouncedStream> streams_;
  media::PublishedTrack track_;
  RedUnpacker red_;
  rtp::Codec assembled_ = rtp::Codec::kUnknown;
  std::unique_ptr<payload::FrameAssembler> assembler_;
  std::vector<payload::Frame> frames_;
};

}  // namespace sfu::client
