// SPDX-License-Identifier: Apache-2.0
// Writes what the readers read, for tests.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::container::testing {

using Bytes = std::vector<std::uint8_t>;

inline void put_le(Bytes& out, std::uint64_t value, unsigned size) {
  for (unsigned i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
inline void put_text(Bytes& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

inline Bytes ivf(std::string_view fourcc, const std::vector<Bytes>& frames, std::uint32_t rate = 30,
                 std::uint32_t scale = 1) {
  Bytes file;
  put_text(file, "DKIF");
  put_le(file, 0, 2);
  put_le(file, 32, 2);
  put_text(file, fourcc);
  put_le(file, 320, 2);
  put_le(file, 180, 2);
  put_le(file, rate, 4);
  put_le(file, scale, 4);
  put_le(file, frames.size(), 4);
  put_le(file, 0, 4);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    put_le(file, frames[i].size(), 4);
    put_le(file, i, 8);
    file.insert(file.end(), frames[i].begin(), frames[i].end());
  }
  return file;
}

// A page with the given segments; `continues` for one that begins with the rest of a packet.
inline Bytes ogg_page(std::uint32_t serial, bool continues, const std::vector<Bytes>& segments) {
  Bytes page;
  put_text(page, "OggS");
  page.push_back(0);
  page.push_back(continues ? 1 : 0);
  put_le(page, 0, 8);  // granule position
  page.resize(page.size() + 4);
  store_be32(&page[14], serial);
  put_le(page, 0, 8);  // sequence, checksum
  page.push_back(static_cast<std::uint8_t>(segments.size()));
  for (const Bytes& segment : segments) page.push_back(static_cast<std::uint8_t>(segment.size()));
  for (const Bytes& segment : segments) page.insert(page.end(), segment.begin(), segment.end());
  return page;
}

inline Bytes text_bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

}  // namespace sfu::container::testing
