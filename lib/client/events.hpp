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
#include "payload/frame_assembler.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::client {

struct SessionConfig {
  // Local ends of the two peer connections, which tell their datagrams apart.
  std::vector<SocketAddress> publisher_addresses;
  std::vector<SocketAddress> subscriber_addresses;
  const dtls::Certificate* certificate = nullptr;  // these three are borrowed and outlive the session
  Random* random = nullptr;
  const WallAnchor* wall = nullptr;
  bool single_connection = false;  // `/rtc/v1`: the publisher's is the only one, and media comes on it too
  bool frames = false;             // put the packets of subscribed tracks together to FrameReceived
};

// One encoding of a simulcast.
struct Layer {
  std::string rid{};  // "q", "h", "f"
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t bitrate = 0;
};

struct PublishOptions {
  std::string cid;  // the client's own name for the track
  std::string name;
  rtp::Codec codec = rtp::Codec::kVp8;
  livekit::TrackSource source = livekit::CAMERA;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<Layer> layers{};  // lowest first; empty: one encoding
  bool stereo = false;
  bool muted = false;
};

// Any message of the server, after the session has acted on it.
struct SignalReceived {
  livekit::SignalResponse message;
};
// The track is negotiated: write() may begin.
struct PublishReady {
  std::string cid;
  std::string track_sid;
};
// The server refused it, or did not answer. The session has forgotten the track.
struct PublishFailed {
  std::string cid;
  Error error;
};
struct SubscriptionStarted {
  std::string track_sid;
  rtp::Codec codec;
};
struct SubscriptionEnded {
  std::string track_sid;
};
struct FrameReceived {
  std::string track_sid;
  rtp::Codec codec;
  payload::Frame frame;
};
struct DataReceived {
  livekit::DataPacket packet;
  bool reliable;
};
// A subscriber of the published track needs a key frame of this encoding.
struct KeyframeRequested {
  std::string cid;
  std::size_t layer = 0;
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

// Sees each packet of subscribed tracks as it arrived, before any repair.
class RtpObserver {
 public:
  virtual ~RtpObserver() = default;
  // `recovered`: it came by RTX, and `packet` is what was repeated.
  virtual void on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) = 0;
};

// The caller's sink, reused from call to call.
struct Output {
  SendBatch& datagrams;
  std::vector<livekit::SignalRequest>& requests;
  std::vector<Event>& events;
};

}  // namespace sfu::client
