// SPDX-License-Identifier: Apache-2.0
// What a guest does of its own accord.
#include <algorithm>
#include <array>
#include <utility>

#include "crowd.hpp"
#include "guest.hpp"

namespace sfu::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

void Guest::act() {
  crowd_.count_action();
  if (state_ == State::kOut) {
    if (flow_due_ == kNever) join(crowd_.random_manner());
    return;
  }
  if (state_ != State::kIn) {
    if (crowd_.chance(0.2)) crash(crowd_.chance(0.5));
    return;
  }
  // Of a hundred actions so many are:
  const std::array<std::pair<unsigned, void (Guest::*)()>, 9> common = {{{14, &Guest::publish},
                                                                         {8, &Guest::unpublish},
                                                                         {12, &Guest::mute},
                                                                         {10, &Guest::subscribe},
                                                                         {8, &Guest::change_settings},
                                                                         {5, &Guest::change_permission},
                                                                         {10, &Guest::change_profile},
                                                                         {5, &Guest::change_track},
                                                                         {5, &Guest::send_data}}};
  unsigned drawn = crowd_.below(100);
  for (const auto& [weight, action] : common) {
    if (drawn < weight) return (this->*action)();
    drawn -= weight;
  }
  if (drawn < 6) {
    leave();
    if (crowd_.chance(0.3)) rejoin_later(crowd_.between(milliseconds(1), seconds(2)));  // before others were told
  } else if (drawn < 8) {
    crash(crowd_.chance(0.5));
  } else if (drawn < 13) {
    lose(crowd_.between(milliseconds(10), seconds(3)), crowd_.chance(0.7), /*outage=*/false);
  } else if (drawn < 17) {
    lose(crowd_.between(seconds(1), seconds(25)), crowd_.chance(0.5), /*outage=*/true);
  } else if (drawn < 18) {
    simulate();
  } else if (drawn < 20) {
    nonsense();
  } else {
    crowd_.host_acts();
  }
}

void Guest::publish() {
  if (tracks_.size() >= 3 || !crowd_.room_for_tracks() || manner_.never_connects) return;
  const bool audio = crowd_.chance(0.6);
  Track track;
  track.cid = "cid-" + std::to_string(number_) + '-' + std::to_string(next_cid_++);
  track.type = audio ? livekit::AUDIO : livekit::VIDEO;
  track.ssrc = crowd_.random().u32() | 1;
  livekit::SignalRequest message;
  auto& add = *message.mutable_add_track();
  add.set_cid(track.cid);
  add.set_type(track.type);
  add.set_source(audio ? livekit::MICROPHONE : livekit::CAMERA);
  add.set_muted(crowd_.chance(0.1));
  add.set_disable_red(true);
  add.set_width(audio ? 0 : 1280);
  add.set_height(audio ? 0 : 720);
  auto& codec = *add.add_simulcast_codecs();
  codec.set_codec(audio ? "opus" : "vp8");
  codec.set_cid(track.cid);
  request(message);
  // Refused, or not: the client's connection has a section for it.
  if (!manner_.claims.video->may_publish()) return;

  peer::SenderSpec spec;
  spec.kind = audio ? rtp::MediaKind::kAudio : rtp::MediaKind::kVideo;
  spec.stream_id = "stream";
  spec.track_id = track.cid;
  spec.cname = "guest";
  spec.ssrc = track.ssrc;
  spec.rtx_ssrc = audio ? 0 : track.ssrc + 1;
  peer::PayloadCodec payload;
  payload.codec = audio ? rtp::Codec::kOpus : rtp::Codec::kVp8;
  payload.clock_rate = rtp::clock_rate(payload.codec);
  spec.codecs = {payload};
  const auto mid = publisher_.peer->negotiation().bind_sender(std::move(spec));
  if (!mid) return;
  track.mid = *mid;
  tracks_.push_back(std::move(track));
  negotiate();
}

void Guest::unpublish() {
  if (tracks_.empty()) return;
  const auto at = tracks_.begin() + crowd_.below(static_cast<unsigned>(tracks_.size()));
  publisher_.peer->negotiation().unbind_sender(at->mid);
  tracks_.erase(at);
  negotiate();
}

void Guest::mute() {
  if (tracks_.empty()) return;
  const auto& track = tracks_[crowd_.below(static_cast<unsigned>(tracks_.size()))];
  livekit::SignalRequest message;
  message.mutable_mute()->set_sid(track.sid.empty() ? "TR_nobody" : track.sid);
  message.mutable_mute()->set_muted(crowd_.chance(0.5));
  request(message);
}

std::optional<std::string> Guest::any_track() {
  std::vector<std::string> known;
  for (const auto& [identity, info] : view_->others()) {
    for (const auto& track : info.tracks()) known.push_back(track.sid());
  }
  if (known.empty()) return std::nullopt;
  return known[crowd_.below(static_cast<unsigned>(known.size()))];
}

