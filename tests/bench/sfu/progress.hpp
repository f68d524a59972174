// SPDX-License-Identifier: Apache-2.0
// How far a run is, on standard error: a line that is written over on a terminal, and a line each time elsewhere.
#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>

namespace sfu::load {

class Progress {
 public:
  ~Progress() { end(); }
  void tell(const std::string& what) {
    std::fprintf(stderr, terminal_ ? "\r\033[K%s" : "%s\n", what.c_str());
    open_ = terminal_;
  }
  // What follows on the terminal begins a line.
  void end() {
    if (open_) std::fputc('\n', stderr);
    open_ = false;
  }

 private:
  bool terminal_ = isatty(STDERR_FILENO) == 1;
  bool open_ = false;
};

}  // namespace sfu::load
