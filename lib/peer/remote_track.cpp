// SPDX-License-Identifier: Apache-2.0
#include "peer/remote_track.hpp"

#include <algorithm>

namespace sfu::peer {

namespace {

constexpr std::size_t kMaxStreams = 16;

}  // namespace

std::vector<AnnouncedStream> announced_streams(const sdp::MediaDescription& media) {
  std::vector<AnnouncedStream> streams;
  const auto is_rtx = [&](std::uint32_t ssrc) {
    return std::ranges::any_of(media.ssrc_groups, [&](const sdp::SsrcGroup& group) {
      return group.semantics == "FID" && group.ssrcs.size() == 2 && group.ssrcs[1] == ssrc;
    });
  };
  const auto add = [&](std::uint32_t ssrc) {
    if (streams.size() >= kMaxStreams || is_rtx(ssrc)) return;
    if (std::ranges::find(streams, ssrc, &AnnouncedStream::ssrc) == streams.end()) streams.push_back({ssrc, 0});
  };
  for (const sdp::SsrcGroup& group : media.ssrc_groups) {
    if (group.semantics != "SIM") continue;
    for (const std::uint32_t ssrc : group.ssrcs) add(ssrc);
  }
  for (const sdp::SsrcAttribute& attribute : media.ssrcs) add(attribute.ssrc);
  for (const sdp::SsrcGroup& group : media.ssrc_groups) {
    if (group.semantics != "FID" || group.ssrcs.size() != 2) continue;
    const auto stream = std::ranges::find(streams, group.ssrcs[0], &AnnouncedStream::ssrc);
    if (stream != streams.end()) stream->rtx_ssrc = group.ssrcs[1];
  }
  return streams;
}

sdp::Msid msid_of(const sdp::MediaDescription& media) {
  if (!media.msids.empty()) return media.msids.front();
  for (const sdp::SsrcAttribute& attribute : media.ssrcs) {
    if (attribute.name != "msid") continue;
    const std::size_t blank = attribute.value.find(' ');
    return {attribute.value.substr(0, blank),
            blank == std::string::npos ? std::string() : attribute.value.substr(blank + 1)};
  }
  return {};
}

}  // namespace sfu::peer
