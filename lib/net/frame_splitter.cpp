// SPDX-License-Identifier: Apache-2.0
#include "net/frame_splitter.hpp"

#include <algorithm>

namespace sfu::net {

FrameSplitter::Step FrameSplitter::next(ByteSpan& bytes, ByteSpan& frame) {
  if (handed_out_) partial_.clear();
  handed_out_ = false;
  while (!bytes.empty()) {
    if (!partial_.empty()) {
      const Step step = resume(bytes, frame);
      if (step != Step::kFrame || !frame.empty()) return step;
      continue;
    }
    const std::size_t length = bytes.size() >= kHeader ? load_be16(bytes.data()) : 0;
    if (length > limit_) return Step::kTooLong;
    if (bytes.size() < kHeader || bytes.size() < kHeader + length) {
      partial_.assign(bytes.begin(), bytes.end());
      bytes = {};
      return Step::kMore;
    }
    frame = bytes.subspan(kHeader, length);
    bytes = bytes.subspan(kHeader + length);
    if (length > 0) return Step::kFrame;
  }
  return Step::kMore;
}

// Goes on with a frame that an earlier call has begun. An empty one is cleared away.
FrameSplitter::Step FrameSplitter::resume(ByteSpan& bytes, ByteSpan& frame) {
  const auto take = [&](std::size_t size) {
    const std::size_t wanted = std::min(size - partial_.size(), bytes.size());
    partial_.insert(partial_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(wanted));
    bytes = bytes.subspan(wanted);
    return partial_.size() == size;
  };
  if (partial_.size() < kHeader && !take(kHeader)) return Step::kMore;
  const std::size_t length = load_be16(partial_.data());
  if (length > limit_) return Step::kTooLong;
  if (!take(kHeader + length)) return Step::kMore;
  frame = ByteSpan(partial_).subspan(kHeader);
  if (frame.empty()) {
    partial_.clear();
  } else {
    handed_out_ = true;
  }
  return Step::kFrame;
}

}  // namespace sfu::net
