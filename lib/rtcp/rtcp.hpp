// SPDX-License-Identifier: Apache-2.0
// RTCP as it is on the wire: reports, SDES and BYE (RFC 3550 6), NACK and PLI (RFC 4585 6), FIR (RFC 5104 4.3.1), REMB
// (draft-alvestrand-rmcat-remb-03), transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01) and
// the receiver reference time of XR (RFC 3611). Reading gives views over borrowed bytes, writing goes into a
// ByteWriter; nothing allocates or keeps state. When to send what is decided in media/ and congestion/; packets are
// decrypted and encrypted in srtp/.
//   messages.hpp            what a block holds
//   compound_reader.hpp     the blocks of a compound packet, one after the other
//   builders.hpp            writing blocks
//   transport_feedback.hpp  transport-wide congestion control feedback, both ways
#pragma once

#include "rtcp/builders.hpp"
#include "rtcp/compound_reader.hpp"
#include "rtcp/messages.hpp"
#include "rtcp/transport_feedback.hpp"
