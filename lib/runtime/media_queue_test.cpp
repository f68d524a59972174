// SPDX-License-Identifier: Apache-2.0
#include "runtime/media_queue.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace sfu;
using namespace sfu::runtime;

namespace {

std::string taken(MediaQueue& queue) {
  std::string text;
  queue.take([&](const std::vector<MediaQueue::Item>& items) {
    for (const auto& item : items) text += std::string(item.cid) + std::string(item.bytes.begin(), item.bytes.end());
  });
  return text;
}

bool add(MediaQueue& queue, std::string_view text) {
  return queue.add("a", {}, ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

}  // namespace

TEST_CASE("what is written in one go is taken together, up to what else was asked for") {
  MediaQueue queue;
  CHECK(add(queue, "1"));
  CHECK_FALSE(add(queue, "2"));
  queue.part();
  CHECK(add(queue, "3"));
  CHECK(taken(queue) == "a1a2");
  CHECK_FALSE(add(queue, "4"));
  CHECK(taken(queue) == "a3a4");
  CHECK(taken(queue).empty());
}

TEST_CASE("what a worker that has stopped was to take is dropped, and does not pile up") {
  const auto queue = std::make_shared<MediaQueue>();
  CHECK(add(*queue, "1"));
  {
    const MediaQueue::Ticket dropped(queue);
  }
  CHECK(add(*queue, "2"));
  MediaQueue::Ticket used(queue);
  CHECK(taken(*used.use()) == "a2");
}
