// SPDX-License-Identifier: Apache-2.0
// One who waits for the answer to a call: is told once, at the latest when nobody can answer any more.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "capi/values.hpp"

namespace sfu::capi {

class RpcWaiter {
 public:
  RpcWaiter(sfu_rpc_done done, void* user) : done_(done), user_(user) {
    if (done == nullptr) refuse_argument("done is NULL");
  }
  ~RpcWaiter() { tell(RpcError{.code = 1501, .message = "Connection timeout"}); }
  RpcWaiter(const RpcWaiter&) = delete;
  RpcWaiter& operator=(const RpcWaiter&) = delete;

  void tell(const RpcResult& result) {
    if (told_.exchange(true)) return;
    Arena arena;
    const auto* made = to_c(arena, result);
    const InCallback in_callback;
    done_(user_, made);
  }
  // The call has failed at once.
  void forget() { told_ = true; }

 private:
  sfu_rpc_done done_;
  void* user_;
  std::atomic<bool> told_ = false;
};

}  // namespace sfu::capi
