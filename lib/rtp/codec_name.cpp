// SPDX-License-Identifier: Apache-2.0
#include "rtp/codec_name.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sfu::rtp {
namespace {

struct CodecRow {
  Codec codec;
  MediaKind kind;
  std::string_view mime;
  std::uint32_t clock_rate;
};

// In the order of Codec. RTP's clock for RED is that of what it carries, which is Opus.
constexpr std::array kCodecs = {
    CodecRow{Codec::kOpus, MediaKind::kAudio, "audio/opus", 48000},
    CodecRow{Codec::kRed, MediaKind::kAudio, "audio/red", 48000},
    CodecRow{Codec::kPcmu, MediaKind::kAudio, "audio/PCMU", 8000},
    CodecRow{Codec::kPcma, MediaKind::kAudio, "audio/PCMA", 8000},
    CodecRow{Codec::kVp8, MediaKind::kVideo, "video/VP8", 90000},
    CodecRow{Codec::kVp9, MediaKind::kVideo, "video/VP9", 90000},
    CodecRow{Codec::kH264, MediaKind::kVideo, "video/H264", 90000},
    CodecRow{Codec::kH265, MediaKind::kVideo, "video/H265", 90000},
    CodecRow{Codec::kAv1, MediaKind::kVideo, "video/AV1", 90000},
    CodecRow{Codec::kRtx, MediaKind::kVideo, "video/rtx", 90000},
    CodecRow{Codec::kUnknown, MediaKind::kVideo, "", 90000},
};

const CodecRow& row(Codec codec) {
  return kCodecs[static_cast<std::size_t>(codec)];
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

std::string_view to_string(MediaKind kind) {
  return kind == MediaKind::kAudio ? "audio" : "video";
}

std::string_view mime_type(Codec codec) {
  return row(codec).mime;
}

std::string_view encoding_name(Codec codec) {
  const std::string_view mime = row(codec).mime;
  return mime.empty() ? mime : mime.substr(6);
}

Codec codec_from_name(MediaKind kind, std::string_view name) {
  for (const CodecRow& known : kCodecs) {
    if (known.codec == Codec::kUnknown || !equal_ignoring_case(known.mime.substr(6), name)) continue;
    if (known.kind == kind || known.codec == Codec::kRtx) return known.codec;  // RTX goes with either kind
  }
  return Codec::kUnknown;
}

Codec codec_from_mime(std::string_view mime) {
  if (mime.size() < 6 || mime[5] != '/') return Codec::kUnknown;
  const std::string_view kind = mime.substr(0, 5);
  if (equal_ignoring_case(kind, "audio")) return codec_from_name(MediaKind::kAudio, mime.substr(6));
  if (equal_ignoring_case(kind, "video")) return codec_from_name(MediaKind::kVideo, mime.substr(6));
  return Codec::kUnknown;
}

MediaKind kind_of(Codec codec) {
  return row(codec).kind;
}

std::uint32_t clock_rate(Codec codec) {
  return row(codec).clock_rate;
}

}  // namespace sfu::rtp
