// SPDX-License-Identifier: Apache-2.0
// layers: sctp
// What parses as an OPEN can be written again, and parses to the same.
#include <cstdlib>

#include "sctp/dcep.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu::sctp;
  const sfu::ByteView message(data, size);
  (void)dcep::is_ack(message);
  const auto options = dcep::parse_open(message);
  if (!options.has_value()) return 0;
  const auto again = dcep::write_open(*options);
  if (!again.has_value()) std::abort();
  const auto parsed = dcep::parse_open(*again);
  if (!parsed.has_value() || *parsed != *options) std::abort();
  return 0;
}
