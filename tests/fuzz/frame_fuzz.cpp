// SPDX-License-Identifier: Apache-2.0
// layers: net
// The first byte says in which pieces the rest, a TCP stream, is read: the frames that come out are those of reading it
// at once. Then they go through a queue, which gives the same stream again.
#include <cstdlib>
#include <vector>

#include "net/frame_queue.hpp"
#include "net/frame_splitter.hpp"

namespace {

using Frames = std::vector<std::vector<std::uint8_t>>;

Frames split(std::vector<std::uint8_t> stream, std::size_t piece, std::size_t limit) {
  sfu::net::FrameSplitter splitter;
  splitter.set_limit(limit);
  Frames frames;
  for (sfu::ByteSpan rest(stream); !rest.empty();) {
    sfu::ByteSpan bytes = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(bytes.size());
    sfu::ByteSpan frame;
    for (;;) {
      const auto step = splitter.next(bytes, frame);
      if (step == sfu::net::FrameSplitter::Step::kTooLong) return frames;
      if (step == sfu::net::FrameSplitter::Step::kMore) break;
      if (frame.empty() || frame.size() > limit) std::abort();
      frames.emplace_back(frame.begin(), frame.end());
      frame[0] ^= 0xff;  // whoever gets it may decrypt in place
    }
    if (!bytes.empty()) std::abort();
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = 1 + data[0] % 64;
  const std::size_t limit = data[0] >= 128 ? 512 : sfu::net::FrameSplitter::kLargest;
  const std::vector<std::uint8_t> stream(data + 1, data + size);
  const Frames frames = split(stream, stream.size() + 1, limit);
  if (split(stream, piece, limit) != frames) std::abort();

  sfu::net::FrameQueue queue;
  Frames queued;
  for (const auto& frame : frames) {
    if (queue.add(frame) == sfu::net::FrameQueue::Added::kQueued) queued.push_back(frame);
  }
  const sfu::ByteView front = queue.front();
  if (split({front.begin(), front.end()}, piece, sfu::net::FrameSplitter::kLargest) != queued) std::abort();
  return 0;
}
