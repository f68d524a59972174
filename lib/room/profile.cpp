// SPDX-License-Identifier: Apache-2.0
#include "room/profile.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sfu::room {

Profile::Profile(JoinParams params, std::string sid, WallTime joined_at)
    : client_(std::move(params.client)), publish_sources_(std::move(params.publish_sources)) {
  renew(std::move(sid), joined_at);
  info_.set_identity(std::move(params.identity));
  info_.set_name(std::move(params.name));
  info_.set_metadata(std::move(params.metadata));
  info_.mutable_attributes()->insert(params.attributes.begin(), params.attributes.end());
  info_.set_kind(params.kind);
  for (const auto detail : params.kind_details) info_.add_kind_details(detail);
  *info_.mutable_permission() = std::move(params.permission);
  info_.set_state(livekit::ParticipantInfo::JOINING);
  info_.set_client_protocol(params.client_protocol);
  for (const auto capability : client_.capabilities()) {
    info_.add_capabilities(static_cast<livekit::ClientInfo::Capability>(capability));
  }
}

bool Profile::can_publish_source(livekit::TrackSource source) const {
  if (!can_publish()) return false;
  if (publish_sources_) return std::ranges::find(*publish_sources_, source) != publish_sources_->end();
  const auto& allowed = permission().can_publish_sources();
  return allowed.empty() || std::ranges::find(allowed, static_cast<int>(source)) != allowed.end();
}

bool Profile::knows_packet_trailer() const {
  return std::ranges::find(client_.capabilities(), livekit::ClientInfo::CAP_PACKET_TRAILER) !=
         client_.capabilities().end();
}

bool Profile::is_agent() const {
  return info_.kind() == livekit::ParticipantInfo::AGENT || permission().agent();
}

bool Profile::is_recorder() const {
  return info_.kind() == livekit::ParticipantInfo::EGRESS || permission().recorder();
}

bool Profile::advance_state(livekit::ParticipantInfo::State state) {
  if (state <= info_.state()) return false;
  info_.set_state(state);
  touch();
  return true;
}

void Profile::set_disconnected(livekit::DisconnectReason reason) {
  if (advance_state(livekit::ParticipantInfo::DISCONNECTED)) info_.set_disconnect_reason(reason);
}

void Profile::renew(std::string sid, WallTime joined_at) {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(joined_at.time_since_epoch()).count();
  info_.set_sid(std::move(sid));
  info_.set_joined_at(milliseconds / 1000);
  info_.set_joined_at_ms(milliseconds);
  touch();
}

void Profile::set_publisher(bool publisher) {
  if (publisher == info_.is_publisher()) return;
  info_.set_is_publisher(publisher);
  touch();
}

bool Profile::set_permission(const livekit::ParticipantPermission& permission) {
  const bool same = info_.permission().SerializeAsString() == permission.SerializeAsString();
  if (!std::exchange(publish_sources_, std::nullopt) && same) return false;
  *info_.mutable_permission() = permission;
  touch();
  return true;
}

void Profile::update(const livekit::UpdateParticipantMetadata& update) {
  if (!update.name().empty()) info_.set_name(update.name());
  if (!update.metadata().empty()) info_.set_metadata(update.metadata());
  for (const auto& [key, value] : update.attributes()) {
    if (value.empty()) {
      info_.mutable_attributes()->erase(key);
    } else {
      (*info_.mutable_attributes())[key] = value;
    }
  }
  touch();
}

bool Profile::mirror(const livekit::ParticipantInfo& other) {
  const auto before = info_.SerializeAsString();
  info_.set_name(other.name());
  info_.set_metadata(other.metadata());
  *info_.mutable_attributes() = other.attributes();
  *info_.mutable_permission() = other.permission();
  if (info_.SerializeAsString() == before) return false;
  touch();
  return true;
}

const livekit::ParticipantInfo& Profile::read() {
  if (changed_) {
    info_.set_version(info_.version() + 1);
    changed_ = false;
  }
  return info_;
}

bool is_older_session(const livekit::ParticipantInfo& a, const livekit::ParticipantInfo& b) {
  return a.sid() != b.sid() && std::tuple(a.joined_at(), a.joined_at_ms(), std::string_view(a.sid())) <
                                   std::tuple(b.joined_at(), b.joined_at_ms(), std::string_view(b.sid()));
}

std::optional<std::string> exceeds_limits(const livekit::UpdateParticipantMetadata& update, const TextLimits& limits,
                                          const google::protobuf::Map<std::string, std::string>& present) {
  const auto beyond = [](const char* what, std::uint32_t limit) {
    return std::string(what) + " the limit of " + std::to_string(limit) + " bytes";
  };
  if (!fits(update.name().size(), limits.name)) return beyond("name exceeds", limits.name);
  if (!fits(update.metadata().size(), limits.metadata)) return beyond("metadata exceeds", limits.metadata);
  // With those that it has and keeps.
  std::size_t attributes = 0;
  for (const auto& [key, value] : update.attributes()) attributes += value.empty() ? 0 : key.size() + value.size();
  for (const auto& [key, value] : present) {
    if (!update.attributes().contains(key)) attributes += key.size() + value.size();
  }
  if (!fits(attributes, limits.attributes)) return beyond("attributes exceed", limits.attributes);
  return std::nullopt;
}

}  // namespace sfu::room