void Guest::subscribe() {
  const auto track = any_track();
  if (!track) return;
  const bool wanted = crowd_.chance(manner_.auto_subscribe ? 0.4 : 0.7);
  wishes_[*track] = wanted;
  livekit::SignalRequest message;
  message.mutable_subscription()->add_track_sids(*track);
  message.mutable_subscription()->set_subscribe(wanted);
  request(message);
}

void Guest::change_settings() {
  const auto track = any_track();
  if (!track) return;
  const bool disabled = crowd_.chance(0.4);
  settings_[*track] = disabled;
  livekit::SignalRequest message;
  message.mutable_track_setting()->add_track_sids(*track);
  message.mutable_track_setting()->set_disabled(disabled);
  message.mutable_track_setting()->set_quality(static_cast<livekit::VideoQuality>(crowd_.below(3)));
  request(message);
}

void Guest::change_permission() {
  livekit::SubscriptionPermission permission;
  permission.set_all_participants(crowd_.chance(0.6));
  for (unsigned i = 0; !permission.all_participants() && i < 5 && !view_->others().empty(); ++i) {
    const auto count = static_cast<unsigned>(view_->others().size());
    const auto& other = std::next(view_->others().begin(), crowd_.below(count))->second;
    auto& entry = *permission.add_track_permissions();
    if (crowd_.chance(0.5)) {
      entry.set_participant_identity(other.identity());
    } else {
      entry.set_participant_sid(other.sid());
    }
    entry.set_all_tracks(crowd_.chance(0.5) || tracks_.empty());
    if (!entry.all_tracks()) entry.add_track_sids(tracks_.front().sid);
  }
  permission_ = permission;
  livekit::SignalRequest message;
  *message.mutable_subscription_permission() = permission;
  request(message);
  crowd_.permit(view_->self().sid(), permission);
}

void Guest::change_profile() {
  livekit::SignalRequest message;
  auto& update = *message.mutable_update_metadata();
  update.set_request_id(crowd_.below(1000));
  const auto text = std::to_string(crowd_.below(1000));
  if (crowd_.chance(0.3)) update.set_name("name " + text);
  if (crowd_.chance(0.5)) update.set_metadata("metadata " + text);
  (*update.mutable_attributes())["key" + std::to_string(crowd_.below(4))] = crowd_.chance(0.3) ? "" : text;
  request(message);
}

void Guest::change_track() {
  if (tracks_.empty()) return;
  const auto& track = tracks_.front();
  livekit::SignalRequest message;
  if (track.type == livekit::AUDIO) {
    message.mutable_update_audio_track()->set_track_sid(track.sid);
    message.mutable_update_audio_track()->add_features(crowd_.chance(0.5) ? livekit::TF_STEREO : livekit::TF_NO_DTX);
  } else {
    message.mutable_update_video_track()->set_track_sid(track.sid);
    message.mutable_update_video_track()->set_width(crowd_.chance(0.5) ? 640 : 1280);
    message.mutable_update_video_track()->set_height(crowd_.chance(0.5) ? 360 : 720);
  }
  request(message);
}

void Guest::send_data() {
  constexpr std::array kLabels = {"_reliable", "_lossy", "_data_track"};  // to the last of them it is nonsense
  const auto channel = publisher_.channels.find(kLabels[crowd_.below(kLabels.size())]);
  if (channel == publisher_.channels.end()) return;
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload("hello");
  const auto bytes = packet.SerializeAsString();
  peer::Output sink{datagrams_, publisher_.events};
  (void)publisher_.peer->send_data(crowd_.now(), channel->second, as_bytes(bytes), true, sink);
  drain(publisher_);
}

void Guest::simulate() {
  livekit::SignalRequest message;
  auto& scenario = *message.mutable_simulate();
  switch (crowd_.below(4)) {
    case 0: scenario.set_server_leave(true); break;
    case 1: scenario.set_leave_request_full_reconnect(true); break;
    case 2: scenario.set_node_failure(true); break;
    default: scenario.set_migration(true);
  }
  request(message);
}

// The server ends the connection; a client that is sane otherwise resumes.
void Guest::nonsense() {
  crowd_.say(connection_, "\xff\xff\xff\xff", manner_.text);
}

void Guest::leave() {
  livekit::SignalRequest message;
  message.mutable_leave()->set_reason(livekit::CLIENT_INITIATED);
  request(message);
  // livekit-client waits for nothing: it closes. Sometimes something is still on its way.
  if (crowd_.chance(0.3)) change_profile();
  auto manner = manner_;
  end();
  manner_ = std::move(manner);
}

void Guest::crash(bool heard) {
  if (!heard) connection_ = 0;
  end();
}

}  // namespace sfu::sim
