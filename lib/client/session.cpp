// SPDX-License-Identifier: Apache-2.0
#include "client/session.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace sfu::client {
namespace {

// Sections of each kind in the first offer of a single connection, as livekit-client has them (signalling 1.8).
constexpr std::size_t kFirstReceivers = 3;

}  // namespace

Session::Session(const SessionConfig& config, RtpObserver* observer)
    : config_(config), publishing_(publisher_, config_), subscribing_(config_, observer), data_(publisher_) {}
Session::~Session() = default;

void Session::open_publisher(Instant now, Output& out) {
  publisher_.open(config_, config_.publisher_addresses, "cp");
  if (publisher_) publisher_.open_channels(now, out.datagrams);
}

livekit::SessionDescription Session::first_offer(Instant now, Output& out) {
  open_publisher(now, out);
  if (!publisher_) return {};
  for (const rtp::MediaKind kind : {rtp::MediaKind::kAudio, rtp::MediaKind::kVideo}) {
    publisher_.peer().negotiation().add_receivers(kind, kFirstReceivers);
  }
  return make_offer();
}

void Session::on_signal(Instant now, const livekit::SignalResponse& message, Output& out) {
  switch (message.message_case()) {
    case livekit::SignalResponse::kJoin: on_join(now, message.join(), out); break;
    case livekit::SignalResponse::kReconnect: on_reconnect(now, message.reconnect(), out); break;
    case livekit::SignalResponse::kOffer: on_offer(now, message.offer(), out); break;
    case livekit::SignalResponse::kAnswer: on_answer(now, message.answer(), out); break;
    case livekit::SignalResponse::kTrickle: on_trickle(now, message.trickle(), out); break;
    case livekit::SignalResponse::kMediaSectionsRequirement:
      on_requirement(message.media_sections_requirement(), out);
      break;
    case livekit::SignalResponse::kTrackPublished:
      if (publishing_.on_published(message.track_published(), out)) offer(out);
      break;
    case livekit::SignalResponse::kTrackUnpublished:
      if (publishing_.on_unpublished(message.track_unpublished(), out)) offer(out);
      break;
    case livekit::SignalResponse::kMute: publishing_.on_muted(now, message.mute(), out); break;
    case livekit::SignalResponse::kRequestResponse: publishing_.on_refused(message.request_response(), out); break;
    case livekit::SignalResponse::kRoomMoved: participant_sid_ = message.room_moved().participant().sid(); break;
    default: break;
  }
  out.events.emplace_back(SignalReceived{message});
}

void Session::on_join(Instant now, const livekit::JoinResponse& join, Output& out) {
  participant_sid_ = join.participant().sid();
  joined_ = true;
  subscriber_primary_ = join.subscriber_primary();
  if (!config_.single_connection) subscriber_.open(config_, config_.subscriber_addresses, "cs");
  if (publisher_) return;  // first_offer() went with the join
  open_publisher(now, out);
  offer(out);
}

// The server restarts ICE on the connection that it offers; the other is ours to restart (signalling 2.15).
void Session::on_reconnect(Instant now, const livekit::ReconnectResponse& message, Output& out) {
  if (!publisher_) return;
  data_.resend_after(now, message.last_message_seq(), out);
  negotiating_ = false;  // what was under way went with the signalling connection
  offer_wanted_ = false;
  peer::Output peer_out = publisher_.output(out.datagrams);
  publisher_.peer().restart_ice(peer_out);
  offer(out);
}

Result<void> Session::publish(Instant now, const PublishOptions& options, Output& out) {
  if (!joined_ || !publisher_) return fail(Errc::kFailedPrecondition, "not joined");
  return publishing_.publish(now, options, out);
}

void Session::unpublish(Instant, std::string_view cid, Output& out) {
  if (publishing_.unpublish(cid, out)) offer(out);
}

Result<void> Session::set_muted(Instant now, std::string_view cid, bool muted, Output& out) {
  return publishing_.set_muted(now, cid, muted, out);
}

void Session::write(Instant now, std::string_view cid, ByteSpan packet, Output& out, std::size_t layer) {
  if (OutgoingTrack* track = publishing_.find(cid)) track->write_rtp(now, layer, packet, media_output(out));
}

void Session::write_frame(Instant now, std::string_view cid, ByteView frame, std::uint32_t timestamp, bool is_keyframe,
                          Output& out, std::size_t layer) {
  if (OutgoingTrack* track = publishing_.find(cid)) {
    track->write_frame(now, layer, frame, timestamp, is_keyframe, media_output(out));
  }
}

void Session::request_key_frame(const std::string& track_sid, Output& out) {
  subscribing_.request_key_frame(track_sid, out);
}

Result<void> Session::send_data(Instant now, const livekit::DataPacket& packet, bool reliable, Output& out) {
  return data_.send(now, packet, reliable, out);
}

bool Session::data_open() const {
  return publisher_.channel("_reliable").has_value() && publisher_.channel("_lossy").has_value();
}

bool Session::media_connected() const {
  return (subscriber_primary_ ? subscriber_.connected() : publisher_.connected()) && data_open();
}

livekit::SyncState Session::sync_state() const {
  livekit::SyncState state;
  publishing_.describe(state);
  data_.describe(state);
  return state;
}

// Only what has changed since the offer that is under way; one at a time.
void Session::offer(Output& out) {
  if (negotiating_) {
    offer_wanted_ = true;
    return;
  }
  livekit::SignalRequest request;
  *request.mutable_offer() = make_offer();
  if (request.offer().sdp().empty()) return;
  out.requests.push_back(std::move(request));
}

