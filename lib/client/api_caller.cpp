// SPDX-License-Identifier: Apache-2.0
#include "client/api_caller.hpp"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <boost/json.hpp>
#include <future>
#include <utility>

#include "http/url.hpp"
#include "sfu/access_token.hpp"
#include "wire/wire.hpp"

namespace sfu::client {
namespace {

using google::protobuf::Message;
namespace json = boost::json;

constexpr const char* kJson = "application/json";
constexpr const char* kProtobuf = "application/protobuf";
constexpr std::size_t kMaxResponse = 64 << 20;
constexpr std::size_t kConnections = 256;  // calls at once; more wait

// What each of Twirp's codes is to programs that look at ApiError::kind alone.
constexpr std::array<std::pair<std::string_view, Errc>, 18> kCodes{{
    {"canceled", Errc::kTimeout},
    {"unknown", Errc::kInternal},
    {"invalid_argument", Errc::kInvalidArgument},
    {"malformed", Errc::kInvalidArgument},
    {"deadline_exceeded", Errc::kTimeout},
    {"not_found", Errc::kNotFound},
    {"bad_route", Errc::kUnsupported},
    {"already_exists", Errc::kAlreadyExists},
    {"permission_denied", Errc::kPermissionDenied},
    {"unauthenticated", Errc::kUnauthenticated},
    {"resource_exhausted", Errc::kLimitExceeded},
    {"failed_precondition", Errc::kFailedPrecondition},
    {"aborted", Errc::kFailedPrecondition},
    {"out_of_range", Errc::kInvalidArgument},
    {"unimplemented", Errc::kUnsupported},
    {"internal", Errc::kInternal},
    {"unavailable", Errc::kUnavailable},
    {"data_loss", Errc::kInternal},
}};

// Of an answer that is none of Twirp's: a token that is not good is refused before the API is asked, and there may be a
// proxy.
Errc kind_of(int status) {
  switch (status) {
    case 401: return Errc::kUnauthenticated;
    case 403: return Errc::kPermissionDenied;
    case 413:
    case 429: return Errc::kLimitExceeded;
    case 502:
    case 503:
    case 504: return Errc::kUnavailable;
    default: return Errc::kMalformed;
  }
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  const json::string* text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string(*text) : std::string();
}

ApiError error_of(const http::ClientResponse& response) {
  ApiError error;
  error.status = response.status;
  boost::system::error_code bad;
  const json::value body = json::parse(response.body, bad);
  const json::object* object = bad ? nullptr : body.if_object();
  if (object != nullptr) error.code = text_of(*object, "code");
  if (error.code.empty()) {
    constexpr std::size_t kShown = 200;
    error.kind = kind_of(response.status);
    error.message = response.body.substr(0, kShown);
    return error;
  }
  error.message = text_of(*object, "msg");
  for (const auto& [code, kind] : kCodes) {
    if (code == error.code) error.kind = kind;
  }
  const json::value* meta = object->if_contains("meta");
  if (meta != nullptr && meta->is_object()) {
    for (const auto& [name, value] : meta->get_object()) {
      if (value.is_string()) error.meta[name] = value.get_string();
    }
  }
  return error;
}

// The same bytes for the same request, whatever the order that a map has in memory.
std::string to_bytes(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  (void)message.SerializeToCodedStream(&coded);  // fails only for required fields
  coded.Trim();
  return bytes;
}

// As JSON.stringify() in the SDKs of others writes it: protobuf's own printer escapes more than it must.
std::string to_json(const Message& message) {
  std::string text;
  (void)google::protobuf::util::MessageToJsonString(message, &text);  // fails only for an Any
  return json::serialize(json::parse(text));
}

// "https://host/path", of either family of schemes, without the slash at its end.
std::optional<std::string> base_of(const std::string& text) {
  auto url = http::Url::parse(text, "http", "https");
  if (!url) url = http::Url::parse(text, "ws", "wss");
  if (!url || url->target.find('?') != std::string::npos) return std::nullopt;
  while (url->target.ends_with('/')) url->target.pop_back();
  return (url->tls ? "https://" : "http://") + url->authority() + url->target;
}

}  // namespace

FailureOf<ApiError> api_failure(Errc kind, std::string message) {
  return {ApiError{.kind = kind, .message = std::move(message)}};
}

Result<std::unique_ptr<ApiCaller>> ApiCaller::create(RoomApiClientOptions options) {
  const auto base = base_of(options.url);
  if (!base) return fail(Errc::kInvalidArgument, "not the URL of a server: " + options.url);
  if (options.token.empty() && (options.api_key.empty() || options.api_secret.empty())) {
    return fail(Errc::kInvalidArgument, "the room API needs an API key and its secret, or a token");
  }
  SFU_TRY(auto http, http::Client::create({.ca_file = options.ca_file,
                                           .verify_server = options.verify_server,
                                           .response_limit = kMaxResponse,
                                           .timeout = options.timeout,
                                           .connections_per_origin = kConnections}));
  return std::unique_ptr<ApiCaller>(new ApiCaller(std::move(options), *base + "/twirp/livekit.", std::move(http)));
}

ApiCaller::ApiCaller(RoomApiClientOptions options, std::string base, std::unique_ptr<http::Client> http)
    : options_(std::move(options)), base_(std::move(base)), http_(std::move(http)) {}

Result<std::string> ApiCaller::token_for(const VideoGrant& grant) const {
  if (!options_.token.empty()) return options_.token;
  Claims claims;
  claims.video = grant;
  return make_access_token(claims, options_.api_key, options_.api_secret, {.ttl = std::chrono::minutes(10)});
}

ApiResult<void> ApiCaller::call(std::string_view method, const VideoGrant& grant, const Message& request,
                                Message& response, Duration longer) const {
  auto token = token_for(grant);
  if (!token) return api_failure(token.error().code, token.error().message);
  std::promise<Result<http::ClientResponse>> promise;
  http_->post(
      base_ + std::string(method),
      {{"Content-Type", options_.json ? kJson : kProtobuf},
       {"User-Agent", "libsfu/" SFU_VERSION},
       {"Authorization", "Bearer " + *token}},
      options_.json ? to_json(request) : to_bytes(request),
      [&promise](Result<http::ClientResponse> came) { promise.set_value(std::move(came)); }, options_.timeout + longer);
  const auto answer = promise.get_future().get();
  if (!answer) return api_failure(answer.error().code, answer.error().message);
  if (answer->status != 200) return FailureOf<ApiError>{error_of(*answer)};
  const bool read = answer->whole && (options_.json ? wire::parse_json_quietly(response, answer->body)
                                                    : wire::parse_quietly(response, as_bytes(answer->body)));
  if (read) return {};
  auto unread = api_failure(Errc::kMalformed, "an answer that cannot be read");
  unread.error.status = answer->status;
  return unread;
}

}  // namespace sfu::client
