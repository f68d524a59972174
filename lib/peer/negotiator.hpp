// SPDX-License-Identifier: Apache-2.0
// Offer and answer for one peer connection (RFC 8829, RFC 3264; rules: spec signalling 2.5 and 2.6). Text in, text
// out; it knows no time and no packets. A Peer owns one. Three uses, and their counterparts at a client:
//   v0 publisher   remote offers, we receive      apply_offer, set_receive_options, create_answer
//   v0 subscriber  we offer, we send              bind_sender / unbind_sender, create_offer, apply_answer
//   v1             remote offers, both            apply_offer, bind_sender, set_receive_options, create_answer
//   client in v1   we offer, both                 bind_sender, add_receivers, create_offer, apply_answer
// Once negotiated, the order of sections, payload types and extension ids never change (RFC 8829 5.2.2).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "peer/negotiated.hpp"
#include "sdp/sdp.hpp"

namespace sfu::peer {

struct NegotiatorConfig {
  // Codecs allowed at all (room configuration); RTX goes with them.
  std::vector<rtp::Codec> codecs = {rtp::Codec::kOpus, rtp::Codec::kRed, rtp::Codec::kPcmu,
                                    rtp::Codec::kPcma, rtp::Codec::kVp8, rtp::Codec::kH264,
                                    rtp::Codec::kVp9,  rtp::Codec::kAv1, rtp::Codec::kH265};
  // Exact fmtp lines of H264 profiles accepted beside the usual (media 1.6: 42001f, 4d001f).
  std::vector<std::string> extra_h264_fmtps;
  bool single_pc = false;      // v1: feedback and extensions of both roles in one answer
  bool reuse_sections = true;  // false for Safari, pv < 4, sync_streams (2.6)
  bool send_side_bwe = false;  // transport-cc towards subscribers instead of REMB (2.6)
  bool playout_delay = false;
  bool client = false;                    // the other end of all this: sends and takes the extensions of a browser
  bool keep_audio_nack_with_red = false;  // Firefox, Safari (2.6)
  std::uint16_t sctp_port = 5000;
  std::uint32_t max_message_size = 65535;
  std::size_t max_sections = 400;
};

class Negotiator {
 public:
  // `random` (session id) is used in the constructor only.
  Negotiator(NegotiatorConfig config, Random& random);
  ~Negotiator();
  Negotiator(Negotiator&&) noexcept;
  Negotiator& operator=(Negotiator&&) noexcept;

  void set_local_transport(LocalTransport transport) { local_ = std::move(transport); }

  // --- the remote end offers ---------------------------------------------------------------------------------------
  // An error leaves everything as it was: kMalformed, kUnsupported (no BUNDLE, no fingerprint ...), kLimitExceeded,
  // kFailedPrecondition (our offer is outstanding). Each applied offer is to be answered before the next.
  Result<OfferChanges> apply_offer(std::string_view sdp);
  // Kept for later answers too, until replaced.
  void set_receive_options(std::string_view mid, ReceiveOptions options);
  Result<std::string> create_answer();

  // --- we offer ----------------------------------------------------------------------------------------------------
  // Offers what is bound; `with_data` adds the data section (it stays once it was offered).
  Result<std::string> create_offer(bool with_data = true);
  Result<OfferChanges> apply_answer(std::string_view sdp);
  // Sections in which the remote end may send (v1): an answer puts a track into one by its msid.
  void add_receivers(rtp::MediaKind kind, std::size_t count);
  bool offer_outstanding() const { return offer_outstanding_; }

  // --- our tracks --------------------------------------------------------------------------------------------------
  // Takes a section of the kind that was used before and is free, else an unused one, and gives its mid; the track is
  // in the next answer or offer. Where we offer, a section is added if there is none. Where the remote end offers (it
  // has done so once), kNotFound means that there is none: see free_sections() and media_sections_requirement.
  // kUnsupported: none of the source's codecs can be offered.
  Result<std::string> bind_sender(SenderSpec spec);
  // The next description says inactive; after it (where we offer: after its answer) the section is free again.
  bool unbind_sender(std::string_view mid);
  // How many more bind_sender() calls of this kind would find a section. Only where the remote end offers.
  std::size_t free_sections(rtp::MediaKind kind) const;
  // Bound or unbound since the last description of ours: negotiate again.
  bool needs_negotiation() const { return changed_; }

  // --- results -----------------------------------------------------------------------------------------------------
  // Null if the mid is not a section of that role. Valid until the next call that is not const.
  const ReceiveSection* receive_section(std::string_view mid) const;
  const SendSection* send_section(std::string_view mid) const;
  std::vector<std::string> receive_mids() const;  // active ones, in order
  std::vector<std::string> send_mids() const;     // bound ones, in order
  // mid -> track id of every section that the last description of ours sends in (SessionDescription #4).
  std::map<std::string, std::string> mid_to_track_id() const;

  // Of the last description of the remote end.
  const RemoteTransport& remote_transport() const { return remote_; }
  // Our part in the DTLS handshake, once an answer has settled it.
  std::optional<sdp::Setup> local_setup() const { return local_setup_; }

 private:
  struct Section;
  using Sections = std::vector<Section>;

  const Section* find(std::string_view mid) const;
  Section* find(std::string_view mid) { return const_cast<Section*>(std::as_const(*this).find(mid)); }
  bool is_free(const Section& section) const;
  // Into `section`, which is one of `sections`.
  void read_codecs(const sdp::MediaDescription& media, const Sections& sections, Section& section) const;
  // What the remote end begins and ceases to send when `next` replaces the sections.
  OfferChanges changes_to(const Sections& next) const;

  // negotiator_remote_offer.cpp
  Result<void> merge_sections(const sdp::SessionDescription& offer, Sections& sections) const;
  void merge_section(const sdp::SessionDescription& offer, const sdp::MediaDescription& media, const Sections& sections,
                     Section& section) const;
  // negotiator_answer.cpp
  void choose_receive_codecs(Section& section) const;
  void choose_send_codecs(Section& section) const;
  void settle(Section& section) const;
  sdp::MediaDescription answer_section(const Section& section) const;
  void even_out(std::vector<PayloadCodec>& codecs, const Section& section, bool receiving) const;
  rtp::ExtensionMap answered_extensions(const Section& section) const;
  // negotiator_local_offer.cpp
  std::vector<PayloadCodec> offerable_codecs(const SenderSpec& sender) const;
  void add_section(rtp::MediaKind kind);
  sdp::MediaDescription offer_section(Section& section) const;
  void offer_receiver(sdp::MediaDescription& media, Section& section) const;
  void apply_receiver_answer(const sdp::MediaDescription& media, Section& section) const;
  void apply_answer_section(const sdp::MediaDescription& media, const Sections& sections, Section& section) const;
  // description.cpp
  sdp::SessionDescription begin_description();
  void write_transport(sdp::SessionDescription& description, sdp::Setup setup) const;

  NegotiatorConfig config_;
  LocalTransport local_;
  RemoteTransport remote_;
  Sections sections_;
  std::optional<sdp::Setup> local_setup_;
  sdp::Setup offered_setup_ = sdp::Setup::kAbsent;  // by the remote end
  bool allow_mixed_ = false;
  bool remote_offers_ = false;
  bool answer_due_ = false;
  bool offer_outstanding_ = false;
  std::size_t offered_sections_ = 0;  // in our last offer
  bool changed_ = false;
  std::string session_id_;
  std::uint64_t session_version_ = 0;
  std::uint32_t next_mid_ = 0;
};

}  // namespace sfu::peer
