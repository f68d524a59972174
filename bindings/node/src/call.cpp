// SPDX-License-Identifier: Apache-2.0
#include "call.hpp"

#include <array>
#include <optional>
#include <vector>

#include "environment.hpp"
#include "read.hpp"
#include "write.hpp"

namespace sfu_node {

namespace {

struct Failure {
  sfu_status status;
  std::string message;
  std::optional<Value> api;  // what a server said
};

class Call {
 public:
  Call(napi_env env, napi_callback_info info);

  // Any thread.
  void run();
  // On the thread of JavaScript: what came out, or an error.
  napi_value result(napi_env env) const { return to_js(env, result_); }
  bool failed() const { return failure_.has_value(); }
  napi_value error(napi_env env);

  napi_deferred deferred = nullptr;
  napi_async_work work = nullptr;

 private:
  void fail(sfu_status status);
  Value out(const Shape& shape, std::uint64_t slot) const;

  napi_env env_;
  const Function* function_ = nullptr;
  Writer writer_;
  std::vector<Target*> targets_;
  std::array<std::uint64_t, 8> slots_{};
  std::array<std::uint64_t, 8> outs_{};
  Value result_;
  std::optional<Failure> failure_;
};

bool comes_out(Kind kind) {
  return kind >= kOutHandle;
}

Call::Call(napi_env env, napi_callback_info info)
    : env_(env), writer_(env, [this](napi_value function) {
        targets_.push_back(Environment::of(env_).add(function));
        return targets_.back();
      }) {
  std::size_t count = 9;
  std::array<napi_value, 9> given{};
  check(env, napi_get_cb_info(env, info, &count, given.data(), nullptr, nullptr));
  std::array<char, 64> name{};
  check(env, napi_get_value_string_utf8(env, given[0], name.data(), name.size(), nullptr));
  function_ = find_function(name.data());
  if (function_ == nullptr) throw TypeFault(std::string("there is no ") + name.data() + "()");
  try {
    std::size_t next = 1;
    for (std::size_t i = 0; i < function_->parameter_count; ++i) {
      const Shape& shape = function_->parameters[i];
      if (comes_out(shape.kind)) {
        slots_[shape.at] = to_slot(&outs_[shape.at]);
      } else if (shape.kind != kUser) {
        writer_.parameter(shape, given[next++], slots_.data());
      }
    }
  } catch (...) {
    for (Target* target : targets_) Environment::of(env).remove(target);
    throw;
  }
}

void Call::fail(sfu_status status) {
  failure_ = Failure{status, sfu_last_error_message(), {}};
  const sfu_api_error* said = nullptr;
  if (std::string_view(function_->name).substr(0, 13) != "sfu_room_api_") return;
  if (sfu_room_api_get_last_error(&said) != SFU_OK) return;
  // An earlier call's stays until another one fails so.
  if (failure_->message == said->message) {
    failure_->api = read_struct(*find_struct("ApiError"), said);
  }
  sfu_free(said);
}

Value Call::out(const Shape& shape, std::uint64_t slot) const {
  switch (shape.kind) {
    case kOutHandle: return Handle{slot};
    case kOutStruct: {
      if (slot == 0) return {};
      Value made = read_struct(kStructTable[shape.of], from_slot<const void*>(slot));
      sfu_free(from_slot<const void*>(slot));
      return made;
    }
    case kOutString: {
      std::string made = from_slot<const char*>(slot);
      sfu_free(from_slot<const void*>(slot));
      return made;
    }
    case kOutInt32: return static_cast<double>(static_cast<std::int32_t>(slot));
    case kOutInt64: return static_cast<double>(static_cast<std::int64_t>(slot));
    default: return static_cast<double>(slot);
  }
}

void Call::run() {
  const std::uint64_t returned = function_->call(slots_.data());
  if (function_->returns == Returns::kString) {
    result_ = std::string(from_slot<const char*>(returned));
  } else if (function_->returns == Returns::kNumber) {
    result_ = static_cast<double>(returned);
  } else if (const auto status = static_cast<sfu_status>(returned); status != SFU_OK) {
    fail(status);
  } else {
    List found;
    for (std::size_t i = 0; i < function_->parameter_count; ++i) {
      const Shape& shape = function_->parameters[i];
      if (comes_out(shape.kind)) found.push_back(out(shape, outs_[shape.at]));
    }
    if (found.size() == 1) {
      result_ = std::move(found.front());
    } else if (!found.empty()) {
      result_ = std::move(found);
    }
  }
}

// Nothing was taken: what the library would have called is let go, after what it said before it failed, as in a log.
napi_value Call::error(napi_env env) {
  for (Target* target : targets_) Environment::of(env).post(target, Environment::kDropped, nullptr);
  const char* code = "SFU_ERROR_INTERNAL";
  for (std::size_t i = 0; i < statuses().count; ++i) {
    if (statuses().values[i].number == failure_->status) code = statuses().values[i].c_name;
  }
  napi_value made = nullptr;
  napi_create_error(env, to_js(env, std::string(code)), to_js(env, failure_->message), &made);
  if (failure_->api) napi_set_named_property(env, made, "api", to_js(env, *failure_->api));
  return made;
}

// Makes the call, and turns what is thrown here into what is thrown there.
template <typename Then>
napi_value guarded(napi_env env, napi_callback_info info, Then then) {
  try {
    return then(std::make_unique<Call>(env, info));
  } catch (const TypeFault& fault) {
    napi_throw_type_error(env, nullptr, fault.what());
  } catch (const RangeFault& fault) {
    napi_throw_range_error(env, nullptr, fault.what());
  } catch (const Pending&) {
  } catch (const std::exception& exception) {
    napi_throw_error(env, nullptr, exception.what());
  }
  return nullptr;
}

void complete(napi_env env, napi_status, void* data) {
  const std::unique_ptr<Call> call(static_cast<Call*>(data));
  if (call->failed()) {
    napi_reject_deferred(env, call->deferred, call->error(env));
  } else {
    napi_resolve_deferred(env, call->deferred, call->result(env));
  }
  napi_delete_async_work(env, call->work);
}

}  // namespace

napi_value call(napi_env env, napi_callback_info info) {
  return guarded(env, info, [env](std::unique_ptr<Call> call) -> napi_value {
    call->run();
    if (!call->failed()) return call->result(env);
    napi_throw(env, call->error(env));
    return nullptr;
  });
}

napi_value wait(napi_env env, napi_callback_info info) {
  return guarded(env, info, [env](std::unique_ptr<Call> call) -> napi_value {
    napi_value promise = nullptr;
    check(env, napi_create_promise(env, &call->deferred, &promise));
    const auto execute = [](napi_env, void* data) { static_cast<Call*>(data)->run(); };
    check(env, napi_create_async_work(env, nullptr, to_js(env, std::string("libsfu")), execute, complete, call.get(),
                                      &call->work));
    check(env, napi_queue_async_work(env, call->work));
    call.release();
    return promise;
  });
}

}  // namespace sfu_node
