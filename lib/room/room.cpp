// SPDX-License-Identifier: Apache-2.0
// The wiring: operations to their parts, and settle(). The packet path: room_packets.cpp.
#include "room/room.hpp"

#include "room/announcement.hpp"
#include "room/attributes.hpp"
#include "room/data_blobs.hpp"
#include "room/events.hpp"
#include "room/room_parts.hpp"
#include "room/scenarios.hpp"

namespace sfu::room {

namespace {

constexpr const char* kRtx = "video/rtx";
constexpr std::size_t kTrailerBytes = 43;  // about 32 random bytes as base-62 text
constexpr std::string_view kBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

// The reasons that a client may give for itself (signalling 2.1).
livekit::DisconnectReason leave_reason(livekit::DisconnectReason reason) {
  switch (reason) {
    case livekit::USER_UNAVAILABLE:
    case livekit::USER_REJECTED:
    case livekit::AGENT_ERROR: return reason;
    default: return livekit::CLIENT_INITIATED;
  }
}

void describe_room(Instant now, RoomState& state) {
  auto& options = state.options;
  const auto seconds = [](Duration duration) {
    return static_cast<std::uint32_t>(std::chrono::duration_cast<std::chrono::seconds>(duration).count());
  };
  if (options.enabled_codecs.empty()) {
    options.enabled_codecs.assign(supported_codecs().begin(), supported_codecs().end());
  }
  const auto created =
      std::chrono::duration_cast<std::chrono::milliseconds>(state.wall_time(now).time_since_epoch()).count();
  auto& info = state.info;
  info.set_sid(make_sid(state.random(), "RM_"));
  info.set_name(options.name);
  info.set_empty_timeout(seconds(options.empty_timeout));
  info.set_departure_timeout(seconds(options.departure_timeout));
  info.set_max_participants(options.max_participants);
  info.set_creation_time(created / 1000);
  info.set_creation_time_ms(created);
  info.set_turn_password(state.random().text(kTrailerBytes, kBase62));
  info.set_metadata(options.metadata);
  bool names_rtx = false;
  for (const auto& codec : options.enabled_codecs) {
    *info.add_enabled_codecs() = codec;
    names_rtx |= codec.mime() == kRtx;
  }
  if (!names_rtx) info.add_enabled_codecs()->set_mime(kRtx);  // which every room repeats packets by
  state.sif_trailer = state.random().text(kTrailerBytes, kBase62);
}

}  // namespace

Room::Room(Instant now, RoomOptions options, Environment environment, Output& out)
    : parts_(std::make_unique<RoomParts>(now, std::move(options), environment)) {
  describe_room(now, parts_->state);
  ++parts_->state.statistics().rooms;
  raise_event(parts_->state, Event::Type::kRoomStarted, out);
  parts_->settle(now, out);
}

Room::~Room() = default;

const std::string& Room::name() const {
  return parts_->state.options.name;
}
const livekit::Room& Room::info() const {
  return parts_->state.info;
}
const RoomOptions& Room::options() const {
  return parts_->state.options;
}
bool Room::finished() const {
  return parts_->state.closed && parts_->state.roster.size() == 0;
}

Result<ParticipantId> Room::join(Instant now, JoinParams params, Output& out) {
  auto id = parts_->admission.join(now, *this, std::move(params), out);
  parts_->settle(now, out);
  return id;
}

Result<void> Room::may_join(const std::string& identity) const {
  return parts_->admission.may_join(identity);
}

Result<ParticipantId> Room::resume(Instant now, ResumeParams params, Output& out) {
  auto id = parts_->admission.resume(now, std::move(params), out);
  parts_->settle(now, out);
  return id;
}

// Finds the participant, lets `action(parts, participant)` work, settles.
template <typename Action>
void Room::request(Instant now, ParticipantId from, Output& out, Action&& action) {
  auto* participant = parts_->state.roster.find(from);
  if (participant == nullptr) return;
  participant->last_request = now;
  action(*parts_, *participant);
  parts_->settle(now, out);
}

void Room::offer(Instant now, ParticipantId from, const livekit::SessionDescription& offer, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.negotiation.offer(now, sender, offer, out); });
}
void Room::answer(Instant now, ParticipantId from, const livekit::SessionDescription& answer, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.negotiation.answer(now, sender, answer, out); });
}
void Room::trickle(Instant now, ParticipantId from, const livekit::TrickleRequest& trickle, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.negotiation.trickle(now, sender, trickle, out); });
}
void Room::add_track(Instant now, ParticipantId from, const livekit::AddTrackRequest& track, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.publishing.add_track(now, sender, track, out); });
}
void Room::mute_track(Instant now, ParticipantId from, const livekit::MuteTrackRequest& mute, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.publishing.mute(now, sender, mute, out); });
}
void Room::update_subscription(Instant now, ParticipantId from, const livekit::UpdateSubscription& update,
                               Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.subscribing.update(now, sender, update); });
}
void Room::update_track_settings(Instant now, ParticipantId from, const livekit::UpdateTrackSettings& settings,
                                 Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.subscribing.update_settings(now, sender, settings); });
}
void Room::set_subscription_permission(Instant now, ParticipantId from,
                                       const livekit::SubscriptionPermission& permission, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.subscribing.set_permission(sender, permission); });
}
void Room::update_metadata(Instant now, ParticipantId from, const livekit::UpdateParticipantMetadata& update,
                           Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) {
    update_own_metadata(now, parts.state, parts.updates, sender, update, out);
  });
}
void Room::update_audio_track(Instant now, ParticipantId from, const livekit::UpdateLocalAudioTrack& update,
                              Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.publishing.update_audio(sender, update, out); });
}
void Room::update_video_track(Instant now, ParticipantId from, const livekit::UpdateLocalVideoTrack& update,
                              Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.publishing.update_video(sender, update, out); });
}
void Room::publish_data_track(Instant now, ParticipantId from, const livekit::PublishDataTrackRequest& track,
                              Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.data_publishing.publish(now, sender, track, out); });
}
void Room::unpublish_data_track(Instant now, ParticipantId from, const livekit::UnpublishDataTrackRequest& track,
                                Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.data_publishing.unpublish(sender, track, out); });
}
void Room::update_data_subscription(Instant now, ParticipantId from, const livekit::UpdateDataSubscription& update,
                                    Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.data_subscribing.update(now, sender, update); });
}
void Room::store_data_blob(Instant now, ParticipantId from, const livekit::StoreDataBlobRequest& blob, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { room::store_data_blob(parts.state, sender, blob, out); });
}
void Room::get_data_blob(Instant now, ParticipantId from, const livekit::GetDataBlobRequest& key, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { room::get_data_blob(parts.state, sender, key, out); });
}
void Room::sync_state(Instant now, ParticipantId from, const livekit::SyncState& state, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { parts.admission.sync_state(now, sender, state, out); });
}

