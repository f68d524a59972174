// SPDX-License-Identifier: Apache-2.0
// layers: rtp
// Parses a packet, reads everything a receiver reads, writes it again and checks that it comes back the same.
#include <cstdlib>
#include <vector>

#include "rtp/rtp.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

void read_values(sfu::ByteView value) {
  using namespace sfu::rtp;
  (void)AudioLevel::parse(value);
  (void)AbsSendTime::parse(value);
  (void)TransportSequence::parse(value);
  (void)PlayoutDelay::parse(value);
  (void)AbsCaptureTime::parse(value);
  (void)VideoOrientation::parse(value);
  (void)TransmissionOffset::parse(value);
  (void)sdes_text(value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu::rtp;
  std::vector<std::uint8_t> bytes(data, data + size);
  const auto view = PacketView::parse(bytes);
  (void)is_rtcp(bytes);
  if (!view) return 0;

  require(view->header_size() + view->payload().size() + view->padding_size() == size);
  for (std::size_t i = 0; i < view->csrc_count(); ++i) (void)view->csrc(i);
  std::vector<std::uint8_t> slot(2 * size + 64);
  PacketWriter writer(slot,
                      {view->marker(), view->payload_type(), view->sequence_number(), view->timestamp(), view->ssrc()});
  std::size_t extensions = 0;
  view->for_each_extension([&](std::uint8_t id, sfu::ByteView value) {
    require(view->has_extension(id));
    read_values(value);
    writer.extension(id, value);
    ++extensions;
  });
  writer.payload(view->payload());
  require(writer.ok());
  const auto again = PacketView::parse(writer.packet());
  require(again.has_value());
  again->for_each_extension([&](std::uint8_t, sfu::ByteView) { --extensions; });
  require(extensions == 0 && again->payload().size() == view->payload().size());

  (void)restore_from_rtx(bytes, *view, 96, 1);
  return 0;
}
