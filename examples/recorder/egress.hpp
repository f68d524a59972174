// SPDX-License-Identifier: Apache-2.0
// Tells a webhook of one room's recording, as LiveKit tells of its egresses. Not for several threads at once.
#pragma once

#include <string>

#include "sfu/server.hpp"

class Egress {
 public:
  // `webhook`: a URL; empty: nobody is told.
  Egress(sfu::Server& server, const sfu::RoomInfo& room, const std::string& webhook);

  void start();
  // There is something to record; once is enough.
  void begin();
  // A file is closed, or could not be made or finished: then it is not `whole`.
  void add(const sfu::EgressFile& file, bool whole);
  // All files are closed.
  void end();

 private:
  void tell(sfu::EgressStatus status);

  sfu::Server& server_;
  sfu::EgressInfo info_;
};
