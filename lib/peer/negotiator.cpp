// SPDX-License-Identifier: Apache-2.0
#include "peer/negotiator.hpp"

#include <algorithm>

#include "peer/codec_match.hpp"
#include "peer/section.hpp"

namespace sfu::peer {

Negotiator::Negotiator(NegotiatorConfig config, Random& random)
    : config_(std::move(config)), session_id_(std::to_string(random.u64() >> 1)) {}  // RFC 8829 5.2.1: 63 bits

Negotiator::~Negotiator() = default;
Negotiator::Negotiator(Negotiator&&) noexcept = default;
Negotiator& Negotiator::operator=(Negotiator&&) noexcept = default;

const Negotiator::Section* Negotiator::find(std::string_view mid) const {
  const auto found = std::ranges::find(sections_, mid, &Section::mid);
  return found == sections_.end() ? nullptr : &*found;
}

void Negotiator::set_receive_options(std::string_view mid, ReceiveOptions options) {
  if (Section* section = find(mid)) section->options = std::move(options);
}

// Whether another track may be bound to it. Where the remote end offers, it must be ready to receive there.
bool Negotiator::is_free(const Section& section) const {
  if (section.data || section.rejected || section.send || section.stopping || section.receiver) return false;
  if (section.used && !config_.reuse_sections) return false;
  return remote_offers_ ? sdp::receives(section.remote.direction) && !section.remote_codecs().empty() : true;
}

void Negotiator::read_codecs(const sdp::MediaDescription& media, const Sections& sections, Section& section) const {
  auto codecs = supported_codecs(media, section.kind, config_.codecs, config_.extra_h264_fmtps);
  for (const Section& other : sections) {
    if (other.remote_codecs() != codecs) continue;
    section.stated_codecs = other.stated_codecs;
    return;
  }
  codecs.shrink_to_fit();
  section.stated_codecs = std::make_shared<const std::vector<PayloadCodec>>(std::move(codecs));
}

Result<std::string> Negotiator::bind_sender(SenderSpec spec) {
  if (!remote_offers_ && offerable_codecs(spec).empty()) return fail(Errc::kUnsupported, "no codec to offer");
  Section* chosen = nullptr;
  for (Section& section : sections_) {
    if (section.kind != spec.kind || !is_free(section)) continue;
    if (chosen == nullptr || (section.used && !chosen->used)) chosen = &section;
  }
  if (chosen == nullptr) {
    if (remote_offers_) return fail(Errc::kNotFound, "no free section");
    if (sections_.size() >= config_.max_sections) return fail(Errc::kLimitExceeded, "too many sections");
    add_section(spec.kind);
    chosen = &sections_.back();
  }
  SendSection send;
  send.mid = chosen->mid;
  send.sender = std::move(spec);
  chosen->send = std::move(send);
  changed_ = true;
  return chosen->mid;
}

bool Negotiator::unbind_sender(std::string_view mid) {
  Section* section = find(mid);
  if (section == nullptr || !section->send) return false;
  section->send.reset();
  section->stopping = !section->announced_track.empty();
  changed_ = true;
  return true;
}

std::size_t Negotiator::free_sections(rtp::MediaKind kind) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      sections_, [&](const Section& section) { return section.kind == kind && is_free(section); }));
}

OfferChanges Negotiator::changes_to(const Sections& next) const {
  OfferChanges changes;
  for (const Section& section : next) {
    const Section* before = find(section.mid);
    const bool was_active = before != nullptr && before->receive.active;
    const bool same_track = before != nullptr && before->receive.track_id == section.receive.track_id &&
                            before->receive.stream_id == section.receive.stream_id;
    if (was_active && (!section.receive.active || !same_track)) changes.stopped.push_back(section.mid);
    if (section.receive.active && (!was_active || !same_track)) changes.started.push_back(section.mid);
  }
  return changes;
}

const ReceiveSection* Negotiator::receive_section(std::string_view mid) const {
  const Section* section = find(mid);
  return section == nullptr || section->receive.mid.empty() ? nullptr : &section->receive;
}

const SendSection* Negotiator::send_section(std::string_view mid) const {
  const Section* section = find(mid);
  return section == nullptr || !section->send ? nullptr : &*section->send;
}

std::vector<std::string> Negotiator::receive_mids() const {
  std::vector<std::string> mids;
  for (const Section& section : sections_) {
    if (section.receive.active) mids.push_back(section.mid);
  }
  return mids;
}

std::vector<std::string> Negotiator::send_mids() const {
  std::vector<std::string> mids;
  for (const Section& section : sections_) {
    if (section.send) mids.push_back(section.mid);
  }
  return mids;
}

std::map<std::string, std::string> Negotiator::mid_to_track_id() const {
  std::map<std::string, std::string> tracks;
  for (const Section& section : sections_) {
    if (!section.announced_track.empty()) tracks.emplace(section.mid, section.announced_track);
  }
  return tracks;
}

}  // namespace sfu::peer
