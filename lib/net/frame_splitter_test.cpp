// SPDX-License-Identifier: Apache-2.0
#include "net/frame_splitter.hpp"

#include <doctest/doctest.h>

#include "base/random.hpp"

using namespace sfu;
using namespace sfu::net;

namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes framed(const std::vector<Bytes>& frames) {
  Bytes stream;
  for (const Bytes& frame : frames) {
    stream.push_back(static_cast<std::uint8_t>(frame.size() >> 8));
    stream.push_back(static_cast<std::uint8_t>(frame.size()));
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  return stream;
}

// What comes out of a stream that is read in these pieces.
std::vector<Bytes> split(FrameSplitter& splitter, Bytes stream, const std::vector<std::size_t>& pieces) {
  std::vector<Bytes> frames;
  ByteSpan rest(stream);
  const auto read = [&](std::size_t size) {
    ByteSpan piece = rest.first(size);
    rest = rest.subspan(size);
    ByteSpan frame;
    while (splitter.next(piece, frame) == FrameSplitter::Step::kFrame) frames.emplace_back(frame.begin(), frame.end());
    CHECK(piece.empty());
  };
  for (const std::size_t size : pieces) read(size);
  read(rest.size());
  return frames;
}

}  // namespace

TEST_CASE("[M-011] a length and a frame may be split across reads anywhere") {
  const std::vector<Bytes> frames{{1, 2, 3}, {4}};
  const Bytes stream = framed(frames);
  for (std::size_t first = 0; first <= stream.size(); ++first) {
    for (std::size_t second = 0; first + second <= stream.size(); ++second) {
      CAPTURE(first);
      CAPTURE(second);
      FrameSplitter splitter;
      CHECK(split(splitter, stream, {first, second}) == frames);
    }
  }
  FrameSplitter splitter;
  CHECK(split(splitter, stream, std::vector<std::size_t>(stream.size(), 1)) == frames);
}

TEST_CASE("[M-011] three frames in one read, and empty ones are passed over") {
  FrameSplitter splitter;
  CHECK(split(splitter, framed({{1}, {}, {2, 2}, {}, {}, {3, 3, 3}}), {}) ==
        std::vector<Bytes>{{1}, {2, 2}, {3, 3, 3}});
  // Also one whose length comes in two halves.
  CHECK(split(splitter, framed({{}, {7}}), {1, 1}) == std::vector<Bytes>{{7}});
}

TEST_CASE("[M-011] the longest frame has 65535 bytes") {
  Bytes longest(65535);
  for (std::size_t i = 0; i < longest.size(); ++i) longest[i] = static_cast<std::uint8_t>(i * 7);
  const std::vector<Bytes> frames{longest, {1}};
  FrameSplitter splitter;
  CHECK(split(splitter, framed(frames), {}) == frames);
  CHECK(split(splitter, framed(frames), {1, 40000, 25000}) == frames);
}

TEST_CASE("[M-011] a frame above the limit ends the stream before its bytes have come") {
  FrameSplitter splitter;
  splitter.set_limit(512);
  Bytes header{2, 1};  // 513
  ByteSpan frame;
  ByteSpan bytes(header);
  CHECK(splitter.next(bytes, frame) == FrameSplitter::Step::kTooLong);

  FrameSplitter halved;
  halved.set_limit(512);
  ByteSpan first = ByteSpan(header).first(1);
  CHECK(halved.next(first, frame) == FrameSplitter::Step::kMore);
  ByteSpan second = ByteSpan(header).subspan(1);
  CHECK(halved.next(second, frame) == FrameSplitter::Step::kTooLong);

  FrameSplitter exact;
  exact.set_limit(512);
  CHECK(split(exact, framed({Bytes(512, 9)}), {3}) == std::vector<Bytes>{Bytes(512, 9)});
}

TEST_CASE("[M-011] any frames in any pieces come out as they went in") {
  SeededRandom random(11);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    std::vector<Bytes> frames;
    std::vector<Bytes> full;
    for (std::uint32_t i = random.below(12); i > 0; --i) {
      const Bytes frame(random.below(4) == 0 ? 0 : random.below(900), static_cast<std::uint8_t>(i));
      frames.push_back(frame);
      if (!frame.empty()) full.push_back(frame);
    }
    const Bytes stream = framed(frames);
    std::vector<std::size_t> pieces;
    for (std::size_t left = stream.size(); left > 0; left -= pieces.back()) {
      pieces.push_back(std::min<std::size_t>(left, 1 + random.below(random.below(2) == 0 ? 3 : 1500)));
    }
    FrameSplitter splitter;
    CHECK(split(splitter, stream, pieces) == full);
  }
}
