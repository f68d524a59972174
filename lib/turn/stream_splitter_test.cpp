// SPDX-License-Identifier: Apache-2.0
#include "turn/stream_splitter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace sfu;
using turn::StreamSplitter;
using Step = StreamSplitter::Step;
using Bytes = std::vector<std::uint8_t>;

namespace {

Bytes stun(std::size_t attributes) {
  Bytes bytes(20 + attributes, 0xA5);
  bytes[0] = 0;
  bytes[1] = 1;
  store_be16(&bytes[2], static_cast<std::uint16_t>(attributes));
  return bytes;
}
Bytes channel_data(std::size_t size) {
  Bytes bytes(4 + (size + 3) / 4 * 4, 0x5A);
  store_be16(&bytes[0], 0x4001);
  store_be16(&bytes[2], static_cast<std::uint16_t>(size));
  return bytes;
}

std::vector<Bytes> split(StreamSplitter& splitter, Bytes bytes) {
  std::vector<Bytes> messages;
  ByteSpan rest(bytes);
  ByteSpan message;
  while (splitter.next(rest, message) == Step::kMessage) messages.emplace_back(message.begin(), message.end());
  return messages;
}
Step first_step(Bytes bytes) {
  StreamSplitter splitter;
  ByteSpan rest(bytes);
  ByteSpan message;
  return splitter.next(rest, message);
}

}  // namespace

TEST_CASE("[M-013] a stream is taken apart into messages however it arrives") {
  const std::vector<Bytes> sent{stun(0), channel_data(5), channel_data(0), stun(96), channel_data(1216), stun(8)};
  Bytes all;
  for (const Bytes& one : sent) all.insert(all.end(), one.begin(), one.end());
  for (std::size_t piece :
       {std::size_t{1}, std::size_t{3}, std::size_t{4}, std::size_t{21}, std::size_t{500}, all.size()}) {
    CAPTURE(piece);
    StreamSplitter splitter;
    std::vector<Bytes> received;
    for (std::size_t at = 0; at < all.size(); at += piece) {
      const auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(all.size(), at + piece));
      for (Bytes& one : split(splitter, {all.begin() + static_cast<std::ptrdiff_t>(at), end})) {
        received.push_back(std::move(one));
      }
    }
    CHECK(received == sent);
  }
}

TEST_CASE("what cannot be the beginning of a message, or is too long, ends the stream") {
  CHECK(first_step({'G', 'E', 'T', ' ', '/'}) == Step::kMalformed);
  CHECK(first_step({0x16, 3, 1, 0, 200}) == Step::kMalformed);  // TLS where there is none
  CHECK(first_step({0x50, 0, 0, 0}) == Step::kMalformed);       // beyond the channels
  CHECK(first_step({0, 1, 0xFF, 0xFC}) == Step::kMalformed);    // 64 KiB
  CHECK(first_step({0x40, 0, 0xFF, 0xFF}) == Step::kMalformed);
  CHECK(first_step({0x40, 0, 0}) == Step::kMore);
}
