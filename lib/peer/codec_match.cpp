// SPDX-License-Identifier: Apache-2.0
#include "peer/codec_match.hpp"

#include <algorithm>
#include <charconv>

namespace sfu::peer {

namespace {

// Calls visit(parameter) for each "name=value" of the list, blanks trimmed.
template <typename Visit>
void for_each_parameter(std::string_view fmtp, Visit&& visit) {
  while (!fmtp.empty()) {
    const std::size_t end = fmtp.find(';');
    std::string_view parameter = fmtp.substr(0, end);
    fmtp.remove_prefix(end == std::string_view::npos ? fmtp.size() : end + 1);
    while (parameter.starts_with(' ')) parameter.remove_prefix(1);
    while (parameter.ends_with(' ')) parameter.remove_suffix(1);
    if (!parameter.empty()) visit(parameter);
  }
}

bool names_parameter(std::string_view parameter, std::string_view name) {
  return sdp::fmtp_parameter(parameter, name).has_value();
}

template <typename Keep>
std::string filter_parameters(std::string_view fmtp, Keep&& keep) {
  std::string kept;
  for_each_parameter(fmtp, [&](std::string_view parameter) {
    if (!keep(parameter)) return;
    if (!kept.empty()) kept += ';';
    kept += parameter;
  });
  return kept;
}

std::optional<std::uint8_t> number_in(std::string_view text) {
  std::uint8_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value > 127) return std::nullopt;
  return value;
}

std::string_view parameter_or(std::string_view fmtp, std::string_view name, std::string_view fallback) {
  return sdp::fmtp_parameter(fmtp, name).value_or(fallback);
}

// Same parameters in any order, hints aside.
bool same_fmtp(std::string_view a, std::string_view b) {
  const auto sorted = [](std::string_view fmtp) {
    std::vector<std::string_view> list;
    for_each_parameter(fmtp, [&](std::string_view p) {
      if (!p.starts_with("x-google-")) list.push_back(p);
    });
    std::ranges::sort(list);
    return list;
  };
  return sorted(a) == sorted(b);
}

// Media 1.6: Constrained Baseline and High by themselves; others when the room lists that exact line.
bool accepts_h264(std::string_view fmtp, std::span<const std::string> extra) {
  const H264Profile profile = H264Profile::parse(fmtp);
  if (profile.profile == 0x42 && (profile.constraints & 0x40) != 0) return true;
  if (profile.profile == 0x64) return true;
  return std::ranges::any_of(extra, [&](const std::string& line) { return same_fmtp(line, fmtp); });
}

bool accepts_parameters(rtp::Codec codec, std::string_view fmtp) {
  switch (codec) {
    case rtp::Codec::kVp9: {  // 8 bit only: profiles 2 and 3 are for HDR, which not every receiver decodes
      const auto profile = parameter_or(fmtp, "profile-id", "0");
      return profile == "0" || profile == "1";
    }
    case rtp::Codec::kAv1: return parameter_or(fmtp, "profile", "0") == "0";
    case rtp::Codec::kH265: return parameter_or(fmtp, "tx-mode", "SRST") == "SRST";
    default: return true;
  }
}

void add_feedback(PayloadCodec& codec, const sdp::MediaDescription& media) {
  for (const sdp::RtcpFeedback& feedback : media.feedback) {
    if (feedback.payload_type && *feedback.payload_type != codec.payload_type) continue;
    if (feedback.value == "nack") codec.nack = true;
    if (feedback.value == "nack pli") codec.pli = true;
    if (feedback.value == "ccm fir") codec.fir = true;
    if (feedback.value == "transport-cc") codec.transport_cc = true;
    if (feedback.value == "goog-remb") codec.remb = true;
  }
}

// A static payload type needs no rtpmap (RFC 3551 6).
std::optional<sdp::RtpMap> rtpmap_of(const sdp::MediaDescription& media, std::uint8_t payload_type) {
  if (const sdp::RtpMap* map = media.rtpmap(payload_type)) return *map;
  if (payload_type == 0) return sdp::RtpMap{0, "PCMU", 8000, 1};
  if (payload_type == 8) return sdp::RtpMap{8, "PCMA", 8000, 1};
  return std::nullopt;
}

void add_rtx(std::vector<PayloadCodec>& codecs, const sdp::MediaDescription& media, rtp::MediaKind kind) {
  for (const std::string& format : media.formats) {
    const auto payload_type = number_in(format);
    const sdp::RtpMap* map = payload_type ? media.rtpmap(*payload_type) : nullptr;
    if (map == nullptr || rtp::codec_from_name(kind, map->name) != rtp::Codec::kRtx) continue;
    const auto apt = number_in(parameter_or(media.fmtp(*payload_type), "apt", ""));
    if (!apt) continue;
    const auto codec = std::ranges::find(codecs, *apt, &PayloadCodec::payload_type);
    if (codec != codecs.end() && !codec->rtx_payload_type) codec->rtx_payload_type = payload_type;
  }
}

// How well `candidate` decodes `source`: 0 not at all, more is better.
int fitness(const PayloadCodec& source, const PayloadCodec& candidate) {
  if (source.codec != candidate.codec) return 0;
  switch (source.codec) {
    case rtp::Codec::kH264: {
      const H264Profile from = H264Profile::parse(source.fmtp);
      const H264Profile to = H264Profile::parse(candidate.fmtp);
      if (from.packetization_mode_1 && !to.packetization_mode_1) return 0;
      const int same_mode = from.packetization_mode_1 == to.packetization_mode_1 ? 1 : 0;
      if (from.profile == to.profile && from.constraints == to.constraints) return 6 + same_mode;
      if (from.profile == to.profile) return 4 + same_mode;
      return (to.profile > from.profile ? 2 : 1) + same_mode;  // 42 < 4d < 64
    }
    case rtp::Codec::kVp9:
      return parameter_or(source.fmtp, "profile-id", "0") == parameter_or(candidate.fmtp, "profile-id", "0") ? 1 : 0;
    case rtp::Codec::kH265:
      return parameter_or(source.fmtp, "profile-id", "1") == parameter_or(candidate.fmtp, "profile-id", "1") ? 2 : 1;
    default: return 1;
  }
}

}  // namespace

