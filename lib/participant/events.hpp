// SPDX-License-Identifier: Apache-2.0
// What a participant's own end of a room tells, in order, and what it says of the tracks that it publishes. Plain
// values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "livekit_rtc.pb.h"
#include "participant/roster.hpp"
#include "participant/rpc.hpp"
#include "participant/streams.hpp"
#include "payload/frame_assembler.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/extension.hpp"

namespace sfu::participant {

// One encoding of a simulcast.
struct Layer {
  std::string rid{};  // "q", "h", "f"
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::uint32_t bitrate = 0;
};

struct PublishOptions {
  std::string cid;  // the participant's own name for the track
  std::string name;
  rtp::Codec codec = rtp::Codec::kVp8;
  livekit::TrackSource source = livekit::CAMERA;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<Layer> layers{};  // lowest first; empty: one encoding
  bool stereo = false;
  bool muted = false;
  rtp::ExtensionMap extensions{};  // in packets that it writes itself, what a client is to carry over
};

// The track is agreed: writing may begin.
struct PublishReady {
  std::string cid;
  std::string track_sid;
};
// The server refused it, or did not answer.
struct PublishFailed {
  std::string cid;
  Error error;
};
// A subscriber of the published track needs a key frame of this encoding.
struct KeyframeRequested {
  std::string cid;
  std::size_t layer = 0;
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

// The server has let this participant in. Before anyone else is told of.
struct Joined {
  livekit::JoinResponse join;
};
// Media and data may flow, first or again. `rejoined`: with a new session.
struct Ready {
  bool rejoined = false;
};
struct Reconnecting {
  bool resuming = true;
};
// For good: nothing comes after it.
struct Disconnected {
  livekit::DisconnectReason reason = livekit::UNKNOWN_REASON;
  Error error;  // what could not be done, where that was the reason
};
// Another room, without leaving.
struct Moved {
  livekit::RoomMovedResponse room;
};
// A packet as it came.
struct DataReceived {
  livekit::DataPacket packet;
  bool reliable = true;
};
struct UserData {
  std::string sender;  // identity; empty: the server
  std::string topic;
  std::vector<std::uint8_t> payload;
  bool reliable = true;
};
// Other messages of the server, as they came.
struct ServerMessage {
  livekit::SignalResponse message;
};
// A whole text stream; its parts are told too.
struct TextReceived {
  StreamInfo info;
  std::string text;
};

using RoomEvent = std::variant<Joined, Ready, Reconnecting, Disconnected, Moved, RosterEvent, PublishReady,
                               PublishFailed, SubscriptionStarted, SubscriptionEnded, FrameReceived, KeyframeRequested,
                               UserData, StreamEvent, TextReceived, RpcInvoked, RpcCompleted, ServerMessage>;

}  // namespace sfu::participant
