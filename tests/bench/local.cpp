// SPDX-License-Identifier: Apache-2.0
// What it costs that a participant of the host's own receives: 1000 tracks' packets of 1100 bytes, in one room. The CPU
// time of the worker's thread by packet that the participant gets, beyond what the same packets cost with nobody to
// receive them; beside a packet's cost on the network path (one publisher, 40 subscribers over real sockets, as of
// `forward`) in the same run.
//
//   local [--seconds N] [--tracks N]
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "baseline.hpp"
#include "clients.hpp"
#include "server.hpp"
#include "sfu/local_participant.hpp"
#include "sfu/room.hpp"

namespace {

using namespace sfu;
using namespace sfu::bench;
using namespace std::chrono_literals;

constexpr unsigned kSubscribers = 40;
constexpr unsigned kTracksOfOne = 50;
constexpr unsigned kPacketsPerSecond = 25;  // of each track
constexpr std::size_t kBytes = 1100;

class Counter final : public ClientObserver {
 public:
  void on_rtp(const std::string&, std::span<const std::uint8_t>, bool) override { ++packets; }
  void on_published(const std::string&, const std::string&) override { ++published; }
  void on_subscribed(const std::string&, const std::string&, MediaCodec) override { ++subscribed; }

  std::atomic<std::uint64_t> packets = 0;
  std::atomic<unsigned> published = 0;
  std::atomic<unsigned> subscribed = 0;
};

void wait_for(const std::atomic<unsigned>& count, unsigned wanted) {
  for (int i = 0; i < 3000 && count < wanted; ++i) std::this_thread::sleep_for(10ms);
  if (count < wanted) die("not all tracks came");
}

// A VP8 key frame in one packet (RFC 7741), so that whoever subscribes gets every one.
std::vector<std::uint8_t> packet_of(std::uint16_t sequence) {
  std::vector<std::uint8_t> packet = {0x80, 0xe0, static_cast<std::uint8_t>(sequence >> 8),
                                      static_cast<std::uint8_t>(sequence)};
  const std::uint32_t timestamp = sequence * 3600U;
  for (int shift = 24; shift >= 0; shift -= 8) packet.push_back(static_cast<std::uint8_t>(timestamp >> shift));
  packet.resize(12);
  for (const int byte : {0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01}) {
    packet.push_back(static_cast<std::uint8_t>(byte));
  }
  packet.resize(kBytes, 0x55);
  return packet;
}

double processor_ns(const Engine& engine) {
  std::this_thread::sleep_for(250ms);  // for the worker to publish
  return static_cast<double>(engine.statistics().workers.at(0).processor_time.count());
}

class LocalRoom {
 public:
  explicit LocalRoom(unsigned tracks) : authenticator_(make_token_authenticator({{"key", "secret"}})) {
    EngineOptions options;
    options.bind_addresses = {IpAddress::v4({127, 0, 0, 1})};
    options.udp_port_first = options.udp_port_last = 0;
    options.workers = 1;
    options.statistics_interval = 100ms;
    options.authenticator = authenticator_.get();
    auto engine = Engine::create(std::move(options));
    if (!engine) die("no engine");
    engine_ = *std::move(engine);
    for (unsigned begun = 0; begun < tracks; begun += kTracksOfOne) {
      auto publisher = enter("publisher " + std::to_string(begun), false, publishers_);
      for (unsigned i = 0; i < kTracksOfOne; ++i) publisher->publish(std::to_string(i), {});
      participants_.push_back(std::move(publisher));
    }
    tracks_ = static_cast<unsigned>(participants_.size()) * kTracksOfOne;
    wait_for(publishers_.published, tracks_);
    write_for(1s);
  }

  void subscribe() {
    participants_.push_back(enter("subscriber", true, subscriber_));
    wait_for(subscriber_.subscribed, tracks_);
    write_for(1s);
  }

