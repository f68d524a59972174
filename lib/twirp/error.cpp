// SPDX-License-Identifier: Apache-2.0
#include "twirp/error.hpp"

#include <array>
#include <boost/json.hpp>

namespace sfu::twirp {
namespace {

struct Known {
  const char* name;
  int status;
};
// In the order of Code.
constexpr std::array<Known, 18> kKnown{{
    {"canceled", 408},
    {"unknown", 500},
    {"invalid_argument", 400},
    {"malformed", 400},
    {"deadline_exceeded", 408},
    {"not_found", 404},
    {"bad_route", 404},
    {"already_exists", 409},
    {"permission_denied", 403},
    {"unauthenticated", 401},
    {"resource_exhausted", 429},
    {"failed_precondition", 412},
    {"aborted", 409},
    {"out_of_range", 400},
    {"unimplemented", 501},
    {"internal", 500},
    {"unavailable", 503},
    {"data_loss", 500},
}};

const Known& known(Code code) {
  return kKnown[static_cast<std::size_t>(code)];
}

}  // namespace

const char* to_string(Code code) noexcept {
  return known(code).name;
}
int http_status(Code code) noexcept {
  return known(code).status;
}

std::string to_json(const Error& error) {
  boost::json::object out{{"code", to_string(error.code)}, {"msg", error.message}};
  if (!error.meta.empty()) {
    auto& meta = out["meta"].emplace_object();
    for (const auto& [name, value] : error.meta) meta[name] = value;
  }
  return boost::json::serialize(out);
}

Refusal refuse_argument(const std::string& argument, const std::string& limit) {
  return Refusal(Error{Code::kInvalidArgument, argument + " " + limit, {{"argument", argument}}});
}

Refusal no_response() {
  return refuse_inside(Code::kUnavailable, "no response from servers");
}

}  // namespace sfu::twirp
