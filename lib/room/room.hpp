// SPDX-License-Identifier: Apache-2.0
// A room: its participants, what they publish and whom they hear, by LiveKit's protocol (docs/conformance.md). Sans-IO:
// every operation is given the time and puts datagrams, messages and events into Output; deadline() says when
// advance() is due. One worker owns a room and calls it from its thread only.
// Elsewhere: WebSocket, tokens and message framing (signal, auth, http); sockets and demultiplexing (runtime); how
// packets are repaired and rewritten (media). Room itself only wires the parts, one file each: Roster (who is here),
// Admission, Negotiation (offers, answers, candidates), Publishing, Subscribing, DataTrackPublishing and its like,
// Updates, DataForwarding, Speaking, QualityReports, StreamAllocation (bandwidth), Lifecycle (timeouts and farewells),
// Administration. An operation changes its part and leaves marks; settle() then does what the marks ask for, always in
// one order, so that a participant's info precedes the offer with its track.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "media/packet_filters.hpp"
#include "room/data_track.hpp"
#include "room/join_params.hpp"
#include "room/output.hpp"
#include "room/policy.hpp"
#include "rtp/codec_name.hpp"
#include "sfu/statistics.hpp"

namespace sfu::room {

class AgentDispatches;
class ForwardedParticipants;
class RoomParts;

class Room {
 public:
  Room(Instant now, RoomOptions options, Environment environment, Output& out);
  ~Room();
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  const std::string& name() const;
  const livekit::Room& info() const;
  // What it was made with.
  const RoomOptions& options() const;
  // Nobody is here and the timeout has passed, or close() was called: the owner may destroy it.
  bool finished() const;

  // A new session. An older one of the same identity is closed first, or stays. The JoinResponse, then whatever the
  // bundled requests yield, is put into `out`. Errors: kLimitExceeded (the room is full), kClosed, those of may_join().
  Result<ParticipantId> join(Instant now, JoinParams params, Output& out);
  // Errors: kAlreadyExists (RoomOptions::duplicate_identity).
  Result<void> may_join(const std::string& identity) const;
  // A session whose signalling connection was lost goes on over a new one. Errors: kNotFound: the client must rejoin
  // (Leave{STATE_MISMATCH, RECONNECT}); kUnavailable: the client asked for this attempt to fail (simulate()).
  Result<ParticipantId> resume(Instant now, ResumeParams params, Output& out);

  // What the host's signalling brings: one function for each SignalRequest. Unknown ids are ignored, as participants
  // leave at any time. Bad requests are answered with RequestResponse where the protocol says so, else ignored.
  void offer(Instant now, ParticipantId from, const livekit::SessionDescription& offer, Output& out);
  void answer(Instant now, ParticipantId from, const livekit::SessionDescription& answer, Output& out);
  void trickle(Instant now, ParticipantId from, const livekit::TrickleRequest& request, Output& out);
  void add_track(Instant now, ParticipantId from, const livekit::AddTrackRequest& request, Output& out);
  void mute_track(Instant now, ParticipantId from, const livekit::MuteTrackRequest& request, Output& out);
  void update_subscription(Instant now, ParticipantId from, const livekit::UpdateSubscription& request, Output& out);
  void update_track_settings(Instant now, ParticipantId from, const livekit::UpdateTrackSettings& request, Output& out);
  void set_subscription_permission(Instant now, ParticipantId from, const livekit::SubscriptionPermission& request,
                                   Output& out);
  void update_metadata(Instant now, ParticipantId from, const livekit::UpdateParticipantMetadata& request, Output& out);
  void update_audio_track(Instant now, ParticipantId from, const livekit::UpdateLocalAudioTrack& request, Output& out);
  void update_video_track(Instant now, ParticipantId from, const livekit::UpdateLocalVideoTrack& request, Output& out);
  void publish_data_track(Instant now, ParticipantId from, const livekit::PublishDataTrackRequest& request,
                          Output& out);
  void unpublish_data_track(Instant now, ParticipantId from, const livekit::UnpublishDataTrackRequest& request,
                            Output& out);
  void update_data_subscription(Instant now, ParticipantId from, const livekit::UpdateDataSubscription& request,
                                Output& out);
  void store_data_blob(Instant now, ParticipantId from, const livekit::StoreDataBlobRequest& request, Output& out);
  void get_data_blob(Instant now, ParticipantId from, const livekit::GetDataBlobRequest& request, Output& out);
  void sync_state(Instant now, ParticipantId from, const livekit::SyncState& state, Output& out);
  void simulate(Instant now, ParticipantId from, const livekit::SimulateScenario& scenario, Output& out);
  void leave(Instant now, ParticipantId from, const livekit::LeaveRequest& request, Output& out);
  // The connection is gone, without a leave. A participant whose ICE once connected survives it.
  void connection_closed(Instant now, ConnectionId connection, Output& out);
  // Anything came over the client's signalling, a ping too.
  void note_signal(Instant now, ParticipantId from);
  // The client's measure of its round trip over the signalling connection.
  void set_signal_rtt(ParticipantId from, Duration rtt);

