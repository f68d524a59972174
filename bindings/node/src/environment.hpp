// SPDX-License-Identifier: Apache-2.0
// One thread of JavaScript: the main one, or a worker's. What the library calls back waits in its queue; what it has
// opened is closed when it ends.
#pragma once

#include <node_api.h>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "shape.hpp"
#include "value.hpp"

namespace sfu_node {

class Environment;

// A function of JavaScript that the library calls: function(name, parameters). Lives until the library drops it.
struct Target {
  std::shared_ptr<Environment> environment;
  napi_ref function;
};

class Environment : public std::enable_shared_from_this<Environment> {
 public:
  static napi_status create(napi_env env);
  static Environment& of(napi_env env);

  // On the thread of JavaScript.
  Target* add(napi_value function);
  void remove(Target* target);
  // What is kept is released when the thread ends. It goes on as long as something is kept that is `busy`.
  void keep(std::uint64_t handle, const Function* release, bool busy);
  void forget(std::uint64_t handle);

  // Any thread. `callback`: kDropped, kFlushed (calls once, without parameters), or of kCallbacks.
  static constexpr int kDropped = -1;
  static constexpr int kFlushed = -2;
  void post(Target* target, int callback, const std::uint64_t* slots);

  // Frames and packets that came while so many waited that there was no use in more.
  std::uint64_t dropped_media() const { return dropped_media_; }

 private:
  struct Message;
  explicit Environment(napi_env env) : env_(env) {}
  static void run(napi_env env, napi_value, void*, void* message);
  void deliver(const Message& message);
  void close();

  napi_env env_;
  napi_threadsafe_function queue_ = nullptr;
  struct Kept {
    const Function* release;
    bool busy;
  };
  std::map<std::uint64_t, Kept> kept_;
  std::size_t busy_ = 0;
  std::atomic<std::uint64_t> waiting_media_ = 0;
  std::atomic<std::uint64_t> dropped_media_ = 0;
  std::mutex mutex_;
  bool closed_ = false;
};

}  // namespace sfu_node