livekit::SessionDescription Session::make_offer() {
  livekit::SessionDescription description;
  auto sdp = publisher_.peer().create_offer();
  if (!sdp) return description;
  negotiating_ = true;
  description.set_type("offer");
  description.set_sdp(*std::move(sdp));
  description.set_id(++offer_id_);
  return description;
}

void Session::on_requirement(const livekit::MediaSectionsRequirement& message, Output& out) {
  if (!publisher_) return;
  peer::Negotiator& negotiation = publisher_.peer().negotiation();
  negotiation.add_receivers(rtp::MediaKind::kAudio, message.num_audios());
  negotiation.add_receivers(rtp::MediaKind::kVideo, message.num_videos());
  offer(out);
}

void Session::on_answer(Instant now, const livekit::SessionDescription& description, Output& out) {
  // As livekit-client does: an answer to anything but the latest offer is dropped.
  if (!publisher_ || !negotiating_ || (description.id() != 0 && description.id() != offer_id_)) return;
  peer::Output peer_out = publisher_.output(out.datagrams);
  const auto changes = publisher_.peer().apply_answer(now, description.sdp(), peer_out);
  if (!changes) return;
  negotiating_ = false;
  subscribing_.apply(*changes, publisher_, out);
  publishing_.go_live(now, out);
  drain(now, publisher_, out);
  if (std::exchange(offer_wanted_, false)) offer(out);
}

void Session::on_offer(Instant now, const livekit::SessionDescription& description, Output& out) {
  if (!subscriber_) return;
  peer::Output peer_out = subscriber_.output(out.datagrams);
  const auto changes = subscriber_.peer().apply_offer(now, description.sdp(), peer_out);
  if (!changes) return;
  auto sdp = subscriber_.peer().create_answer(now, peer_out);
  if (!sdp) return;
  livekit::SignalRequest request;
  request.mutable_answer()->set_type("answer");
  request.mutable_answer()->set_sdp(*sdp);
  request.mutable_answer()->set_id(description.id());
  out.requests.push_back(std::move(request));
  subscribing_.apply(*changes, subscriber_, out);
  drain(now, subscriber_, out);
}

void Session::on_trickle(Instant now, const livekit::TrickleRequest& trickle, Output& out) {
  const bool publisher = trickle.target() == livekit::PUBLISHER || config_.single_connection;
  Connection& connection = publisher ? publisher_ : subscriber_;
  if (!connection) return;
  boost::system::error_code error;
  const boost::json::value json = boost::json::parse(trickle.candidateinit(), error);
  if (error || !json.is_object()) return;
  const auto* candidate = json.as_object().if_contains("candidate");
  if (candidate == nullptr || !candidate->is_string()) return;
  peer::Output peer_out = connection.output(out.datagrams);
  (void)connection.peer().add_remote_candidate(now, std::string_view(candidate->as_string()), peer_out);
}

void Session::receive(Instant now, const Path& path, ByteSpan datagram, Output& out) {
  Connection& connection = publisher_.owns(path.local) ? publisher_ : subscriber_;
  if (!connection) return;
  peer::Output peer_out = connection.output(out.datagrams);
  const auto received = connection.peer().receive(now, path, datagram, peer_out);
  media::Output media_out = media_output(out);
  switch (received.kind) {
    case peer::Peer::Received::Kind::kRtp:
      subscribing_.receive(now, received.packet, out);
      connection.endpoint().receive_rtp(now, received.packet, now, media_out);
      break;
    case peer::Peer::Received::Kind::kRtcp:
      connection.endpoint().receive_rtcp(now, received.packet, media_out);
      publishing_.tell_keyframe_wishes(out);
      break;
    case peer::Peer::Received::Kind::kNone: break;
  }
  drain(now, connection, out);
  if (data_.waiting()) data_.drain(now, out);
}

void Session::drain(Instant now, Connection& connection, Output& out) {
  for (const peer::Event& event : connection.take_events()) {
    if (const auto* message = std::get_if<peer::MessageReceived>(&event)) {
      data_.receive(connection.label(message->channel), message->bytes, out);
    } else if (const auto* state = std::get_if<peer::StateChanged>(&event)) {
      state_changed(now, connection, state->state, out);
    }
  }
  if (media_connected() && !std::exchange(told_connected_, true)) out.events.emplace_back(MediaConnected{});
}

void Session::state_changed(Instant now, const Connection& connection, peer::State state, Output& out) {
  const bool publisher = &connection == &publisher_;
  if (state == peer::State::kConnected && !publisher) out.events.emplace_back(SubscriberConnected{});
  if (state == peer::State::kConnected && publisher) publishing_.go_live(now, out);
  if (state == peer::State::kDisconnected || state == peer::State::kFailed) {
    told_connected_ = false;
    out.events.emplace_back(MediaLost{publisher ? livekit::RR_PUBLISHER_FAILED : livekit::RR_SUBSCRIBER_FAILED});
  }
}

void Session::advance(Instant now, Output& out) {
  for (Connection* connection : {&publisher_, &subscriber_}) {
    connection->advance(now, media_output(out));
    if (*connection) drain(now, *connection, out);
  }
  publishing_.advance(now, out);
  subscribing_.advance(now, out);
  if (data_.waiting()) data_.drain(now, out);
}

Instant Session::deadline() const {
  return std::min({publisher_.deadline(), subscriber_.deadline(), publishing_.deadline(), subscribing_.deadline()});
}

void Session::close(Instant now, Output& out) {
  if (Connection& media = config_.single_connection ? publisher_ : subscriber_) subscribing_.close(media, out);
  for (Connection* connection : {&publisher_, &subscriber_}) {
    if (!*connection) continue;
    peer::Output peer_out = connection->output(out.datagrams);
    connection->peer().close(now, peer_out);
  }
}

}  // namespace sfu::client
