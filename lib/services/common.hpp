// SPDX-License-Identifier: Apache-2.0
// What the services share: limits, errors of the engine as errors of the API, snapshots as messages.
#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/wire_format_lite.h>

#include <string>
#include <string_view>
#include <vector>

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

// The bytes of a response that is a list of these, in its field of this number.
template <typename Info>
std::string list_of(int field, const std::vector<Info>& infos) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  for (const Info& info : infos) {
    using google::protobuf::internal::WireFormatLite;
    coded.WriteTag(WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED));
    coded.WriteVarint32(static_cast<std::uint32_t>(info.message.size()));
    coded.WriteString(info.message);
  }
  coded.Trim();
  return bytes;
}

}  // namespace sfu::services
