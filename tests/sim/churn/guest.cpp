// SPDX-License-Identifier: Apache-2.0
// How a guest keeps its session; what it does of its own accord: guest_actions.cpp.
#include "guest.hpp"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cstdlib>

#include "auth/base64url.hpp"
#include "crowd.hpp"
#include "rtp/packet_writer.hpp"

namespace sfu::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr int kIdentityProtocol = 12;
constexpr int kLeaveActionProtocol = 13;
// A failed path is told after 15 s, and resumed within 5 more; then there is the client's own way back.
constexpr Duration kOutageIsFelt = seconds(30);

}  // namespace

Guest::Guest(Crowd& crowd, unsigned number) : crowd_(crowd), number_(number) {
  next_action_ = crowd_.now() + crowd_.pause_before_action();
}

Instant Guest::deadline() const {
  Instant earliest = std::min(flow_due_, crowd_.lively() ? next_action_ : kNever);
  for (const Link* link : {&publisher_, &subscriber_}) {
    if (link->peer) earliest = std::min(earliest, link->peer->deadline());
  }
  return earliest;
}

void Guest::advance(Instant now) {
  for (Link* link : {&publisher_, &subscriber_}) {
    if (!link->peer || link->peer->deadline() > now) continue;
    peer::Output sink{datagrams_, link->events};
    link->peer->advance(now, sink);
    drain(*link);
  }
  if (now >= flow_due_) {
    flow_due_ = kNever;
    if (state_ == State::kLost) {
      connect(/*resume=*/true);
    } else {
      join(std::move(manner_));
    }
  }
  if (crowd_.lively() && now >= next_action_) {
    next_action_ = now + crowd_.pause_before_action();
    act();
  }
  flush();
}

bool Guest::connected() const {
  const bool downlink = manner_.v1 || subscriber_.connected || !manner_.claims.video->may_subscribe();
  return state_ == State::kIn && connection_ != 0 && publisher_.connected && downlink;
}

bool Guest::wants(const std::string& track) const {
  if (!manner_.claims.video->may_subscribe()) return false;
  const auto wish = wishes_.find(track);
  return wish != wishes_.end() ? wish->second : manner_.auto_subscribe;
}

// --- the session's beginning and end

void Guest::join(Manner manner) {
  end();
  manner_ = std::move(manner);
  view_ = std::make_unique<View>(
      crowd_.problems(), manner_.claims.identity + " on " + std::to_string(number_) + (manner_.v1 ? " (v1)" : " (v0)"),
      manner_.protocol >= kIdentityProtocol, manner_.v1);
  make_links();
  connect(/*resume=*/false);
}

void Guest::make_links() {
  make(publisher_);
  if (!manner_.v1) make(subscriber_);
  placeholders_ = {};
  placeholders_.add(3, 3);
  peer::Output sink{datagrams_, publisher_.events};
  (void)publisher_.peer->open_channel(crowd_.now(), {.label = "_reliable", .max_retransmits = {}, .protocol = {}},
                                      sink);
  for (const auto* label : {"_lossy", "_data_track"}) {
    (void)publisher_.peer->open_channel(crowd_.now(),
                                        {.label = label, .ordered = false, .max_retransmits = 0, .protocol = {}}, sink);
  }
}

void Guest::make(Link& link) {
  link = {};
  link.local = {IpAddress::v4({10, 0, static_cast<std::uint8_t>(number_ >> 8), static_cast<std::uint8_t>(number_)}),
                next_port_};
  next_port_ = next_port_ == 0xffff ? std::uint16_t{1024} : static_cast<std::uint16_t>(next_port_ + 1);
  peer::PeerConfig config;
  config.ufrag = "guest" + std::to_string(number_) + "p" + std::to_string(link.local.port);
  config.certificate = &crowd_.certificate();
  config.candidates = {link.local};
  config.random = &crowd_.random();
  config.ice_role = peer::IceRole::kControlling;
  link.peer = *peer::Peer::create(std::move(config));
}

