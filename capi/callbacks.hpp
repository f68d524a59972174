// SPDX-License-Identifier: Apache-2.0
// A host's struct of callbacks, copied. The host hears once that it is let go of, if it was taken at all.
#pragma once

#include "capi/call.hpp"
#include "capi/input.hpp"

namespace sfu::capi {

template <typename C>
class Callbacks {
 public:
  explicit Callbacks(const C* callbacks) : callbacks_(read(callbacks)) {}
  ~Callbacks() {
    if (taken_ && callbacks_.dropped != nullptr) (*this)(callbacks_.dropped);
  }
  Callbacks(const Callbacks&) = delete;
  Callbacks& operator=(const Callbacks&) = delete;

  // The call that brought them has succeeded.
  void taken() noexcept { taken_ = true; }

  const C* operator->() const { return &callbacks_; }

  // One of them, with its `user`; nothing happens where it is NULL.
  template <typename Returned, typename... Parameters, typename... Arguments>
  Returned operator()(Returned (*callback)(void*, Parameters...), Arguments... arguments) const {
    if (callback == nullptr) return Returned();
    const InCallback in_callback;
    return callback(callbacks_.user, arguments...);
  }

 private:
  C callbacks_;
  bool taken_ = false;
};

}  // namespace sfu::capi
