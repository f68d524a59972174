// SPDX-License-Identifier: Apache-2.0
// One WebRTC connection of a participant, which has one (v1) or two (v0): the Peer, what media knows of it, its data
// channels by label, and how far its negotiation has come. What to do with all that is decided in Negotiation,
// DataForwarding and Lifecycle.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "livekit_rtc.pb.h"
#include "media/endpoint.hpp"
#include "peer/peer.hpp"
#include "room/ids.hpp"
#include "room/timers.hpp"

namespace sfu::room {

// Who waits for whom (signalling 2.5).
struct NegotiationState {
  // Renegotiation is wanted: an offer of ours, or asking a v1 client for one. kNever: it is not.
  Instant due = kNever;
  Instant last{};  // when a description was last exchanged

  // 10 ms gather what belongs together; more when the last round was a moment ago.
  void request(Instant now) {
    using std::chrono::milliseconds;
    due = std::min(due, now + (now - last > milliseconds(150) ? milliseconds(10) : milliseconds(150)));
  }

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

class Transport final : public media::RtpSink {
 public:
  Transport(ParticipantId owner, PeerKey key, livekit::SignalTarget target, std::unique_ptr<peer::Peer> peer,
            rtp::Ssrc rtcp_ssrc);
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  ParticipantId owner() const { return owner_; }
  // Its participant has another id in another room.
  void set_owner(ParticipantId owner) { owner_ = owner; }
  PeerKey key() const { return key_; }
  livekit::SignalTarget target() const { return target_; }
  peer::Peer& peer() { return *peer_; }
  const peer::Peer& peer() const { return *peer_; }
  peer::Negotiator& sections() { return peer_->negotiation(); }
  media::Endpoint& endpoint() { return endpoint_; }
  rtp::Ssrc rtcp_ssrc() const { return rtcp_ssrc_; }

  // Applies what was negotiated for all sections: extension ids, kind of feedback.
  void configure_endpoint();

  void send_rtp(SendBatch& batch, std::size_t size) override { (void)peer_->send_rtp(batch, size); }
  void send_rtcp(ByteView compound, SendBatch& batch) override { (void)peer_->send_rtcp(compound, batch); }

  void channel_opened(const peer::ChannelOpened& event);
  void channel_closed(peer::ChannelId id);
  // Null if there is no such channel.
  const peer::ChannelOpened* channel(peer::ChannelId id) const;
  const peer::ChannelOpened* channel(std::string_view label) const;
  bool data_channels_open() const { return channel("_reliable") != nullptr && channel("_lossy") != nullptr; }

  // Published tracks that come over this connection, with their timers: found once a packet.
  void add_track(media::PublishedTrack* track, TimerKey key) { tracks_.push_back({track, key}); }
  void remove_track(const media::PublishedTrack* track);
  void set_timer(const media::PublishedTrack* track, TimerKey key);
  TimerKey timer_of(const media::PublishedTrack* track) const;

  Instant deadline() const { return std::min(peer_->deadline(), endpoint_.deadline()); }

  TimerKey timer = kNoTimer;
  NegotiationState negotiation;
  bool was_connected = false;

 private:
  struct Track {
    media::PublishedTrack* track;
    TimerKey timer;
  };

  ParticipantId owner_;
  PeerKey key_;
  livekit::SignalTarget target_;
  rtp::Ssrc rtcp_ssrc_;
  std::unique_ptr<peer::Peer> peer_;
  media::Endpoint endpoint_;
  std::vector<peer::ChannelOpened> channels_;
  std::vector<Track> tracks_;
};

inline constexpr std::string_view kReliableLabel = "_reliable";
inline constexpr std::string_view kLossyLabel = "_lossy";
inline constexpr std::string_view kDataTrackLabel = "_data_track";

}  // namespace sfu::room
