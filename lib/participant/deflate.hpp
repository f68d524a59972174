// SPDX-License-Identifier: Apache-2.0
// Raw DEFLATE (RFC 1951) for data streams.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace sfu::participant {

std::vector<std::uint8_t> deflate_raw(ByteView bytes);

// Takes the compressed bytes piece by piece.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  // Appends what `bytes` inflate to, at most `limit`. Errors: kMalformed, kLimitExceeded.
  Result<void> add(ByteView bytes, std::size_t limit, std::vector<std::uint8_t>& out);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sfu::participant
