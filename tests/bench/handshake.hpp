// SPDX-License-Identifier: Apache-2.0
// What a join is compared with: a DTLS handshake and nothing else.
#pragma once

namespace sfu::bench {

// CPU time of a handshake's server, from its making until it has its keys: two dtls::Sessions hand each other their
// datagrams in memory. The mean of so many.
double handshake_ns(unsigned count);

}  // namespace sfu::bench
