// SPDX-License-Identifier: Apache-2.0
#include "participant.hpp"

#include <algorithm>

#include "lane.hpp"
#include "lane_parts.hpp"

namespace sfu::load {
namespace {

constexpr std::size_t kFlushAt = 256;  // datagrams
constexpr const char* kTopic = "load";

}  // namespace

Participant::Participant(std::uint32_t id, Role role, LaneParts& lane, Instant now)
    : id_(id), role_(std::move(role)), lane_(lane), begun_(now), latest_(now) {}

Result<std::unique_ptr<Participant>> Participant::create(Instant now, std::uint32_t id, Role role, LaneParts& lane) {
  auto participant = std::unique_ptr<Participant>(new Participant(id, std::move(role), lane, now));
  SFU_CHECK_OK(participant->open());
  ++lane.figures.joining.begun;
  ++lane.joining;
  participant->run(now, [](Instant at, client::Room& room, client::RoomOutput& out) { room.connect(at, out); });
  return participant;
}

Participant::~Participant() = default;

Result<void> Participant::open() {
  const Terms& terms = lane_.terms;
  client::RoomConfig config;
  config.url = terms.url;
  config.token = role_.token;
  config.join.auto_subscribe = role_.subscribes;
  config.join.version = "load";
  config.single_connection = !terms.two_connections;
  config.session.certificate = terms.certificate;
  config.session.random = &lane_.random;
  config.session.wall = &lane_.wall;
  // The second is for servers that know no `/rtc/v1`.
  for (auto* addresses : {&config.session.publisher_addresses, &config.session.subscriber_addresses}) {
    SFU_TRY(const SocketAddress address, open_socket());
    addresses->push_back(address);
  }
  SFU_TRY(room_, client::Room::create(std::move(config), this));
  make_sources();
  return {};
}

Result<SocketAddress> Participant::open_socket() {
  SFU_TRY(auto socket, net::UdpSocket::open({lane_.terms.address, 0}, {.joined_reads = lane_.terms.joined_reads}));
  SFU_CHECK_OK(lane_.poller->add(socket->descriptor(), id_));
  const SocketAddress address = socket->local();
  sockets_.push_back(std::move(socket));
  return address;
}

void Participant::make_sources() {
  std::vector<std::unique_ptr<MediaSource>> made;
  if (role_.video.bps > 0) {
    made.push_back(make_camera(lane_.terms.codec, role_.video, lane_.terms.simulcast, lane_.random));
  }
  if (role_.audio.bps > 0) made.push_back(make_microphone(role_.audio, lane_.random));
  for (auto& source : made) {
    participant::PublishOptions options = source->announcement();
    sources_[options.cid] = std::move(source);
    client::RoomOutput out = output();
    (void)room_->publish(begun_, std::move(options), out);  // announced after the join
  }
}

client::RoomOutput Participant::output() {
  return {lane_.datagrams, lane_.actions, lane_.events};
}

void Participant::read(Instant now) {
  for (const auto& socket : sockets_) {
    while (socket->receive(now, *this)) {
    }
  }
  finish(now);
}

// Its clock goes by when packets came: so the feedback that the server estimates bandwidth by is a browser's, though
// sockets are read only now and then.
void Participant::receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) {
  latest_ = std::max(latest_, arrived);
  client::RoomOutput out = output();
  room_->receive(latest_, path, bytes, out);
  hear_all();  // data, which is as old as its packet
  if (lane_.datagrams.size() >= kFlushAt) flush();
}

void Participant::on_rtp(Instant now, const std::string&, const rtp::PacketView& packet, bool recovered) {
  if (!got_media_) {
    got_media_ = true;
    lane_.figures.joining.to_first_packet.add(now - begun_);
  }
  reception_.on_packet(now, packet, recovered, lane_.figures.down);
}

Instant Participant::deadline() const {
  Instant earliest = std::min({room_->deadline(), next_message_, leave_at_});
  for (const auto& [cid, source] : sources_) earliest = std::min(earliest, source->deadline());
  return earliest;
}

void Participant::advance(Instant now) {
  latest_ = std::max(latest_, now);
  send_media(latest_);
  if (next_message_ <= now) send_messages(latest_);
  client::RoomOutput out = output();
  if (room_->deadline() <= latest_) room_->advance(latest_, out);
  finish(now);
  if (leave_at_ <= now) leave(now);
}

void Participant::finish(Instant now) {
  latest_ = std::max(latest_, now);
  client::RoomOutput out = output();
  room_->flush(latest_, out);
  flush();
  hear_all();
  perform();
}

void Participant::hear_all() {
  if (lane_.events.empty()) return;
  for (const client::RoomEvent& event : std::exchange(lane_.events, {})) hear(latest_, event);
}

void Participant::flush() {
  if (lane_.datagrams.empty()) return;
  for (const Datagram& datagram : lane_.datagrams.datagrams()) {
    const auto socket = std::ranges::find(sockets_, datagram.path.local, [](const auto& one) { return one->local(); });
    if (socket != sockets_.end()) (*socket)->queue(datagram);
  }
  for (const auto& socket : sockets_) socket->flush();
  lane_.datagrams.clear();
}

