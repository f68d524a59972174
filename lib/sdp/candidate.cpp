// SPDX-License-Identifier: Apache-2.0
#include "sdp/candidate.hpp"

#include <algorithm>

#include "sdp/text.hpp"

namespace sfu::sdp {
namespace {

constexpr std::uint32_t kHostPreference = 126;
constexpr std::uint32_t kTcpOffset = 27;            // what pion, and so LiveKit, sets TCP back by
constexpr std::uint32_t kPassiveHostDirection = 4;  // RFC 6544 4.2
constexpr std::size_t kMostOtherPreference = 8191;  // 13 bits

Candidate host_candidate(const SocketAddress& address, std::uint32_t type_preference, std::uint32_t local_preference) {
  Candidate candidate;
  candidate.priority = type_preference << 24 | local_preference << 8 | (256U - candidate.component);
  candidate.host = address.ip.to_string();
  candidate.port = address.port;
  return candidate;
}

}  // namespace

bool Candidate::is_mdns() const {
  return host.ends_with(".local");
}

Result<SocketAddress> Candidate::address() const {
  SFU_TRY(const auto ip, IpAddress::parse(host));
  return SocketAddress{ip, port};
}

Result<Candidate> parse_candidate(std::string_view text) {
  constexpr std::size_t kMaxCandidate = 1024;
  if (text.size() > kMaxCandidate) return fail(Errc::kLimitExceeded, "candidate too long");
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  text = trim(text);
  if (text.starts_with("a=")) text.remove_prefix(2);
  if (text.starts_with("candidate:")) text.remove_prefix(10);

  Candidate candidate;
  candidate.foundation = next_word(text);
  const bool component_ok = parse_number(next_word(text), candidate.component);
  candidate.transport = next_word(text);
  std::ranges::transform(candidate.transport, candidate.transport.begin(), to_lower);
  const bool priority_ok = parse_number(next_word(text), candidate.priority);
  candidate.host = next_word(text);
  const bool port_ok = parse_number(next_word(text), candidate.port);
  const bool typ = next_word(text) == "typ";
  candidate.type = next_word(text);
  if (!component_ok || !priority_ok || !port_ok || !typ || candidate.host.empty() || candidate.type.empty()) {
    return fail(Errc::kMalformed, "not an ICE candidate");
  }
  while (!text.empty()) {
    const std::string_view name = next_word(text);
    const std::string_view value = next_word(text);
    if (name == "tcptype") candidate.tcp_type = value;
    if (name == "ufrag") candidate.ufrag = value;
  }
  return candidate;
}

std::string write_candidate(const Candidate& c) {
  std::string text = "candidate:" + c.foundation + " " + std::to_string(c.component) + " " + c.transport + " " +
                     std::to_string(c.priority) + " " + c.host + " " + std::to_string(c.port) + " typ " + c.type;
  if (!c.tcp_type.empty()) text += " tcptype " + c.tcp_type;
  if (!c.ufrag.empty()) text += " ufrag " + c.ufrag;
  return text;
}

Candidate make_host_candidate(const SocketAddress& address, std::size_t index) {
  const auto local_preference = static_cast<std::uint32_t>(65535 - std::min<std::size_t>(index, 65535));
  Candidate candidate = host_candidate(address, kHostPreference, local_preference);
  candidate.foundation = std::to_string(index + 1);
  return candidate;
}

Candidate make_tcp_candidate(const SocketAddress& address, std::size_t index) {
  const auto other = static_cast<std::uint32_t>(kMostOtherPreference - std::min(index, kMostOtherPreference));
  Candidate candidate = host_candidate(address, kHostPreference - kTcpOffset, kPassiveHostDirection << 13 | other);
  candidate.foundation = "tcp" + std::to_string(index + 1);
  candidate.transport = "tcp";
  candidate.tcp_type = "passive";
  return candidate;
}

}  // namespace sfu::sdp
