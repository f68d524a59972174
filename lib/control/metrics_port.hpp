// SPDX-License-Identifier: Apache-2.0
// The port for Prometheus (control-plane spec 2.1): the server's series, to whoever knows the name and the password,
// if there are any.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/http.hpp"
#include "sfu/server.hpp"

namespace sfu::control {

// `addresses` as ServerOptions::bind_addresses. `read` gives the text; called on a thread of the port's own. Errors:
// kUnavailable (a port in use).
Result<std::unique_ptr<http::Server>> open_metrics_port(const MetricsOptions& options,
                                                        const std::vector<IpAddress>& addresses,
                                                        std::function<std::string()> read, Log log);

}  // namespace sfu::control