void Guest::connect(bool resume) {
  view_->connection_begins();
  state_ = resume ? State::kResuming : State::kJoining;
  const std::string protocol = std::to_string(manner_.protocol);
  ConnectRequest request;
  if (!manner_.v1) {
    request.path = "/rtc";
    request.query = {{"protocol", protocol},
                     {"sdk", manner_.sdk},
                     {"browser", manner_.browser},
                     {"auto_subscribe", manner_.auto_subscribe ? "1" : "0"},
                     {"adaptive_stream", manner_.adaptive_stream ? "1" : "0"}};
    if (resume) {
      request.query["reconnect"] = "1";
      request.query["sid"] = view_->self().sid();
      request.query["reconnect_reason"] = "1";
    }
    connection_ = crowd_.connect(number_, std::move(request), manner_.claims);
    return;
  }
  livekit::JoinRequest join;
  join.mutable_client_info()->set_protocol(manner_.protocol);
  join.mutable_client_info()->set_sdk(livekit::ClientInfo::JS);
  join.mutable_client_info()->set_browser(manner_.browser);
  join.mutable_connection_settings()->set_auto_subscribe(manner_.auto_subscribe);
  join.mutable_connection_settings()->set_adaptive_stream(manner_.adaptive_stream);
  if (resume) {
    join.set_reconnect(true);
    join.set_participant_sid(view_->self().sid());
  } else if (manner_.bundles_offer && !manner_.never_connects) {
    *join.mutable_publisher_offer() = make_offer();
  }
  livekit::WrappedJoinRequest wrapped;
  wrapped.set_join_request(join.SerializeAsString());
  request.path = "/rtc/v1";
  request.query["join_request"] = auth::encode_base64url(wrapped.SerializeAsString());
  connection_ = crowd_.connect(number_, std::move(request), manner_.claims);
}

void Guest::end() {
  if (connection_ != 0) crowd_.hang_up(connection_);
  connection_ = 0;
  state_ = State::kOut;
  flow_due_ = kNever;
  offline_until_ = {};
  publisher_ = {};
  subscriber_ = {};
  view_.reset();
  offer_id_ = 0;
  negotiating_ = again_ = false;
  tracks_.clear();
  wishes_.clear();
  settings_.clear();
  permission_.reset();
  sources_.clear();
  media_.clear();
}

void Guest::rejoin_later(Duration gap) {
  auto manner = std::move(manner_);
  end();
  manner_ = std::move(manner);
  flow_due_ = crowd_.now() + gap;
}

void Guest::lose(Duration gap, bool heard, bool outage) {
  if (heard && connection_ != 0) crowd_.hang_up(connection_);
  connection_ = 0;
  state_ = State::kLost;
  flow_due_ = crowd_.now() + gap;
  if (outage) offline_until_ = flow_due_;
}

void Guest::on_close(room::ConnectionId connection) {
  if (connection != connection_) return;
  connection_ = 0;
  if (view_->left()) return;
  // livekit-client takes every close that it did not ask for as a reason to resume.
  if (state_ == State::kJoining) {
    rejoin_later(crowd_.between(milliseconds(100), seconds(1)));
  } else if (state_ != State::kOut) {
    lose(crowd_.between(milliseconds(50), seconds(1)), /*heard=*/false, /*outage=*/false);
  }
}

void Guest::on_rejected(room::ConnectionId connection, int status) {
  if (connection != connection_) return;
  connection_ = 0;
  crowd_.problems().add(view_->name() + ": rejected with " + std::to_string(status));
  end();
}

// --- messages

void Guest::on_message(room::ConnectionId connection, std::span<const std::uint8_t> bytes, bool text) {
  if (connection != connection_ || crowd_.now() < offline_until_) return;
  livekit::SignalResponse message;
  const auto view = as_text(bytes);
  const bool read = text ? google::protobuf::util::JsonStringToMessage(std::string(view), &message).ok()
                         : message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!read) crowd_.problems().add(view_->name() + ": cannot read a message");
  view_->apply(message);
  crowd_.note(number_, message);
  handle(message);
  flush();
}

void Guest::handle(const livekit::SignalResponse& message) {
  switch (message.message_case()) {
    case livekit::SignalResponse::kJoin: on_join(message.join()); break;
    case livekit::SignalResponse::kReconnect: on_reconnect(); break;
    case livekit::SignalResponse::kLeave: on_leave(message.leave()); break;
    case livekit::SignalResponse::kAnswer: on_answer(message.answer()); break;
    case livekit::SignalResponse::kOffer: on_offer(message.offer()); break;
    case livekit::SignalResponse::kTrackPublished: on_track_published(message.track_published()); break;
    case livekit::SignalResponse::kMediaSectionsRequirement:
      placeholders_.add(message.media_sections_requirement().num_audios(),
                        message.media_sections_requirement().num_videos());
      negotiate();
      break;
    default: break;
  }
}

