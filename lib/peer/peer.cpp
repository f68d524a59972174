// SPDX-License-Identifier: Apache-2.0
#include "peer/peer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "ice/demux.hpp"
#include "peer/connectivity.hpp"
#include "peer/data_channels.hpp"
#include "peer/secure_transport.hpp"
#include "sdp/candidate.hpp"

namespace sfu::peer {

class Peer::Impl {
 public:
  explicit Impl(PeerConfig settings)
      : config(std::move(settings)),
        negotiator(config.negotiation, *config.random),
        connectivity(config),
        secure(*config.certificate) {
    tell_local_transport();
  }

  std::vector<std::string> candidate_lines() const;
  void tell_local_transport();
  void remote_described(Instant now, Output& out);
  void progress(Instant now, Output& out);
  void start_data(Instant now, Output& out);
  void pump(Instant now, Output& out);
  State compute_state() const;
  void update_state(Output& out);
  Received receive_media(const Path& path, ByteSpan datagram, bool rtcp, Output& out);
  bool protect_and_queue(SendBatch& batch, std::size_t size, bool rtcp);

  PeerConfig config;
  Negotiator negotiator;
  Connectivity connectivity;
  SecureTransport secure;
  DataChannels data;
  State state = State::kNew;
  bool tcp_only = false;   // is what the remote end is offered
  bool described = false;  // the remote end's description is known
  bool closed = false;
  PeerStats stats;
};

std::vector<std::string> Peer::Impl::candidate_lines() const {
  std::vector<std::string> lines;
  const auto& udp = config.candidates;
  const auto& tcp = config.tcp_candidates;
  const bool skips_udp = tcp_only && !tcp.empty();
  for (std::size_t i = 0; i < udp.size() && !skips_udp; ++i) {
    lines.push_back(sdp::write_candidate(sdp::make_host_candidate(udp[i], i)));
  }
  for (std::size_t i = 0; i < tcp.size(); ++i) {
    lines.push_back(sdp::write_candidate(sdp::make_tcp_candidate(tcp[i], i)));
  }
  return lines;
}

void Peer::Impl::tell_local_transport() {
  const ice::Credentials& local = connectivity.local();
  LocalTransport transport{.ice_ufrag = local.ufrag,
                           .ice_pwd = local.password,
                           .ice_lite = config.ice_role == IceRole::kLite,
                           .fingerprint = {},
                           .candidates = {}};
  const std::string fingerprint = config.certificate->fingerprint().to_string();
  const std::size_t blank = fingerprint.find(' ');
  transport.fingerprint = {fingerprint.substr(0, blank), fingerprint.substr(blank + 1)};
  constexpr std::string_view kPrefix = "candidate:";
  for (const std::string& line : candidate_lines()) transport.candidates.push_back(line.substr(kPrefix.size()));
  negotiator.set_local_transport(std::move(transport));
}

void Peer::Impl::remote_described(Instant now, Output& out) {
  described = true;
  connectivity.set_remote(now, negotiator.remote_transport());
  progress(now, out);
}

// Whatever has become possible: DTLS once there are roles and a path, data channels once DTLS stands.
void Peer::Impl::progress(Instant now, Output& out) {
  if (!secure.started() && described && connectivity.selected() != nullptr && negotiator.local_setup()) {
    const bool active = *negotiator.local_setup() == sdp::Setup::kActive;
    secure.start(now, active ? dtls::Role::kClient : dtls::Role::kServer, negotiator.remote_transport(),
                 connectivity.selected(), out.datagrams);
  }
  start_data(now, out);
  pump(now, out);
  update_state(out);
}

void Peer::Impl::start_data(Instant now, Output& out) {
  if (data.started() || !secure.connected() || !negotiator.remote_transport().data) return;
  data.start(now, secure.role(), config.negotiation, negotiator.remote_transport(), out);
}

// Carries packets between DTLS and SCTP until neither has any.
void Peer::Impl::pump(Instant now, Output& out) {
  dtls::PacketList& received = secure.application();
  for (std::size_t i = 0; i < received.size(); ++i) data.receive(now, received[i], out);
  received.clear();
  sctp::PacketList& made = data.packets();
  for (std::size_t i = 0; i < made.size(); ++i) {
    secure.send_application(made[i], connectivity.selected(), out.datagrams);
  }
  made.clear();
}

State Peer::Impl::compute_state() const {
  if (closed) return State::kClosed;
  if (secure.failed() || connectivity.state() == ice::State::kFailed) return State::kFailed;
  if (connectivity.state() == ice::State::kDisconnected) return State::kDisconnected;
  if (connectivity.connected() && secure.connected()) return State::kConnected;
  return described ? State::kConnecting : State::kNew;
}

void Peer::Impl::update_state(Output& out) {
  const State next = compute_state();
  if (next == state) return;
  state = next;
  out.events.emplace_back(StateChanged{next});
}

Peer::Received Peer::Impl::receive_media(const Path& path, ByteSpan datagram, bool rtcp, Output& out) {
  srtp::Session* session = secure.inbound();
  if (session == nullptr) {
    ++stats.dropped_before_keys;
    return {};
  }
  auto plain = rtcp ? session->unprotect_rtcp(datagram) : session->unprotect_rtp(datagram);
  if (!plain) {
    ++stats.dropped_unprotect;
    return {};
  }
  // The remote end uses this path now: a NAT that rebound, say (media spec 1.2).
  const Path* selected = connectivity.selected();
  if (selected == nullptr || *selected != path) connectivity.note_authenticated_packet(path, out);
  return {rtcp ? Received::Kind::kRtcp : Received::Kind::kRtp, *plain};
}

bool Peer::Impl::protect_and_queue(SendBatch& batch, std::size_t size, bool rtcp) {
  const Path* path = connectivity.selected();
  srtp::Session* session = secure.outbound();
  if (path == nullptr || session == nullptr || closed) {
    ++stats.unsent_not_ready;
    return false;
  }
  const auto grown = rtcp ? session->protect_rtcp(batch.open(), size) : session->queue_rtp(batch, size, *path);
  if (!grown) {
    ++stats.unsent_protect;
    return false;
  }
  if (rtcp) batch.commit(*grown, *path);
  ++stats.packets_sent;
  stats.bytes_sent += *grown;
  return true;
}

Result<std::unique_ptr<Peer>> Peer::create(PeerConfig config) {
  if (config.ufrag.size() < 4 || config.ufrag.size() > 200) return fail(Errc::kInvalidArgument, "ufrag length");
  if (config.certificate == nullptr || config.random == nullptr) {
    return fail(Errc::kInvalidArgument, "certificate and random are needed");
  }
  return std::unique_ptr<Peer>(new Peer(std::make_unique<Impl>(std::move(config))));
}

Peer::Peer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Peer::~Peer() = default;

Result<OfferChanges> Peer::apply_offer(Instant now, std::string_view sdp, Output& out) {
  if (impl_->closed) return fail(Errc::kClosed);
  SFU_TRY(auto changes, impl_->negotiator.apply_offer(sdp));
  if (changes.ice_restart) restart_ice(out);
  impl_->remote_described(now, out);
  return changes;
}

Result<std::string> Peer::create_answer(Instant now, Output& out) {
  if (impl_->closed) return fail(Errc::kClosed);
  SFU_TRY(auto answer, impl_->negotiator.create_answer());
  impl_->progress(now, out);
  return answer;
}

Result<std::string> Peer::create_offer(bool with_data) {
  if (impl_->closed) return fail(Errc::kClosed);
  return impl_->negotiator.create_offer(with_data);
}

Result<OfferChanges> Peer::apply_answer(Instant now, std::string_view sdp, Output& out) {
  if (impl_->closed) return fail(Errc::kClosed);
  SFU_TRY(auto changes, impl_->negotiator.apply_answer(sdp));
  impl_->remote_described(now, out);
  return changes;
}

void Peer::restart_ice(Output& out) {
  impl_->connectivity.restart(out);
  impl_->tell_local_transport();
}

Result<void> Peer::add_remote_candidate(Instant now, std::string_view candidate, Output& out) {
  if (candidate.empty()) return {};  // end of candidates (RFC 8838 14)
  SFU_TRY(const auto parsed, sdp::parse_candidate(candidate));
  const auto address = parsed.address();
  if (!address || parsed.transport != "udp") return {};  // mDNS, TCP: nothing to do with them
  impl_->connectivity.add_remote_candidate(now, *address);
  impl_->progress(now, out);
  return {};
}

Negotiator& Peer::negotiation() {
  return impl_->negotiator;
}

const Negotiator& Peer::negotiation() const {
  return impl_->negotiator;
}

const std::string& Peer::local_ufrag() const {
  return impl_->connectivity.local().ufrag;
}

std::vector<std::string> Peer::local_candidates() const {
  return impl_->candidate_lines();
}

void Peer::set_tcp_only(bool tcp_only) {
  if (std::exchange(impl_->tcp_only, tcp_only) != tcp_only) impl_->tell_local_transport();
}

Peer::Received Peer::receive(Instant now, const Path& path, ByteSpan datagram, Output& out) {
  PeerStats& stats = impl_->stats;
  ++stats.datagrams_received;
  stats.bytes_received += datagram.size();
  if (impl_->closed) return {};
  const ice::PacketKind kind = ice::classify(datagram);
  if (kind == ice::PacketKind::kStun) {
    impl_->connectivity.receive(now, datagram, path, out);
    impl_->progress(now, out);
    return {};
  }
  const bool rtcp = kind == ice::PacketKind::kRtcp;
  if (kind != ice::PacketKind::kDtls && kind != ice::PacketKind::kRtp && !rtcp) {
    ++stats.dropped_unknown;
    return {};
  }
  if (!impl_->connectivity.is_proven(path)) {
    ++stats.dropped_unauthenticated;
    return {};
  }
  if (kind != ice::PacketKind::kDtls) return impl_->receive_media(path, datagram, rtcp, out);
  impl_->secure.receive(now, datagram, impl_->connectivity.selected(), out.datagrams);
  impl_->progress(now, out);
  if (impl_->secure.remote_closed() && impl_->config.close_on_dtls_close) close(now, out);
  return {};
}

void Peer::path_lost(Instant now, const Path& path, Output& out) {
  if (impl_->closed) return;
  impl_->connectivity.path_lost(path, out);
  impl_->progress(now, out);
}

void Peer::advance(Instant now, Output& out) {
  if (impl_->closed) return;
  impl_->connectivity.advance(now, out);
  impl_->secure.advance(now, impl_->connectivity.selected(), out.datagrams);
  impl_->data.advance(now, out);
  impl_->progress(now, out);
}

Instant Peer::deadline() const {
  if (impl_->closed) return kNever;
  return std::min({impl_->connectivity.deadline(), impl_->secure.deadline(), impl_->data.deadline()});
}

bool Peer::can_send() const {
  return !impl_->closed && impl_->connectivity.selected() != nullptr && impl_->secure.has_keys();
}

void Peer::add_to(Footprint& footprint) const {
  if (!can_send()) return;
  const srtp::Session& session = *impl_->secure.outbound();
  footprint.add(impl_);
  footprint.add(&impl_->closed, &impl_->stats.bytes_sent + 1);
  impl_->connectivity.add_to(footprint);
  footprint.add(session);
  session.add_to(footprint);
}

bool Peer::send_rtp(SendBatch& batch, std::size_t size) {
  return impl_->protect_and_queue(batch, size, false);
}

bool Peer::send_rtcp(ByteView compound, SendBatch& batch) {
  const ByteSpan slot = batch.open();
  if (compound.size() > slot.size()) {
    ++impl_->stats.unsent_protect;
    return false;
  }
  std::memcpy(slot.data(), compound.data(), compound.size());
  return impl_->protect_and_queue(batch, compound.size(), true);
}

Result<void> Peer::open_channel(Instant now, ChannelOptions options, Output& out) {
  SFU_CHECK_OK(impl_->data.open(now, std::move(options), out));
  impl_->pump(now, out);
  return {};
}

Result<void> Peer::send_data(Instant now, ChannelId channel, ByteView bytes, bool binary, Output& out) {
  SFU_CHECK_OK(impl_->data.send(now, channel, bytes, binary, out));
  impl_->pump(now, out);
  return {};
}

void Peer::close_channel(Instant now, ChannelId channel, Output& out) {
  impl_->data.close_channel(now, channel, out);
  impl_->pump(now, out);
}

std::size_t Peer::buffered_amount(ChannelId channel) const {
  return impl_->data.buffered_amount(channel);
}

void Peer::set_buffered_amount_low_threshold(ChannelId channel, std::size_t bytes) {
  impl_->data.set_buffered_amount_low_threshold(channel, bytes);
}

State Peer::state() const {
  return impl_->state;
}

bool Peer::ice_connected() const {
  return impl_->connectivity.connected();
}

const Path* Peer::selected_path() const {
  return impl_->connectivity.selected();
}

std::string_view Peer::srtp_profile() const {
  return impl_->secure.profile();
}

const PeerStats& Peer::stats() const {
  return impl_->stats;
}

void Peer::close(Instant now, Output& out) {
  if (impl_->closed) return;
  impl_->data.close(now, out);
  impl_->pump(now, out);
  impl_->secure.close(impl_->connectivity.selected(), out.datagrams);
  impl_->closed = true;
  impl_->connectivity.drop_paths(out);
  impl_->update_state(out);
}

const char* to_string(State state) {
  switch (state) {
    case State::kNew: return "new";
    case State::kConnecting: return "connecting";
    case State::kConnected: return "connected";
    case State::kDisconnected: return "disconnected";
    case State::kFailed: return "failed";
    case State::kClosed: return "closed";
  }
  return "unknown";
}

}  // namespace sfu::peer
