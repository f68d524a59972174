// SPDX-License-Identifier: Apache-2.0
// Taking in what the remote end offers. Everything is read into a copy, so that an offer is applied whole or not at
// all.
#include <algorithm>
#include <array>

#include "peer/codec_match.hpp"
#include "peer/description.hpp"
#include "peer/remote_track.hpp"
#include "peer/section.hpp"
#include "peer/transport_description.hpp"

namespace sfu::peer {

namespace {

constexpr std::size_t kMaxMid = 64;
constexpr std::size_t kMaxRids = 8;

std::optional<rtp::MediaKind> kind_of_type(std::string_view type) {
  if (type == "audio") return rtp::MediaKind::kAudio;
  if (type == "video") return rtp::MediaKind::kVideo;
  return std::nullopt;
}

// Spec 2.6: the rids of known sets are put in order, whatever order they are in; others keep theirs.
std::vector<std::string> spatial_order(std::vector<std::string> rids) {
  static constexpr std::array<std::string_view, 6> kOrder = {"q", "h", "f", "2", "1", "0"};
  const auto rank = [](const std::string& rid) { return std::ranges::find(kOrder, rid) - kOrder.begin(); };
  const auto in_set = [&](std::ptrdiff_t first) {
    return std::ranges::all_of(rids, [&](const std::string& r) { return rank(r) >= first && rank(r) < first + 3; });
  };
  if (in_set(0) || in_set(3)) std::ranges::sort(rids, {}, rank);
  return rids;
}

std::vector<std::string> send_rids(const sdp::MediaDescription& media) {
  std::vector<std::string> rids;
  const auto add = [&](const std::string& rid) {
    if (rids.size() < kMaxRids && std::ranges::find(rids, rid) == rids.end()) rids.push_back(rid);
  };
  if (media.simulcast) {
    for (const std::string& rid : media.simulcast->send) add(rid);
  } else {
    for (const sdp::Rid& rid : media.rids) {
      if (rid.send) add(rid.id);
    }
  }
  return rids;
}

}  // namespace

Result<OfferChanges> Negotiator::apply_offer(std::string_view text) {
  if (offer_outstanding_) return fail(Errc::kFailedPrecondition, "an offer of ours is unanswered");
  SFU_TRY(const auto offer, sdp::parse(text));
  SFU_TRY(auto transport, remote_transport_of(offer));
  Sections sections = sections_;
  SFU_CHECK_OK(merge_sections(offer, sections));

  OfferChanges changes = changes_to(sections);
  changes.ice_restart =
      !remote_.ice_ufrag.empty() && (remote_.ice_ufrag != transport.ice_ufrag || remote_.ice_pwd != transport.ice_pwd);

  sections_ = std::move(sections);
  remote_ = std::move(transport);
  offered_setup_ = remote_setup_of(offer);
  allow_mixed_ = offer.extmap_allow_mixed || std::ranges::any_of(offer.media, [](const sdp::MediaDescription& media) {
                   return media.extmap_allow_mixed.value_or(false);
                 });
  remote_offers_ = true;
  answer_due_ = true;
  return changes;
}

// RFC 8829 5.10: sections keep their places; a new one is appended, or takes the place of a rejected one.
Result<void> Negotiator::merge_sections(const sdp::SessionDescription& offer, Sections& sections) const {
  if (offer.media.size() < sections.size()) return fail(Errc::kMalformed, "the offer lacks earlier sections");
  if (offer.media.size() > config_.max_sections) return fail(Errc::kLimitExceeded, "too many sections");
  sections.reserve(offer.media.size());
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const sdp::MediaDescription& media = offer.media[i];
    if (media.mid.empty() || media.mid.size() > kMaxMid) return fail(Errc::kMalformed, "a section without usable mid");
    for (std::size_t j = 0; j < i; ++j) {
      if (offer.media[j].mid == media.mid) return fail(Errc::kMalformed, "two sections of mid " + media.mid);
    }
    if (i >= sections.size()) {
      sections.emplace_back();
    } else if (sections[i].mid != media.mid) {
      if (!sections[i].rejected) return fail(Errc::kMalformed, "the sections changed their order");
      sections[i] = Section();
    } else if (sections[i].data != media.is_data()) {
      return fail(Errc::kMalformed, "mid " + media.mid + " changed its type");
    }
    merge_section(offer, media, sections, sections[i]);
  }
  return {};
}

void Negotiator::merge_section(const sdp::SessionDescription& offer, const sdp::MediaDescription& media,
                               const Sections& sections, Section& section) const {
  const auto kind = kind_of_type(media.type);
  section.mid = media.mid;
  section.data = media.is_data();
  section.remote = StatedSection(media);
  section.rejected = !is_usable(offer, media) || (!kind && !section.data);
  if (section.data) {
    // The form before RFC 8841 ("DTLS/SCTP 5000") is no longer written by any client.
    if (media.formats.empty() || media.formats.front() != "webrtc-datachannel") section.rejected = true;
    return;
  }
  section.kind = kind.value_or(rtp::MediaKind::kAudio);
  read_codecs(media, sections, section);
  if (section.remote_codecs().empty()) section.rejected = true;

  ReceiveSection& receive = section.receive;
  const bool sending = !section.rejected && sdp::sends(media.direction);
  if (!sending) {
    receive.active = false;
    return;
  }
  const sdp::Msid msid = msid_of(media);
  receive = ReceiveSection{.mid = media.mid,
                           .kind = section.kind,
                           .stream_id = msid.stream_id,
                           .track_id = msid.track_id,
                           .streams = announced_streams(media),
                           .codecs = section.remote_codecs(),
                           .active = true};
  section.offered_rids = send_rids(media);
  receive.rids = spatial_order(section.offered_rids);
}

}  // namespace sfu::peer
