// SPDX-License-Identifier: Apache-2.0
// Answering: which codecs, feedback, extensions and direction each section gets (spec 2.6).
#include <algorithm>
#include <iterator>

#include "peer/codec_match.hpp"
#include "peer/description.hpp"
#include "peer/section.hpp"

namespace sfu::peer {

namespace {

// The codecs that `options` allows, those it prefers first. The others keep the order of the offer, which is what the
// client likes best: one that announces none has set its bitrate for the first, and refuses another in its place.
std::vector<PayloadCodec> by_preference(const std::vector<PayloadCodec>& offered, const ReceiveOptions& options) {
  std::vector<PayloadCodec> chosen = offered;
  if (options.codecs) {
    std::erase_if(chosen, [&](const PayloadCodec& c) {
      return std::ranges::find(*options.codecs, c.codec) == options.codecs->end();
    });
  }
  const auto move_to_front = [&](rtp::Codec codec) {
    std::vector<PayloadCodec> ordered;
    for (const bool wanted : {true, false}) {
      std::ranges::copy_if(chosen, std::back_inserter(ordered),
                           [&](const PayloadCodec& c) { return (c.codec == codec) == wanted; });
    }
    chosen = std::move(ordered);
  };
  for (auto codec = options.preferred.rbegin(); codec != options.preferred.rend(); ++codec) move_to_front(*codec);
  if (options.red_first) {
    // Opus right behind it: Chrome takes what follows RED for what is inside it, and refuses anything else.
    move_to_front(rtp::Codec::kOpus);
    move_to_front(rtp::Codec::kRed);
  }
  if (options.single_codec && !chosen.empty()) {
    std::erase_if(chosen, [codec = chosen.front().codec](const PayloadCodec& c) { return c.codec != codec; });
  }
  // RED cannot stand without the Opus inside it.
  if (find_codec(chosen, rtp::Codec::kOpus) == nullptr) {
    std::erase_if(chosen, [](const PayloadCodec& c) { return c.codec == rtp::Codec::kRed; });
  }
  return chosen;
}

std::string opus_fmtp(std::string_view offered, const ReceiveOptions& options) {
  std::string fmtp = without_parameter(without_parameter(offered, "stereo"), "usedtx");
  if (options.opus_dtx) fmtp = with_parameter(fmtp, "usedtx", "1");
  if (!options.opus_stereo) return fmtp;
  return with_parameter(with_parameter(fmtp, "stereo", "1"), "maxaveragebitrate", "510000");
}

}  // namespace

void Negotiator::choose_receive_codecs(Section& section) const {
  ReceiveSection& receive = section.receive;
  receive.codecs = by_preference(section.remote_codecs(), section.options);
  const bool red = !receive.codecs.empty() && receive.codecs.front().codec == rtp::Codec::kRed;
  for (PayloadCodec& codec : receive.codecs) {
    const bool audio = section.kind == rtp::MediaKind::kAudio;
    if (audio) {
      codec.pli = codec.fir = codec.transport_cc = codec.remb = false;
      if (red && !config_.keep_audio_nack_with_red) codec.nack = false;  // RED repairs instead
      if (codec.codec == rtp::Codec::kOpus) codec.fmtp = opus_fmtp(codec.fmtp, section.options);
    } else if (!config_.single_pc) {
      codec.remb = false;
    }
  }
  receive.extensions = {};
  agree_extensions(section.remote.extensions, receive_extensions(section.kind, config_), Flow::kFromRemote,
                   receive.extensions);
}

void Negotiator::choose_send_codecs(Section& section) const {
  SendSection& send = *section.send;
  const SenderSpec& sender = send.sender;
  send.codecs.clear();
  for (const PayloadCodec& source : sender.codecs) {
    const PayloadCodec* match = match_codec(source, section.remote_codecs());
    if (match == nullptr || find_payload(send.codecs, match->payload_type) != nullptr) continue;
    send.codecs.push_back(*match);
  }
  const PayloadCodec* red = find_codec(send.codecs, rtp::Codec::kRed);
  const bool has_red = red != nullptr;
  if (has_red && find_codec(send.codecs, rtp::Codec::kOpus) == nullptr) {
    const auto inner = red_payload(red->fmtp);
    const PayloadCodec* opus = inner ? find_payload(section.remote_codecs(), *inner) : nullptr;
    if (opus != nullptr) send.codecs.push_back(*opus);  // the form that RED unpacks to must be there too
  }
  for (PayloadCodec& codec : send.codecs) {
    if (sender.rtx_ssrc == 0) codec.rtx_payload_type.reset();
    if (section.kind == rtp::MediaKind::kAudio) {
      codec.pli = codec.fir = codec.transport_cc = codec.remb = false;
      if (has_red && !config_.keep_audio_nack_with_red) codec.nack = false;
    } else if (!config_.single_pc) {
      (config_.send_side_bwe ? codec.remb : codec.transport_cc) = false;
    }
  }
  send.codec_unsupported = send.codecs.empty();
  send.extensions = {};
  agree_extensions(section.remote.extensions, send_extensions(section.kind, config_), Flow::kToRemote, send.extensions);
}

// Decides what the answer says about one section, and keeps it as the result.
void Negotiator::settle(Section& section) const {
  section.announced_track.clear();
  section.stopping = false;
  if (section.data) return;
  if (section.receive.active) {
    choose_receive_codecs(section);
    if (section.receive.codecs.empty()) section.receive.active = false;
  }
  if (!section.send) return;
  SendSection& send = *section.send;
  choose_send_codecs(section);
  send.negotiated = !section.rejected && sdp::receives(section.remote.direction);
  if (!send.negotiated || send.codec_unsupported) return;
  section.announced_track = send.sender.track_id;
  section.used = true;
}

Result<std::string> Negotiator::create_answer() {
  if (!answer_due_) return fail(Errc::kFailedPrecondition, "no offer to answer");
  // RFC 8842 5.3: passive where we may choose, so that this side chooses the SRTP profile. Once settled it stays.
  if (!local_setup_) {
    local_setup_ = offered_setup_ == sdp::Setup::kPassive ? sdp::Setup::kActive : sdp::Setup::kPassive;
  }
  for (Section& section : sections_) settle(section);
  sdp::SessionDescription answer = begin_description();
  for (const Section& section : sections_) answer.media.push_back(answer_section(section));
  write_transport(answer, *local_setup_);
  answer_due_ = false;
  changed_ = false;
  return sdp::write(answer);
}

sdp::MediaDescription Negotiator::answer_section(const Section& section) const {
  sdp::MediaDescription media;
  media.type = section.remote.type;
  media.protocol = section.remote.protocol;
  media.mid = section.mid;
  media.direction = sdp::Direction::kInactive;
  if (section.data && !section.rejected) {
    media.formats = {"webrtc-datachannel"};
    media.sctp_port = config_.sctp_port;
    media.max_message_size = config_.max_message_size;
    return media;
  }
  // Offered for receiving and given no track yet: the placeholder of 2.6, ready and without msid.
  const bool sending = !section.announced_track.empty();
  const bool placeholder =
      config_.single_pc && !sending && !section.used && section.remote.direction == sdp::Direction::kRecvOnly;
  const bool receiving = section.receive.active;
  std::vector<PayloadCodec> codecs;
  if (receiving) {
    codecs = section.receive.codecs;
    for (const PayloadCodec& codec : sending ? section.send->codecs : std::vector<PayloadCodec>()) {
      if (find_payload(codecs, codec.payload_type) == nullptr) codecs.push_back(codec);
    }
  } else if (sending) {
    codecs = section.send->codecs;
  } else {
    codecs = section.remote_codecs();
  }
  if (section.rejected || codecs.empty()) {
    media.port = 0;
    media.formats = {section.remote.format};  // RFC 3264 6: at least one, and it means nothing
    return media;
  }
  media.rtcp_mux = true;
  media.rtcp_rsize = true;
  media.direction = sdp::make_direction(sending || placeholder, receiving);
  even_out(codecs, section, receiving);
  write_codecs(media, codecs);
  write_extensions(media, answered_extensions(section), section.remote.extensions);
  if (receiving && !section.offered_rids.empty()) {
    for (const std::string& rid : section.offered_rids) media.rids.push_back({rid, false, {}});
    media.simulcast = sdp::Simulcast{.send = {}, .recv = section.offered_rids};
  }
  if (sending) {
    const auto& agreed = section.send->codecs;
    write_sender(media, section.send->sender,
                 std::ranges::any_of(agreed, [](const PayloadCodec& c) { return c.rtx_payload_type.has_value(); }));
  }
  return media;
}

// Sections that only send, or idle. libwebrtc refuses a description in which one payload type of a bundle has
// different parameters, so Opus takes those of the section that receives.
void Negotiator::even_out(std::vector<PayloadCodec>& codecs, const Section& section, bool receiving) const {
  const bool audio = section.kind == rtp::MediaKind::kAudio;
  if (receiving) return;
  const bool red = find_codec(codecs, rtp::Codec::kRed) != nullptr && section.send;
  for (PayloadCodec& codec : codecs) {
    if (!audio) continue;
    codec.pli = codec.fir = codec.transport_cc = codec.remb = false;
    if (red && !config_.keep_audio_nack_with_red) codec.nack = false;
    if (codec.codec != rtp::Codec::kOpus) continue;
    codec.fmtp = without_parameter(codec.fmtp, "stereo");
    for (const Section& other : sections_) {
      if (!other.receive.active || other.kind != section.kind) continue;
      const PayloadCodec* same = find_payload(other.receive.codecs, codec.payload_type);
      if (same == nullptr) continue;
      codec.fmtp = same->fmtp;
      break;
    }
    if (section.send && section.send->sender.stereo) codec.fmtp = with_parameter(codec.fmtp, "sprop-stereo", "1");
  }
}

// All that the connection may ever use, also where this section does not: an extension that an answer leaves out Chrome
// does not offer again, not even in later sections, where a camera would then come without its rids.
rtp::ExtensionMap Negotiator::answered_extensions(const Section& section) const {
  rtp::ExtensionMap agreed;
  agree_extensions(section.remote.extensions, receive_extensions(section.kind, config_), Flow::kFromRemote, agreed);
  if (config_.single_pc) {
    agree_extensions(section.remote.extensions, send_extensions(section.kind, config_), Flow::kToRemote, agreed);
  }
  return agreed;
}

}  // namespace sfu::peer