void Guest::on_join(const livekit::JoinResponse& join) {
  state_ = State::kIn;
  if (manner_.text) {  // from now on the server answers in JSON
    livekit::SignalRequest ping;
    ping.set_ping(1);
    request(ping);
  }
  if (manner_.never_connects) return;
  const bool offered = manner_.v1 && manner_.bundles_offer;
  negotiating_ = offered;
  if (!offered && (!join.subscriber_primary() || join.fast_publish() || manner_.v1)) negotiate();
}

void Guest::on_reconnect() {
  state_ = State::kIn;
  negotiating_ = again_ = false;
  // What was asked for on the old connection, and not answered, is given up.
  std::erase_if(tracks_, [this](const Track& track) {
    if (!track.sid.empty()) return false;
    publisher_.peer->negotiation().unbind_sender(track.mid);
    return true;
  });
  livekit::SignalRequest sync;
  auto& state = *sync.mutable_sync_state();
  for (const auto& track : tracks_) state.add_publish_tracks()->mutable_track()->set_sid(track.sid);
  state.mutable_subscription()->set_subscribe(!manner_.auto_subscribe);
  for (const auto& [track, wanted] : wishes_) {
    if (wanted != manner_.auto_subscribe) state.mutable_subscription()->add_track_sids(track);
  }
  for (const auto& [track, disabled] : settings_) {
    if (disabled) state.add_track_sids_disabled(track);
  }
  request(sync);
  // What the old connection may have lost on its way.
  for (const auto& [track, wanted] : wishes_) {
    livekit::SignalRequest wish;
    wish.mutable_subscription()->add_track_sids(track);
    wish.mutable_subscription()->set_subscribe(wanted);
    request(wish);
  }
  if (permission_) {
    livekit::SignalRequest again;
    *again.mutable_subscription_permission() = *permission_;
    request(again);
    crowd_.permit(view_->self().sid(), *permission_);
  }
  if (manner_.never_connects) return;
  peer::Output sink{datagrams_, publisher_.events};
  publisher_.peer->restart_ice(sink);
  negotiate();
}

void Guest::on_leave(const livekit::LeaveRequest& leave) {
  const auto unexpected = [&] {
    if (leave.reason() == livekit::STATE_MISMATCH) return state_ != State::kResuming;
    if (leave.reason() == livekit::JOIN_FAILURE) return !manner_.never_connects;
    if (leave.reason() != livekit::CONNECTION_TIMEOUT) return false;
    return crowd_.now() - offline_until_ > kOutageIsFelt && !manner_.never_connects;
  };
  if (unexpected()) {
    crowd_.problems().add(view_->name() + ": told to leave, " + livekit::DisconnectReason_Name(leave.reason()));
  }
  const auto action = manner_.protocol >= kLeaveActionProtocol ? leave.action()
                      : leave.can_reconnect()                  ? livekit::LeaveRequest::RECONNECT
                                                               : livekit::LeaveRequest::DISCONNECT;
  connection_ = 0;  // the server closes
  if (action == livekit::LeaveRequest::RESUME) {
    lose(crowd_.between(milliseconds(20), seconds(2)), /*heard=*/false, /*outage=*/false);
  } else if (action == livekit::LeaveRequest::RECONNECT) {
    rejoin_later(crowd_.between(milliseconds(1), milliseconds(500)));
  } else {
    end();
  }
}

void Guest::on_answer(const livekit::SessionDescription& answer) {
  if (answer.id() != offer_id_ || !negotiating_) return;
  negotiating_ = false;
  peer::Output sink{datagrams_, publisher_.events};
  const auto sdp = manner_.v1 ? placeholders_.unpick(answer.sdp()) : answer.sdp();
  if (!publisher_.peer->apply_answer(crowd_.now(), sdp, sink)) {
    crowd_.problems().add(view_->name() + ": an answer that does not fit");
  }
  drain(publisher_);
  if (manner_.v1) note_sources(answer.sdp(), answer);
  if (std::exchange(again_, false)) negotiate();
}

