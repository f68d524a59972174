// SPDX-License-Identifier: Apache-2.0
#include "runtime/local_session.hpp"

#include <algorithm>

#include "participant/announce.hpp"
#include "room/transport.hpp"
#include "wire/wire.hpp"

namespace sfu::runtime {

using namespace participant;

void LocalSession::on_signal(Moment at, const livekit::SignalResponse& message) {
  std::vector<RosterEvent> news;
  switch (message.message_case()) {
    case livekit::SignalResponse::kJoin:
      events_.emplace_back(Joined{message.join()});
      roster_.replace(message.join().participant(), message.join().other_participants(), news);
      tell_roster(news);
      events_.emplace_back(Ready{});
      break;
    case livekit::SignalResponse::kUpdate:
      roster_.update(message.update(), news);
      tell_roster(news);
      break;
    case livekit::SignalResponse::kRoomMoved:
      events_.emplace_back(Moved{message.room_moved()});
      roster_.replace({}, {}, news);  // all of the old room
      roster_.replace(message.room_moved().participant(), message.room_moved().other_participants(), news);
      tell_roster(news);
      break;
    case livekit::SignalResponse::kTrackPublished: {
      const auto& published = message.track_published();
      const auto track = published_.find(published.cid());
      if (track == published_.end()) break;
      track->second.sid = published.track().sid();
      announced_.push_back(published.cid());
      if (!track->second.withdrawn) events_.emplace_back(PublishReady{published.cid(), track->second.sid});
      break;
    }
    case livekit::SignalResponse::kTrackUnpublished:
      std::erase_if(published_,
                    [&](const auto& entry) { return entry.second.sid == message.track_unpublished().track_sid(); });
      break;
    case livekit::SignalResponse::kRequestResponse: refused(message.request_response()); break;
    case livekit::SignalResponse::kLeave: end(at, {message.leave().reason(), {}}); break;
    case livekit::SignalResponse::kSpeakersChanged: events_.emplace_back(ServerMessage{message}); break;
    default: break;
  }
}

void LocalSession::on_closed(Moment at) {
  end(at, {livekit::SIGNAL_CLOSE, {}});
}

void LocalSession::end(Moment at, Disconnected event) {
  if (std::exchange(closed_, true)) return;
  take_inbox(at);
  for (auto& [sid, track] : subscribed_) finish(sid, track);
  events_.emplace_back(std::move(event));
}

void LocalSession::tell_roster(std::vector<RosterEvent>& news) {
  for (RosterEvent& event : news) {
    if (const auto* left = std::get_if<ParticipantLeft>(&event)) {
      messaging_.participant_left(left->info.identity(), events_);
    }
    events_.emplace_back(std::move(event));
  }
}

void LocalSession::refused(const livekit::RequestResponse& answer) {
  if (!answer.has_add_track() || answer.reason() == livekit::RequestResponse::QUEUED) return;
  const std::string& cid = answer.add_track().cid();
  published_.erase(cid);
  const Errc code =
      answer.reason() == livekit::RequestResponse::NOT_ALLOWED ? Errc::kPermissionDenied : Errc::kInvalidArgument;
  const std::string& reason = livekit::RequestResponse::Reason_Name(answer.reason());
  events_.emplace_back(PublishFailed{cid, {code, answer.message().empty() ? reason : answer.message()}});
}

void LocalSession::exchange(const Place& place) {
  if (deadline() <= place.now) advance(place.now);
  settle_announced(place);
  take_inbox(place);
  tell();
  for (const std::string& sid : keyframe_wishes_) {
    place.room.request_key_frame(place.now, place.id, sid, place.out);
  }
  keyframe_wishes_.clear();
  flush_due_ = kNever;
  messaging_.flush([&](const livekit::DataPacket& packet, bool reliable) -> Result<void> {
    // As much as its receivers take; who takes nothing is not waited for.
    const bool full = reliable && place.room.waiting_data(place.id, packet) > kMostWaiting;
    if (full && place.now - sent_at_ < kPatience) {
      flush_due_ = place.now + kFlushInterval;
      return fail(Errc::kLimitExceeded);
    }
    if (!full) sent_at_ = place.now;
    place.room.send_data_as(place.now, place.id, packet, reliable, place.out);
    return {};
  });
}

// What was wished of a track while it was being decided on.
void LocalSession::settle_announced(const Place& place) {
  for (const std::string& cid : std::exchange(announced_, {})) {
    const auto track = published_.find(cid);
    if (track == published_.end()) continue;
    if (track->second.withdrawn) {
      unpublish(place, cid);
    } else if (track->second.muted != track->second.asked_muted) {
      set_muted(place, cid, track->second.muted);
    }
  }
}

void LocalSession::advance(Instant now) {
  messaging_.advance(now, events_);
  if (assemblers_due_ > now) return;
  assemblers_due_ = kNever;
  for (auto& [sid, track] : subscribed_) {
    if (!track.assembler) continue;
    track.assembler->advance(now, assembled_);
    hand_out(sid, track);
  }
}

void LocalSession::take_inbox(Moment at) {
  inbox_->take(
      [&](room::LocalEvent& event) {
        take(at, event);
        tell();  // before the packets that follow
      },
      [&](const rtp::PacketView& packet, const std::string& sid) { take_packet(at, sid, packet); });
}

void LocalSession::take(Moment at, room::LocalEvent& event) {
  if (auto* bound = std::get_if<room::LocalTrackBound>(&event)) {
    if (bound->codecs.empty()) return;
    events_.emplace_back(SubscriptionStarted{bound->track_sid, bound->codecs.front().codec});
    subscribed_[bound->track_sid] = {.codecs = std::move(bound->codecs), .assembler = {}};
  } else if (const auto* unbound = std::get_if<room::LocalTrackUnbound>(&event)) {
    const auto track = subscribed_.find(unbound->track_sid);
    if (track == subscribed_.end()) return;
    finish(track->first, track->second);
    subscribed_.erase(track);
    if (!closed_) events_.emplace_back(SubscriptionEnded{unbound->track_sid});  // else the end tells it
  } else if (const auto* wish = std::get_if<room::LocalKeyframeWish>(&event)) {
    events_.emplace_back(KeyframeRequested{wish->cid, wish->layer});
  } else if (const auto* message = std::get_if<room::LocalMessage>(&event)) {
    if (message->label == room::kDataTrackLabel) return;  // data tracks are not subscribed to here
    DataReceived data;
    data.reliable = message->label == room::kReliableLabel;
    if (!wire::parse_quietly(data.packet, message->bytes)) return;
    messaging_.receive(at.now, data, at.wall, events_);
  }
}

void LocalSession::take_packet(Moment at, const std::string& sid, const rtp::PacketView& packet) {
  herald_.observer().on_rtp(sid, packet.bytes(), false);
  const auto track = frames_ ? subscribed_.find(sid) : subscribed_.end();
  if (track == subscribed_.end()) return;
  const auto* codec = peer::find_payload(track->second.codecs, packet.payload_type());
  if (codec == nullptr) return;
  if (track->second.assembled != codec->codec) {  // the first, or the publisher went over to another
    track->second.assembled = codec->codec;
    track->second.assembler = std::make_unique<payload::FrameAssembler>(codec->codec);
  }
  track->second.assembler->receive(at.now, packet, assembled_);
  hand_out(sid, track->second);
}

void LocalSession::hand_out(const std::string& sid, Subscribed& track) {
  tell_frames(sid, track);
  assemblers_due_ = std::min(assemblers_due_, track.assembler->deadline());
  if (track.assembler->take_keyframe_wish()) keyframe_wishes_.push_back(sid);
}

void LocalSession::finish(const std::string& sid, Subscribed& track) {
  if (!track.assembler) return;
  track.assembler->flush(assembled_);
  tell_frames(sid, track);
}

void LocalSession::tell_frames(const std::string& sid, const Subscribed& track) {
  for (payload::Frame& frame : assembled_) events_.emplace_back(FrameReceived{sid, track.assembled, std::move(frame)});
  assembled_.clear();
}

void LocalSession::publish(const Place& place, PublishOptions options) {
  if (const auto good = check_utf8(options); !good) {
    events_.emplace_back(PublishFailed{options.cid, good.error()});
    return;
  }
  const auto before = published_.find(options.cid);
  if (before != published_.end() && before->second.withdrawn) {
    before->second.withdrawn = false;
    return;
  }
  if (before != published_.end()) {
    events_.emplace_back(PublishFailed{options.cid, {Errc::kAlreadyExists, options.cid + " is published"}});
    return;
  }
  Published& track = published_[options.cid];
  track.asked_muted = track.muted = options.muted;
  const std::size_t layers = std::clamp<std::size_t>(options.layers.size(), 1, media::kMaxLayers);
  for (std::size_t i = 0; i < layers; ++i) {
    track.layers.push_back(std::make_unique<FrameWriter>(options.codec, random_));
  }
  place.room.publish_local(place.now, place.id, to_request(options), options.codec, layers, place.out);
}

void LocalSession::unpublish(const Place& place, const std::string& cid) {
  const auto track = published_.find(cid);
  if (track == published_.end()) return;
  if (track->second.sid.empty()) {
    track->second.withdrawn = true;
    return;
  }
  published_.erase(track);
  place.room.unpublish_local(place.now, place.id, cid, place.out);
}

void LocalSession::set_muted(const Place& place, const std::string& cid, bool muted) {
  const auto track = published_.find(cid);
  if (track == published_.end()) return;
  track->second.muted = muted;
  if (track->second.sid.empty()) return;
  livekit::MuteTrackRequest request;
  request.set_sid(track->second.sid);
  request.set_muted(muted);
  place.room.mute_track(place.now, place.id, request, place.out);
}

void LocalSession::write(const Place& place, const MediaQueue::Item& item) {
  const auto send = [&](ByteSpan packet) {
    place.room.write_rtp(place.now, place.id, item.cid, item.layer, packet, place.out);
  };
  if (!item.is_frame) return send(item.bytes);
  const auto track = published_.find(item.cid);
  if (track == published_.end() || item.layer >= track->second.layers.size()) return;
  track->second.layers[item.layer]->write(item.bytes, item.timestamp, item.is_keyframe, {}, send);
}

}  // namespace sfu::runtime
