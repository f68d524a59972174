// SPDX-License-Identifier: Apache-2.0
// Readers of keys under rtc.
#include <algorithm>
#include <charconv>

#include "config/readers.hpp"

namespace sfu::config {

// "7882" or "7882-7892".
Result<void> read_udp_port(const Value& value, Draft& draft) {
  SFU_TRY(const auto written, value.text());
  PortRange range;
  const char* end = written.data() + written.size();
  auto [at, error] = std::from_chars(written.data(), end, range.first);
  range.last = range.first;
  if (error == std::errc() && at != end && *at == '-') {
    const auto second = std::from_chars(at + 1, end, range.last);
    at = second.ptr;
    error = second.ec;
  }
  if (error != std::errc() || at != end || range.first == 0) {
    return value.failure("must be a port, or a range such as 7882-7892, not " + written);
  }
  if (range.last < range.first) return value.failure("must not end before it begins, but is " + written);
  draft.mux_ports = range;
  return {};
}

// "v4", "v6" or "v4,v6".
Result<void> read_node_ip(const Value& value, Draft& draft) {
  SFU_TRY(const auto written, value.text());
  draft.settings.node_ips.clear();
  std::string_view rest = written;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string part(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const auto address = IpAddress::parse(part);
    if (!address) return value.failure("must be an IP address, or one IPv4 and one IPv6 with a comma, not " + written);
    for (const IpAddress& other : draft.settings.node_ips) {
      if (other.is_v4() == address->is_v4()) return value.failure("has two addresses of one family: " + written);
    }
    draft.settings.node_ips.push_back(*address);
  }
  return {};
}

Result<void> read_use_external_ip(const Value& value, Draft& draft) {
  SFU_TRY(const bool wanted, value.boolean());
  if (wanted) {
    draft.settings.warnings.push_back(
        value.message("is not built yet and has no effect: set rtc.node_ip to the address that clients reach"));
  }
  return {};
}

Result<void> read_use_ice_lite(const Value& value, Draft& draft) {
  SFU_TRY(const bool wanted, value.boolean());
  if (!wanted) draft.settings.warnings.push_back(value.message("has no effect: ICE is always lite here"));
  return {};
}

}  // namespace sfu::config
