// SPDX-License-Identifier: Apache-2.0
// The world that the guests are in. What is held against what: crowd_check.cpp.
#include "crowd.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "signal/connect.hpp"

namespace sfu::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration kSignalDelay = milliseconds(10);
constexpr Duration kMediaDelay = milliseconds(4);

}  // namespace

// The server's side of one signalling connection.
class Crowd::Wire final : public SignalSink {
 public:
  Wire(Crowd& crowd, unsigned guest, room::ConnectionId id) : crowd_(crowd), guest_(guest), id_(id) {}
  void accepted() override {
    if (std::exchange(accepted_, true) || ended_) crowd_.problems_.add("a connection is accepted twice");
  }
  void rejected(int status, std::string_view) override {
    if (accepted_) crowd_.problems_.add("a connection is accepted and rejected");
    ended_ = true;
    post({.kind = Mail::Kind::kRejection, .status = status});
  }
  void send(std::span<const std::uint8_t> message, bool text) override {
    if (!accepted_ || ended_) crowd_.problems_.add("a message outside of its connection");
    post({.kind = Mail::Kind::kMessage, .bytes = std::string(as_text(message)), .text = text});
  }
  void close(std::uint16_t) override {
    if (std::exchange(ended_, true)) crowd_.problems_.add("a connection is closed twice");
    post({.kind = Mail::Kind::kEnd});
  }

 private:
  void post(Mail mail) {
    mail.at = crowd_.now() + kSignalDelay;
    mail.guest = guest_;
    mail.connection = id_;
    crowd_.to_guests_.push_back(std::move(mail));
  }

  Crowd& crowd_;
  unsigned guest_;
  room::ConnectionId id_;
  bool accepted_ = false;
  bool ended_ = false;
};

// A guest's token is its number; the claims are what it last connected with.
class Crowd::Gate final : public Authenticator {
 public:
  Result<Claims> authenticate(std::string_view token, WallTime) const override {
    const auto found = claims.find(std::string(token));
    return found != claims.end() ? Result<Claims>(found->second) : fail(Errc::kUnauthenticated);
  }
  std::string refresh(const Claims&, WallTime, Duration) const override { return "refreshed"; }

  std::map<std::string, Claims> claims;
};

Crowd::Crowd(const CrowdOptions& options)
    : options_(options),
      random_(options.seed),
      server_{IpAddress::v4({10, 255, 0, 1}), 7882},
      certificate_(std::make_unique<dtls::Certificate>(*dtls::Certificate::make())),
      gate_(std::make_unique<Gate>()) {
  wall_ = {clock_.now(), clock_.wall_now()};
  runtime::ShardConfig config;
  config.candidates = {server_};
  config.identity = {.version = "1.13.5", .node_id = "ND_sim", .region = ""};
  config.authenticator = gate_.get();
  config.events = &account_;
  config.random = std::make_unique<SeededRandom>(options.seed + 1);
  shard_ = *runtime::Shard::create(std::move(config));
  shard_->begin_turn(wall_);
  for (unsigned i = 0; i < options.guests; ++i) {
    guests_.push_back(std::make_unique<Guest>(*this, i));
    wake(i);
  }
}

Crowd::~Crowd() = default;

Duration Crowd::between(Duration low, Duration high) {
  return low + Duration(static_cast<Duration::rep>(random_.unit() * static_cast<double>((high - low).count())));
}

Duration Crowd::pause_before_action() {
  const double mean = static_cast<double>(options_.pace.count());
  return Duration(static_cast<Duration::rep>(-mean * std::log(1 - random_.unit())));
}

Manner Crowd::random_manner() {
  Manner manner;
  auto& claims = manner.claims;
  // Fewer names than guests: some meet themselves.
  claims.identity = "person-" + std::to_string(below(std::max(1U, options_.guests * 9 / 10)));
  claims.name = claims.identity;
  claims.metadata = chance(0.3) ? "first" : "";
  claims.video.emplace();
  auto& grant = *claims.video;
  grant.room_join = true;
  grant.room = kRoom;
  grant.can_update_own_metadata = !chance(0.1);
  if (chance(0.1)) grant.can_publish = false;
  if (chance(0.1)) grant.can_subscribe = false;
  grant.hidden = chance(0.08);
  grant.recorder = chance(0.04);
  grant.agent = chance(0.04);
  if (chance(0.05)) claims.kind = ParticipantKind::kAgent;
  if (chance(0.05)) claims.kind = ParticipantKind::kEgress;
  manner.v1 = chance(0.5);
  manner.text = chance(0.05);
  manner.auto_subscribe = chance(0.6);
  manner.adaptive_stream = chance(0.3);
  manner.bundles_offer = chance(0.6);
  manner.never_connects = chance(0.02);
  constexpr std::array kProtocols = {17, 17, 17, 17, 16, 13, 12, 9};
  manner.protocol = kProtocols[below(kProtocols.size())];
  if (chance(0.2)) manner.browser = chance(0.5) ? "firefox" : "safari";
  return manner;
}

