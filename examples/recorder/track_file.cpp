// SPDX-License-Identifier: Apache-2.0
#include "track_file.hpp"

#include <algorithm>
#include <cstring>

#include "libav.hpp"
#include "opus_packet.hpp"
#include "video_header.hpp"

namespace {

using sfu::MediaCodec;

struct Kind {
  AVCodecID codec;
  const char* format;  // libavformat's name of it
  const char* extension;
  std::uint32_t tag;  // 0: the format's own
};

// avc3 and hev1 say that parameter sets may change on the way, as they do when the size of the picture does.
Kind kind_of(MediaCodec codec) {
  switch (codec) {
    case MediaCodec::kOpus: return {AV_CODEC_ID_OPUS, "ogg", ".ogg", 0};
    case MediaCodec::kVp8: return {AV_CODEC_ID_VP8, "webm", ".webm", 0};
    case MediaCodec::kVp9: return {AV_CODEC_ID_VP9, "webm", ".webm", 0};
    case MediaCodec::kAv1: return {AV_CODEC_ID_AV1, "webm", ".webm", 0};
    case MediaCodec::kH264: return {AV_CODEC_ID_H264, "mp4", ".mp4", MKTAG('a', 'v', 'c', '3')};
    case MediaCodec::kH265: return {AV_CODEC_ID_HEVC, "mp4", ".mp4", MKTAG('h', 'e', 'v', '1')};
    case MediaCodec::kPcmu:
    case MediaCodec::kPcma: break;
  }
  return {AV_CODEC_ID_NONE, nullptr, nullptr, 0};
}

std::string text_of(int error) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(error, text, sizeof(text));
  return text;
}

bool set_extradata(AVCodecParameters& parameters, std::span<const std::uint8_t> bytes) {
  parameters.extradata = static_cast<std::uint8_t*>(av_mallocz(bytes.size() + AV_INPUT_BUFFER_PADDING_SIZE));
  if (parameters.extradata == nullptr) return false;
  std::memcpy(parameters.extradata, bytes.data(), bytes.size());
  parameters.extradata_size = static_cast<int>(bytes.size());
  return true;
}

bool describe_opus(AVCodecParameters& parameters) {
  parameters.codec_type = AVMEDIA_TYPE_AUDIO;
  parameters.sample_rate = static_cast<int>(sfu::clock_rate(MediaCodec::kOpus));
  av_channel_layout_default(&parameters.ch_layout, kOpusChannels);
  parameters.initial_padding = kOpusPreSkip;
  return set_extradata(parameters, opus_head());
}

bool describe_video(AVCodecParameters& parameters, std::span<const std::uint8_t> first) {
  const auto header = read_video_header(parameters.codec_id, first);
  if (!header) return false;
  parameters.codec_type = AVMEDIA_TYPE_VIDEO;
  parameters.width = header->width;
  parameters.height = header->height;
  return header->parameters.empty() || set_extradata(parameters, header->parameters);
}

}  // namespace

const char* TrackFile::extension(MediaCodec codec) {
  return kind_of(codec).extension;
}

sfu::Result<std::unique_ptr<TrackFile>> TrackFile::create(const std::string& path, MediaCodec codec,
                                                          std::span<const std::uint8_t> first) {
  AVFormatContext* context = nullptr;
  const int made = avformat_alloc_output_context2(&context, nullptr, kind_of(codec).format, path.c_str());
  if (made < 0) return sfu::fail(sfu::Errc::kUnavailable, path + ": " + text_of(made));
  std::unique_ptr<TrackFile> file(new TrackFile(context, codec));
  const auto opened = file->open(path, first);
  if (!opened) return sfu::Failure{opened.error()};
  return file;
}

sfu::Result<void> TrackFile::open(const std::string& path, std::span<const std::uint8_t> first) {
  const Kind kind = kind_of(codec_);
  AVStream* stream = avformat_new_stream(context_, nullptr);
  if (stream == nullptr) return sfu::fail(sfu::Errc::kUnavailable, path + ": out of memory");
  stream->codecpar->codec_id = kind.codec;
  stream->codecpar->codec_tag = kind.tag;
  stream->time_base = {1, static_cast<int>(sfu::clock_rate(codec_))};
  const bool video = sfu::is_video(codec_);
  if (!(video ? describe_video(*stream->codecpar, first) : describe_opus(*stream->codecpar))) {
    return sfu::fail(sfu::Errc::kMalformed, "this frame does not tell its size and its parameters");
  }
  int done = avio_open(&context_->pb, path.c_str(), AVIO_FLAG_WRITE);
  if (done >= 0) done = avformat_write_header(context_, nullptr);
  if (done < 0) return sfu::fail(sfu::Errc::kUnavailable, path + ": " + text_of(done));
  open_ = true;
  return {};
}

TrackFile::~TrackFile() {
  close();
  avio_closep(&context_->pb);
  avformat_free_context(context_);
}

bool TrackFile::close() {
  if (!std::exchange(open_, false)) return true;
  const bool written = av_write_trailer(context_) >= 0;
  return avio_closep(&context_->pb) >= 0 && written;
}

bool TrackFile::write(std::span<const std::uint8_t> frame, std::int64_t position, bool is_keyframe) {
  if (codec_ == MediaCodec::kOpus) return write_opus(frame, position);
  // A frame lasts as long as the one before did; before a pause that is not known.
  const std::int64_t second = sfu::clock_rate(codec_);
  const std::int64_t duration = frames_ == 0 ? second / 30 : std::min(position - last_, second / 10);
  ++frames_;
  last_ = position;
  return put(frame, position, duration, is_keyframe);
}

// A file of Opus has no times: how far it has come is how many samples its packets hold. So a gap is filled.
bool TrackFile::write_opus(std::span<const std::uint8_t> packet, std::int64_t position) {
  const std::int64_t duration = opus_duration(packet);
  if (duration == 0) return true;
  while (frames_ > 0) {
    const OpusFiller filler = opus_filler(last_opus_, position - end_);
    if (filler.duration == 0) break;
    if (!put({&filler.packet, 1}, end_, filler.duration, true)) return false;
  }
  ++frames_;
  last_opus_ = packet[0];
  return put(packet, end_, duration, true);
}

bool TrackFile::put(std::span<const std::uint8_t> bytes, std::int64_t position, std::int64_t duration,
                    bool is_keyframe) {
  end_ = position + duration;
  const AVRational from = {1, static_cast<int>(sfu::clock_rate(codec_))};
  const libav::Packet packet = libav::make_packet(bytes);
  if (!packet) return false;
  packet->pts = packet->dts = position - (codec_ == MediaCodec::kOpus ? kOpusPreSkip : 0);
  packet->duration = duration;
  if (is_keyframe) packet->flags |= AV_PKT_FLAG_KEY;
  av_packet_rescale_ts(packet.get(), from, context_->streams[0]->time_base);
  return av_write_frame(context_, packet.get()) >= 0;
}

double TrackFile::seconds() const {
  return static_cast<double>(end_) / sfu::clock_rate(codec_);
}
