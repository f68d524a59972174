// SPDX-License-Identifier: Apache-2.0
// layers: payload codec rtp base
// The first byte chooses the codec; the rest are payloads, each behind its length, with a byte that tells which packets
// are lost or swapped. What comes out whole is packetized again and must come back the same.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "payload/frame_assembler.hpp"
#include "rtp/packet_writer.hpp"

namespace {

using namespace sfu;
using namespace sfu::payload;

void require(bool condition) {
  if (!condition) std::abort();
}

void check_round_trip(rtp::Codec codec, const Frame& frame) {
  SeededRandom random(1);
  const auto packetizer = make_packetizer(codec, random);
  const auto depacketizer = make_depacketizer(codec);
  Payloads payloads;
  packetizer->packetize(frame.bytes, frame.is_keyframe, 60, payloads);
  std::vector<std::uint8_t> again;
  depacketizer->start();
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    require(payloads[i].size() <= 60);
    // VP8's descriptor tells no more than the bytes: a frame that seems to be none may not pass.
    if (!depacketizer->add(payloads[i], again)) return;
  }
  if (codec == rtp::Codec::kVp8) require(depacketizer->finish(again) && again == frame.bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr rtp::Codec kCodecs[] = {rtp::Codec::kVp8, rtp::Codec::kVp9,  rtp::Codec::kH264,
                                    rtp::Codec::kAv1, rtp::Codec::kOpus, rtp::Codec::kH265};
  ByteReader reader(ByteView(data, size));
  const rtp::Codec codec = kCodecs[reader.u8() % std::size(kCodecs)];
  FrameAssembler assembler(codec, std::chrono::milliseconds(100));
  Instant now{std::chrono::seconds(1)};
  std::vector<Frame> frames;
  std::uint16_t sequence = 65500;
  std::uint32_t timestamp = 0;
  std::vector<std::uint8_t> packet(400);
  while (reader.remaining() > 2) {
    const std::uint8_t how = reader.u8();
    const ByteView payload = reader.bytes(std::min<std::size_t>(reader.u8(), reader.remaining()));
    if ((how & 1) != 0) timestamp += 3000;
    sequence = static_cast<std::uint16_t>(sequence + ((how & 2) != 0 ? 2 : (how & 4) != 0 ? -1 : 1));
    rtp::PacketWriter writer(
        packet,
        {.marker = (how & 8) != 0, .payload_type = 96, .sequence_number = sequence, .timestamp = timestamp, .ssrc = 1});
    writer.payload(payload);
    const auto view = rtp::PacketView::parse(ByteView(packet).first(writer.size()));
    require(view.has_value());
    assembler.receive(now, *view, frames);
    if ((how & 16) != 0) assembler.advance(now += std::chrono::milliseconds(60), frames);
  }
  assembler.advance(now + std::chrono::seconds(1), frames);
  require(assembler.deadline() == kNever);
  for (const Frame& frame : frames) check_round_trip(codec, frame);
  return 0;
}
