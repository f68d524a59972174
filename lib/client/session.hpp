// SPDX-License-Identifier: Apache-2.0
// A headless client of LiveKit's protocol, without I/O: SignalResponses and datagrams in, SignalRequests, datagrams and
// events out. It speaks over `/rtc` (two peer connections; over `/rtc/v1` it can join with one and send data),
// publishes RTP that its owner makes, and hands out the RTP of the tracks it is subscribed to; NACK, RTX and reports
// are the media layer's, used from the other side. The simulated calls of the tests are made of these; WebSocket and
// sockets are the owner's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "client/peer_sink.hpp"
#include "dtls/certificate.hpp"
#include "livekit_rtc.pb.h"
#include "media/endpoint.hpp"
#include "media/media.hpp"
#include "media/published_track.hpp"
#include "peer/peer.hpp"

namespace sfu::client {

struct SessionConfig {
  SocketAddress publisher_address;  // local ends of the two peer connections
  SocketAddress subscriber_address;
  const dtls::Certificate* certificate = nullptr;  // these three are borrowed and outlive the session
  Random* random = nullptr;
  const WallAnchor* wall = nullptr;
  bool single_connection = false;  // `/rtc/v1`: the publisher's is the only one
};

struct PublishOptions {
  std::string cid;  // the client's own name for the track
  std::string name;
  rtp::Codec codec = rtp::Codec::kVp8;
  livekit::TrackSource source = livekit::CAMERA;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
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
struct SubscriptionStarted {
  std::string track_sid;
  rtp::Codec codec;
};
struct DataReceived {
  livekit::DataPacket packet;
  bool reliable;
};
// A subscriber of the published track needs a key frame.
struct KeyframeRequested {
  std::string cid;
};
struct SubscriberConnected {};
using Event = std::variant<SignalReceived, PublishReady, SubscriptionStarted, DataReceived, KeyframeRequested,
                           SubscriberConnected>;

// Sees each packet of subscribed tracks as it arrived, before any repair.
class RtpObserver {
 public:
  virtual ~RtpObserver() = default;
  // `recovered`: it came by RTX, and `packet` is what was repeated.
  virtual void on_rtp(Instant now, const std::string& track_sid, const rtp::PacketView& packet, bool recovered) = 0;
};

struct Output {
  SendBatch& datagrams;
  std::vector<livekit::SignalRequest>& requests;
  std::vector<Event>& events;
};

class Session {
 public:
  Session(const SessionConfig& config, RtpObserver* observer);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void on_signal(Instant now, const livekit::SignalResponse& message, Output& out);
  void receive(Instant now, const Path& path, ByteSpan datagram, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const;

  // Asks the server for the track, then negotiates it. After join only.
  void publish(Instant now, const PublishOptions& options, Output& out);
  // One packet of a published track: payload type, SSRC and extensions are put right on the way.
  void write(Instant now, const std::string& cid, ByteSpan packet, Output& out);
  // Over `_reliable` or `_lossy`. Errors: kFailedPrecondition until the channels are open.
  Result<void> send_data(Instant now, const livekit::DataPacket& packet, bool reliable, Output& out);

  const std::string& participant_sid() const { return participant_sid_; }
  bool subscriber_connected() const;
  const peer::Peer* subscriber() const { return subscriber_.peer.get(); }
  const peer::Peer* publisher() const { return publisher_.peer.get(); }

 private:
  struct Outgoing;
  struct Incoming;
  struct Connection {
    std::unique_ptr<peer::Peer> peer;
    std::unique_ptr<PeerSink> sink;
    std::unique_ptr<media::Endpoint> endpoint;
    std::vector<peer::Event> events;
    std::map<std::string, peer::ChannelId> channels;  // by label
    std::map<peer::ChannelId, std::string> labels;
  };

  void make(Connection& connection, const SocketAddress& address, std::string ufrag_prefix);
  void offer(Instant now, Output& out);
  void on_offer(Instant now, const livekit::SessionDescription& description, Output& out);
  void on_answer(Instant now, const livekit::SessionDescription& description, Output& out);
  void on_trickle(Instant now, const livekit::TrickleRequest& trickle, Output& out);
  void start_outgoing(Instant now, Outgoing& track, Output& out);
  void start_incoming(const std::string& mid, Output& out);
  void observe(Instant now, ByteView packet);
  void drain(Connection& connection, Output& out);
  media::Output media_output(Output& out) const { return {out.datagrams, *config_.wall}; }

  SessionConfig config_;
  RtpObserver* observer_;
  std::string participant_sid_;
  Connection publisher_;
  Connection subscriber_;
  std::vector<std::unique_ptr<Outgoing>> outgoing_;
  std::map<std::string, std::unique_ptr<Incoming>> incoming_;  // by mid
  std::uint32_t offer_id_ = 0;
  bool negotiating_ = false;
  bool offer_wanted_ = false;
};

}  // namespace sfu::client