const PayloadCodec* find_payload(const std::vector<PayloadCodec>& codecs, std::uint8_t payload_type, bool* is_rtx) {
  for (const PayloadCodec& codec : codecs) {
    const bool rtx = codec.rtx_payload_type == payload_type;
    if (!rtx && codec.payload_type != payload_type) continue;
    if (is_rtx != nullptr) *is_rtx = rtx;
    return &codec;
  }
  return nullptr;
}

const PayloadCodec* find_codec(const std::vector<PayloadCodec>& codecs, rtp::Codec codec) {
  const auto found = std::ranges::find(codecs, codec, &PayloadCodec::codec);
  return found == codecs.end() ? nullptr : &*found;
}

H264Profile H264Profile::parse(std::string_view fmtp) {
  H264Profile profile;
  profile.packetization_mode_1 = parameter_or(fmtp, "packetization-mode", "0") == "1";
  const std::string_view level_id = parameter_or(fmtp, "profile-level-id", "42000a");
  unsigned value = 0;
  const auto [stop, error] = std::from_chars(level_id.data(), level_id.data() + level_id.size(), value, 16);
  if (error == std::errc() && level_id.size() == 6) {
    profile.profile = static_cast<std::uint8_t>(value >> 16);
    profile.constraints = static_cast<std::uint8_t>(value >> 8);
  }
  return profile;
}

std::vector<PayloadCodec> supported_codecs(const sdp::MediaDescription& media, rtp::MediaKind kind,
                                           std::span<const rtp::Codec> codecs,
                                           std::span<const std::string> extra_h264) {
  std::vector<PayloadCodec> found;
  std::vector<PayloadCodec> other_h264;
  for (const std::string& format : media.formats) {
    const auto payload_type = number_in(format);
    const auto map = payload_type ? rtpmap_of(media, *payload_type) : std::nullopt;
    if (!map) continue;
    const rtp::Codec codec = rtp::codec_from_name(kind, map->name);
    if (std::ranges::find(codecs, codec) == codecs.end() || codec == rtp::Codec::kRtx) continue;
    if (map->clock_rate != rtp::clock_rate(codec) || find_payload(found, *payload_type) != nullptr) continue;
    PayloadCodec item{.payload_type = *payload_type,
                      .codec = codec,
                      .clock_rate = map->clock_rate,
                      .channels = map->channels,
                      .fmtp = without_hints(media.fmtp(*payload_type)),
                      .rtx_payload_type = {},
                      .hints = hints_of(media.fmtp(*payload_type))};
    if (!accepts_parameters(codec, item.fmtp)) continue;
    add_feedback(item, media);
    const bool other = codec == rtp::Codec::kH264 && !accepts_h264(item.fmtp, extra_h264);
    (other ? other_h264 : found).push_back(std::move(item));
  }
  // A client that has no other H264 than an unusual one: better that than none.
  if (find_codec(found, rtp::Codec::kH264) == nullptr) found.insert(found.end(), other_h264.begin(), other_h264.end());
  std::erase_if(found, [&](const PayloadCodec& item) {  // RED needs the Opus that it carries
    if (item.codec != rtp::Codec::kRed) return false;
    const auto inner = red_payload(item.fmtp);
    const PayloadCodec* opus = inner ? find_payload(found, *inner) : nullptr;
    return opus == nullptr || opus->codec != rtp::Codec::kOpus;
  });
  add_rtx(found, media, kind);
  return found;
}

const PayloadCodec* match_codec(const PayloadCodec& source, const std::vector<PayloadCodec>& candidates) {
  const PayloadCodec* best = nullptr;
  int best_fitness = 0;
  for (const PayloadCodec& candidate : candidates) {
    const int fits = fitness(source, candidate);
    if (fits <= best_fitness) continue;
    best = &candidate;
    best_fitness = fits;
  }
  return best;
}

std::string without_parameter(std::string_view fmtp, std::string_view name) {
  return filter_parameters(fmtp, [&](std::string_view parameter) { return !names_parameter(parameter, name); });
}

std::string with_parameter(std::string_view fmtp, std::string_view name, std::string_view value) {
  std::string result = without_parameter(fmtp, name);
  if (!result.empty()) result += ';';
  return result.append(name).append("=").append(value);
}

std::string without_hints(std::string_view fmtp) {
  return filter_parameters(fmtp, [](std::string_view parameter) { return !parameter.starts_with("x-google-"); });
}

std::string hints_of(std::string_view fmtp) {
  return filter_parameters(fmtp, [](std::string_view parameter) { return parameter.starts_with("x-google-"); });
}

std::string plain_parameters(std::string_view fmtp) {
  constexpr std::size_t kMost = 512;
  std::size_t size = 0;
  return filter_parameters(fmtp, [&](std::string_view parameter) {
    const bool plain = std::ranges::all_of(parameter, [](char c) { return c > ' ' && c < 0x7f; });
    if (!plain || size + parameter.size() > kMost) return false;
    size += parameter.size();
    return true;
  });
}

std::optional<std::uint8_t> red_payload(std::string_view fmtp) {
  return number_in(fmtp.substr(0, fmtp.find('/')));
}

}  // namespace sfu::peer
