// SPDX-License-Identifier: Apache-2.0
#include "signal/grants.hpp"

#include <algorithm>
#include <string>

namespace sfu::signal {
namespace {

std::string upper_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

// What clients are shown.
livekit::TrackSource source_called(const std::string& name) {
  auto source = livekit::TrackSource::UNKNOWN;
  (void)livekit::TrackSource_Parse(upper_case(name), &source);
  return source;
}

std::string name_of(livekit::TrackSource source) {
  return lower_case(livekit::TrackSource_Name(source));
}

}  // namespace

livekit::ParticipantPermission permission_of(const VideoGrant& grant) {
  livekit::ParticipantPermission permission;
  permission.set_can_publish(grant.may_publish());
  permission.set_can_subscribe(grant.may_subscribe());
  permission.set_can_publish_data(grant.may_publish_data());
  permission.set_can_update_metadata(grant.may_update_own_metadata());
  permission.set_can_subscribe_metrics(grant.may_subscribe_metrics());
  permission.set_can_manage_agent_session(grant.may_manage_agent_session());
  permission.set_hidden(grant.hidden);
  permission.set_recorder(grant.recorder);
  permission.set_agent(grant.agent);
  for (const auto& name : grant.can_publish_sources) permission.add_can_publish_sources(source_called(name));
  return permission;
}

std::optional<std::vector<livekit::TrackSource>> publish_sources_of(const VideoGrant& grant) {
  std::vector<livekit::TrackSource> sources;
  for (const auto& name : grant.can_publish_sources) {
    if (const auto source = source_called(name); name_of(source) == name) sources.push_back(source);
  }
  if (sources.size() == grant.can_publish_sources.size()) return std::nullopt;
  return sources;
}

livekit::ParticipantInfo::Kind kind_of(ParticipantKind kind) {
  switch (kind) {
    case ParticipantKind::kStandard: return livekit::ParticipantInfo::STANDARD;
    case ParticipantKind::kIngress: return livekit::ParticipantInfo::INGRESS;
    case ParticipantKind::kEgress: return livekit::ParticipantInfo::EGRESS;
    case ParticipantKind::kSip: return livekit::ParticipantInfo::SIP;
    case ParticipantKind::kAgent: return livekit::ParticipantInfo::AGENT;
    case ParticipantKind::kConnector: return livekit::ParticipantInfo::CONNECTOR;
    case ParticipantKind::kBridge: return livekit::ParticipantInfo::BRIDGE;
  }
  return livekit::ParticipantInfo::STANDARD;
}

std::vector<livekit::ParticipantInfo::KindDetail> kind_details_of(const std::vector<std::string>& names) {
  std::vector<livekit::ParticipantInfo::KindDetail> details;
  for (const auto& name : names) {
    auto detail = livekit::ParticipantInfo::CLOUD_AGENT;
    if (livekit::ParticipantInfo::KindDetail_Parse(upper_case(name), &detail)) details.push_back(detail);
  }
  return details;
}

void update_claims(Claims& claims, const livekit::ParticipantInfo& info) {
  claims.name = info.name();
  claims.metadata = info.metadata();
  claims.attributes = {info.attributes().begin(), info.attributes().end()};
  if (!info.has_permission() || !claims.video) return;
  const auto& permission = info.permission();
  auto& video = *claims.video;
  video.can_publish = permission.can_publish();
  video.can_subscribe = permission.can_subscribe();
  video.can_publish_data = permission.can_publish_data();
  video.can_update_own_metadata = permission.can_update_metadata();
  video.can_subscribe_metrics = permission.can_subscribe_metrics();
  video.can_manage_agent_session = permission.can_manage_agent_session();
  video.hidden = permission.hidden();
  video.recorder = permission.recorder();
  video.agent = permission.agent();
  if (std::ranges::equal(permission.can_publish_sources(), video.can_publish_sources, {}, {},
                         [](const std::string& name) { return static_cast<int>(source_called(name)); })) {
    return;
  }
  video.can_publish_sources.clear();
  for (const int source : permission.can_publish_sources()) {
    video.can_publish_sources.push_back(name_of(static_cast<livekit::TrackSource>(source)));
  }
}

}  // namespace sfu::signal
