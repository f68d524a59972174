// SPDX-License-Identifier: Apache-2.0
#include "placeholders.hpp"

#include <algorithm>

namespace sfu::sim {
namespace {

constexpr std::string_view kAudioPrefix = "audio-";
constexpr std::string_view kVideoPrefix = "video-";

bool is_placeholder(std::string_view mid) {
  return mid.starts_with(kAudioPrefix) || mid.starts_with(kVideoPrefix);
}

// `like`: a section of the same offer, whose transport it shares.
std::string placeholder(const std::string& mid, std::string_view like) {
  const bool audio = mid.starts_with(kAudioPrefix);
  std::string text = audio ? "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" : "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\n";
  text += "c=IN IP4 0.0.0.0\r\na=mid:" + mid + "\r\na=recvonly\r\na=rtcp-mux\r\n";
  for (const char* name : {"ice-ufrag", "ice-pwd", "setup"}) {
    if (const auto value = attribute(like, name); !value.empty()) {
      text += "a=" + std::string(name) + ':' + std::string(value) + "\r\n";
    }
  }
  if (audio) {
    text += "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n";
  } else {
    text += "a=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\na=rtcp-fb:96 nack pli\r\na=rtcp-fb:96 goog-remb\r\n";
    text += "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
  }
  return text;
}

}  // namespace

std::string_view attribute(std::string_view text, std::string_view name) {
  const std::string key = "a=" + std::string(name) + ':';
  std::size_t at = 0;
  while ((at = text.find(key, at)) != std::string_view::npos) {
    if (at == 0 || text[at - 1] == '\n') {
      at += key.size();
      return text.substr(at, text.find('\r', at) - at);
    }
    at += key.size();
  }
  return {};
}

Sections::Sections(std::string_view sdp) {
  constexpr std::string_view kMark = "\r\nm=";
  std::size_t end = sdp.find(kMark);
  session = sdp.substr(0, end == std::string_view::npos ? sdp.size() : end + 2);
  while (end != std::string_view::npos) {
    const std::size_t begin = end + 2;
    end = sdp.find(kMark, begin);
    const auto text = sdp.substr(begin, end == std::string_view::npos ? std::string_view::npos : end + 2 - begin);
    media.emplace_back(attribute(text, "mid"), text);
  }
}

std::string Sections::join(const std::vector<std::string>& mids) const {
  std::string bundle = "a=group:BUNDLE";
  for (const auto& mid : mids) bundle += ' ' + mid;
  std::string out = session;
  if (const auto at = out.find("a=group:BUNDLE"); at != std::string::npos) {
    out.replace(at, out.find("\r\n", at) - at, bundle);
  }
  for (const auto& mid : mids) {
    const auto found = std::ranges::find(media, mid, &std::pair<std::string, std::string>::first);
    if (found != media.end()) out += found->second;
  }
  return out;
}

void Placeholders::add(unsigned audios, unsigned videos) {
  for (; audios > 0; --audios) order_.push_back(std::string(kAudioPrefix) + std::to_string(audios_++));
  for (; videos > 0; --videos) order_.push_back(std::string(kVideoPrefix) + std::to_string(videos_++));
}

std::string Placeholders::weave(const std::string& offer) {
  Sections sections(offer);
  if (sections.media.empty()) return offer;
  const std::string like = sections.media.front().second;
  // The one whose transport counts for the bundle stays the first.
  if (std::ranges::find(order_, sections.media.front().first) == order_.end() && sections.media.size() == 1) {
    order_.insert(order_.begin(), sections.media.front().first);
  }
  for (const auto& [mid, text] : sections.media) {
    if (std::ranges::find(order_, mid) == order_.end()) order_.push_back(mid);
  }
  for (const auto& mid : order_) {
    if (is_placeholder(mid)) sections.media.emplace_back(mid, placeholder(mid, like));
  }
  return sections.join(order_);
}

std::string Placeholders::unpick(const std::string& answer) const {
  const Sections sections(answer);
  std::vector<std::string> mids;
  for (const auto& [mid, text] : sections.media) {
    if (!is_placeholder(mid)) mids.push_back(mid);
  }
  return sections.join(mids);
}

}  // namespace sfu::sim
