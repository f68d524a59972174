// SPDX-License-Identifier: Apache-2.0
#include "video_header.hpp"

#include "libav.hpp"

namespace {

std::vector<std::uint8_t> extract_parameters(AVCodecID codec, std::span<const std::uint8_t> frame) {
  AVBSFContext* made = nullptr;
  if (av_bsf_alloc(av_bsf_get_by_name("extract_extradata"), &made) < 0) return {};
  const libav::Filter filter(made);
  filter->par_in->codec_type = AVMEDIA_TYPE_VIDEO;
  filter->par_in->codec_id = codec;
  const libav::Packet packet = libav::make_packet(frame);
  if (!packet || av_bsf_init(filter.get()) < 0 || av_bsf_send_packet(filter.get(), packet.get()) < 0 ||
      av_bsf_receive_packet(filter.get(), packet.get()) < 0) {
    return {};
  }
  std::size_t size = 0;
  const std::uint8_t* data = av_packet_get_side_data(packet.get(), AV_PKT_DATA_NEW_EXTRADATA, &size);
  return data != nullptr ? std::vector(data, data + size) : std::vector<std::uint8_t>();
}

// libavcodec's parser of VP9 does not tell the size: VP9 bitstream specification 6.2, as far as that.
void read_vp9_size(std::span<const std::uint8_t> frame, VideoHeader& out) {
  std::size_t at = 0;
  const auto bits = [&](unsigned count) {
    unsigned value = 0;
    for (; count > 0; --count, ++at) {
      const unsigned bit = at / 8 < frame.size() ? frame[at / 8] >> (7 - at % 8) & 1U : 0;
      value = value << 1 | bit;
    }
    return value;
  };
  bits(2);  // frame_marker
  const unsigned low = bits(1);
  const unsigned profile = bits(1) << 1 | low;
  if (profile == 3) bits(1);
  if (bits(1) != 0 || bits(1) != 0) return;  // shows an existing frame, or is no key frame
  bits(2);                                   // show_frame, error_resilient_mode
  if (bits(24) != 0x498342) return;
  if (profile >= 2) bits(1);  // bit depth
  constexpr unsigned kRgb = 7;
  const bool odd = profile % 2 != 0;
  if (bits(3) != kRgb) {
    bits(odd ? 4 : 1);  // range, subsampling
  } else if (odd) {
    bits(1);
  }
  out.width = static_cast<int>(bits(16) + 1);
  out.height = static_cast<int>(bits(16) + 1);
}

void read_size(AVCodecID codec, std::span<const std::uint8_t> frame, VideoHeader& out) {
  const libav::Parser parser(av_parser_init(codec));
  const libav::CodecContext context(avcodec_alloc_context3(nullptr));
  if (!parser || !context) return;
  parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  std::vector<std::uint8_t> padded(frame.begin(), frame.end());
  padded.resize(frame.size() + AV_INPUT_BUFFER_PADDING_SIZE);
  std::uint8_t* parsed = nullptr;
  int size = 0;
  av_parser_parse2(parser.get(), context.get(), &parsed, &size, padded.data(), static_cast<int>(frame.size()),
                   AV_NOPTS_VALUE, AV_NOPTS_VALUE, 0);
  out.width = parser->width;
  out.height = parser->height;
}

}  // namespace

std::optional<VideoHeader> read_video_header(AVCodecID codec, std::span<const std::uint8_t> frame) {
  VideoHeader header;
  if (codec == AV_CODEC_ID_VP9) {
    read_vp9_size(frame, header);
  } else {
    read_size(codec, frame, header);
  }
  if (header.width <= 0 || header.height <= 0) return std::nullopt;
  if (codec == AV_CODEC_ID_VP8 || codec == AV_CODEC_ID_VP9) return header;
  header.parameters = extract_parameters(codec, frame);
  if (header.parameters.empty()) return std::nullopt;
  return header;
}
