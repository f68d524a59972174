// SPDX-License-Identifier: Apache-2.0
// layers: container payload codec rtp base
// A file of any kind: its frames lie within it, and reading it twice gives the same.
#include <cstdlib>
#include <vector>

#include "container/container.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu;
  auto reader = container::open(ByteView(data, size));
  if (!reader) return 0;
  std::vector<std::size_t> first;
  std::size_t total = 0;
  while (const auto sample = (*reader)->next()) {
    if (sample->bytes.empty() || sample->duration <= Duration::zero()) std::abort();
    total += sample->bytes.size();
    first.push_back(sample->bytes.size());
  }
  if (total > size) std::abort();
  (*reader)->rewind();
  for (const std::size_t expected : first) {
    const auto sample = (*reader)->next();
    if (!sample || sample->bytes.size() != expected) std::abort();
  }
  if ((*reader)->next()) std::abort();
  return 0;
}