void Participant::perform() {
  for (client::SignalAction& action : std::exchange(lane_.actions, {})) {
    if (const auto* wanted = std::get_if<client::Dial>(&action)) {
      dial(*wanted);
    } else if (auto* message = std::get_if<client::SendSignal>(&action)) {
      websocket_.send_binary(std::move(message->bytes));
    } else {
      websocket_.close();
      websocket_ = {};
    }
  }
}

void Participant::dial(const client::Dial& dial) {
  websocket_.close();
  websocket_ = lane_.websockets->open(dial.url, {{"Authorization", "Bearer " + dial.token}},
                                      lane_.lane.callbacks_for(id_, dial.attempt));
}

void Participant::hear(Instant now, const client::RoomEvent& event) {
  if (std::holds_alternative<client::Ready>(event)) {
    on_ready(now);
  } else if (std::holds_alternative<client::Disconnected>(event)) {
    on_disconnected();
  } else if (std::holds_alternative<client::Reconnecting>(event)) {
    ++lane_.figures.joining.recovered;
  } else if (const auto* live = std::get_if<client::PublishReady>(&event)) {
    if (const auto source = sources_.find(live->cid); source != sources_.end()) source->second->start(now);
  } else if (const auto* wish = std::get_if<client::KeyframeRequested>(&event)) {
    if (const auto source = sources_.find(wish->cid); source != sources_.end()) {
      source->second->want_keyframe(wish->layer);
    }
  } else if (const auto* data = std::get_if<client::UserData>(&event)) {
    reception_.on_message(now, *data, lane_.figures.data_down);
  } else if (std::holds_alternative<client::RosterEvent>(event)) {
    if (role_.looks_at_speaker) choose_qualities();
  }
}

void Participant::on_ready(Instant now) {
  if (!was_ready_) {
    was_ready_ = true;
    ++lane_.figures.joining.ready;
    lane_.figures.joining.to_ready.add(now - begun_);
    if (role_.stay != Duration::max()) leave_at_ = now + role_.stay;
    if (role_.data) next_message_ = now;
  }
  settle();
}

void Participant::on_disconnected() {
  ++(leaving_ ? lane_.figures.joining.left : lane_.figures.joining.failed);
  stop_sending();
  settle();
}

void Participant::settle() {
  if (settled_) return;
  settled_ = true;
  --lane_.joining;
  lane_.terms.joins->release();
}

void Participant::set_speaker(const std::string& identity) {
  speaker_ = identity;
  if (role_.looks_at_speaker) choose_qualities();
}

void Participant::choose_qualities() {
  std::map<livekit::VideoQuality, livekit::UpdateTrackSettings> wishes;
  for (const auto& [identity, info] : room_->roster().others()) {
    const livekit::VideoQuality wanted = identity == speaker_ ? livekit::HIGH : livekit::LOW;
    for (const livekit::TrackInfo& track : info.tracks()) {
      if (track.type() != livekit::VIDEO) continue;
      const auto [asked, is_new] = asked_.try_emplace(track.sid(), wanted);
      if (!is_new && asked->second == wanted) continue;
      asked->second = wanted;
      wishes[wanted].add_track_sids(track.sid());
    }
  }
  for (auto& [quality, settings] : wishes) {
    settings.set_quality(quality);
    client::RoomOutput out = output();
    room_->set_track_settings(settings, out);
  }
  perform();
}

void Participant::send_media(Instant now) {
  for (auto& [cid, source] : sources_) {
    if (source->deadline() > now) continue;
    client::RoomOutput out = output();
    source->advance(now, lane_.clock, [&](std::size_t layer, sim::Packet& packet) {
      ++sent_;
      ++lane_.figures.up.packets;
      lane_.figures.up.bytes += packet.size();
      room_->write_rtp(now, cid, layer, packet, out);
    });
  }
}

void Participant::send_messages(Instant now) {
  const Terms& terms = lane_.terms;
  std::vector<std::uint8_t> payload(terms.message_size);
  for (; next_message_ <= now; next_message_ += Duration(std::chrono::seconds(1)) / terms.messages_per_second) {
    MessageStamp{++messages_, lane_.clock.now()}.write(payload);
    if (!room_->messaging().send_data(payload, kTopic, {}, !terms.lossy)) continue;
    ++lane_.figures.data_up.packets;
    lane_.figures.data_up.bytes += payload.size();
  }
}

void Participant::stop_sending() {
  for (auto& [cid, source] : sources_) source->stop();
  next_message_ = kNever;
}

void Participant::leave(Instant now) {
  leaving_ = true;
  leave_at_ = kNever;
  run(now, [](Instant at, client::Room& room, client::RoomOutput& out) { room.leave(at, out); });
}

void Participant::begin_measuring() {
  reception_.begin();
  sent_ = 0;
  lost_before_ = reported_lost();
}

void Participant::add_up(Figures& figures) const {
  reception_.add_up(figures);
  figures.up.expected += sent_;
  figures.up.lost += static_cast<std::uint64_t>(std::max<std::int64_t>(0, reported_lost() - lost_before_));
  for (const auto& socket : sockets_) figures.not_sent += socket->stats().dropped;
}

}  // namespace sfu::load
