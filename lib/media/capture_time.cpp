// SPDX-License-Identifier: Apache-2.0
#include "media/capture_time.hpp"

#include <algorithm>

#include "rtp/extension_values.hpp"

namespace sfu::media {

rtp::PacketView CaptureTimeShift::apply(const rtp::PacketView& packet, std::uint8_t id, Duration by) {
  const ByteView value = packet.extension(id);
  const auto captured = rtp::AbsCaptureTime::parse(value);
  if (!captured || packet.bytes().size() > copy_.size()) return packet;
  std::ranges::copy(packet.bytes(), copy_.begin());
  store_be64(copy_.data() + (value.data() - packet.bytes().data()), to_ntp(from_ntp(captured->ntp) + by));
  return *rtp::PacketView::parse(ByteView(copy_).first(packet.bytes().size()));
}

}  // namespace sfu::media
