// SPDX-License-Identifier: Apache-2.0
// What a participant's media and data go over: what the rest of the room knows of it. A WebRTC connection
// (PeerTransport), of which a participant has one (v1) or two (v0), or the ends of a participant of the host's own, in
// this process (LocalTransport). Here are the endpoint of the media layer and the published tracks that come over it.
// What to do with all that is decided in Negotiation, DataForwarding and Lifecycle.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "livekit_rtc.pb.h"
#include "media/endpoint.hpp"
#include "peer/negotiated.hpp"
#include "room/ids.hpp"
#include "room/timers.hpp"

namespace sfu::room {

class LocalTransport;
class PeerTransport;

// Who waits for whom (signalling 2.5).
struct NegotiationState {
  // Renegotiation is wanted: an offer of ours, or asking a v1 client for one. kNever: it is not.
  Instant due = kNever;
  Instant begun{};  // the last round of ours
  Instant begun_before{};

  // 10 ms gather what belongs together; more when round follows round. Who subscribes as soon as it has joined need not
  // wait.
  void request(Instant now) {
    using std::chrono::milliseconds;
    due = std::min(due, now + (now - begun_before > milliseconds(150) ? milliseconds(10) : milliseconds(150)));
  }
  void begin(Instant now) { begun_before = std::exchange(begun, now); }

  // Where the client offers.
  bool described = false;  // it has offered once
  bool asked = false;      // for another offer, which has not come yet
  std::uint32_t asked_audios = 0;
  std::uint32_t asked_videos = 0;

  // Where we offer.
  std::uint32_t offer_id = 0;
  Instant offered_at = kNever;  // kNever: no answer is outstanding
  bool again = false;           // once the answer has come

  bool candidates_sent = false;  // of the present ICE generation
};

class Transport : public media::RtpSink {
 public:
  Transport(ParticipantId owner, livekit::SignalTarget target, rtp::Ssrc rtcp_ssrc)
      : owner_(owner), target_(target), rtcp_ssrc_(rtcp_ssrc), endpoint_(*this, rtcp_ssrc) {}
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  // Which of the two it is; the other is null.
  virtual PeerTransport* peer_transport() { return nullptr; }
  virtual LocalTransport* local() { return nullptr; }

  ParticipantId owner() const { return owner_; }
  // Its participant has another id in another room.
  void set_owner(ParticipantId owner) { owner_ = owner; }
  livekit::SignalTarget target() const { return target_; }
  media::Endpoint& endpoint() { return endpoint_; }
  rtp::Ssrc rtcp_ssrc() const { return rtcp_ssrc_; }

  virtual bool can_send() const = 0;
  virtual bool has_channel(std::string_view label) const = 0;

  // The tracks that it carries, as of peer::Negotiator.
  virtual std::vector<std::string> receive_mids() const = 0;
  virtual const peer::ReceiveSection* receive_section(std::string_view mid) const = 0;
  virtual void set_receive_options(std::string_view mid, peer::ReceiveOptions options) = 0;
  virtual Result<std::string> bind_sender(peer::SenderSpec spec) = 0;
  virtual void unbind_sender(std::string_view mid) = 0;
  virtual const peer::SendSection* send_section(std::string_view mid) const = 0;

  // Applies what was negotiated for all sections: extension ids, kind of feedback.
  void configure_endpoint();

  // Published tracks that come over it, with their timers: found once a packet.
  void add_track(media::PublishedTrack* track, TimerKey key) { tracks_.push_back({track, key}); }
  void remove_track(const media::PublishedTrack* track);
  void set_timer(const media::PublishedTrack* track, TimerKey key);
  TimerKey timer_of(const media::PublishedTrack* track) const;

  virtual Instant deadline() const { return endpoint_.deadline(); }

  TimerKey timer = kNoTimer;
  NegotiationState negotiation;
  bool was_connected = false;
  Instant connected_at = kNever;  // when it last came to stand

 private:
  struct Track {
    media::PublishedTrack* track;
    TimerKey timer;
  };

  ParticipantId owner_;
  livekit::SignalTarget target_;
  rtp::Ssrc rtcp_ssrc_;
  media::Endpoint endpoint_;
  std::vector<Track> tracks_;
};

inline constexpr std::string_view kReliableLabel = "_reliable";
inline constexpr std::string_view kLossyLabel = "_lossy";
inline constexpr std::string_view kDataTrackLabel = "_data_track";

inline bool data_channels_open(const Transport& transport) {
  return transport.has_channel(kReliableLabel) && transport.has_channel(kLossyLabel);
}

}  // namespace sfu::room
