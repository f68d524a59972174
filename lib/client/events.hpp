// SPDX-License-Identifier: Apache-2.0
// What goes into a Session and what comes out of it, as plain values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "dtls/certificate.hpp"
#include "livekit_rtc.pb.h"
#include "participant/events.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::client {

using participant::DataReceived;
using participant::FrameReceived;
using participant::KeyframeRequested;
using participant::PublishFailed;
using participant::PublishOptions;
using participant::PublishReady;
using participant::SubscriptionEnded;
using participant::SubscriptionStarted;

struct SessionConfig {
  // Local ends of the two peer connections, which tell their datagrams apart.
  std::vector<SocketAddress> publisher_addresses;
  std::vector<SocketAddress> subscriber_addresses;
  const dtls::Certificate* certificate = nullptr;  // these three are borrowed and outlive the session
  Random* random = nullptr;
  const WallAnchor* wall = nullptr;
  bool single_connection = false;  // `/rtc/v1`: the publisher's is the only one, and media comes on it too
  bool audio_redundancy = false;   // Opus goes and comes as RED
  bool frames = false;             // put the packets of subscribed tracks together to FrameReceived
};

// Any message of the server, after the session has acted on it.
struct SignalReceived {
  livekit::SignalResponse message;
};
struct SubscriberConnected {};
// Media and data flow: the connections that the server lets this client's participant be ACTIVE by.
struct MediaConnected {};
// A connection is gone: resume, or join anew.
struct MediaLost {
  livekit::ReconnectReason reason;
};
using Event =
    std::variant<SignalReceived, PublishReady, PublishFailed, SubscriptionStarted, SubscriptionEnded, FrameReceived,
                 DataReceived, KeyframeRequested, SubscriberConnected, MediaConnected, MediaLost>;

// Sees each packet of subscribed tracks as it arrived, out of RED, before any other repair.
class RtpObserver {
 public:
  virtual ~RtpObserver() = default;
  // `recovered`: it came by RTX, and `packet` is what was repeated; or it was in the RED of a later one.
  virtual void on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) = 0;
};

// The caller's sink, reused from call to call.
struct Output {
  SendBatch& datagrams;
  std::vector<livekit::SignalRequest>& requests;
  std::vector<Event>& events;
};

}  // namespace sfu::client
