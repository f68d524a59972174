// SPDX-License-Identifier: Apache-2.0
// A descriptor that closes.
#pragma once

#include "base/result.hpp"

namespace sfu::net {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  // Of an epoll. Errors: kUnavailable (out of descriptors).
  static Result<Descriptor> epoll();

  int number() const { return number_; }
  int release();

 private:
  int number_;
};

}  // namespace sfu::net
