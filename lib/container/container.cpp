// SPDX-License-Identifier: Apache-2.0
#include "container/container.hpp"

namespace sfu::container {

Result<std::unique_ptr<Reader>> open(ByteView file, Duration frame_interval) {
  const std::string_view head = as_text(file.first(std::min<std::size_t>(file.size(), 4)));
  if (head == "DKIF") return open_ivf(file);
  if (head == "OggS") return open_ogg_opus(file);
  return open_annexb(file, frame_interval);
}

}  // namespace sfu::container