bool Crowd::room_for_tracks() const {
  std::size_t tracks = 0;
  for (const auto& guest : guests_) tracks += guest->tracks().size();
  return tracks < options_.max_tracks;
}

// --- what guests send

room::ConnectionId Crowd::connect(unsigned guest, ConnectRequest request, const Claims& claims) {
  const auto token = std::to_string(guest);
  auto& kept = gate_->claims[token] = claims;
  kept.expires_at = clock_.wall_now() + std::chrono::hours(24);
  request.query["access_token"] = token;
  to_server(
      {.kind = Mail::Kind::kConnect, .connection = ++last_connection_, .guest = guest, .request = std::move(request)});
  return last_connection_;
}

void Crowd::say(room::ConnectionId connection, std::string bytes, bool text) {
  to_server({.kind = Mail::Kind::kMessage, .connection = connection, .bytes = std::move(bytes), .text = text});
}

void Crowd::hang_up(room::ConnectionId connection) {
  to_server({.kind = Mail::Kind::kEnd, .connection = connection});
}

void Crowd::to_server(Mail mail) {
  mail.at = now() + kSignalDelay;
  to_server_.push_back(std::move(mail));
}

void Crowd::send(std::span<const Datagram> datagrams) {
  for (const Datagram& datagram : datagrams) {
    flying_.push_back({now() + kMediaDelay,
                       Path{datagram.path.remote, datagram.path.local},
                       {datagram.bytes.begin(), datagram.bytes.end()}});
  }
}

void Crowd::note(unsigned guest, const livekit::SignalResponse& message) {
  ++figures_.messages;
  if (guest == options_.watch) std::printf("%.3f %s\n", elapsed(), message.ShortDebugString().c_str());
  figures_.joins += message.has_join() ? 1 : 0;
  figures_.resumes += message.has_reconnect() ? 1 : 0;
  // Descriptions hold fingerprints of keys that no seed makes.
  const bool description = message.has_offer() || message.has_answer() || message.has_trickle();
  for (const std::uint64_t value :
       {static_cast<std::uint64_t>(now().time_since_epoch().count()), std::uint64_t{guest},
        static_cast<std::uint64_t>(message.message_case()), std::uint64_t{description ? 0 : message.ByteSizeLong()}}) {
    trace_ = (trace_ ^ value) * 0x100000001b3;
  }
}

void Crowd::note_request(unsigned guest, const livekit::SignalRequest& message) const {
  if (guest == options_.watch) std::printf("%.3f > %s\n", elapsed(), message.ShortDebugString().c_str());
}

// The host's own hand in it.
void Crowd::host_acts() {
  room::Room* here = room();
  if (here == nullptr) return;
  const auto participants = here->participants();
  if (chance(0.4) || participants.empty()) {
    shard_->with_room(now(), *here, [&](room::Room& one, room::Output& out) {
      one.set_metadata(now(), "metadata " + std::to_string(below(1000)), out);
    });
    return;
  }
  const auto id = participants[below(static_cast<unsigned>(participants.size()))];
  shard_->with_room(now(), *here, [&](room::Room& one, room::Output& out) {
    one.remove_participant(now(), id, livekit::PARTICIPANT_REMOVED, out);
  });
}

// --- time

void Crowd::wake(unsigned guest) {
  timers_.schedule(guest, guests_[guest]->deadline());
}

Instant Crowd::next() const {
  Instant earliest = std::min(timers_.deadline(), shard_->deadline());
  if (!to_server_.empty()) earliest = std::min(earliest, to_server_.front().at);
  if (!to_guests_.empty()) earliest = std::min(earliest, to_guests_.front().at);
  if (!flying_.empty()) earliest = std::min(earliest, flying_.front().at);
  return earliest;
}

