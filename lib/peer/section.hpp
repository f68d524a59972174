// SPDX-License-Identifier: Apache-2.0
// One m= section as the Negotiator keeps it between descriptions. Private to the negotiator's files.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "peer/description.hpp"
#include "peer/negotiator.hpp"

namespace sfu::peer {

// What the remote end said last of a section. A connection has seven and more of them for as long as it lasts, so that
// only what later descriptions need is kept.
struct StatedSection {
  explicit StatedSection(const sdp::MediaDescription& media)
      : type(media.type),
        protocol(media.protocol),
        format(media.formats.empty() ? std::string() : media.formats.front()),
        direction(media.direction),
        extensions(stated_extensions(media)) {}
  StatedSection() = default;

  std::string type{};
  std::string protocol{};
  std::string format{};  // the first
  sdp::Direction direction = sdp::Direction::kSendRecv;
  std::vector<StatedExtension> extensions{};
};

struct Negotiator::Section {
  std::string mid;
  rtp::MediaKind kind = rtp::MediaKind::kAudio;
  bool data = false;
  bool rejected = false;  // port 0: by either side

  StatedSection remote;
  // Of what the remote end stated, supported. Sections that state the same share them.
  std::shared_ptr<const std::vector<PayloadCodec>> stated_codecs;
  const std::vector<PayloadCodec>& remote_codecs() const {
    static const std::vector<PayloadCodec> none;
    return stated_codecs == nullptr ? none : *stated_codecs;
  }

  // The remote end sends.
  bool receiver = false;  // where we offer: for that alone
  ReceiveSection receive;
  ReceiveOptions options;
  std::vector<std::string> offered_rids;  // in the order of the offer; receive.rids is sorted

  // We send.
  std::optional<SendSection> send;
  std::vector<PayloadCodec> offered;  // where we offer: the codecs of our last offer
  std::string announced_track;        // the sender in our last description; empty: none
  bool used = false;                  // was announced as sending once: without a sender it is inactive now
  bool stopping = false;              // unbound, and the remote end does not know yet
};

}  // namespace sfu::peer
