// SPDX-License-Identifier: Apache-2.0
// Counts calls of the room API, from the threads that answer them.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "metrics/metrics.hpp"
#include "sfu/time.hpp"

namespace sfu::control {

class ApiStatistics {
 public:
  // `code`: of an error; else empty. Any thread.
  void answered(std::string_view service, std::string_view method, int status, std::string_view code, Duration took) {
    const std::string family = status >= 500 ? "5xx" : status >= 400 ? "4xx" : std::to_string(status);
    const std::lock_guard lock(mutex_);
    ++figures_.statuses[{std::string(service), std::string(method), family, std::string(code)}];
    figures_.latency_ms[{std::string(service), std::string(method), family}].observe(
        std::chrono::duration<double, std::milli>(took).count());
  }
  metrics::ApiFigures figures() const {
    const std::lock_guard lock(mutex_);
    return figures_;
  }

 private:
  mutable std::mutex mutex_;
  metrics::ApiFigures figures_;
};

}  // namespace sfu::control
