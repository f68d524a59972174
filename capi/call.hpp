// SPDX-License-Identifier: Apache-2.0
// What every function of the C interface begins and ends with: enter() turns whatever goes wrong inside into a status
// and the message of this thread. Inside capi/ a refusal is an exception, since conversions of nested structs are many
// and short; enter() is where all of them end.
#pragma once

#include <exception>
#include <new>
#include <string>
#include <utility>

#include "sfu-c/base.h"
#include "sfu/result.hpp"

namespace sfu::capi {

struct Refusal {
  sfu_status status;
  std::string message;
};

[[noreturn]] inline void refuse(sfu_status status, std::string message) {
  throw Refusal{status, std::move(message)};
}
[[noreturn]] inline void refuse_argument(std::string message) {
  refuse(SFU_ERROR_INVALID_ARGUMENT, std::move(message));
}

sfu_status to_status(Errc code);

// The value, or a refusal with the error.
template <typename T>
T value(Result<T> result) {
  if (!result) refuse(to_status(result.error().code), std::move(result.error().message));
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Remembers the message for this thread, and gives the status back.
sfu_status failed(sfu_status status, const char* message) noexcept;

template <typename Function>
sfu_status enter(Function&& function) noexcept {
  try {
    function();
    return SFU_OK;
  } catch (const Refusal& refusal) {
    return failed(refusal.status, refusal.message.c_str());
  } catch (const std::bad_alloc&) {
    return failed(SFU_ERROR_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception& exception) {
    return failed(SFU_ERROR_INTERNAL, exception.what());
  } catch (...) {
    return failed(SFU_ERROR_INTERNAL, "something unknown was thrown");
  }
}

// Lives while the host's code runs on a thread of the library, or below a call of the host's.
class InCallback {
 public:
  InCallback();
  ~InCallback();
  InCallback(const InCallback&) = delete;
  InCallback& operator=(const InCallback&) = delete;
};

// Begins all that waits: refuses within callbacks.
void must_be_free_to_wait();

// Begins all that gives something back.
template <typename T>
void needs_place(T* out) {
  if (out == nullptr) refuse_argument("a place for what comes back is NULL");
}

}  // namespace sfu::capi
