// SPDX-License-Identifier: Apache-2.0
// One ICE candidate line (RFC 8839 5.1), as it stands in descriptions and as signalling trickles it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sfu/address.hpp"

namespace sfu::sdp {

struct Candidate {
  std::string foundation;
  std::uint16_t component = 1;
  std::string transport = "udp";  // lower case
  std::uint32_t priority = 0;
  std::string host;  // an address, or a name (mDNS: "….local")
  std::uint16_t port = 0;
  std::string type = "host";
  std::string tcp_type;  // "active", "passive"; empty for UDP
  std::string ufrag;     // extension attribute "ufrag", may be empty

  bool is_mdns() const;
  // kInvalidArgument when the host is a name.
  Result<SocketAddress> address() const;
};

// Takes "candidate:…", "a=candidate:…" or the bare value. Unknown extension attributes are skipped.
Result<Candidate> parse_candidate(std::string_view text);
// "candidate:…": the form of RTCIceCandidateInit.candidate.
std::string write_candidate(const Candidate& candidate);
// A UDP host candidate of ours; `index` in the list makes its priority (RFC 8445 5.1.2.1) and foundation.
Candidate make_host_candidate(const SocketAddress& address, std::size_t index);
// One that waits for TCP connections (RFC 6544 4.5), below all of UDP.
Candidate make_tcp_candidate(const SocketAddress& address, std::size_t index);

}  // namespace sfu::sdp
