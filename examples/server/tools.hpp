// SPDX-License-Identifier: Apache-2.0
// What sfu-server does beside serving: its sub-commands. Each prints to standard output and gives the exit code.
#pragma once

#include <string>

#include "sfu/server.hpp"

// A new pair of key and secret.
int generate_keys();
// The ports that a server of this configuration listens on.
int print_ports(const sfu::ServerOptions& options);
// There is one node, and it tells nobody of others.
int list_nodes();

struct JoinTokenRequest {
  std::string room;
  std::string identity;
  bool recorder = false;
};
// A token to join a room with, signed with the first key, good for thirty days.
int create_join_token(const sfu::ServerOptions& options, const JoinTokenRequest& request);
