// SPDX-License-Identifier: Apache-2.0
// Frames of one encoding as RTP packets, numbered in a line of their own.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "payload/payload.hpp"
#include "rtp/packet_writer.hpp"

namespace sfu::participant {

class FrameWriter {
 public:
  FrameWriter(rtp::Codec codec, Random& random)
      : codec_(codec), packetizer_(payload::make_packetizer(codec, random)), sequence_number_(random.u16()) {}

  // Calls `emit(packet)` for each packet of the frame; it may edit the packet. `header`: payload type and SSRC.
  template <typename Emit>
  void write(ByteView frame, std::uint32_t timestamp, bool is_keyframe, rtp::Header header, Emit&& emit) {
    if (!packetizer_) return;  // the codec is for packets only
    packetizer_->packetize(frame, is_keyframe, payload::kMaxPayload, payloads_);
    const bool video = rtp::kind_of(codec_) == rtp::MediaKind::kVideo;
    header.timestamp = timestamp;
    std::array<std::uint8_t, SendBatch::kSlotSize> packet;
    for (std::size_t i = 0; i < payloads_.size(); ++i) {
      header.marker = video && i + 1 == payloads_.size();
      header.sequence_number = sequence_number_++;
      rtp::PacketWriter writer(packet, header);
      writer.payload(payloads_[i]);
      emit(writer.packet());
    }
  }

 private:
  rtp::Codec codec_;
  std::unique_ptr<payload::Packetizer> packetizer_;
  payload::Payloads payloads_;
  std::uint16_t sequence_number_;
};

}  // namespace sfu::participant
