// SPDX-License-Identifier: Apache-2.0
#include "peer/transport_description.hpp"

#include <algorithm>

namespace sfu::peer {

namespace {

constexpr std::size_t kMaxFingerprints = 16;

// Of a hash that DTLS can check here, and as long as it must be. Others are ignored (RFC 8122 5).
bool is_checkable(const sdp::Fingerprint& fingerprint) {
  static constexpr std::pair<std::string_view, std::size_t> kHashes[] = {
      {"sha-1", 20}, {"sha-224", 28}, {"sha-256", 32}, {"sha-384", 48}, {"sha-512", 64}};
  return std::ranges::any_of(kHashes, [&](const auto& hash) {
    return fingerprint.algorithm == hash.first && fingerprint.value.size() == 3 * hash.second - 1;
  });
}

bool in_bundle(const sdp::SessionDescription& description, const sdp::MediaDescription& media) {
  return std::ranges::find(description.bundle, media.mid) != description.bundle.end();
}

}  // namespace

bool is_usable(const sdp::SessionDescription& description, const sdp::MediaDescription& media) {
  if (media.port == 0 && !media.bundle_only) return false;
  return in_bundle(description, media) || (description.bundle.empty() && description.media.size() == 1);
}

Result<RemoteTransport> remote_transport_of(const sdp::SessionDescription& description) {
  RemoteTransport transport;
  transport.ice_lite = description.ice_lite;
  const auto first = std::ranges::find_if(
      description.media, [&](const sdp::MediaDescription& media) { return is_usable(description, media); });
  if (first == description.media.end()) return fail(Errc::kUnsupported, "no section in a BUNDLE group");
  transport.ice_ufrag = first->ice_ufrag.empty() ? description.ice_ufrag : first->ice_ufrag;
  transport.ice_pwd = first->ice_pwd.empty() ? description.ice_pwd : first->ice_pwd;
  transport.fingerprints = first->fingerprints.empty() ? description.fingerprints : first->fingerprints;
  transport.candidates = first->candidates;
  // RFC 8839 5.4: 4..256 and 22..256 characters.
  if (transport.ice_ufrag.size() < 4 || transport.ice_ufrag.size() > 256 || transport.ice_pwd.size() < 22 ||
      transport.ice_pwd.size() > 256) {
    return fail(Errc::kMalformed, "no usable ice-ufrag and ice-pwd");
  }
  std::erase_if(transport.fingerprints, [](const sdp::Fingerprint& f) { return !is_checkable(f); });
  if (transport.fingerprints.empty()) return fail(Errc::kMalformed, "no usable fingerprint");
  if (transport.fingerprints.size() > kMaxFingerprints) return fail(Errc::kLimitExceeded, "too many fingerprints");
  for (const sdp::MediaDescription& media : description.media) {
    if (!media.is_data() || !is_usable(description, media)) continue;
    transport.data = true;
    transport.sctp_port = media.sctp_port.value_or(5000);
    transport.max_message_size = media.max_message_size.value_or(65536);
  }
  return transport;
}

sdp::Setup remote_setup_of(const sdp::SessionDescription& description) {
  for (const sdp::MediaDescription& media : description.media) {
    if (is_usable(description, media) && media.setup != sdp::Setup::kAbsent) return media.setup;
  }
  return description.setup;
}

}  // namespace sfu::peer
