// SPDX-License-Identifier: Apache-2.0
// What a description of the remote end says about its transport: that of the BUNDLE group, taken from the group's first
// section, or from the session level where that says nothing (RFC 9143 7.1).
#pragma once

#include "base/result.hpp"
#include "peer/negotiated.hpp"
#include "sdp/sdp.hpp"

namespace sfu::peer {

// Neither rejected nor outside the group. RFC 9143 6: port 0 with bundle-only is not a rejection.
bool is_usable(const sdp::SessionDescription& description, const sdp::MediaDescription& media);
// Errors: kUnsupported (no BUNDLE), kMalformed (credentials, fingerprint), kLimitExceeded.
Result<RemoteTransport> remote_transport_of(const sdp::SessionDescription& description);
sdp::Setup remote_setup_of(const sdp::SessionDescription& description);

}  // namespace sfu::peer
