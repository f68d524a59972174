// SPDX-License-Identifier: Apache-2.0
// layers: sdp base
// Descriptions from a stranger: whatever parses can be written, and what was written parses.
#include <cstdlib>

#include "sdp/candidate.hpp"
#include "sdp/sdp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto description = sfu::sdp::parse(text)) {
    for (const auto& media : description->media) {
      for (const auto& fmtp : media.fmtps) (void)sfu::sdp::fmtp_parameter(fmtp.parameters, "apt");
      for (const auto& candidate : media.candidates) (void)sfu::sdp::parse_candidate(candidate);
    }
    if (!sfu::sdp::parse(sfu::sdp::write(*description))) std::abort();
  }
  if (const auto candidate = sfu::sdp::parse_candidate(text)) {
    (void)candidate->address();
    if (!sfu::sdp::parse_candidate(sfu::sdp::write_candidate(*candidate))) std::abort();
  }
  return 0;
}
