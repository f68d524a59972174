// SPDX-License-Identifier: Apache-2.0
#include "control/metrics_port.hpp"

#include <utility>

#include "auth/base64.hpp"
#include "auth/secrets.hpp"
#include "metrics/exposition.hpp"

namespace sfu::control {
namespace {

constexpr std::size_t kBodyLimit = 1 << 16;

// RFC 7617 2. Empty: anybody may read.
std::string expected_credentials(const MetricsOptions& options) {
  if (options.username.empty()) return {};
  return "Basic " + auth::encode_base64(as_bytes(options.username + ':' + options.password));
}

http::Response refusal() {
  http::Response response;
  response.status = 401;
  response.body = "401 Unauthorized\n";
  response.headers = {{"WWW-Authenticate", "Basic realm=\"Protected Area\""}};
  return response;
}

}  // namespace

Result<std::unique_ptr<http::Server>> open_metrics_port(const MetricsOptions& options,
                                                        const std::vector<IpAddress>& addresses,
                                                        std::function<std::string()> read, Log log) {
  http::Config config;
  config.port = options.port;
  for (const IpAddress& ip : addresses) config.addresses.push_back({ip, options.port});
  config.body_limit = kBodyLimit;
  config.log = std::move(log);
  http::Handlers handlers;
  handlers.on_request = [read = std::move(read), expected = expected_credentials(options)](
                            const http::Request& request, const http::Responder& respond) {
    const std::string* given = request.header("Authorization");
    if (!expected.empty() && (given == nullptr || !auth::same_secret(*given, expected))) return respond(refusal());
    respond({.status = 200, .body = read(), .content_type = metrics::kContentType});
  };
  return http::Server::create(std::move(config), std::move(handlers));
}

}  // namespace sfu::control
