// SPDX-License-Identifier: Apache-2.0
// What a host that records or streams rooms itself tells of it: Server::announce() posts it as LiveKit's servers post
// theirs. The fields are those of LiveKit's EgressInfo message.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sfu/time.hpp"

namespace sfu {

enum class EgressStatus { kStarting, kActive, kEnding, kComplete, kFailed, kAborted, kLimitReached };

// A file that is written, or was.
struct EgressFile {
  std::string filename;
  WallTime started_at{};
  WallTime ended_at{};
  Duration duration{};
  std::uint64_t size = 0;  // bytes
  std::string location;    // where it can be had: a path or a URL
};

// Where a stream is sent to, or was.
struct EgressStream {
  enum class Status { kActive, kFinished, kFailed };
  std::string url;  // as receivers of webhooks may see it: without its key
  WallTime started_at{};
  WallTime ended_at{};
  Duration duration{};
  Status status = Status::kActive;
  std::string error;
};

// A receiver of this egress's events, beside those of WebhookOptions.
struct EgressWebhook {
  std::string url;          // "http://" or "https://"
  std::string signing_key;  // one of ServerOptions::keys; empty: WebhookOptions::api_key
};

// Times that are not set are left out.
struct EgressInfo {
  std::string egress_id;  // "EG_..." in LiveKit; any text that no other egress has
  std::string room_id;    // RoomInfo::sid
  std::string room_name;
  EgressStatus status = EgressStatus::kStarting;
  std::string error;  // why it failed, for people
  WallTime started_at{};
  WallTime updated_at{};
  WallTime ended_at{};
  std::vector<EgressFile> files;
  std::vector<EgressStream> streams;
  std::vector<EgressWebhook> webhooks;  // are told, and not part of what is told
};

}  // namespace sfu
