// SPDX-License-Identifier: Apache-2.0
#include "room/candidate_init.hpp"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

namespace sfu::room {

// One m-line carries all (BUNDLE), so clients take the first; ICE characters need no escaping.
std::string write_candidate_init(std::string_view candidate, std::string_view ufrag) {
  std::string json = R"({"candidate":")";
  json.append(candidate).append(R"(","sdpMid":"","sdpMLineIndex":0,"usernameFragment":")").append(ufrag);
  return json.append(R"("})");
}

Result<std::string> parse_candidate_init(const std::string& json) {
  constexpr std::size_t kMaxSize = 16 * 1024;
  google::protobuf::Struct object;
  if (json.size() > kMaxSize || !google::protobuf::util::JsonStringToMessage(json, &object).ok()) {
    return fail(Errc::kMalformed, "candidateInit is not a JSON object");
  }
  const auto field = object.fields().find("candidate");
  if (field == object.fields().end()) return std::string();
  if (!field->second.has_string_value()) return fail(Errc::kMalformed, "candidate is not a string");
  return field->second.string_value();
}

}  // namespace sfu::room