void Crowd::step(Instant at) {
  if (at > clock_.now()) clock_.advance(at - clock_.now());
  wall_ = {now(), clock_.wall_now()};
  shard_->begin_turn(wall_);
  while (!flying_.empty() && flying_.front().at <= now()) {
    const Flying datagram = std::move(flying_.front());
    flying_.pop_front();
    deliver(datagram);
  }
  while (!to_server_.empty() && to_server_.front().at <= now()) {
    Mail mail = std::move(to_server_.front());
    to_server_.pop_front();
    open(mail);
  }
  while (!to_guests_.empty() && to_guests_.front().at <= now()) {
    const Mail mail = std::move(to_guests_.front());
    to_guests_.pop_front();
    Guest& guest = *guests_[mail.guest];
    switch (mail.kind) {
      case Mail::Kind::kMessage: guest.on_message(mail.connection, as_bytes(mail.bytes), mail.text); break;
      case Mail::Kind::kRejection: guest.on_rejected(mail.connection, mail.status); break;
      default: guest.on_close(mail.connection);
    }
    wake(mail.guest);
  }
  std::uint32_t guest = 0;
  while (timers_.pop_due(now(), guest)) {
    guests_[guest]->advance(now());
    wake(guest);
  }
  shard_->advance(now());
  flush_server();
  if (const room::Room* here = room()) figures_.most = std::max(figures_.most, here->participant_count());
}

void Crowd::open(Mail& mail) {
  if (mail.kind == Mail::Kind::kMessage) {
    shard_->receive_signal(now(), mail.connection, as_bytes(mail.bytes), mail.text);
  } else if (mail.kind == Mail::Kind::kEnd) {
    shard_->disconnected(now(), mail.connection);
  } else {
    auto wire = std::make_shared<Wire>(*this, mail.guest, mail.connection);
    auto prepared = signal::prepare(mail.request, *gate_, clock_.wall_now());
    if (auto* plan = std::get_if<signal::ConnectPlan>(&prepared)) {
      shard_->connect(now(), mail.connection, std::move(*plan), std::move(wire));
    } else {
      const auto& rejection = std::get<signal::Rejection>(prepared);
      wire->rejected(rejection.status, rejection.body);
    }
  }
  flush_server();
}

void Crowd::deliver(const Flying& datagram) {
  ++figures_.datagrams;
  auto bytes = datagram.bytes;
  if (datagram.path.local == server_) {
    shard_->receive(now(), datagram.path, bytes, now());
    flush_server();
    return;
  }
  const auto& address = datagram.path.local.ip.bytes();
  const unsigned number = static_cast<unsigned>(address[address.size() - 2]) << 8 | address.back();
  if (number >= guests_.size()) return;
  guests_[number]->receive(datagram.path, bytes);
  wake(number);
}

void Crowd::flush_server() {
  send(shard_->datagrams().datagrams());
  shard_->datagrams().clear();
}

void Crowd::run_for(Duration duration) {
  const Instant end = now() + duration;
  for (Instant at = next(); at <= end; at = next()) step(at);
  step(end);
}

void Crowd::churn(Duration duration) {
  lively_ = true;
  for (unsigned i = 0; i < guests_.size(); ++i) wake(i);
  run_for(duration);
  lively_ = false;
  for (unsigned i = 0; i < guests_.size(); ++i) wake(i);
}

void Crowd::empty() {
  for (unsigned i = 0; i < guests_.size(); ++i) {
    if (guests_[i]->state() == Guest::State::kIn && chance(0.5)) {
      guests_[i]->leave();
    } else {
      guests_[i]->crash(chance(0.5));
    }
    wake(i);
  }
  run_for(seconds(20));  // those who are gone without a word
  run_for(seconds(20));  // the room's departure time-out
  run_for(seconds(65));  // who never connected
  permissions_.clear();
}

// --- the host's account

void Account::on_event(const Event& event) {
  const auto& sid = event.participant.sid;
  const auto expect = [&](bool holds, const char* what) {
    if (!holds) problems_.add(std::string("event ") + to_string(event.kind) + ' ' + sid + ": " + what);
  };
  const auto tracks = [&]() -> std::set<std::string>& {
    const auto active = participants_.find(sid);
    return active != participants_.end() ? active->second : early_[sid];
  };
  switch (event.kind) {
    case EventKind::kRoomStarted: expect(!std::exchange(open_, true), "again"); break;
    case EventKind::kRoomFinished:
      expect(std::exchange(open_, false), "there was none");
      expect(participants_.empty(), "with somebody in it");
      break;
    case EventKind::kParticipantJoined:
      ++joins_;
      expect(!participants_.contains(sid), "again");
      participants_[sid] = std::exchange(early_[sid], {});
      early_.erase(sid);
      break;
    case EventKind::kParticipantLeft:
      expect(participants_.contains(sid), "was not there");
      expect(tracks().empty(), "with tracks");
      participants_.erase(sid);
      break;
    case EventKind::kParticipantConnectionAborted:
      expect(!participants_.contains(sid), "but it was connected");
      expect(tracks().empty(), "with tracks");
      early_.erase(sid);
      break;
    case EventKind::kTrackPublished: expect(tracks().insert(event.track.sid).second, "again"); break;
    case EventKind::kTrackUnpublished: expect(tracks().erase(event.track.sid) == 1, "was not published"); break;
  }
}

}  // namespace sfu::sim
