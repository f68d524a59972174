// SPDX-License-Identifier: Apache-2.0
// What a Peer tells its owner, in order, in a vector that the owner reuses.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/send_batch.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::peer {

// kConnected: ICE has a path and DTLS stands; media flows. kDisconnected: consent ran out, and may come back. kFailed:
// the other side cannot be verified, or the handshake ran out of time; only close() is left.
enum class State : std::uint8_t { kNew, kConnecting, kConnected, kDisconnected, kFailed, kClosed };
const char* to_string(State state);

using ChannelId = std::uint16_t;  // the SCTP stream id

struct StateChanged {
  State state;
};
// For the demultiplexer: datagrams of this path belong to this peer. kLearned comes only after an authenticated check.
struct PathLearned {
  Path path;
};
struct PathLost {
  Path path;
};
// An ICE restart gave the peer a second ufrag; an older one ends when no request can come for it.
struct UfragAdded {
  std::string ufrag;
};
struct UfragRemoved {
  std::string ufrag;
};
struct ChannelOpened {
  ChannelId channel;
  std::string label;
  bool ordered;
  bool reliable;  // neither a limit of retransmissions nor of time
  bool ours;      // opened by open_channel(), now acknowledged
};
struct MessageReceived {
  ChannelId channel;
  std::vector<std::uint8_t> bytes;
  bool binary;
};
struct ChannelClosed {
  ChannelId channel;
};
struct BufferedAmountLow {
  ChannelId channel;
};

using Event = std::variant<StateChanged, PathLearned, PathLost, UfragAdded, UfragRemoved, ChannelOpened,
                           MessageReceived, ChannelClosed, BufferedAmountLow>;

// The caller's sink. Events belong to the one peer that was called.
struct Output {
  SendBatch& datagrams;
  std::vector<Event>& events;
};

}  // namespace sfu::peer