  // What the host's API asks.
  void remove_participant(Instant now, ParticipantId id, livekit::DisconnectReason reason, Output& out);
  void set_metadata(Instant now, std::string metadata, Output& out);
  // Replaces all permissions: what is not allowed any more ends (signalling 2.13). Errors of these four: kNotFound if
  // the participant is gone, or has no such track; kUnsupported if it is forwarded from another room.
  Result<void> set_permission(Instant now, ParticipantId id, const livekit::ParticipantPermission& permission,
                              Output& out);
  // Name, metadata and attributes, as the participant itself might change them. Errors: also kLimitExceeded.
  Result<void> update_participant(Instant now, ParticipantId id, const livekit::UpdateParticipantMetadata& update,
                                  Output& out);
  // Its client is told to mute or unmute, and everyone sees it so at once. Gives the track as it is then. Errors: also
  // kFailedPrecondition (RoomOptions::remote_unmute).
  Result<livekit::TrackInfo> mute_published_track(Instant now, ParticipantId id, const std::string& track_sid,
                                                  bool muted, Output& out);
  // Puts a filter on the packets of its track. Changes nothing else, so it may be called at any time. Errors: as above.
  Result<std::shared_ptr<media::FilterPlace>> attach_filter(ParticipantId id, const std::string& track_sid,
                                                            PacketFilter& filter);
  // As if the participant had asked for it.
  Result<void> update_subscriptions(Instant now, ParticipantId id, const livekit::UpdateSubscription& update,
                                    Output& out);
  // To those whom the packet names, or to all; it has no sender. One whose nonce has been seen is dropped.
  void send_data(Instant now, const livekit::DataPacket& packet, Output& out);
  // Calls a method of its client; the result is among ended_rpcs() once it is there. Errors: kNotFound, kUnsupported.
  Result<void> perform_rpc(Instant now, ParticipantId id, RpcCallId call, const RpcRequest& request, Output& out);
  bool any_rpc_ended() const;
  std::vector<RpcEnded> take_ended_rpcs();
  AgentDispatches& agent_dispatches();
  // Whether it may, whatever the room that it is to go to; errors as below.
  Result<void> may_move(ParticipantId id, std::string_view to) const;
  Result<void> may_forward(ParticipantId id, std::string_view to) const;
  // The answer to what the host's policy was asked; nothing if the matter is over by now.
  void decide(Instant now, QuestionId id, const Verdict& verdict, Output& out);
  // Takes a participant with its connections and tracks into `to`, a room of the same worker. Its client is told
  // (room_moved); for all others it left here and joined there, and its subscriptions are made anew. Where a client
  // cannot follow (older than protocol 16), it is sent away as by send_away(). Errors, and nothing changed: kNotFound,
  // kInvalidArgument (the same room), kUnsupported (an agent, a recorder, a forwarded participant),
  // kFailedPrecondition (its signalling is lost just now), kAlreadyExists (its identity is in use there),
  // kLimitExceeded, kClosed.
  Result<void> move_participant(Instant now, ParticipantId id, Room& to, Output& out);
  // Its client is told to join the room `to`, and gets a token for it: for rooms of other workers. Errors as above.
  Result<void> send_away(Instant now, ParticipantId id, const std::string& to, Output& out);
  // Shows a participant and its tracks in `to` as well, a room of the same worker, until it leaves either. Errors:
  // kNotFound, kInvalidArgument, kUnsupported (a forwarded participant), kAlreadyExists, kClosed.
  Result<void> forward_participant(Instant now, ParticipantId id, Room& to, Output& out);
  // For other rooms of the worker; and what is due after their calls (Neighbours::touched()).
  ForwardedParticipants& forwarded();
  void settle(Instant now, Output& out);

  // A participant that joined with JoinParams::local. It says what it publishes as `cid`, of which there are so many
  // encodings, as a client would say it (add_track()), and withdraws it again.
  void publish_local(Instant now, ParticipantId from, const livekit::AddTrackRequest& request, rtp::Codec codec,
                     std::size_t layers, Output& out);
  void unpublish_local(Instant now, ParticipantId from, const std::string& cid, Output& out);
  // One RTP packet of an encoding that it publishes, edited in place: SSRC and payload type are replaced.
  void write_rtp(Instant now, ParticipantId from, std::string_view cid, std::size_t layer, ByteSpan packet,
                 Output& out);
  // A DataPacket that it sends.
  void send_data_as(Instant now, ParticipantId from, livekit::DataPacket packet, bool reliable, Output& out);
  // How many bytes wait, at most, in the reliable channel of one of those to whom this would go.
  std::size_t waiting_data(ParticipantId from, const livekit::DataPacket& packet) const;
  // Asks the publisher of a track that it is subscribed to for a key frame.
  void request_key_frame(Instant now, ParticipantId from, const std::string& track_sid, Output& out);

  // Everyone is sent a Leave with this reason. The room is finished() afterwards.
  void close(Instant now, livekit::DisconnectReason reason, Output& out);

  // The packet path: one datagram that the demultiplexer found to be for this peer, and when it arrived. Decrypted in
  // place.
  void receive(Instant now, PeerKey peer, const Path& path, ByteSpan datagram, Instant arrived, Output& out);
  // What Output::reading made wait goes on.
  bool has_gathered() const;
  void end_reading(Instant now, Output& out);
  // A TCP connection of this peer has ended.
  void path_lost(Instant now, PeerKey peer, const Path& path, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const;

  std::size_t participant_count() const;
  // Those published and those subscribed to, all that carry media.
  std::size_t track_count() const;
  ParticipantId find(std::string_view identity) const;
  ParticipantId find_connection(ConnectionId connection) const;
  // 0 if it has none now.
  ConnectionId connection_of(ParticipantId id) const;
  // Empty if gone.
  livekit::ParticipantInfo participant_info(ParticipantId id) const;
  std::vector<ParticipantId> participants() const;
  RoomStatistics statistics(Instant now) const;
  // What its connection can carry of pictures, as far as that is known.
  std::optional<Bitrate> downlink_estimate(ParticipantId id) const;

 private:
  template <typename Action>
  void request(Instant now, ParticipantId from, Output& out, Action&& action);

  std::unique_ptr<RoomParts> parts_;
};

}  // namespace sfu::room
