// SPDX-License-Identifier: Apache-2.0
// libav's objects with owners.
#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
}

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

namespace libav {

template <auto Free>
struct Freer {
  template <typename T>
  void operator()(T* thing) const {
    Free(&thing);
  }
};
using Packet = std::unique_ptr<AVPacket, Freer<av_packet_free>>;
using Filter = std::unique_ptr<AVBSFContext, Freer<av_bsf_free>>;
using CodecContext = std::unique_ptr<AVCodecContext, Freer<avcodec_free_context>>;

struct CloseParser {
  void operator()(AVCodecParserContext* parser) const { av_parser_close(parser); }
};
using Parser = std::unique_ptr<AVCodecParserContext, CloseParser>;

// Null: out of memory.
inline Packet make_packet(std::span<const std::uint8_t> bytes) {
  Packet packet(av_packet_alloc());
  if (!packet || av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return nullptr;
  std::ranges::copy(bytes, packet->data);
  return packet;
}

}  // namespace libav
