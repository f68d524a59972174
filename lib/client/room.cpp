// SPDX-License-Identifier: Apache-2.0
// The calls of the host, and the machinery of attempts. What messages do is in room_messages.cpp.
#include "client/room.hpp"

#include <algorithm>

#include "participant/announce.hpp"

namespace sfu::client {
namespace {

// Answers that another attempt would only get again (signalling 1.5).
bool is_final(int status, std::string_view body) {
  if (status == 404) return body.find("requested room does not exist") != std::string_view::npos;
  return status == 400 || status == 401 || status == 403;
}

}  // namespace

Room::Room(RoomConfig config, RtpObserver* observer)
    : config_(std::move(config)),
      observer_(observer),
      token_(config_.token),
      single_connection_(config_.single_connection),
      recovery_(config_.retry_delays, *config_.session.random),
      messaging_(roster_, *config_.session.random) {}

Room::~Room() = default;

Result<std::unique_ptr<Room>> Room::create(RoomConfig config, RtpObserver* observer) {
  SFU_TRY(auto base, base_url(config.url));
  auto room = std::unique_ptr<Room>(new Room(std::move(config), observer));
  room->base_ = std::move(base);
  return room;
}

void Room::connect(Instant now, RoomOutput& out) {
  if (phase_ != Phase::kIdle) return;
  attempt(now, out);
}

void Room::attempt(Instant now, RoomOutput& out) {
  next_attempt_ = settle_by_ = kNever;
  phase_ = Phase::kEntering;
  const bool resume = session_ && session_->joined() && recovery_.way() == Way::kResume;
  rejoining_ = was_ready_ && !resume;
  if (!resume) replace_session(now, out);
  std::optional<ResumeOf> resume_of;
  if (resume) resume_of = ResumeOf{session_->participant_sid(), reason_};
  std::string url;
  if (!single_connection_) {
    url = v0_url(base_, config_.join, resume_of);
  } else {
    Output session_out = session_output(out);
    const auto offer = resume ? livekit::SessionDescription() : session_->first_offer(now, session_out);
    url = v1_url(base_, config_.join, resume_of, offer);
  }
  link_.dial(now, std::move(url), token_, out.signal);
}

void Room::replace_session(Instant now, RoomOutput& out) {
  if (session_) {
    Output session_out = session_output(out);
    session_->close(now, session_out);
    requests_.clear();
    drain(now, out);  // its last news
    messaging_.interrupted(out.events);
  }
  SessionConfig session = config_.session;
  session.single_connection = single_connection_;
  session_ = std::make_unique<Session>(session, observer_);
}

void Room::recover(Instant now, Way way, livekit::ReconnectReason reason, RoomOutput& out) {
  if (phase_ == Phase::kClosed || phase_ == Phase::kIdle) return;
  link_.hang_up(out.signal);
  reason_ = reason;
  const bool was_told = phase_ == Phase::kWaiting || phase_ == Phase::kEntering;
  const auto due = recovery_.schedule(now, way);
  if (!due) return close(livekit::UNKNOWN_REASON, {Errc::kUnavailable, "the server cannot be reached"}, out);
  if (was_ready_ && !was_told) out.events.emplace_back(Reconnecting{recovery_.way() == Way::kResume});
  // Every join tries the new protocol first; a resume stays with what the session began with.
  if (recovery_.way() == Way::kRejoin) single_connection_ = config_.single_connection;
  phase_ = Phase::kWaiting;
  next_attempt_ = *due;
  settle_by_ = kNever;
}

void Room::close(livekit::DisconnectReason reason, Error error, RoomOutput& out) {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  link_.hang_up(out.signal);
  next_attempt_ = settle_by_ = kNever;
  out.events.emplace_back(Disconnected{reason, std::move(error)});
}

void Room::leave(Instant now, RoomOutput& out) {
  if (phase_ == Phase::kClosed) return;
  livekit::SignalRequest request;
  request.mutable_leave()->set_reason(livekit::CLIENT_INITIATED);
  link_.send(request, out.signal);
  if (session_) {
    Output session_out = session_output(out);
    session_->close(now, session_out);
    session_events_.clear();
  }
  close(livekit::CLIENT_INITIATED, {}, out);
}

void Room::on_opened(Instant now, std::uint32_t attempt) {
  (void)link_.opened(now, attempt);
}

void Room::on_refused(Instant now, std::uint32_t attempt, int status, std::string_view body, RoomOutput& out) {
  if (!link_.ended(attempt) || phase_ != Phase::kEntering) return;
  if (is_final(status, body)) {
    const Errc code = status == 404 ? Errc::kNotFound : status == 400 ? Errc::kInvalidArgument : Errc::kUnauthenticated;
    return close(livekit::JOIN_FAILURE, {code, std::string(body)}, out);
  }
  if (status == 404 && single_connection_) {  // a server that knows no `/rtc/v1`
    single_connection_ = false;
    return this->attempt(now, out);
  }
  // Refused by a server that is well, a resume will be refused again.
  const bool well = status >= 300 && status < 500;
  recover(now, well ? Way::kRejoin : Way::kResume, reason_, out);
}

void Room::on_closed(Instant now, std::uint32_t attempt, RoomOutput& out) {
  if (link_.ended(attempt)) recover(now, Way::kResume, livekit::RR_SIGNAL_DISCONNECTED, out);
}

void Room::receive(Instant now, const Path& path, ByteSpan datagram, RoomOutput& out) {
  if (!session_ || phase_ == Phase::kClosed) return;
  Output session_out = session_output(out);
  session_->receive(now, path, datagram, session_out);
  drain(now, out);
}

void Room::advance(Instant now, RoomOutput& out) {
  if (phase_ == Phase::kClosed) return;
  if (!link_.advance(now, out.signal)) recover(now, Way::kResume, livekit::RR_SIGNAL_DISCONNECTED, out);
  if (now >= settle_by_) recover(now, Way::kRejoin, livekit::RR_PUBLISHER_FAILED, out);
  if (now >= next_attempt_) attempt(now, out);
  messaging_.advance(now, out.events);
  if (session_) {
    Output session_out = session_output(out);
    session_->advance(now, session_out);
  }
  drain(now, out);
}

Instant Room::deadline() const {
  if (phase_ == Phase::kClosed) return kNever;
  const Instant earliest = std::min({link_.deadline(), next_attempt_, settle_by_, messaging_.deadline()});
  return session_ ? std::min(earliest, session_->deadline()) : earliest;
}

void Room::settled(Instant now, RoomOutput& out) {
  phase_ = Phase::kReady;
  settle_by_ = kNever;
  recovery_.succeeded();
  out.events.emplace_back(Ready{.rejoined = rejoining_});
  was_ready_ = true;
  rejoining_ = false;
  Output session_out = session_output(out);
  flush_messages(now, session_out);
}

void Room::flush_messages(Instant now, Output& out) {
  messaging_.flush([&](const livekit::DataPacket& packet, bool reliable) {
    return session_->send_data(now, packet, reliable, out);
  });
}

void Room::answer(Instant now, const std::string& call, RpcResult result, RoomOutput& out) {
  messaging_.answer(call, std::move(result), wall(now));
  flush(now, out);
}

Result<void> Room::publish(Instant now, PublishOptions options, RoomOutput& out) {
  if (options.cid.empty()) return fail(Errc::kInvalidArgument, "a track needs a cid");
  SFU_CHECK_OK(participant::check_utf8(options));
  if (published_.contains(options.cid)) return fail(Errc::kAlreadyExists, "cid " + options.cid + " is published");
  if (session_ && session_->joined() && phase_ >= Phase::kSettling) {
    Output session_out = session_output(out);
    SFU_CHECK_OK(session_->publish(now, options, session_out));
    drain(now, out);
  }
  std::string cid = options.cid;
  published_.emplace(std::move(cid), std::move(options));
  return {};
}

Result<void> Room::unpublish(Instant now, const std::string& cid, RoomOutput& out) {
  if (published_.erase(cid) == 0) return fail(Errc::kNotFound, "no such track");
  if (!session_) return {};
  Output session_out = session_output(out);
  session_->unpublish(now, cid, session_out);
  drain(now, out);
  return {};
}

Result<void> Room::set_muted(Instant now, const std::string& cid, bool muted, RoomOutput& out) {
  const auto found = published_.find(cid);
  if (found == published_.end()) return fail(Errc::kNotFound, "no such track");
  found->second.muted = muted;
  if (!session_) return {};
  Output session_out = session_output(out);
  (void)session_->set_muted(now, cid, muted, session_out);  // not announced yet: its announcement will say it
  drain(now, out);
  return {};
}

void Room::write_rtp(Instant now, std::string_view cid, std::size_t layer, ByteSpan packet, RoomOutput& out) {
  if (!session_) return;
  Output session_out = session_output(out);
  session_->write(now, cid, packet, session_out, layer);
}

void Room::write_frame(Instant now, std::string_view cid, std::size_t layer, ByteView frame, std::uint32_t timestamp,
                       bool is_keyframe, RoomOutput& out) {
  if (!session_) return;
  Output session_out = session_output(out);
  session_->write_frame(now, cid, frame, timestamp, is_keyframe, session_out, layer);
}

void Room::subscribe(const std::string& track_sid, bool subscribe, RoomOutput& out) {
  if (subscribe == config_.join.auto_subscribe) {
    subscriptions_.erase(track_sid);
  } else {
    subscriptions_[track_sid] = subscribe;
  }
  livekit::SignalRequest message;
  message.mutable_subscription()->add_track_sids(track_sid);
  message.mutable_subscription()->set_subscribe(subscribe);
  request(message, out);
}

void Room::set_track_settings(const livekit::UpdateTrackSettings& settings, RoomOutput& out) {
  for (const std::string& sid : settings.track_sids()) {
    settings_[sid] = settings;
    settings_[sid].clear_track_sids();
    settings_[sid].add_track_sids(sid);
  }
  livekit::SignalRequest message;
  *message.mutable_track_setting() = settings;
  request(message, out);
}

void Room::request_key_frame(const std::string& track_sid, RoomOutput& out) {
  if (!session_) return;
  Output session_out = session_output(out);
  session_->request_key_frame(track_sid, session_out);
}

void Room::update_metadata(livekit::UpdateParticipantMetadata update, RoomOutput& out) {
  livekit::SignalRequest message;
  *message.mutable_update_metadata() = std::move(update);
  request(message, out);
}

void Room::request(const livekit::SignalRequest& request, RoomOutput& out) {
  if (phase_ >= Phase::kSettling && phase_ != Phase::kClosed) link_.send(request, out.signal);
}

void Room::flush(Instant now, RoomOutput& out) {
  drain(now, out);
}

}  // namespace sfu::client
