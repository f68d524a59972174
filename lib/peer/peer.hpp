// SPDX-License-Identifier: Apache-2.0
// One WebRTC connection: joins ice, dtls, srtp and sctp under what the Negotiator agreed, and tells their packets
// apart (RFC 7983). Owned by a room's participant, which has one (v1) or two (v0). Fed with the datagrams of its paths;
// gives back decrypted RTP and RTCP, which it does not understand: streams are media/'s business. Sending writes into
// a slot of the caller's SendBatch, where it is protected in place: on that way nothing is allocated.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/footprint.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "dtls/certificate.hpp"
#include "peer/event.hpp"
#include "peer/negotiator.hpp"
#include "sfu/address.hpp"

namespace sfu::peer {

// kControlling is for the client side: headless client, simulator, tests. It checks the candidates of the remote
// description against a lite peer.
enum class IceRole : std::uint8_t { kLite, kControlling };

struct PeerConfig {
  // The ufrag of the first generation, unique on its worker (the demultiplexer's key): 4 to 32 ICE characters. A
  // restart adds "+<generation>" and says so with UfragAdded.
  std::string ufrag;
  const dtls::Certificate* certificate = nullptr;  // borrowed; outlives the peer
  std::vector<SocketAddress> candidates;           // our addresses, best first
  std::vector<SocketAddress> tcp_candidates{};     // where we wait for TCP connections
  Random* random = nullptr;                        // borrowed; outlives the peer
  IceRole ice_role = IceRole::kLite;
  NegotiatorConfig negotiation;
  Duration consent_timeout = std::chrono::seconds(30);
  // A DTLS close_notify ends the peer. Off by default: LiveKit's clients are ended by signalling or ICE (spec 2.5).
  bool close_on_dtls_close = false;
};

struct ChannelOptions {
  std::string label;
  bool ordered = true;
  std::optional<std::uint32_t> max_retransmits{};  // unset: reliable
  std::string protocol{};
};

struct PeerStats {
  std::uint64_t datagrams_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t packets_sent = 0;  // RTP and RTCP
  std::uint64_t bytes_sent = 0;
  // Received and dropped:
  std::uint64_t dropped_unknown = 0;          // neither STUN, DTLS nor RTP (RFC 7983)
  std::uint64_t dropped_unauthenticated = 0;  // from a path that ICE has not verified
  std::uint64_t dropped_before_keys = 0;      // RTP and RTCP before DTLS was done
  std::uint64_t dropped_unprotect = 0;        // wrong tag, replayed
  // Not sent:
  std::uint64_t unsent_not_ready = 0;  // no path or no keys
  std::uint64_t unsent_protect = 0;
};

class Peer {
 public:
  // Errors: kInvalidArgument (ufrag), kUnavailable (OpenSSL).
  static Result<std::unique_ptr<Peer>> create(PeerConfig config);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // --- negotiation: the Negotiator's calls, with their effect on the transport --------------------------------------
  Result<OfferChanges> apply_offer(Instant now, std::string_view sdp, Output& out);
  // Starts DTLS when the role allows. An ICE restart in the offer is answered with new credentials.
  Result<std::string> create_answer(Instant now, Output& out);
  Result<std::string> create_offer(bool with_data = true);
  Result<OfferChanges> apply_answer(Instant now, std::string_view sdp, Output& out);
  // The next offer carries new credentials (v0 subscriber on resume).
  void restart_ice(Output& out);
  // Trickled. A lite peer only checks that it parses; mDNS names are ignored. Errors: kMalformed.
  Result<void> add_remote_candidate(Instant now, std::string_view candidate, Output& out);
  // For binding tracks, options and results. apply_* and create_* go through the Peer.
  Negotiator& negotiation();
  const Negotiator& negotiation() const;

  const std::string& local_ufrag() const;  // of the newest generation
  // From the next description on the remote end is offered TCP alone, or both again. Nothing changes for a peer that
  // has no TCP candidates.
  void set_tcp_only(bool tcp_only);
  // "candidate:…" lines to trickle. All of them: there is nothing to wait for.
  std::vector<std::string> local_candidates() const;

  // --- packets -----------------------------------------------------------------------------------------------------
  struct Received {
    enum class Kind : std::uint8_t { kNone, kRtp, kRtcp };
    Kind kind = Kind::kNone;
    ByteSpan packet;  // plaintext, inside the datagram's memory
  };
  // One datagram of this peer. Anything may be in it.
  Received receive(Instant now, const Path& path, ByteSpan datagram, Output& out);
  // Its TCP connection has ended: a lost path, not a failed peer.
  void path_lost(Instant now, const Path& path, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const;

  // True when send_rtp() would send: a path, keys.
  bool can_send() const;
  // What send_rtp() touches.
  void add_to(Footprint& footprint) const;
  // A slot to write an RTP packet into; send_rtp() queues its first `size` bytes on the selected path, protected when
  // the batch is read, and is false (counted) when it cannot.
  ByteSpan open_rtp(SendBatch& batch) { return batch.open(); }
  bool send_rtp(SendBatch& batch, std::size_t size);
  // A compound packet, copied into a slot.
  bool send_rtcp(ByteView compound, SendBatch& batch);

  // --- data channels -----------------------------------------------------------------------------------------------
  // May be called before the association stands; the channel opens when it does (ids are then known: ChannelOpened has
  // `ours`). Errors: kInvalidArgument, kClosed.
  Result<void> open_channel(Instant now, ChannelOptions options, Output& out);
  Result<void> send_data(Instant now, ChannelId channel, ByteView bytes, bool binary, Output& out);
  void close_channel(Instant now, ChannelId channel, Output& out);
  std::size_t buffered_amount(ChannelId channel) const;
  void set_buffered_amount_low_threshold(ChannelId channel, std::size_t bytes);

  // --- state -------------------------------------------------------------------------------------------------------
  State state() const;
  bool ice_connected() const;
  const Path* selected_path() const;
  // The SRTP profile as IANA names it: "SRTP_AEAD_AES_128_GCM"; "" before the handshake is done.
  std::string_view srtp_profile() const;
  const PeerStats& stats() const;

  // Says close_notify and aborts SCTP. Afterwards everything is ignored. PathLost follows for each path.
  void close(Instant now, Output& out);

 private:
  class Impl;
  explicit Peer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu::peer
