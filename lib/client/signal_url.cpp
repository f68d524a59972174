// SPDX-License-Identifier: Apache-2.0
#include "client/signal_url.hpp"

#include <boost/json.hpp>

#include "auth/base64url.hpp"
#include "participant/announce.hpp"

namespace sfu::client {
namespace {

// RFC 3986 2.3.
std::string escape(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~";
  constexpr const char* kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(c);
    out += '%';
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// With padding: LiveKit's server asks for it.
std::string padded_base64url(std::string_view bytes) {
  std::string text = auth::encode_base64url(bytes);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

}  // namespace

Result<std::string> base_url(std::string_view url) {
  const std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) return fail(Errc::kInvalidArgument, "a URL begins with ws:// or wss://");
  const std::string_view scheme = url.substr(0, colon);
  std::string_view rest = url.substr(colon + 3);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty()) return fail(Errc::kInvalidArgument, "a URL without a host");
  if (scheme == "ws" || scheme == "http") return "ws://" + std::string(rest);
  if (scheme == "wss" || scheme == "https") return "wss://" + std::string(rest);
  return fail(Errc::kInvalidArgument, "a URL begins with ws:// or wss://");
}

std::string v0_url(const std::string& base, const JoinOptions& options, const std::optional<ResumeOf>& resume) {
  std::string url = base + "/rtc?sdk=cpp&protocol=" + std::to_string(participant::kProtocol) +
                    "&client_protocol=" + std::to_string(participant::kClientProtocol) +
                    "&version=" + escape(options.version) + "&os=linux&capabilities=CAP_COMPRESSION_DEFLATE_RAW" +
                    "&auto_subscribe=" + (options.auto_subscribe ? "1" : "0") +
                    "&adaptive_stream=" + (options.adaptive_stream ? "1" : "0");
  if (resume) {
    url += "&reconnect=1&sid=" + escape(resume->participant_sid) +
           "&reconnect_reason=" + std::to_string(static_cast<int>(resume->reason));
  } else if (!options.attributes.empty()) {
    boost::json::object attributes;
    for (const auto& [key, value] : options.attributes) attributes[key] = value;
    url += "&attributes=" + escape(padded_base64url(boost::json::serialize(attributes)));
  }
  return url;
}

std::string v1_url(const std::string& base, const JoinOptions& options, const std::optional<ResumeOf>& resume,
                   const livekit::SessionDescription& offer) {
  livekit::JoinRequest join;
  *join.mutable_client_info() = participant::client_info(options.version);
  join.mutable_connection_settings()->set_auto_subscribe(options.auto_subscribe);
  join.mutable_connection_settings()->set_adaptive_stream(options.adaptive_stream);
  if (resume) {
    join.set_reconnect(true);
    join.set_reconnect_reason(resume->reason);
    join.set_participant_sid(resume->participant_sid);
  } else {
    join.set_metadata(options.metadata);
    for (const auto& [key, value] : options.attributes) (*join.mutable_participant_attributes())[key] = value;
    if (!offer.sdp().empty()) *join.mutable_publisher_offer() = offer;
  }
  livekit::WrappedJoinRequest wrapped;
  wrapped.set_join_request(join.SerializeAsString());
  return base + "/rtc/v1?join_request=" + escape(padded_base64url(wrapped.SerializeAsString()));
}

}  // namespace sfu::client
