// SPDX-License-Identifier: Apache-2.0
#include "egress.hpp"

#include <chrono>
#include <cstdio>

using sfu::EgressStatus;

Egress::Egress(sfu::Server& server, const sfu::RoomInfo& room, const std::string& webhook) : server_(server) {
  info_.egress_id = "EG_" + room.sid.substr(room.sid.find('_') + 1);  // a room has one
  info_.room_id = room.sid;
  info_.room_name = room.name;
  info_.started_at = std::chrono::system_clock::now();
  if (!webhook.empty()) info_.webhooks = {{webhook, "devkey"}};
}

void Egress::start() {
  tell(EgressStatus::kStarting);
}

void Egress::begin() {
  if (info_.status == EgressStatus::kStarting) tell(EgressStatus::kActive);
}

void Egress::add(const sfu::EgressFile& file, bool whole) {
  info_.files.push_back(file);
  if (!whole) info_.error = "not written to its end: " + file.filename;
}

void Egress::end() {
  info_.ended_at = std::chrono::system_clock::now();
  if (!info_.error.empty()) return tell(EgressStatus::kFailed);
  tell(info_.files.empty() ? EgressStatus::kAborted : EgressStatus::kComplete);
}

void Egress::tell(EgressStatus status) {
  info_.status = status;
  info_.updated_at = std::chrono::system_clock::now();
  const auto told = server_.announce(info_);
  if (!told) std::printf("not told egress=%s error=%s\n", info_.egress_id.c_str(), told.error().message.c_str());
}
