// SPDX-License-Identifier: Apache-2.0
#include "turn/stream_splitter.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "turn/message.hpp"

namespace sfu::turn {
namespace {

constexpr std::size_t kHead = 4;  // has the length of either
constexpr std::size_t kStunHeader = 20;
constexpr std::uint16_t kStunTypes = 0x0400;  // they are below (RFC 7983)

// Of the whole message, with padding; nothing if none begins so.
std::optional<std::size_t> size_of(ByteView head) {
  const std::uint16_t type = load_be16(head.data());
  const std::size_t length = load_be16(head.data() + 2);
  if (type < kStunTypes) return length % 4 == 0 ? std::optional(kStunHeader + length) : std::nullopt;
  if (!is_channel(type)) return std::nullopt;
  return kChannelHeader + ((length + 3) & ~std::size_t{3});
}

}  // namespace

StreamSplitter::Step StreamSplitter::next(ByteSpan& bytes, ByteSpan& message) {
  if (std::exchange(handed_out_, false)) partial_.clear();
  const auto keep = [&](std::size_t count) {
    const std::size_t taken = std::min(count, bytes.size());
    partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    bytes = bytes.subspan(taken);
  };
  if (!partial_.empty() && partial_.size() < kHead) keep(kHead - partial_.size());
  const ByteView head = partial_.empty() ? ByteView(bytes) : ByteView(partial_);
  if (head.size() < kHead) {
    keep(bytes.size());
    return Step::kMore;
  }
  const auto size = size_of(head);
  if (!size || *size > kLargest) return Step::kMalformed;
  if (partial_.empty() && bytes.size() >= *size) {
    message = bytes.first(*size);
    bytes = bytes.subspan(*size);
    return Step::kMessage;
  }
  keep(*size - partial_.size());
  if (partial_.size() < *size) return Step::kMore;
  message = partial_;
  handed_out_ = true;
  return Step::kMessage;
}

}  // namespace sfu::turn
