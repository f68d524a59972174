// SPDX-License-Identifier: Apache-2.0
// Where the packets of one peer are built: in the batch of its worker, or in one that another worker seals and sends.
// Whoever decides on that changes it here, and the peer's next packet is built there.
#pragma once

#include <cstdint>

namespace sfu {

class SendBatch;

struct Outlet {
  SendBatch* batch = nullptr;  // null: the worker's own
  std::uint64_t packets = 0;   // that were begun, to be set back by whoever counts
};

}  // namespace sfu
