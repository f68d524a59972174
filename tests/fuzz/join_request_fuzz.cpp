// SPDX-License-Identifier: Apache-2.0
// layers: signal
// The request for a signalling WebSocket, from a bearer of a good token: lines of "name=value" become query parameters,
// of "name:value" headers. A line "z" has the rest of the input wrapped as a gzipped join_request.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/base64url.hpp"
#include "base/utf8.hpp"
#include "signal/connect.hpp"

namespace {

using namespace sfu;

class EveryoneIn final : public Authenticator {
 public:
  Result<Claims> authenticate(std::string_view, WallTime) const override {
    Claims claims;
    claims.identity = "alice";
    auto& video = claims.video.emplace();
    video.room_join = true;
    video.room = "stage";
    video.can_update_own_metadata = true;
    return claims;
  }
  std::string refresh(const Claims&, WallTime, Duration) const override { return {}; }
};

ConnectRequest request_from(std::string_view input) {
  ConnectRequest request;
  request.path = "/rtc";
  request.query["access_token"] = "token";
  while (!input.empty()) {
    const auto line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    if (line == "z") {
      livekit::WrappedJoinRequest wrapped;
      wrapped.set_compression(livekit::WrappedJoinRequest::GZIP);
      wrapped.set_join_request(std::string(input));
      request.query["join_request"] = auth::encode_base64url(wrapped.SerializeAsString());
      break;
    }
    const auto at = line.find_first_of("=:");
    if (at == std::string_view::npos) continue;
    const std::string name(line.substr(0, at));
    (line[at] == '=' ? request.query : request.headers)[name] = line.substr(at + 1);
  }
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = request_from({reinterpret_cast<const char*>(data), size});
  const EveryoneIn everyone;
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  (void)signal::validate(request, everyone, now);
  const auto result = signal::prepare(request, everyone, now);
  const auto* plan = std::get_if<signal::ConnectPlan>(&result);
  if (plan == nullptr) return 0;
  // Whatever was sent, it can be written into messages.
  std::string bytes;
  if (!plan->join.client.SerializeToString(&bytes) || !livekit::ClientInfo().ParseFromString(bytes)) std::abort();
  for (const auto& [name, value] : plan->join.attributes) {
    if (!is_utf8(name) || !is_utf8(value)) std::abort();
  }
  if (!is_utf8(plan->join.identity)) std::abort();
  return 0;
}
