// SPDX-License-Identifier: Apache-2.0
// Random networks and changes of mind over streams with layers inside: what leaves can be decoded, but for what the
// network kept.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>

#include "media/svc_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// A publisher over a bad network, and what one subscriber gets.
struct Call {
  Call(std::uint64_t seed, SvcOptions options, double loss_rate, Duration jitter_of)
      : world(seed), source(options), loss(loss_rate), jitter(jitter_of), track(svc_config(), publisher, world.random) {
    Output output = world.out();
    id = track.add_forwarder(world.now(), svc_forwarder_config(subscriber), output);
  }

  void run(int pictures) {
    for (int i = 0; i < pictures; ++i) {
      for (auto& packet : source.picture(world.now(), std::exchange(wants_keyframe, false))) send(std::move(packet));
      const Instant end = world.now() + 33ms;
      while (!network.empty() && network.begin()->first <= end) {
        const auto [at, packet] = *network.begin();
        network.erase(network.begin());
        world.advance(track, std::max(at - world.now(), Duration::zero()));
        // Nobody can tell of one that was overtaken what it will be, when others are decided on.
        if (packet.frame < newest) disturbed.insert(packet.frame);
        newest = std::max(newest, packet.frame);
        world.receive(track, 0, packet.bytes);
        react();
      }
      world.advance(track, end - world.now());
      react();
    }
  }
  void send(SvcSource::Packet packet) {
    sent[source.frame(packet.frame).number].insert(rtp::PacketView::parse(packet.bytes)->sequence_number());
    by_sequence[rtp::PacketView::parse(packet.bytes)->sequence_number()] = packet;
    deliver(std::move(packet), 10ms);
  }
  // Frames that lose nothing and come in their order are those that nobody has an excuse for.
  void deliver(SvcSource::Packet packet, Duration delay) {
    if (world.random.unit() < loss) {
      disturbed.insert(packet.frame);
      return;
    }
    if (jitter > Duration::zero() && world.random.below(30) == 0) {
      delay += std::chrono::microseconds(world.random.below(60000));
    }
    network.emplace(world.now() + delay, std::move(packet));
  }
  // PLI by a key picture, NACK by the packet itself.
  void react() {
    if (publisher.sent<rtcp::Pli>() > 0) wants_keyframe = true;
    publisher.for_each<rtcp::Nack>([&](const rtcp::Nack& nack) {
      nack.for_each([&](std::uint16_t number) { deliver(by_sequence.at(number), 40ms); });
    });
    publisher.clear();
  }
  void set_max(std::uint8_t spatial, std::uint8_t temporal, bool deficient) {
    Output output = world.out();
    track.set_max_quality(world.now(), id, spatial, temporal, output, deficient);
  }
  // What is on its way comes in parts.
  void cut_in() {
    for (const auto& [at, packet] : network) disturbed.insert(packet.frame);
  }
  void pause(bool paused) {
    cut_in();
    Output output = world.out();
    track.set_paused(world.now(), id, Pause::kDisabled, paused, output);
  }

  World world;
  SvcSource source;
  double loss;
  Duration jitter;
  RecordingSink publisher;
  RecordingSink subscriber;
  PublishedTrack track;
  ForwarderId id;
  bool wants_keyframe = true;
  std::multimap<Instant, SvcSource::Packet> network;
  std::map<std::uint16_t, SvcSource::Packet> by_sequence;
  std::map<std::uint32_t, std::set<std::uint16_t>> sent;
  std::set<std::uint32_t> disturbed;
  std::uint32_t newest = 0;
};

// A model of a decoder: what it needs of each frame that it gets. Returns how many frames came whole.
std::size_t check(const Call& call) {
  rtp::SequenceUnwrapper unwrapper;
  std::map<std::int64_t, GotSvc> line;
  std::map<std::uint32_t, std::size_t> packets;
  for (const Bytes& bytes : call.subscriber.rtp) {
    const GotSvc got = read_svc(bytes);
    const auto [known, is_new] = line.emplace(unwrapper.unwrap(got.sequence), got);
    REQUIRE(is_new);  // nobody asked for repeats
    if (!got.empty) ++packets[got.frame];
  }
  std::size_t whole = 0;
  std::map<std::uint32_t, std::uint32_t> keys;  // by frame: its picture's key
  for (const auto& [number, count] : packets) {
    const SvcFrame& frame = call.source.frame(number);
    const std::size_t of_frame = call.sent.at(number).size();
    REQUIRE(count <= of_frame);
    CAPTURE(number);
    // A frame goes out whole, or what is missing was lost.
    if (count < of_frame) REQUIRE(call.disturbed.contains(number));
    whole += count == of_frame ? 1u : 0u;
    for (const std::uint32_t reference : frame.references) {
      CAPTURE(reference);
      REQUIRE((packets.contains(reference) || call.disturbed.contains(reference)));
    }
  }
  // Numbers have holes only where the network has.
  const GotSvc* before = nullptr;
  std::int64_t before_sequence = 0;
  for (const auto& [sequence, got] : line) {
    if (before != nullptr && call.disturbed.empty()) REQUIRE(sequence == before_sequence + 1);
    if (before != nullptr && !got.empty && !before->empty && call.jitter == Duration::zero() &&
        call.disturbed.empty()) {
      const bool ends = call.source.frame(before->frame).timestamp != call.source.frame(got.frame).timestamp;
      REQUIRE(before->marker == ends);
    }
    before = &got;
    before_sequence = sequence;
  }
  return whole;
}

}  // namespace

TEST_CASE("[M-049] [M-056] [M-057] whatever is lost and late, all that goes out of SVC can be decoded") {
  std::size_t whole = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    SvcOptions options;
    options.scheme = seed % 2 == 0 ? Scheme::kFull : Scheme::kKey;
    options.vp9 = seed % 4 < 2;
    options.descriptors = !options.vp9 || seed % 8 < 4;
    options.flexible = seed % 3 != 0;
    const bool smooth = seed % 3 == 0;
    Call call(seed, options, smooth ? 0.0 : 0.02, smooth ? Duration(0) : Duration(30ms));
    for (int step = 0; step < 25; ++step) {
      Random& random = call.world.random;
      switch (random.below(4)) {
        case 0:
        case 1:
          call.set_max(static_cast<std::uint8_t>(random.below(3)), static_cast<std::uint8_t>(random.below(4)),
                       random.below(3) == 0);
          break;
        case 2:
          call.pause(true);
          call.run(static_cast<int>(random.below(20)));
          call.pause(false);
          break;
        default: call.source.active_spatial = static_cast<std::uint8_t>(1 + random.below(3)); break;
      }
      // Encoders take layers up again in a key picture.
      if (random.below(4) == 0 || call.source.active_spatial > 1) call.wants_keyframe = true;
      call.run(1 + static_cast<int>(random.below(30)));
    }
    call.cut_in();
    whole += check(call);
    call.loss = 0;
    const std::size_t before = call.subscriber.count;
    call.run(60);
    CHECK(call.subscriber.count > before + 20);  // the picture runs
  }
  CHECK(whole > 60000);
}
