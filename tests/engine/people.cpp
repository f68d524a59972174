// SPDX-License-Identifier: Apache-2.0
#include "people.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "host.hpp"

namespace sfu::engine_test {
namespace {

constexpr const char* kCid = "camera";
const IpAddress kSubscriberIp = IpAddress::v4({127, 0, 0, 2});
// The test's condition may be one that wakes nobody.
constexpr Duration kLongestWait = std::chrono::milliseconds(10);

// The two peer connections of a client differ by address and share a port, which has to be free on both.
std::unique_ptr<net::UdpTransport> open_transport() {
  for (int attempt = 0; attempt < 10; ++attempt) {
    net::UdpTransportOptions options;
    options.bind_addresses = {kLoopback, kSubscriberIp};
    if (auto transport = net::UdpTransport::open(options)) return *std::move(transport);
  }
  FAIL("no sockets for a client");
  return nullptr;
}

}  // namespace

// Takes what the engine says, on its threads, for the next turn of the client.
class Person::Inbox final : public SignalSink {
 public:
  explicit Inbox(std::shared_ptr<net::Loop> loop) : loop_(std::move(loop)) {}

  void accepted() override {}
  void rejected(int, std::string_view) override { close(0); }
  void send(std::span<const std::uint8_t> message, bool) override {
    const std::lock_guard lock(mutex_);
    messages_.emplace_back(reinterpret_cast<const char*>(message.data()), message.size());
    loop_->wake();
  }
  void close(std::uint16_t code) override {
    const std::lock_guard lock(mutex_);
    closed_ = code;
    loop_->wake();
  }

  std::vector<std::string> take(std::optional<std::uint16_t>& closed) {
    const std::lock_guard lock(mutex_);
    closed = closed_;
    return std::exchange(messages_, {});
  }

