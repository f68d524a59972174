// SPDX-License-Identifier: Apache-2.0
// What the system knows of this process, by the names that Prometheus's client libraries use.
#pragma once

#include <string>

namespace sfu::metrics {

std::string process_metrics();

}  // namespace sfu::metrics
