// SPDX-License-Identifier: Apache-2.0
#include "media/media.hpp"

#include "media/outbound.hpp"

namespace sfu::media {

std::uint8_t layer_of_rid(std::string_view rid) {
  if (rid == "q" || rid == "2") return 0;
  if (rid == "h" || rid == "1") return 1;
  if (rid == "f" || rid == "0") return 2;
  return kNoLayer;
}

void RtpSink::prefetch_way() const {
  footprint_.fetch();
  __builtin_prefetch(outlet_, 1);
  if (outbound_ != nullptr) outbound_->prefetch_for_sending();
}

}  // namespace sfu::media
