// SPDX-License-Identifier: Apache-2.0
#include "payload/obu.hpp"

namespace sfu::payload {

std::size_t leb128_size(std::size_t value) {
  std::size_t size = 1;
  while (value >>= 7) ++size;
  return size;
}

void append_leb128(std::vector<std::uint8_t>& out, std::size_t value) {
  do {
    const auto low = static_cast<std::uint8_t>(value & 0x7f);
    value >>= 7;
    out.push_back(static_cast<std::uint8_t>(low | (value != 0 ? 0x80 : 0)));
  } while (value != 0);
}

bool read_leb128(ByteReader& reader, std::size_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    const std::uint8_t byte = reader.u8();
    value |= std::size_t{byte & 0x7fU} << shift;
    if ((byte & 0x80) == 0) return reader.ok();
  }
  return false;
}

bool read_obu(ByteView bytes, Obu& out, std::size_t& total) {
  ByteReader reader(bytes);
  const std::uint8_t header = reader.u8();
  out.type = header >> 3 & 0x0f;
  out.has_size = (header & 0x02) != 0;
  if ((header & 0x04) != 0) (void)reader.u8();
  if (!reader.ok() || (header & 0x80) != 0) return false;
  out.header = bytes.first(reader.position());
  out.header_size = static_cast<std::uint8_t>(reader.position());
  std::size_t size = reader.remaining();
  if (out.has_size && !read_leb128(reader, size)) return false;
  out.content = reader.bytes(size);
  total = reader.position();
  return reader.ok();
}

}  // namespace sfu::payload
