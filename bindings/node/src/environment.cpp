// SPDX-License-Identifier: Apache-2.0
#include "environment.hpp"

#include <cstring>

#include "read.hpp"
#include "write.hpp"

namespace sfu_node {

namespace {

constexpr std::uint64_t kMediaLimit = 2048;

// Nobody will answer what was asked.
void give_up(const Callback& callback, const std::uint64_t* slots) {
  for (std::size_t i = 0; i < callback.parameter_count; ++i) {
    const Shape& shape = callback.parameters[i];
    if (std::strcmp(shape.name, "decision") == 0) sfu_decision_release(from_slot<sfu_decision*>(slots[shape.at]));
    if (std::strcmp(shape.name, "responder") == 0) {
      sfu_rpc_responder_release(from_slot<sfu_rpc_responder*>(slots[shape.at]));
    }
  }
}

bool is_last(int callback) {
  return callback < 0 || kCallbackTable[callback].once;
}

}  // namespace

struct Environment::Message {
  Target* target;
  int callback;
  Value parameters;
};

void called_back(void* user, int callback, const std::uint64_t* slots) {
  auto* target = static_cast<Target*>(user);
  const std::shared_ptr<Environment> environment = target->environment;  // outlives the target
  environment->post(target, callback, slots);
}

napi_status Environment::create(napi_env env) {
  auto* shared = new std::shared_ptr<Environment>(new Environment(env));
  Environment& made = **shared;
  napi_value name = to_js(env, std::string("libsfu"));
  napi_status status = napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, nullptr,
                                                       Environment::run, &made.queue_);
  if (status == napi_ok) status = napi_unref_threadsafe_function(env, made.queue_);
  const auto end = [](napi_env, void* data, void*) { delete static_cast<std::shared_ptr<Environment>*>(data); };
  if (status == napi_ok) status = napi_set_instance_data(env, shared, end, nullptr);
  // Hooks run in reverse order: this one before the queue's.
  const auto close = [](void* data) { static_cast<Environment*>(data)->close(); };
  if (status == napi_ok) status = napi_add_env_cleanup_hook(env, close, &made);
  return status;
}

Environment& Environment::of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  return **static_cast<std::shared_ptr<Environment>*>(data);
}

Target* Environment::add(napi_value function) {
  napi_ref reference = nullptr;
  check(env_, napi_create_reference(env_, function, 1, &reference));
  return new Target{shared_from_this(), reference};
}

void Environment::remove(Target* target) {
  napi_delete_reference(env_, target->function);
  delete target;
}

void Environment::keep(std::uint64_t handle, const Function* release, bool busy) {
  kept_.emplace(handle, Kept{release, busy});
  if (busy && ++busy_ == 1) napi_ref_threadsafe_function(env_, queue_);
}

void Environment::forget(std::uint64_t handle) {
  const auto found = kept_.find(handle);
  if (found == kept_.end()) return;
  if (found->second.busy && --busy_ == 0) napi_unref_threadsafe_function(env_, queue_);
  kept_.erase(found);
}

void Environment::post(Target* target, int callback, const std::uint64_t* slots) {
  const bool media = callback >= 0 && kCallbackTable[callback].media;
  if (media && waiting_media_ >= kMediaLimit) {
    ++dropped_media_;
    return;
  }
  auto message = std::make_unique<Message>(Message{target, callback, {}});
  if (callback >= 0) message->parameters = read_parameters(kCallbackTable[callback], slots);
  const std::lock_guard lock(mutex_);
  if (closed_) {
    if (callback >= 0) give_up(kCallbackTable[callback], slots);
    if (is_last(callback)) delete target;  // its reference went with the thread
    return;
  }
  if (media) ++waiting_media_;
  if (napi_call_threadsafe_function(queue_, message.get(), napi_tsfn_nonblocking) == napi_ok) message.release();
}

void Environment::run(napi_env env, napi_value, void*, void* data) {
  const std::unique_ptr<Message> message(static_cast<Message*>(data));
  if (env == nullptr) {  // the thread ends
    if (is_last(message->callback)) delete message->target;
    return;
  }
  const std::shared_ptr<Environment> environment = message->target->environment;
  environment->deliver(*message);
  if (is_last(message->callback)) environment->remove(message->target);
}

void Environment::deliver(const Message& message) {
  if (message.callback == kDropped) return;
  napi_value function = nullptr;
  napi_value undefined = nullptr;
  napi_get_reference_value(env_, message.target->function, &function);
  napi_get_undefined(env_, &undefined);
  napi_value arguments[2] = {undefined, undefined};
  if (message.callback >= 0) {
    const Callback& callback = kCallbackTable[message.callback];
    if (callback.media) --waiting_media_;
    arguments[0] = to_js(env_, std::string(callback.name));
    arguments[1] = to_js(env_, message.parameters);
  }
  if (napi_call_function(env_, undefined, function, 2, arguments, nullptr) == napi_pending_exception) {
    napi_value error = nullptr;
    napi_get_and_clear_last_exception(env_, &error);
    napi_fatal_exception(env_, error);
  }
}

void Environment::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  // Clients before the servers that they are with: those came later.
  for (auto each = kept_.rbegin(); each != kept_.rend(); ++each) each->second.release->call(&each->first);
}

}  // namespace sfu_node
