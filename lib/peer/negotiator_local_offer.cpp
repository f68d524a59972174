// SPDX-License-Identifier: Apache-2.0
// Offering what we send (v0 subscriber), and taking the answer in. Payload types and extension ids come from fixed
// tables (spec 2.6), so they are the same in every section and never change.
#include <algorithm>

#include "peer/codec_match.hpp"
#include "peer/description.hpp"
#include "peer/remote_track.hpp"
#include "peer/section.hpp"
#include "peer/transport_description.hpp"

namespace sfu::peer {

namespace {

PayloadCodec video(std::uint8_t payload_type, rtp::Codec codec, std::string fmtp) {
  return {.payload_type = payload_type,
          .codec = codec,
          .clock_rate = 90000,
          .channels = 1,
          .fmtp = std::move(fmtp),
          .rtx_payload_type = static_cast<std::uint8_t>(payload_type + 1),
          .nack = true,
          .pli = true,
          .fir = true,
          .transport_cc = false,
          .remb = false};
}

PayloadCodec audio(std::uint8_t payload_type, rtp::Codec codec, std::uint16_t channels, std::string fmtp) {
  PayloadCodec item;
  item.payload_type = payload_type;
  item.codec = codec;
  item.clock_rate = rtp::clock_rate(codec);
  item.channels = channels;
  item.fmtp = std::move(fmtp);
  item.nack = codec == rtp::Codec::kOpus;
  return item;
}

// Spec 2.6, media 1.6. H264 High is never offered to subscribers.
const std::vector<PayloadCodec>& offer_table() {
  using enum rtp::Codec;
  static const std::vector<PayloadCodec> table = {
      audio(111, kOpus, 2, "minptime=10;useinbandfec=1"),
      audio(63, kRed, 2, "111/111"),
      audio(0, kPcmu, 1, ""),
      audio(8, kPcma, 1, ""),
      video(96, kVp8, ""),
      video(98, kVp9, "profile-id=0"),
      video(100, kVp9, "profile-id=1"),
      video(125, kH264, "level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42e01f"),
      video(108, kH264, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
      video(35, kAv1, ""),
      video(116, kH265, ""),
  };
  return table;
}

std::vector<PayloadCodec> table_for(const NegotiatorConfig& config) {
  std::vector<PayloadCodec> table = offer_table();
  const auto add_extra = [&](std::uint8_t payload_type, std::string_view level_id, bool mode_1) {
    for (const std::string& line : config.extra_h264_fmtps) {
      const H264Profile profile = H264Profile::parse(line);
      if (sdp::fmtp_parameter(line, "profile-level-id") != level_id) continue;
      if (profile.packetization_mode_1 == mode_1) table.push_back(video(payload_type, rtp::Codec::kH264, line));
    }
  };
  add_extra(104, "42001f", false);
  add_extra(102, "42001f", true);
  add_extra(39, "4d001f", false);
  add_extra(106, "4d001f", true);
  std::erase_if(table, [&](const PayloadCodec& codec) {
    return std::ranges::find(config.codecs, codec.codec) == config.codecs.end();
  });
  return table;
}

std::uint8_t offered_extension_id(rtp::Extension extension) {
  switch (extension) {
    case rtp::Extension::kMid: return 1;
    case rtp::Extension::kRid: return 2;
    case rtp::Extension::kRepairedRid: return 3;
    case rtp::Extension::kAbsSendTime: return 4;
    case rtp::Extension::kTransportCc: return 5;
    case rtp::Extension::kAudioLevel: return 6;
    case rtp::Extension::kDependencyDescriptor: return 8;
    case rtp::Extension::kAbsCaptureTime: return 13;
    case rtp::Extension::kPlayoutDelay: return 14;
    default: return 0;
  }
}

bool has_rtx(const std::vector<PayloadCodec>& codecs) {
  return std::ranges::any_of(codecs, [](const PayloadCodec& c) { return c.rtx_payload_type.has_value(); });
}

// What of the source's codecs the table can express. An H265 stream keeps its own parameters.
std::vector<PayloadCodec> codecs_of_table(const SenderSpec& sender, const NegotiatorConfig& config) {
  const std::vector<PayloadCodec> table = table_for(config);
  std::vector<PayloadCodec> offered;
  const auto add = [&](const PayloadCodec* codec, const PayloadCodec& source) {
    if (codec == nullptr || find_payload(offered, codec->payload_type) != nullptr) return;
    offered.push_back(*codec);
    if (codec->codec == rtp::Codec::kH265) offered.back().fmtp = plain_parameters(source.fmtp);
  };
  for (const PayloadCodec& source : sender.codecs) {
    add(match_codec(source, table), source);
    if (source.codec == rtp::Codec::kRed) add(find_codec(table, rtp::Codec::kOpus), source);
  }
  const bool red = find_codec(offered, rtp::Codec::kRed) != nullptr;
  for (PayloadCodec& codec : offered) {
    if (sender.rtx_ssrc == 0) codec.rtx_payload_type.reset();
    if (sender.kind == rtp::MediaKind::kVideo) {
      (config.send_side_bwe ? codec.transport_cc : codec.remb) = true;
    } else if (red && !config.keep_audio_nack_with_red) {
      codec.nack = false;
    }
    if (codec.codec == rtp::Codec::kOpus && sender.stereo) {
      codec.fmtp = with_parameter(codec.fmtp, "sprop-stereo", "1");
    }
  }
  return offered;
}

}  // namespace

std::vector<PayloadCodec> Negotiator::offerable_codecs(const SenderSpec& sender) const {
  return codecs_of_table(sender, config_);
}

void Negotiator::add_section(rtp::MediaKind kind) {
  Section section;
  section.mid = std::to_string(next_mid_++);
  section.kind = kind;
  sections_.push_back(std::move(section));
}

void Negotiator::add_receivers(rtp::MediaKind kind, std::size_t count) {
  for (; count > 0 && sections_.size() < config_.max_sections; --count) {
    add_section(kind);
    sections_.back().receiver = true;
    changed_ = true;
  }
}

Result<std::string> Negotiator::create_offer(bool with_data) {
  if (remote_offers_) return fail(Errc::kFailedPrecondition, "the other side offers here");
  const bool has_data = std::ranges::any_of(sections_, &Section::data);
  if (with_data && !has_data) {
    add_section(rtp::MediaKind::kAudio);
    sections_.back().data = true;
  }
  allow_mixed_ = true;
  sdp::SessionDescription offer = begin_description();
  for (Section& section : sections_) offer.media.push_back(offer_section(section));
  // RFC 8842 5.5: a later offer may say actpass again; the answer keeps the roles.
  write_transport(offer, sdp::Setup::kActpass);
  offer_outstanding_ = true;
  offered_sections_ = sections_.size();
  changed_ = false;
  return sdp::write(offer);
}

sdp::MediaDescription Negotiator::offer_section(Section& section) const {
  sdp::MediaDescription media;
  media.mid = section.mid;
  media.direction = sdp::Direction::kInactive;
  if (section.data) {
    media.type = "application";
    media.protocol = "UDP/DTLS/SCTP";
    media.formats = {"webrtc-datachannel"};
    media.sctp_port = config_.sctp_port;
    media.max_message_size = config_.max_message_size;
    return media;
  }
  media.type = rtp::to_string(section.kind);
  media.rtcp_mux = true;
  media.rtcp_rsize = true;
  section.announced_track.clear();
  if (section.rejected) {
    media.port = 0;
    media.formats = {"0"};
    return media;
  }
  if (section.receiver) {
    offer_receiver(media, section);
    return media;
  }
  if (section.send) section.offered = offerable_codecs(section.send->sender);
  rtp::ExtensionMap extensions;
  for (const rtp::Extension extension : send_extensions(section.kind, config_)) {
    extensions.set(offered_extension_id(extension), extension);
  }
  write_codecs(media, section.offered);
  write_extensions(media, extensions);
  if (!section.send) return media;
  media.direction = sdp::Direction::kSendOnly;
  write_sender(media, section.send->sender, has_rtx(section.offered));
  section.announced_track = section.send->sender.track_id;
  section.used = true;
  return media;
}

// Everything that can be decoded, since the track that will come is not known yet.
void Negotiator::offer_receiver(sdp::MediaDescription& media, Section& section) const {
  section.offered.clear();
  for (PayloadCodec codec : table_for(config_)) {
    if (rtp::kind_of(codec.codec) != section.kind) continue;
    codec.transport_cc = codec.remb = section.kind == rtp::MediaKind::kVideo;  // the server takes one
    section.offered.push_back(std::move(codec));
  }
  rtp::ExtensionMap extensions;
  for (const rtp::Extension extension : receive_extensions(section.kind, config_)) {
    if (const std::uint8_t id = offered_extension_id(extension); id != 0) extensions.set(id, extension);
  }
  media.direction = sdp::Direction::kRecvOnly;
  write_codecs(media, section.offered);
  write_extensions(media, extensions);
}

Result<OfferChanges> Negotiator::apply_answer(std::string_view text) {
  if (!offer_outstanding_) return fail(Errc::kFailedPrecondition, "no offer of ours is unanswered");
  SFU_TRY(const auto answer, sdp::parse(text));
  // The answer has the sections of the offer, in its order (RFC 3264 6). Sections bound since then are not in it.
  if (answer.media.size() != offered_sections_) return fail(Errc::kMalformed, "the answer has other sections");
  for (std::size_t i = 0; i < answer.media.size(); ++i) {
    const sdp::MediaDescription& media = answer.media[i];
    const bool nameless = media.port == 0 && media.mid.empty();  // as pion rejects a section
    if (!nameless && media.mid != sections_[i].mid) return fail(Errc::kMalformed, "the answer has other sections");
  }
  SFU_TRY(auto transport, remote_transport_of(answer));
  const sdp::Setup setup = remote_setup_of(answer);
  if (setup == sdp::Setup::kActpass) return fail(Errc::kMalformed, "an answer cannot be actpass");

  Sections sections = sections_;
  for (std::size_t i = 0; i < answer.media.size(); ++i) apply_answer_section(answer.media[i], sections, sections[i]);
  OfferChanges changes = changes_to(sections);
  sections_ = std::move(sections);
  // Absent means active (RFC 4145 4).
  if (!local_setup_) local_setup_ = setup == sdp::Setup::kPassive ? sdp::Setup::kActive : sdp::Setup::kPassive;
  remote_ = std::move(transport);
  offer_outstanding_ = false;
  return changes;
}

void Negotiator::apply_receiver_answer(const sdp::MediaDescription& media, Section& section) const {
  ReceiveSection& receive = section.receive;
  const sdp::Msid msid = msid_of(media);
  // A section that waits for a track is answered sendonly too, without a msid (spec 2.6).
  if (section.rejected || !sdp::sends(media.direction) || msid.track_id.empty()) {
    receive.active = false;
    return;
  }
  receive = ReceiveSection{.mid = section.mid,
                           .kind = section.kind,
                           .stream_id = msid.stream_id,
                           .track_id = msid.track_id,
                           .streams = announced_streams(media),
                           .codecs = supported_codecs(media, section.kind, config_.codecs, config_.extra_h264_fmtps),
                           .active = true};
  agree_extensions(section.remote.extensions, receive_extensions(section.kind, config_), Flow::kFromRemote,
                   receive.extensions);
}

void Negotiator::apply_answer_section(const sdp::MediaDescription& media, const Sections& sections,
                                      Section& section) const {
  section.remote = StatedSection(media);
  if (section.data) return;
  section.stopping = false;
  if (media.port == 0 && !media.bundle_only) section.rejected = true;
  if (section.receiver) return apply_receiver_answer(media, section);
  // Bound or replaced since the offer: this answer does not speak of it.
  if (!section.send || section.announced_track != section.send->sender.track_id) {
    section.stopping = !section.announced_track.empty() && !section.rejected;
    return;
  }
  SendSection& send = *section.send;
  read_codecs(media, sections, section);
  send.codecs.clear();
  for (const PayloadCodec& offered : section.offered) {
    const PayloadCodec* same = find_payload(section.remote_codecs(), offered.payload_type);
    const PayloadCodec* agreed =
        same != nullptr && same->codec == offered.codec ? same : match_codec(offered, section.remote_codecs());
    if (agreed == nullptr || find_payload(send.codecs, agreed->payload_type) != nullptr) continue;
    send.codecs.push_back(*agreed);
    if (!offered.rtx_payload_type) send.codecs.back().rtx_payload_type.reset();
  }
  send.extensions = {};
  agree_extensions(section.remote.extensions, send_extensions(section.kind, config_), Flow::kToRemote, send.extensions);
  send.negotiated = section.rejected || sdp::receives(media.direction);
  send.codec_unsupported = section.rejected || (send.negotiated && send.codecs.empty());
}

}  // namespace sfu::peer
