// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/base.h"

#include <cstring>

#include "capi/call.hpp"
#include "sfu/version.hpp"

namespace sfu::capi {
namespace {

thread_local int callbacks_under_way = 0;
thread_local std::string last_error;

}  // namespace

sfu_status to_status(Errc code) {
  switch (code) {
    case Errc::kInvalidArgument: return SFU_ERROR_INVALID_ARGUMENT;
    case Errc::kTruncated: return SFU_ERROR_TRUNCATED;
    case Errc::kMalformed: return SFU_ERROR_MALFORMED;
    case Errc::kUnsupported: return SFU_ERROR_UNSUPPORTED;
    case Errc::kNotFound: return SFU_ERROR_NOT_FOUND;
    case Errc::kAlreadyExists: return SFU_ERROR_ALREADY_EXISTS;
    case Errc::kPermissionDenied: return SFU_ERROR_PERMISSION_DENIED;
    case Errc::kUnauthenticated: return SFU_ERROR_UNAUTHENTICATED;
    case Errc::kLimitExceeded: return SFU_ERROR_LIMIT_EXCEEDED;
    case Errc::kFailedPrecondition: return SFU_ERROR_FAILED_PRECONDITION;
    case Errc::kClosed: return SFU_ERROR_CLOSED;
    case Errc::kTimeout: return SFU_ERROR_TIMEOUT;
    case Errc::kUnavailable: return SFU_ERROR_UNAVAILABLE;
    case Errc::kInternal: return SFU_ERROR_INTERNAL;
  }
  return SFU_ERROR_INTERNAL;
}

sfu_status failed(sfu_status status, const char* message) noexcept {
  try {
    last_error = *message != '\0' ? message : sfu_status_name(status);
  } catch (...) {
    last_error.clear();
  }
  return status;
}

InCallback::InCallback() {
  ++callbacks_under_way;
}
InCallback::~InCallback() {
  --callbacks_under_way;
}

void must_be_free_to_wait() {
  if (callbacks_under_way > 0) refuse(SFU_ERROR_WRONG_THREAD, "this call waits, and may not come from a callback");
}

}  // namespace sfu::capi

using sfu::capi::last_error;

const char* sfu_status_name(sfu_status status) {
  switch (status) {
    case SFU_OK: return "ok";
    case SFU_ERROR_INVALID_ARGUMENT: return "invalid_argument";
    case SFU_ERROR_TRUNCATED: return "truncated";
    case SFU_ERROR_MALFORMED: return "malformed";
    case SFU_ERROR_UNSUPPORTED: return "unsupported";
    case SFU_ERROR_NOT_FOUND: return "not_found";
    case SFU_ERROR_ALREADY_EXISTS: return "already_exists";
    case SFU_ERROR_PERMISSION_DENIED: return "permission_denied";
    case SFU_ERROR_UNAUTHENTICATED: return "unauthenticated";
    case SFU_ERROR_LIMIT_EXCEEDED: return "limit_exceeded";
    case SFU_ERROR_FAILED_PRECONDITION: return "failed_precondition";
    case SFU_ERROR_CLOSED: return "closed";
    case SFU_ERROR_TIMEOUT: return "timeout";
    case SFU_ERROR_UNAVAILABLE: return "unavailable";
    case SFU_ERROR_INVALID_HANDLE: return "invalid_handle";
    case SFU_ERROR_WRONG_THREAD: return "wrong_thread";
    case SFU_ERROR_OUT_OF_MEMORY: return "out_of_memory";
    default: return "internal";
  }
}

const char* sfu_last_error_message() {
  return last_error.c_str();
}

const char* sfu_version() {
  return sfu::version();
}
const char* sfu_protocol_server_version() {
  return sfu::protocol_server_version();
}

void sfu_struct_init(void* object, uint32_t size) {
  if (object == nullptr || size < sizeof size) return;
  std::memset(object, 0, size);
  std::memcpy(object, &size, sizeof size);
}
