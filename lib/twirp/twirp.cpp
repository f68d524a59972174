// SPDX-License-Identifier: Apache-2.0
#include "twirp/twirp.hpp"

#include <google/protobuf/arena.h>

#include <algorithm>
#include <cassert>

#include "twirp/grants.hpp"
#include "wire/wire.hpp"

namespace sfu::twirp {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kProtobuf = "application/protobuf";

// In lower case, without parameters and the space round it.
std::string media_type(std::string_view field) {
  std::string type(field.substr(0, field.find(';')));
  std::ranges::transform(type, type.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::string_view kSpace = " \t";
  const std::size_t begin = type.find_first_not_of(kSpace);
  if (begin == std::string::npos) return {};
  return type.substr(begin, type.find_last_not_of(kSpace) + 1 - begin);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + "\"";
}

Refusal bad_route(std::string message, const Request& request) {
  return Refusal(
      Error{Code::kBadRoute, std::move(message), {{"twirp_invalid_route", request.method + " " + request.path}}});
}

Response response_of(const Error& error) {
  return {http_status(error.code), std::string(kJson), to_json(error), to_string(error.code)};
}

Response response_of(const Message& message, bool json) {
  if (json) return {200, std::string(kJson), wire::to_full_json(message), ""};
  return {200, std::string(kProtobuf), message.SerializeAsString(), ""};
}

Response response_of(const std::string& bytes, const google::protobuf::Descriptor& type, bool json) {
  if (!json) return {200, std::string(kProtobuf), bytes};
  google::protobuf::Arena arena;  // of many small messages the memory is most of the work
  Message* message = MessageFactory::generated_factory()->GetPrototype(&type)->New(&arena);
  if (!message->ParseFromString(bytes)) return response_of(Error{Code::kInternal, "the response is malformed"});
  return response_of(*message, json);
}

Outcome<void> decode(const Request& request, bool json, Message& message) {
  if (json) {
    const std::string_view value = wire::first_json_value(request.body);
    if (!request.body_is_cut && !value.empty() && wire::parse_json_quietly(message, value)) return {};
    return refuse(Code::kMalformed, "the json request could not be decoded");
  }
  if (request.body_is_cut) return refuse(Code::kMalformed, "failed to read request body");
  if (wire::parse_quietly(message, as_bytes(request.body))) return {};
  return refuse(Code::kMalformed, "the protobuf request could not be decoded");
}

// "livekit.RoomService" and "ListRooms".
std::pair<std::string_view, std::string_view> parts_of(std::string_view path) {
  if (!path.starts_with(kPrefix)) return {};
  path.remove_prefix(kPrefix.size());
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return {};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace

Dispatcher::Entry& Dispatcher::make_entry(std::string_view service, std::string_view method,
                                          const google::protobuf::Descriptor& in,
                                          const google::protobuf::Descriptor& out) {
  const auto* described = DescriptorPool::generated_pool()->FindServiceByName(std::string(service));
  assert(described != nullptr);
  const auto* found = described->FindMethodByName(std::string(method));
  assert(found != nullptr && found->input_type() == &in && found->output_type() == &out);
  (void)in;
  (void)out;
  Entry& entry = services_[std::string(service)][std::string(method)];
  entry.method = found;
  return entry;
}

Dispatcher::Entry& Dispatcher::find_entry(std::string_view service, std::string_view method) {
  return services_.find(service)->second.find(method)->second;
}

bool Dispatcher::serves(std::string_view path) const {
  return services_.contains(parts_of(path).first);
}

std::pair<std::string_view, std::string_view> Dispatcher::names_of(std::string_view path) const {
  const auto [service, method] = parts_of(path);
  const auto methods = services_.find(service);
  if (methods == services_.end()) return {};
  const auto name = service.substr(service.rfind('.') + 1);
  return {name, methods->second.contains(method) ? method : std::string_view()};
}

Outcome<const Dispatcher::Entry*> Dispatcher::find_route(const Request& request) const {
  if (request.method != "POST") {
    return bad_route("unsupported method " + quoted(request.method) + " (only POST is allowed)", request);
  }
  const auto [service, method] = parts_of(request.path);
  const auto methods = services_.find(service);
  if (methods != services_.end()) {
    if (const auto found = methods->second.find(method); found != methods->second.end()) return &found->second;
  }
  return bad_route("no handler for path " + quoted(request.path), request);
}

Outcome<Dispatcher::Route> Dispatcher::route(const Request& request) const {
  const auto entry = find_route(request);
  if (!entry) return Refusal(entry.error());
  const std::string type = media_type(request.content_type);
  if (type != kJson && type != kProtobuf) {
    return bad_route("unexpected Content-Type: " + quoted(request.content_type), request);
  }
  return Route{*entry, type == kJson};
}

std::optional<Response> Dispatcher::refuse_unread(const Request& request) const {
  const auto routed = route(request);
  if (!routed) return response_of(routed.error());
  if (request.claims || request.body.size() <= kMostOfStranger) return std::nullopt;
  return response_of(refuse(Code::kUnauthenticated, "permissions denied").error());
}

// In the order in which LiveKit's server finds fault with a request.
Outcome<void> Dispatcher::admit(const Entry& entry, const Request& request, bool json, Message& in) {
  if (auto decoded = decode(request, json, in); !decoded) return decoded;
  if (entry.check) {
    if (auto checked = entry.check(in); !checked) return checked;
  }
  return check_grant(grant_for(*entry.method), request.claims ? &*request.claims : nullptr, in);
}

void Dispatcher::dispatch(const Request& request, const Respond& respond) const {
  const auto routed = route(request);
  if (!routed) return respond(response_of(routed.error()));
  const Entry& entry = *routed->entry;
  const bool json = routed->json;
  const std::unique_ptr<Message> in(
      MessageFactory::generated_factory()->GetPrototype(entry.method->input_type())->New());
  if (const auto admitted = admit(entry, request, json, *in); !admitted) {
    return respond(response_of(admitted.error()));
  }
  entry.run(*in, request.limit,
            [respond, json, &output_type = *entry.method->output_type()](const Outcome<Output>& out) {
              if (!out) return respond(response_of(out.error()));
              if (const auto* message = std::get_if<std::unique_ptr<Message>>(&*out))
                return respond(response_of(**message, json));
              respond(response_of(std::get<std::string>(*out), output_type, json));
            });
}

}  // namespace sfu::twirp
