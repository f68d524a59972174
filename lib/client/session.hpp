// SPDX-License-Identifier: Apache-2.0
// A headless client of LiveKit's protocol, without I/O: SignalResponses and datagrams in, SignalRequests, datagrams and
// events out. It is one participant's session over `/rtc` (two peer connections) or `/rtc/v1` (one for both ways), from
// its JoinResponse on, resumes included; Room (room.hpp) makes another where a session cannot be resumed, and knows how
// to reach the server. The work is done by its parts:
//   connection.hpp                        a peer connection
//   publishing.hpp, outgoing_track.hpp    what is sent
//   subscribing.hpp, incoming_track.hpp   what is received
//   data_exchange.hpp                     data packets
//   this file                             negotiation, and which message concerns whom
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/connection.hpp"
#include "client/data_exchange.hpp"
#include "client/events.hpp"
#include "client/publishing.hpp"
#include "client/subscribing.hpp"

namespace sfu::client {

class Session {
 public:
  Session(const SessionConfig& config, RtpObserver* observer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // `/rtc/v1`, before the join: the offer that goes into its JoinRequest, with room for as many tracks of each kind as
  // livekit-client asks for. Without it the session offers after the join.
  livekit::SessionDescription first_offer(Instant now, Output& out);

  void on_signal(Instant now, const livekit::SignalResponse& message, Output& out);
  void receive(Instant now, const Path& path, ByteSpan datagram, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const;

  // Asks the server for the track, then negotiates it. After join only. Errors as of Publishing::publish().
  Result<void> publish(Instant now, const PublishOptions& options, Output& out);
  void unpublish(Instant now, std::string_view cid, Output& out);
  Result<void> set_muted(Instant now, std::string_view cid, bool muted, Output& out);
  // One packet of a published track: payload type, SSRC and extensions are put right on the way. Frames are made into
  // packets. What is written before PublishReady, or while muted, is dropped.
  void write(Instant now, std::string_view cid, ByteSpan packet, Output& out, std::size_t layer = 0);
  void write_frame(Instant now, std::string_view cid, ByteView frame, std::uint32_t timestamp, bool is_keyframe,
                   Output& out, std::size_t layer = 0);

  // Of a track that it receives, from the publisher.
  void request_key_frame(const std::string& track_sid, Output& out);

  // Over `_reliable` or `_lossy`. Errors as of DataExchange::send().
  Result<void> send_data(Instant now, const livekit::DataPacket& packet, bool reliable, Output& out);

  // What a client says of itself after a resume; subscriptions are the caller's to add.
  livekit::SyncState sync_state() const;

  bool joined() const { return joined_; }
  const std::string& participant_sid() const { return participant_sid_; }
  bool subscriber_connected() const { return subscriber_.connected(); }
  bool data_open() const;
  // The connections that make the participant ACTIVE stand, and their data channels are open.
  bool media_connected() const;
  const peer::Peer* subscriber() const { return subscriber_.peer_or_null(); }
  const peer::Peer* publisher() const { return publisher_.peer_or_null(); }

  // Of what is published, as the server reports it.
  std::int64_t packets_lost() const { return publishing_.packets_lost(); }

  // Says farewell on the peer connections.
  void close(Instant now, Output& out);

 private:
  void open_publisher(Instant now, Output& out);
  void on_join(Instant now, const livekit::JoinResponse& join, Output& out);
  void on_reconnect(Instant now, const livekit::ReconnectResponse& message, Output& out);
  void on_requirement(const livekit::MediaSectionsRequirement& message, Output& out);
  void offer(Output& out);
  livekit::SessionDescription make_offer();
  void on_offer(Instant now, const livekit::SessionDescription& description, Output& out);
  void on_answer(Instant now, const livekit::SessionDescription& description, Output& out);
  void on_trickle(Instant now, const livekit::TrickleRequest& trickle, Output& out);
  void drain(Instant now, Connection& connection, Output& out);
  void state_changed(Instant now, const Connection& connection, peer::State state, Output& out);
  media::Output media_output(Output& out) const { return {out.datagrams, *config_.wall}; }

  SessionConfig config_;
  std::string participant_sid_;
  bool joined_ = false;
  bool subscriber_primary_ = false;
  bool told_connected_ = false;
  Connection publisher_;
  Connection subscriber_;
  Publishing publishing_;
  Subscribing subscribing_;
  DataExchange data_;
  std::uint32_t offer_id_ = 0;
  bool negotiating_ = false;
  bool offer_wanted_ = false;
};

}  // namespace sfu::client
