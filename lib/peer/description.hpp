// SPDX-License-Identifier: Apache-2.0
// The parts from which the Negotiator's descriptions are put together.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "peer/negotiated.hpp"
#include "peer/negotiator.hpp"
#include "sdp/sdp.hpp"

namespace sfu::peer {

// The m= line's payload types with rtpmap, fmtp and feedback, each codec followed by its RTX.
void write_codecs(sdp::MediaDescription& media, const std::vector<PayloadCodec>& codecs);
// msid, cname, and the FID group when `rtx` was agreed (2.6).
void write_sender(sdp::MediaDescription& media, const SenderSpec& sender, bool rtx);

// An extension that the remote end states in a section; of those that are known here.
struct StatedExtension {
  std::uint8_t id = 0;
  sdp::Direction direction = sdp::Direction::kSendRecv;
  rtp::Extension kind{};
};
std::vector<StatedExtension> stated_extensions(const sdp::MediaDescription& media);
// An extension that `offered` limits to one direction is answered with the other (RFC 8285 6).
void write_extensions(sdp::MediaDescription& media, const rtp::ExtensionMap& extensions,
                      std::span<const StatedExtension> offered = {});

// Header extensions that are accepted from publishers and sent to subscribers (2.6, media 1.6).
std::vector<rtp::Extension> receive_extensions(rtp::MediaKind kind, const NegotiatorConfig& config);
std::vector<rtp::Extension> send_extensions(rtp::MediaKind kind, const NegotiatorConfig& config);
// Adds those of `wanted` that the section of the remote end states, with its ids, for what it sends or receives.
enum class Flow : std::uint8_t { kFromRemote, kToRemote };
void agree_extensions(std::span<const StatedExtension> stated, std::span<const rtp::Extension> wanted, Flow flow,
                      rtp::ExtensionMap& agreed);

}  // namespace sfu::peer
