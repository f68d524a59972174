// SPDX-License-Identifier: Apache-2.0
#include "client/session.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "rtcp/compound_reader.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/rtx.hpp"

namespace sfu::client {
namespace {

// Published packets are written with this payload type; the forwarder maps it to the negotiated one.
constexpr std::uint8_t kSourcePayloadType = 96;

// Takes what a published track asks of its source: nothing but key frames matters.
class SourceSink final : public media::RtpSink {
 public:
  void send_rtp(SendBatch&, std::size_t) override {}
  void send_rtcp(ByteView compound, SendBatch&) override {
    rtcp::CompoundReader reader(compound);
    rtcp::Message message;
    while (reader.next(message)) {
      if (std::holds_alternative<rtcp::Pli>(message) || std::holds_alternative<rtcp::Fir>(message)) wanted_ = true;
    }
  }
  bool take_keyframe_wish() { return std::exchange(wanted_, false); }

 private:
  bool wanted_ = false;
};

}  // namespace

struct Session::Outgoing {
  PublishOptions options;
  std::string track_sid;
  std::string mid;
  rtp::Ssrc ssrc{};
  rtp::Ssrc rtx_ssrc{};
  SourceSink source;
  media::Endpoint input{source};                 // takes what write() is given to the track
  std::unique_ptr<media::PublishedTrack> track;  // once negotiated
  media::ForwarderId forwarder;
};

struct Session::Incoming {
  std::string track_sid;
  std::vector<peer::PayloadCodec> codecs;
  std::vector<peer::AnnouncedStream> streams;
  std::unique_ptr<media::PublishedTrack> track;
};

Session::Session(const SessionConfig& config, RtpObserver* observer) : config_(config), observer_(observer) {}
Session::~Session() = default;

void Session::make(Connection& connection, const SocketAddress& address, std::string ufrag_prefix) {
  peer::PeerConfig config;
  config.ufrag = std::move(ufrag_prefix) +
                 config_.random->text(8, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
  config.certificate = config_.certificate;
  config.candidates = {address};
  config.random = config_.random;
  config.ice_role = peer::IceRole::kControlling;
  auto peer = peer::Peer::create(std::move(config));
  if (!peer) return;
  connection.peer = *std::move(peer);
  connection.sink = std::make_unique<PeerSink>(*connection.peer);
  connection.endpoint = std::make_unique<media::Endpoint>(*connection.sink);
}

void Session::on_signal(Instant now, const livekit::SignalResponse& message, Output& out) {
  switch (message.message_case()) {
    case livekit::SignalResponse::kJoin: {
      participant_sid_ = message.join().participant().sid();
      if (!config_.single_connection) make(subscriber_, config_.subscriber_address, "cs");
      make(publisher_, config_.publisher_address, "cp");
      peer::Output peer_out{out.datagrams, publisher_.events};
      (void)publisher_.peer->open_channel(now, {.label = "_reliable", .max_retransmits = {}, .protocol = {}}, peer_out);
      (void)publisher_.peer->open_channel(
          now, {.label = "_lossy", .ordered = false, .max_retransmits = 0, .protocol = {}}, peer_out);
      offer(now, out);
      break;
    }
    case livekit::SignalResponse::kOffer: on_offer(now, message.offer(), out); break;
    case livekit::SignalResponse::kAnswer: on_answer(now, message.answer(), out); break;
    case livekit::SignalResponse::kTrickle: on_trickle(now, message.trickle(), out); break;
    case livekit::SignalResponse::kTrackPublished: {
      for (auto& track : outgoing_) {
        if (track->options.cid == message.track_published().cid()) {
          track->track_sid = message.track_published().track().sid();
        }
      }
      offer(now, out);
      break;
    }
    default: break;
  }
  out.events.push_back(SignalReceived{message});
}

void Session::publish(Instant, const PublishOptions& options, Output& out) {
  auto track = std::make_unique<Outgoing>();
  track->options = options;
  track->ssrc = rtp::Ssrc{config_.random->u32() | 1};
  const bool video = rtp::kind_of(options.codec) == rtp::MediaKind::kVideo;
  if (video) track->rtx_ssrc = rtp::Ssrc{track->ssrc + 1};

  livekit::SignalRequest request;
  auto& add = *request.mutable_add_track();
  add.set_cid(options.cid);
  add.set_name(options.name);
  add.set_type(video ? livekit::VIDEO : livekit::AUDIO);
  add.set_source(options.source);
  add.set_width(options.width);
  add.set_height(options.height);
  if (!video) add.set_disable_red(true);
  auto& codec = *add.add_simulcast_codecs();
  codec.set_codec(std::string(rtp::mime_type(options.codec)));
  codec.set_cid(options.cid);
  out.requests.push_back(std::move(request));

  peer::SenderSpec spec;
  spec.kind = rtp::kind_of(options.codec);
  spec.stream_id = "stream-" + options.cid;
  spec.track_id = options.cid;
  spec.cname = "client";
  spec.ssrc = track->ssrc;
  spec.rtx_ssrc = track->rtx_ssrc;
  spec.codecs = {
      {.codec = options.codec, .clock_rate = rtp::clock_rate(options.codec), .fmtp = {}, .rtx_payload_type = {}}};
  auto mid = publisher_.peer->negotiation().bind_sender(std::move(spec));
  if (mid) track->mid = *mid;
  outgoing_.push_back(std::move(track));
}

void Session::offer(Instant, Output& out) {
  if (negotiating_) {
    offer_wanted_ = true;
    return;
  }
  auto sdp = publisher_.peer->create_offer();
  if (!sdp) return;
  negotiating_ = true;
  livekit::SignalRequest request;
  request.mutable_offer()->set_type("offer");
  request.mutable_offer()->set_sdp(*sdp);
  request.mutable_offer()->set_id(++offer_id_);
  out.requests.push_back(std::move(request));
}

void Session::on_answer(Instant now, const livekit::SessionDescription& description, Output& out) {
  // As livekit-client does: an answer to anything but the latest offer is dropped.
  if (!negotiating_ || description.id() != offer_id_) return;
  peer::Output peer_out{out.datagrams, publisher_.events};
  if (!publisher_.peer->apply_answer(now, description.sdp(), peer_out)) return;
  negotiating_ = false;
  for (auto& track : outgoing_) {
    if (!track->track && !track->track_sid.empty()) start_outgoing(now, *track, out);
  }
  drain(publisher_, out);
  if (std::exchange(offer_wanted_, false)) offer(now, out);
}

void Session::start_outgoing(Instant now, Outgoing& track, Output& out) {
  const peer::SendSection* section = publisher_.peer->negotiation().send_section(track.mid);
  if (section == nullptr || !section->negotiated || section->codecs.empty()) return;
  const peer::PayloadCodec& codec = section->codecs.front();

  media::PublishedTrackConfig config;
  config.kind = rtp::kind_of(codec.codec);
  config.payloads = {{.payload_type = kSourcePayloadType, .codec = codec.codec, .clock_rate = codec.clock_rate}};
  config.nack = false;
  track.track = std::make_unique<media::PublishedTrack>(config, track.source, *config_.random);

  media::ForwarderConfig forwarder;
  forwarder.sink = publisher_.sink.get();
  forwarder.ssrc = track.ssrc;
  forwarder.rtx_ssrc = codec.rtx_payload_type ? track.rtx_ssrc : rtp::Ssrc{};
  forwarder.payloads = {{.from = kSourcePayloadType,
                         .to = codec.payload_type,
                         .rtx = codec.rtx_payload_type.value_or(media::kNoPayloadType)}};
  forwarder.extensions = section->extensions;
  forwarder.mid = track.mid;
  forwarder.cname = "client";
  media::Output media_out = media_output(out);
  track.forwarder = track.track->add_forwarder(now, forwarder, media_out);
  publisher_.endpoint->add_forwarder(track.ssrc, *track.track, track.forwarder);
  track.input.router().bind(track.ssrc, *track.track, 0);
  out.events.push_back(PublishReady{track.options.cid, track.track_sid});
}

void Session::write(Instant now, const std::string& cid, ByteSpan packet, Output& out) {
  const auto found = std::ranges::find_if(outgoing_, [&](const auto& track) { return track->options.cid == cid; });
  if (found == outgoing_.end() || !(*found)->track) return;
  Outgoing& track = **found;
  store_be32(packet.data() + 8, track.ssrc);
  packet[1] = static_cast<std::uint8_t>((packet[1] & 0x80) | kSourcePayloadType);
  media::Output media_out = media_output(out);
  track.input.receive_rtp(now, packet, now, media_out);
}

Result<void> Session::send_data(Instant now, const livekit::DataPacket& packet, bool reliable, Output& out) {
  const auto channel = publisher_.channels.find(reliable ? "_reliable" : "_lossy");
  if (channel == publisher_.channels.end()) return fail(Errc::kFailedPrecondition, "data channels are not open");
  const std::string bytes = packet.SerializeAsString();
  peer::Output peer_out{out.datagrams, publisher_.events};
  return publisher_.peer->send_data(now, channel->second, as_bytes(bytes), true, peer_out);
}

void Session::on_offer(Instant now, const livekit::SessionDescription& description, Output& out) {
  peer::Output peer_out{out.datagrams, subscriber_.events};
  auto changes = subscriber_.peer->apply_offer(now, description.sdp(), peer_out);
  if (!changes) return;
  auto sdp = subscriber_.peer->create_answer(now, peer_out);
  if (!sdp) return;
  livekit::SignalRequest request;
  request.mutable_answer()->set_type("answer");
  request.mutable_answer()->set_sdp(*sdp);
  request.mutable_answer()->set_id(description.id());
  out.requests.push_back(std::move(request));

  for (const std::string& mid : changes->stopped) {
    const auto found = incoming_.find(mid);
    if (found == incoming_.end()) continue;
    subscriber_.endpoint->remove_track(*found->second->track);
    incoming_.erase(found);
  }
  for (const std::string& mid : changes->started) start_incoming(mid, out);
  drain(subscriber_, out);
}

void Session::start_incoming(const std::string& mid, Output& out) {
  const peer::ReceiveSection* section = subscriber_.peer->negotiation().receive_section(mid);
  if (section == nullptr || section->codecs.empty()) return;
  if (const auto old = incoming_.find(mid); old != incoming_.end()) {
    subscriber_.endpoint->remove_track(*old->second->track);
    incoming_.erase(old);
  }
  auto incoming = std::make_unique<Incoming>();
  incoming->track_sid = section->track_id;
  incoming->codecs = section->codecs;
  incoming->streams = section->streams;

  media::PublishedTrackConfig config;
  config.kind = section->kind;
  config.extensions = section->extensions;
  for (const peer::PayloadCodec& codec : section->codecs) {
    config.payloads.push_back({.payload_type = codec.payload_type,
                               .codec = codec.codec,
                               .clock_rate = codec.clock_rate,
                               .rtx = codec.rtx_payload_type.value_or(media::kNoPayloadType)});
  }
  incoming->track = std::make_unique<media::PublishedTrack>(config, *subscriber_.sink, *config_.random);
  subscriber_.endpoint->configure(section->extensions, false, false);
  media::SsrcRouter& router = subscriber_.endpoint->router();
  router.add_section(mid, *incoming->track);
  for (const peer::AnnouncedStream& stream : section->streams) {
    router.bind(stream.ssrc, *incoming->track, 0);
    if (stream.rtx_ssrc != 0) router.bind_rtx(stream.rtx_ssrc, stream.ssrc);
  }
  out.events.push_back(SubscriptionStarted{incoming->track_sid, section->codecs.front().codec});
  incoming_[mid] = std::move(incoming);
}

void Session::on_trickle(Instant now, const livekit::TrickleRequest& trickle, Output& out) {
  Connection& connection = trickle.target() == livekit::PUBLISHER ? publisher_ : subscriber_;
  if (!connection.peer) return;
  boost::system::error_code error;
  const boost::json::value json = boost::json::parse(trickle.candidateinit(), error);
  if (error || !json.is_object()) return;
  const auto* candidate = json.as_object().if_contains("candidate");
  if (candidate == nullptr || !candidate->is_string()) return;
  peer::Output peer_out{out.datagrams, connection.events};
  (void)connection.peer->add_remote_candidate(now, std::string_view(candidate->as_string()), peer_out);
}

void Session::receive(Instant now, const Path& path, ByteSpan datagram, Output& out) {
  Connection& connection = path.local == config_.publisher_address ? publisher_ : subscriber_;
  if (!connection.peer) return;
  peer::Output peer_out{out.datagrams, connection.events};
  const auto received = connection.peer->receive(now, path, datagram, peer_out);
  media::Output media_out = media_output(out);
  switch (received.kind) {
    case peer::Peer::Received::Kind::kRtp:
      observe(now, received.packet);
      connection.endpoint->receive_rtp(now, received.packet, now, media_out);
      break;
    case peer::Peer::Received::Kind::kRtcp: connection.endpoint->receive_rtcp(now, received.packet, media_out); break;
    case peer::Peer::Received::Kind::kNone: break;
  }
  drain(connection, out);
}

void Session::observe(Instant now, ByteView packet) {
  if (observer_ == nullptr) return;
  const auto view = rtp::PacketView::parse(packet);
  if (!view) return;
  for (const auto& [mid, incoming] : incoming_) {
    for (const peer::AnnouncedStream& stream : incoming->streams) {
      if (view->ssrc() == stream.ssrc) return observer_->on_rtp(now, incoming->track_sid, *view, false);
      if (view->ssrc() != stream.rtx_ssrc) continue;
      bool is_rtx = false;
      const peer::PayloadCodec* codec = peer::find_payload(incoming->codecs, view->payload_type(), &is_rtx);
      if (codec == nullptr || !is_rtx) return;
      std::array<std::uint8_t, SendBatch::kSlotSize> copy{};
      if (packet.size() > copy.size()) return;
      std::ranges::copy(packet, copy.begin());
      const auto restored =
          rtp::restore_from_rtx(ByteSpan(copy).first(packet.size()), *view, codec->payload_type, stream.ssrc);
      if (!restored) return;
      if (const auto original = rtp::PacketView::parse(*restored)) {
        observer_->on_rtp(now, incoming->track_sid, *original, true);
      }
      return;
    }
  }
}

void Session::drain(Connection& connection, Output& out) {
  for (peer::Event& event : connection.events) {
    if (auto* opened = std::get_if<peer::ChannelOpened>(&event)) {
      connection.channels[opened->label] = opened->channel;
      connection.labels[opened->channel] = opened->label;
    } else if (auto* message = std::get_if<peer::MessageReceived>(&event)) {
      DataReceived data;
      data.reliable = connection.labels[message->channel] == "_reliable";
      if (data.packet.ParseFromArray(message->bytes.data(), static_cast<int>(message->bytes.size()))) {
        out.events.push_back(std::move(data));
      }
    } else if (auto* state = std::get_if<peer::StateChanged>(&event)) {
      if (&connection == &subscriber_ && state->state == peer::State::kConnected) {
        out.events.push_back(SubscriberConnected{});
      }
    }
  }
  connection.events.clear();
}

void Session::advance(Instant now, Output& out) {
  media::Output media_out = media_output(out);
  for (Connection* connection : {&publisher_, &subscriber_}) {
    if (!connection->peer) continue;
    peer::Output peer_out{out.datagrams, connection->events};
    connection->peer->advance(now, peer_out);
    connection->endpoint->advance(now, media_out);
    drain(*connection, out);
  }
  for (auto& track : outgoing_) {
    if (!track->track) continue;
    track->track->advance(now, media_out);
    if (track->source.take_keyframe_wish()) out.events.push_back(KeyframeRequested{track->options.cid});
  }
  for (auto& [mid, incoming] : incoming_) incoming->track->advance(now, media_out);
}

Instant Session::deadline() const {
  Instant earliest = kNever;
  for (const Connection* connection : {&publisher_, &subscriber_}) {
    if (!connection->peer) continue;
    earliest = std::min({earliest, connection->peer->deadline(), connection->endpoint->deadline()});
  }
  for (const auto& track : outgoing_) {
    if (track->track) earliest = std::min(earliest, track->track->deadline());
  }
  for (const auto& [mid, incoming] : incoming_) earliest = std::min(earliest, incoming->track->deadline());
  return earliest;
}

bool Session::subscriber_connected() const {
  return subscriber_.peer && subscriber_.peer->state() == peer::State::kConnected;
}

}  // namespace sfu::client