 private:
  std::shared_ptr<net::Loop> loop_;
  std::mutex mutex_;
  std::vector<std::string> messages_;
  std::optional<std::uint16_t> closed_;
};

Person::Person(People& people, Engine& engine, const std::string& room, const std::string& identity, Over over)
    : people_(people), inbox_(std::make_shared<Inbox>(people.loop_)) {
  if (over == Over::kTcp) {
    constexpr std::uint16_t kActive =
        9;  // RFC 6544 4.5: what an active candidate says, since its port is not known yet
    auto lines = std::make_unique<TcpLines>(std::vector<SocketAddress>{{kLoopback, kActive}, {kSubscriberIp, kActive}});
    lines_ = lines.get();
    transport_ = std::move(lines);
  } else {
    transport_ = open_transport();
  }
  const std::uint16_t port = transport_->candidates()[0].port;
  session_ = std::make_unique<client::Session>(client::SessionConfig{.publisher_addresses = {{kLoopback, port}},
                                                                     .subscriber_addresses = {{kSubscriberIp, port}},
                                                                     .certificate = &people.certificate_,
                                                                     .random = &people.random_,
                                                                     .wall = &people.wall_},
                                               &viewer_);
  REQUIRE(people.loop_->add(transport_->poll_descriptor(), [] {}));
  signalling_ = engine.connect(connect_request(room, identity), inbox_);
}

Person::~Person() {
  people_.loop_->remove(transport_->poll_descriptor());
}

void Person::publish(Duration frame_interval) {
  frame_interval_ = frame_interval;
  client::Output out = output();
  const auto asked =
      session_->publish(people_.now(), {.cid = kCid, .name = "camera", .width = 640, .height = 360}, out);
  CHECK(asked.has_value());
  flush();
}

bool Person::send(const std::string& text) {
  livekit::DataPacket packet;
  packet.mutable_user()->set_payload(text);
  client::Output out = output();
  const auto sent = session_->send_data(people_.now(), packet, true, out);
  flush();
  return sent.has_value();
}

void Person::send_datagram(std::string_view bytes) {
  const Datagram datagram{{transport_->candidates()[0], server_}, as_bytes(bytes)};
  transport_->send({&datagram, 1});
}

void Person::leave() {
  livekit::SignalRequest request;
  request.mutable_leave()->set_reason(livekit::CLIENT_INITIATED);
  send_signal(request.SerializeAsString(), false);
  next_frame_ = kNever;
}

std::size_t Person::packets() const {
  return viewer_.tracks().size() == 1 ? viewer_.tracks().begin()->second.packets.size() : 0;
}

void Person::turn(Instant now) {
  for (const std::string& bytes : inbox_->take(closed_)) {
    livekit::SignalResponse message;
    if (!message.ParseFromString(bytes)) continue;
    if (lines_ != nullptr) {
      for (auto* description : {message.has_offer() ? message.mutable_offer() : nullptr,
                                message.has_answer() ? message.mutable_answer() : nullptr}) {
        if (description != nullptr) description->set_sdp(with_tcp_only(description->sdp()));
      }
      if (message.has_trickle()) {
        const std::string left = with_tcp_only(message.trickle().candidateinit());
        if (left.empty()) continue;
        message.mutable_trickle()->set_candidateinit(left);
      }
    }
    on_signal(now, message);
  }
  while (transport_->receive(now, *this)) {
  }
  if (session_->deadline() <= now) {
    client::Output out = output();
    session_->advance(now, out);
  }
  if (next_frame_ <= now) film(now);
  flush();
}

void Person::film(Instant now) {
  next_frame_ = std::max(next_frame_ + frame_interval_, now);
  ++frames_filmed_;
  for (std::vector<std::uint8_t>& packet : camera_.next_frame()) {
    client::Output out = output();
    session_->write(now, kCid, packet, out);
  }
}

void Person::on_signal(Instant now, const livekit::SignalResponse& message) {
  if (message.has_join()) {
    joined_ = message.join();
    for (const auto& other : message.join().other_participants()) others_.push_back(other.identity());
  }
  if (message.has_leave()) leave_ = message.leave();
  for (const auto& participant : message.update().participants()) {
    std::erase(others_, participant.identity());
    const bool own = joined_ && participant.identity() == joined_->participant().identity();
    if (!own && participant.state() != livekit::ParticipantInfo::DISCONNECTED)
      others_.push_back(participant.identity());
  }
  client::Output out = output();
  session_->on_signal(now, message, out);
}

void Person::on_event(const client::Event& event) {
  if (const auto* ready = std::get_if<client::PublishReady>(&event)) {
    track_sid_ = ready->track_sid;
    next_frame_ = people_.now();
  } else if (const auto* failed = std::get_if<client::PublishFailed>(&event)) {
    publish_error_ = failed->error.message;
  } else if (std::holds_alternative<client::KeyframeRequested>(event)) {
    camera_.want_keyframe();
  } else if (const auto* data = std::get_if<client::DataReceived>(&event)) {
    texts_.push_back(data->packet.user().payload());
  }
}

void Person::receive(Instant now, const Path& path, std::span<std::uint8_t> bytes) {
  server_ = path.remote;
  client::Output out = output();
  session_->receive(now, path, bytes, out);
}

void Person::flush() {
  for (const client::Event& event : std::exchange(events_, {})) on_event(event);
  for (const livekit::SignalRequest& request : requests_) send_signal(request.SerializeAsString(), false);
  requests_.clear();
  if (datagrams_.empty()) return;
  transport_->send(datagrams_.datagrams());
  datagrams_.clear();
}

Instant Person::deadline() const {
  return std::min(session_->deadline(), next_frame_);
}

People::People() : certificate_(*dtls::Certificate::make()), loop_(*net::Loop::create()) {
  wall_ = {clock_.now(), clock_.wall_now()};
}

Person& People::join(Engine& engine, const std::string& room, const std::string& identity, Over over) {
  return *people_.emplace_back(std::make_unique<Person>(*this, engine, room, identity, over));
}

std::pair<Person&, Person&> People::call(Engine& engine, const std::string& room, Over over) {
  Person& alice = join(engine, room, "alice", over);
  Person& bob = join(engine, room, "bob", over);
  REQUIRE(run_until([&] { return alice.connected() && bob.connected(); }));
  alice.publish();
  bob.publish();
  REQUIRE(call_goes_on(alice, bob));
  return {alice, bob};
}

bool People::run_until(const std::function<bool()>& condition, Duration limit) {
  const Instant end = clock_.now() + limit;
  for (;;) {
    const Instant now = clock_.now();
    wall_ = {now, clock_.wall_now()};
    Instant wake = std::min(end, now + kLongestWait);
    for (const auto& person : people_) {
      person->turn(now);
      wake = std::min(wake, person->deadline());
    }
    if (condition()) return true;
    if (now >= end) return false;
    const Duration most = std::max(wake - clock_.now(), Duration::zero());
    if (wait) wait(most);
    loop_->wait(wait ? Duration::zero() : most);
  }
}

bool People::call_goes_on(Person& one, Person& other) {
  constexpr std::size_t kMorePackets = 20;
  const std::size_t seen_by_one = one.packets();
  const std::size_t seen_by_other = other.packets();
  const std::size_t read_by_one = one.texts().size();
  const std::size_t read_by_other = other.texts().size();
  if (!run_until([&] { return one.send("from one"); }) || !run_until([&] { return other.send("from the other"); })) {
    return false;
  }
  return run_until([&] {
    return one.packets() >= seen_by_one + kMorePackets && other.packets() >= seen_by_other + kMorePackets &&
           one.texts().size() == read_by_one + 1 && other.texts().size() == read_by_other + 1;
  });
}

}  // namespace sfu::engine_test