void Guest::on_offer(const livekit::SessionDescription& offer) {
  if (!subscriber_.peer || manner_.never_connects) return;
  peer::Output sink{datagrams_, subscriber_.events};
  const auto applied = subscriber_.peer->apply_offer(crowd_.now(), offer.sdp(), sink);
  auto sdp = applied ? subscriber_.peer->create_answer(crowd_.now(), sink) : Result<std::string>(std::string());
  drain(subscriber_);
  if (!applied || !sdp) return crowd_.problems().add(view_->name() + ": an offer that cannot be answered");
  note_sources(offer.sdp(), offer);
  livekit::SignalRequest message;
  message.mutable_answer()->set_type("answer");
  message.mutable_answer()->set_sdp(*std::move(sdp));
  message.mutable_answer()->set_id(offer.id());
  request(message);
}

void Guest::on_track_published(const livekit::TrackPublishedResponse& published) {
  const auto track = std::ranges::find(tracks_, published.cid(), &Track::cid);
  if (track != tracks_.end()) track->sid = published.track().sid();
}

void Guest::note_sources(const std::string& sdp, const livekit::SessionDescription& description) {
  sources_.clear();
  for (const auto& [mid, text] : Sections(sdp).media) {
    const auto track = description.mid_to_track_id().find(mid);
    if (track == description.mid_to_track_id().end()) continue;
    const auto ssrc = std::strtoul(std::string(attribute(text, "ssrc")).c_str(), nullptr, 10);
    sources_[static_cast<std::uint32_t>(ssrc)] = track->second;
  }
}

livekit::SessionDescription Guest::make_offer() {
  livekit::SessionDescription offer;
  offer.set_type("offer");
  const auto sdp = *publisher_.peer->create_offer();
  offer.set_sdp(manner_.v1 ? placeholders_.weave(sdp) : sdp);
  offer.set_id(++offer_id_);
  return offer;
}

void Guest::negotiate() {
  if (manner_.never_connects) return;
  if (negotiating_) {
    again_ = true;
    return;
  }
  negotiating_ = true;
  livekit::SignalRequest message;
  *message.mutable_offer() = make_offer();
  request(message);
}

void Guest::request(const livekit::SignalRequest& message) {
  crowd_.note_request(number_, message);
  if (connection_ == 0) return;
  std::string bytes;
  if (manner_.text) {
    (void)google::protobuf::util::MessageToJsonString(message, &bytes);
  } else {
    bytes = message.SerializeAsString();
  }
  crowd_.say(connection_, std::move(bytes), manner_.text);
}

// --- packets

void Guest::receive(const Path& path, ByteSpan datagram) {
  if (crowd_.now() < offline_until_) return;
  for (Link* link : {&publisher_, &subscriber_}) {
    if (!link->peer || link->local != path.local) continue;
    peer::Output sink{datagrams_, link->events};
    const auto received = link->peer->receive(crowd_.now(), path, datagram, sink);
    if (received.kind == peer::Peer::Received::Kind::kRtp) {
      const auto source = sources_.find(load_be32(received.packet.data() + 8));
      ++media_[source != sources_.end() ? source->second : std::string()];
    }
    drain(*link);
  }
  flush();
}

void Guest::speak() {
  for (auto& track : tracks_) {
    if (track.type != livekit::AUDIO || track.sid.empty()) continue;
    const auto* section = publisher_.peer->negotiation().send_section(track.mid);
    if (section == nullptr || section->codecs.empty()) continue;
    rtp::Header header;
    header.payload_type = section->codecs.front().payload_type;
    header.sequence_number = track.sequence++;
    header.timestamp = 960U * track.sequence;
    header.ssrc = track.ssrc;
    rtp::PacketWriter writer(publisher_.peer->open_rtp(datagrams_), header);
    constexpr std::uint8_t kSilence[] = {0xf8, 0xff, 0xfe};
    writer.payload(kSilence);
    (void)publisher_.peer->send_rtp(datagrams_, writer.size());
  }
  flush();
}

void Guest::drain(Link& link) {
  for (const auto& event : link.events) {
    if (const auto* changed = std::get_if<peer::StateChanged>(&event)) {
      link.connected = changed->state == peer::State::kConnected;
    } else if (const auto* opened = std::get_if<peer::ChannelOpened>(&event)) {
      link.channels[opened->label] = opened->channel;
    }
  }
  link.events.clear();
}

void Guest::flush() {
  if (crowd_.now() >= offline_until_) crowd_.send(datagrams_.datagrams());
  datagrams_.clear();
}

}  // namespace sfu::sim
