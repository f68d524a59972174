// SPDX-License-Identifier: Apache-2.0
#include "media/media.hpp"

namespace sfu::media {

std::uint8_t layer_of_rid(std::string_view rid) {
  if (rid == "q" || rid == "2") return 0;
  if (rid == "h" || rid == "1") return 1;
  if (rid == "f" || rid == "0") return 2;
  return kNoLayer;
}

}  // namespace sfu::media
