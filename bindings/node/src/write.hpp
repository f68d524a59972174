// SPDX-License-Identifier: Apache-2.0
// Into C: what functions borrow for the time of a call.
#pragma once

#include <node_api.h>

#include <deque>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "shape.hpp"

namespace sfu_node {

// What becomes an exception of JavaScript.
struct TypeFault : std::runtime_error {
  using runtime_error::runtime_error;
};
struct RangeFault : std::runtime_error {
  using runtime_error::runtime_error;
};
// One of JavaScript's own is on its way.
struct Pending {};

class Writer {
 public:
  // Makes the target of a struct of callbacks, or of a `done`.
  using Plug = std::function<void*(napi_value value)>;

  Writer(napi_env env, Plug plug) : env_(env), plug_(std::move(plug)) {}
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // The value of one parameter, and its length if it has one.
  void parameter(const Shape& shape, napi_value value, std::uint64_t* slots);

 private:
  std::uint64_t single(const Shape& shape, napi_value value);
  std::pair<std::uint64_t, std::size_t> counted(const Shape& shape, napi_value value);
  std::uint64_t list(const Shape& shape, napi_value value, std::size_t count);
  std::uint64_t structure(const Shape& shape, napi_value value);
  std::uint64_t callbacks(const Shape& shape, napi_value value);
  std::uint64_t done(const Shape& shape, napi_value value);
  std::pair<std::uint64_t, std::size_t> pairs(const Shape& shape, napi_value value);
  std::pair<std::uint64_t, std::size_t> bytes(const Shape& shape, napi_value value);
  void refuse_unknown(const Struct& type, napi_value object);
  double number(const Shape& shape, napi_value value, double low, double high);
  const std::string& string(const Shape& shape, napi_value value);
  void* block(std::size_t size);

  napi_env env_;
  Plug plug_;
  std::uint64_t done_user_ = 0;
  std::deque<std::string> strings_;
  std::vector<std::unique_ptr<std::uint64_t[]>> blocks_;
};

// null and undefined.
bool is_missing(napi_env env, napi_value value);
void check(napi_env env, napi_status status);

}  // namespace sfu_node
