// SPDX-License-Identifier: Apache-2.0
// A server that is started for the measurement: bin/sfu-server on free ports of loopback, with the development key.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace sfu::load {

class ServerProcess {
 public:
  // Returns when it listens. `cpus` empty: it may run anywhere. Errors: kUnavailable, with what it said.
  static Result<std::unique_ptr<ServerProcess>> start(const std::string& program, const std::vector<int>& cpus,
                                                      const std::vector<std::string>& more_arguments);
  // Ends it, and waits until it has.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& url() const { return url_; }
  const std::string& metrics_url() const { return metrics_url_; }
  pid_t pid() const { return pid_; }
  // False: it has ended by itself.
  bool running() const;
  // What it has logged, the beginning of it.
  std::string log() const;

 private:
  ServerProcess(pid_t pid, int output, int log) : pid_(pid), output_(output), log_(log) {}

  pid_t pid_;
  int output_;
  int log_;
  std::string url_;
  std::string metrics_url_;
};

}  // namespace sfu::load
