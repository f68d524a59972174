// SPDX-License-Identifier: Apache-2.0
// The table of live handles. A handle is a number in a pointer's clothes, of its kind and never used again, so that one
// of another kind and one that was released are told for certain. The numbers are no addresses of any machine that this
// runs on: who dereferences one is stopped there. Each call shares its object until it ends.
#pragma once

#include <cstdint>
#include <memory>

#include "capi/call.hpp"

namespace sfu::capi {

// What is behind a handle of type C; one for each: `Object`, a number from 1 to 255, and the name.
template <typename C>
struct Handle;

std::uintptr_t add_object(unsigned kind, std::shared_ptr<void> object);
// Refuse what is no live handle of that kind.
std::shared_ptr<void> find_object(unsigned kind, const char* name, std::uintptr_t handle);
std::shared_ptr<void> take_object(unsigned kind, const char* name, std::uintptr_t handle);
std::uint64_t live_handles();

template <typename C>
C* add(std::shared_ptr<typename Handle<C>::Object> object) {
  return reinterpret_cast<C*>(add_object(Handle<C>::kKind, std::move(object)));
}

template <typename C>
std::shared_ptr<typename Handle<C>::Object> find(C* handle) {
  return std::static_pointer_cast<typename Handle<C>::Object>(
      find_object(Handle<C>::kKind, Handle<C>::kName, reinterpret_cast<std::uintptr_t>(handle)));
}

// The handle is gone from now on.
template <typename C>
std::shared_ptr<typename Handle<C>::Object> take(C* handle) {
  return std::static_pointer_cast<typename Handle<C>::Object>(
      take_object(Handle<C>::kKind, Handle<C>::kName, reinterpret_cast<std::uintptr_t>(handle)));
}

// All that a release is where nothing has to be waited for.
template <typename C>
sfu_status release(C* handle) noexcept {
  return enter([&] {
    if (handle != nullptr) take(handle);
  });
}

}  // namespace sfu::capi