  // The worker's time by packet that is published.
  double cost(std::chrono::seconds time) {
    const double before = processor_ns(*engine_);
    const std::uint64_t received_before = subscriber_.packets;
    const std::uint64_t written = write_for(time);
    const double spent = processor_ns(*engine_) - before;
    received_ = static_cast<double>(subscriber_.packets - received_before) / static_cast<double>(written);
    return spent / static_cast<double>(written);
  }
  double received() const { return received_; }  // of the packets that were written
  unsigned tracks() const { return tracks_; }

 private:
  std::unique_ptr<LocalParticipant> enter(const std::string& identity, bool subscribes, ClientObserver& observer) {
    LocalParticipantOptions options;
    options.claims.identity = identity;
    options.auto_subscribe = subscribes;
    options.receive_frames = false;
    auto participant = engine_->room("room").join(std::move(options), observer);
    if (!participant) die("no participant");
    return *std::move(participant);
  }
  std::uint64_t write_for(Duration time) {
    std::uint64_t written = 0;
    const auto end = std::chrono::steady_clock::now() + time;
    auto due = std::chrono::steady_clock::now();
    for (; due < end; due += std::chrono::microseconds(1'000'000 / kPacketsPerSecond)) {
      std::this_thread::sleep_until(due);
      const auto packet = packet_of(sequence_++);
      for (std::size_t i = 0; i < tracks_; ++i) {
        participants_[i / kTracksOfOne]->write_rtp(std::to_string(i % kTracksOfOne), packet);
        ++written;
      }
    }
    return written;
  }

  std::unique_ptr<Authenticator> authenticator_;
  Counter publishers_;
  Counter subscriber_;
  std::unique_ptr<Engine> engine_;
  std::vector<std::unique_ptr<LocalParticipant>> participants_;
  unsigned tracks_ = 0;
  std::uint16_t sequence_ = 1;
  double received_ = 0;
};

double network_cost(Channel channel, std::chrono::seconds time) {
  Server server(std::move(channel));
  server.ask(Word::kJoin, 1 + kSubscribers);
  server.ask(Word::kPublish);
  server.serve_for(2s);
  std::vector<double> costs;
  WorkerFigures last = server.figures();
  for (auto second = 0s; second < time; ++second) {
    server.serve_for(1s);
    const WorkerFigures now = server.figures();
    const WorkerFigures in_second = now - last;
    if (in_second.media_sent != 0) costs.push_back(in_second.cpu_ns / static_cast<double>(in_second.media_sent));
    last = now;
  }
  if (costs.empty()) die("nothing was forwarded");
  std::ranges::sort(costs);
  return costs[costs.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  std::chrono::seconds time = 4s;
  unsigned tracks = 1000;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view argument = argv[i];
    const unsigned value = i + 1 < argc ? static_cast<unsigned>(std::strtoul(argv[i + 1], nullptr, 10)) : 0;
    if (value == 0 || (argument != "--seconds" && argument != "--tracks")) {
      std::fprintf(stderr, "usage: local [--seconds N] [--tracks N]\n");
      return 2;
    }
    if (argument == "--seconds") time = std::chrono::seconds(value);
    if (argument == "--tracks") tracks = value;
  }
  auto [ours, theirs] = Channel::make();
  const pid_t child = fork();
  if (child < 0) die("fork");
  if (child == 0) {
    ours.close();
    run_clients(std::move(theirs), {});
  }
  theirs.close();
  const double network = network_cost(std::move(ours), time);
  kill(child, SIGTERM);
  waitpid(child, nullptr, 0);

  LocalRoom room(tracks);
  const double alone = room.cost(time);
  room.subscribe();
  const double received = room.cost(time);
  std::printf("%u tracks, %u packets of %zu bytes a second each; received %.4f of what was written\n", room.tracks(),
              kPacketsPerSecond, kBytes, room.received());
  std::printf("published_ns_per_packet %.0f   (with nobody to receive it)\n", alone);
  std::printf("local_ns_per_packet %.0f\n", received - alone);
  std::printf("network_ns_per_packet %.0f   (1 publisher, %u subscribers)\n", network, kSubscribers);
  std::printf("ratio %.2f\n", (received - alone) / network);
  return 0;
}
