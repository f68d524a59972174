// SPDX-License-Identifier: Apache-2.0
// A server on this machine, for the examples that attend its rooms.
#pragma once

#include <functional>
#include <string>

#include "sfu/server.hpp"

namespace example {

// Serves at 127.0.0.1 with LiveKit's development key (devkey, secret) until SIGINT or SIGTERM; gives main()'s exit
// code. To be called before any thread is started. `on_room` is called for each room that begins, and `on_end` before
// the server is stopped; both on this thread, so that they may call what waits for a worker.
int serve(const char* tcp_port, const char* udp_port,
          const std::function<void(sfu::Server& server, const std::string& room)>& on_room,
          const std::function<void()>& on_end);

}  // namespace example
