// SPDX-License-Identifier: Apache-2.0
// RTP as it is on the wire (RFC 3550), with header extensions (RFC 8285), retransmission payloads (RFC 4588) and the
// names of codecs. Plain values and views over borrowed bytes: nothing here allocates, owns a packet or keeps a stream.
// The state of a stream is in media/, RTCP in rtcp/, what payloads mean in codec/.
//   codec_name.hpp          MediaKind, Codec and their names
//   sequence.hpp            16- and 32-bit counters that wrap
//   extension.hpp           the header extensions that are known, and the ids a peer negotiated for them
//   extension_values.hpp    what is inside those extensions
//   packet_view.hpp         reading a packet
//   packet_writer.hpp       writing one
//   rtx.hpp                 RFC 4588 in and out
#pragma once

#include "rtp/codec_name.hpp"
#include "rtp/extension.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/packet_writer.hpp"
#include "rtp/rtx.hpp"
#include "rtp/sequence.hpp"
