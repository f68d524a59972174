// SPDX-License-Identifier: Apache-2.0
// What a negotiation comes to: plain values that media/ and room/ read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rtp/codec_name.hpp"
#include "rtp/extension.hpp"
#include "sdp/sdp.hpp"

namespace sfu::peer {

// A payload type with what it stands for. RTX is not listed: it hangs on its media codec.
struct PayloadCodec {
  std::uint8_t payload_type = 0;
  rtp::Codec codec = rtp::Codec::kUnknown;
  std::uint32_t clock_rate = 0;
  std::uint16_t channels = 1;
  std::string fmtp{};
  std::optional<std::uint8_t> rtx_payload_type{};
  std::string hints = {};  // the x-google-… of its fmtp line, which say nothing about the codec
  // rtcp-fb (RFC 4585, 5104)
  bool nack = false;
  bool pli = false;
  bool fir = false;
  bool transport_cc = false;
  bool remb = false;

  friend bool operator==(const PayloadCodec&, const PayloadCodec&) = default;
};

// Null if the payload type is not among them. Tells RTX payload types too: then `is_rtx` is set.
const PayloadCodec* find_payload(const std::vector<PayloadCodec>& codecs, std::uint8_t payload_type,
                                 bool* is_rtx = nullptr);
const PayloadCodec* find_codec(const std::vector<PayloadCodec>& codecs, rtp::Codec codec);

// A stream that the description announces by SSRC (no rids): media, and its retransmissions by an FID group.
struct AnnouncedStream {
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;  // 0: none

  friend bool operator==(const AnnouncedStream&, const AnnouncedStream&) = default;
};

// A section in which the remote end sends to us. Complete after create_answer(); between apply_offer() and that,
// `codecs` are what was offered and supported here.
struct ReceiveSection {
  std::string mid{};
  rtp::MediaKind kind = rtp::MediaKind::kAudio;
  std::string stream_id{};          // a=msid
  std::string track_id{};           // a=msid; the client's cid (but see spec 2.7.5 for Firefox)
  std::vector<std::string> rids{};  // simulcast, lowest spatial layer first; empty: one stream
  std::vector<AnnouncedStream> streams{};
  std::vector<PayloadCodec> codecs{};  // most wanted first
  rtp::ExtensionMap extensions{};      // ids in packets that we receive
  bool active = false;                 // the remote end sends; false once it has stopped

  friend bool operator==(const ReceiveSection&, const ReceiveSection&) = default;
};

// What is agreed about all that a connection receives.
struct ReceiveFeedback {
  rtp::ExtensionMap extensions{};
  bool transport_cc = false;
  bool remb = false;

  // In a bundle an id means one extension in all sections (RFC 8843 9.2), but not every section has all of them.
  void add(const ReceiveSection& section) {
    for (std::size_t i = 0; i < rtp::kExtensionCount; ++i) {
      const auto extension = static_cast<rtp::Extension>(i);
      if (section.extensions.has(extension)) extensions.set(section.extensions.id(extension), extension);
    }
    for (const PayloadCodec& codec : section.codecs) {
      transport_cc |= codec.transport_cc;
      remb |= codec.remb;
    }
  }
};

// What one of our outgoing tracks looks like to the negotiation.
struct SenderSpec {
  rtp::MediaKind kind = rtp::MediaKind::kAudio;
  std::string stream_id;  // "PA_…|TR_…": a=msid's first word
  std::string track_id;   // "TR_…": its second, and the value of mid_to_track_id
  std::string cname;
  std::uint32_t ssrc = 0;
  std::uint32_t rtx_ssrc = 0;  // 0: no retransmission stream
  // What the source may send, most wanted first: the codecs of its ReceiveSection, or of the ones that matter (codec
  // and fmtp are read). For RED with a fallback: {kRed, kOpus}.
  std::vector<PayloadCodec> codecs;
  bool stereo = false;
  // Simulcast (RFC 8853), lowest first, where we offer: encodings are then known by rid, and the SSRCs are not told.
  std::vector<std::string> rids{};
};

// A section in which we send.
struct SendSection {
  std::string mid;
  SenderSpec sender;
  std::vector<PayloadCodec> codecs;  // agreed, subscriber's payload types, most wanted first; empty until agreed
  rtp::ExtensionMap extensions;      // ids in packets that we send
  bool negotiated = false;           // the remote end has accepted it (v0: answered; v1: our answer was made)
  bool codec_unsupported = false;    // negotiated, and no codec of the source suits: SE_CODEC_UNSUPPORTED
};

// What the caller wants of one receiving section, whose codecs otherwise come in the order of the offer.
struct ReceiveOptions {
  std::optional<std::vector<rtp::Codec>> codecs{};  // allowed; nullopt: all
  std::vector<rtp::Codec> preferred{};              // of those, moved to the front: the announced primary codec
  bool red_first = false;                           // audio: RED before Opus, if it was offered with Opus inside (2.6)
  bool single_codec = false;  // video: only the most wanted one is kept (Firefox on Linux and Android, 2.6)
  bool opus_dtx = true;       // usedtx=1
  bool opus_stereo = false;   // stereo=1 and maxaveragebitrate=510000; otherwise stereo is stripped
};

// The remote end's transport, as its last description told it.
struct RemoteTransport {
  std::string ice_ufrag;
  std::string ice_pwd;
  bool ice_lite = false;
  std::vector<sdp::Fingerprint> fingerprints;
  std::vector<std::string> candidates;  // as in SDP; a lite agent does not need them
  bool data = false;                    // a data section is agreed
  std::uint16_t sctp_port = 5000;
  std::uint32_t max_message_size = 65536;  // RFC 8841 6.1: the default when absent
};

// Our transport, as descriptions tell it.
struct LocalTransport {
  std::string ice_ufrag;
  std::string ice_pwd;
  bool ice_lite = true;
  sdp::Fingerprint fingerprint;
  std::vector<std::string> candidates;  // values of a=candidate, without "candidate:"
};

// What an applied description changed.
struct OfferChanges {
  std::vector<std::string> started;  // mids that the remote end now sends in, and did not before (or with another msid)
  std::vector<std::string> stopped;  // mids that it no longer sends in
  bool ice_restart = false;
};

}  // namespace sfu::peer
