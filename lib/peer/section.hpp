// SPDX-License-Identifier: Apache-2.0
// One m= section as the Negotiator keeps it between descriptions. Private to the negotiator's files.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "peer/negotiator.hpp"

namespace sfu::peer {

struct Negotiator::Section {
  std::string mid;
  rtp::MediaKind kind = rtp::MediaKind::kAudio;
  bool data = false;
  bool rejected = false;  // port 0: by either side

  // What the remote end said last.
  sdp::MediaDescription remote;
  std::vector<PayloadCodec> remote_codecs;  // of those, supported

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