void Room::simulate(Instant now, ParticipantId from, const livekit::SimulateScenario& scenario, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) { room::simulate(now, parts, sender, scenario, out); });
}

void Room::leave(Instant now, ParticipantId from, const livekit::LeaveRequest& leave, Output& out) {
  request(now, from, out, [&](auto& parts, auto& sender) {
    parts.lifecycle.close(now, sender, leave_reason(leave.reason()), livekit::LeaveRequest::DISCONNECT, out);
  });
}

void Room::connection_closed(Instant now, ConnectionId connection, Output& out) {
  auto* participant = parts_->state.roster.find_connection(connection);
  if (participant == nullptr) return;
  parts_->lifecycle.connection_closed(now, *participant, out);
  parts_->settle(now, out);
}

void Room::note_signal(Instant now, ParticipantId from) {
  if (auto* participant = parts_->state.roster.find(from)) participant->last_signal = now;
}

void Room::set_signal_rtt(ParticipantId from, Duration rtt) {
  if (auto* participant = parts_->state.roster.find(from)) participant->signal_rtt = rtt;
}

void Room::remove_participant(Instant now, ParticipantId id, livekit::DisconnectReason reason, Output& out) {
  request(now, id, out, [&](auto& parts, auto& participant) {
    parts.lifecycle.close(now, participant, reason, livekit::LeaveRequest::DISCONNECT, out);
  });
}

void Room::set_metadata(Instant now, std::string metadata, Output& out) {
  parts_->news.set_metadata(std::move(metadata));
  parts_->settle(now, out);
}

void Room::close(Instant now, livekit::DisconnectReason reason, Output& out) {
  parts_->lifecycle.close_room(now, reason, out);
  parts_->settle(now, out);
}

std::size_t Room::participant_count() const {
  return parts_->state.roster.size();
}

ParticipantId Room::find(std::string_view identity) const {
  const auto* participant = parts_->state.roster.find_identity(identity);
  return participant != nullptr ? participant->id : ParticipantId();
}

std::optional<Bitrate> Room::downlink_estimate(ParticipantId id) const {
  auto* participant = parts_->state.roster.find(id);
  if (participant == nullptr || participant->is_copy()) return std::nullopt;
  const auto* outbound = participant->downlink().endpoint().outbound();
  return outbound != nullptr ? outbound->control().estimate() : std::nullopt;
}

ParticipantId Room::find_connection(ConnectionId connection) const {
  const auto* participant = parts_->state.roster.find_connection(connection);
  return participant != nullptr ? participant->id : ParticipantId();
}

ConnectionId Room::connection_of(ParticipantId id) const {
  const auto* participant = parts_->state.roster.find(id);
  return participant != nullptr ? participant->connection : 0;
}

livekit::ParticipantInfo Room::participant_info(ParticipantId id) const {
  auto* participant = parts_->state.roster.find(id);
  return participant != nullptr ? participant->info() : livekit::ParticipantInfo();
}

std::vector<ParticipantId> Room::participants() const {
  std::vector<ParticipantId> ids;
  parts_->state.roster.for_each([&](const Participant& participant) { ids.push_back(participant.id); });
  return ids;
}

std::size_t Room::track_count() const {
  std::size_t count = 0;
  parts_->state.roster.for_each([&](const Participant& participant) {
    for (const auto& publication : participant.publications) count += publication->live() ? 1 : 0;
    for (const auto& [sid, subscription] : participant.subscriptions) count += subscription.forwarding() ? 1 : 0;
  });
  return count;
}

}  // namespace sfu::room
