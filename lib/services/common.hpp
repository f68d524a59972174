// SPDX-License-Identifier: Apache-2.0
// What the services share: limits, errors of the engine as errors of the API, snapshots as messages.
#pragma once

#include <string>
#include <string_view>

#include "services/services.hpp"
#include "sfu/info.hpp"

namespace sfu::services {

inline constexpr const char* kMetadataTooLarge = "metadata size exceeds limits";
inline constexpr const char* kAttributesTooLarge = "attribute size exceeds limits";

constexpr bool fits(std::size_t size, std::uint32_t limit) {
  return limit == 0 || size <= limit;
}

template <typename Map>
std::size_t size_of(const Map& attributes) {
  std::size_t size = 0;
  for (const auto& [key, value] : attributes) size += key.size() + value.size();
  return size;
}

template <typename Map>
twirp::Outcome<void> check_limits(const TextLimits& limits, std::string_view metadata, const Map& attributes) {
  if (!fits(metadata.size(), limits.metadata)) {
    return twirp::refuse_argument(kMetadataTooLarge, std::to_string(limits.metadata));
  }
  if (!fits(size_of(attributes), limits.attributes)) {
    return twirp::refuse_argument(kAttributesTooLarge, std::to_string(limits.attributes));
  }
  return {};
}

// For calls whose target must be live: what is not there does not respond.
twirp::Refusal refuse(const Error& error);
twirp::Refusal room_not_found();
// Engine::create_room() failed.
twirp::Refusal room_not_made(const Error& error);
twirp::Refusal participant_not_found();

// The whole message of a snapshot.
template <typename Message, typename Info>
Message message_of(const Info& info) {
  Message message;
  (void)message.ParseFromString(info.message);  // our own words
  return message;
}

}  // namespace sfu::services
