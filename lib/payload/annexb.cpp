// SPDX-License-Identifier: Apache-2.0
#include "payload/annexb.hpp"

#include <cstring>

namespace sfu::payload {
namespace {

// Where the three bytes 0 0 1 are, from `from` on; the stream's size if nowhere.
std::size_t find_start_code(ByteView stream, std::size_t from) {
  for (std::size_t at = from + 2; at < stream.size();) {
    const void* one = std::memchr(stream.data() + at, 1, stream.size() - at);
    if (one == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(one) - stream.data());
    if (stream[at - 1] == 0 && stream[at - 2] == 0) return at - 2;
    ++at;
  }
  return stream.size();
}

}  // namespace

ByteView next_nal_unit(ByteView stream, std::size_t& position) {
  while (position < stream.size()) {
    const std::size_t code = find_start_code(stream, position);
    if (code == stream.size()) break;
    const std::size_t begin = code + 3;
    const std::size_t next = find_start_code(stream, begin);
    std::size_t end = next;
    while (end > begin && stream[end - 1] == 0) --end;
    position = end;
    if (end > begin) return stream.subspan(begin, end - begin);
  }
  position = stream.size();
  return {};
}

}  // namespace sfu::payload
