// SPDX-License-Identifier: Apache-2.0
// Two associations over a simulated line, in virtual time.
#include <doctest/doctest.h>
#include <malloc.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "base/random.hpp"
#include "sctp/sctp.hpp"
#include "sctp/test_line.hpp"

using namespace sfu;
using namespace sfu::sctp;
using namespace sfu::sctp::testing;

namespace {

std::vector<std::uint8_t> pattern(std::size_t size, std::uint64_t seed) {
  std::vector<std::uint8_t> bytes(size);
  SeededRandom(seed).fill(bytes);
  return bytes;
}

}  // namespace

TEST_CASE("two associations that start at once connect, fall silent, and need no timer then") {
  Line line;
  line.connect();
  line.settle(10s);
  CHECK(line.a.association->deadline() == kNever);
  CHECK(line.b.association->deadline() == kNever);
  CHECK(line.a.count(Event::Kind::kConnected) == 1);
  const std::size_t before = line.carried;
  line.now += 1h;
  line.a.association->advance(line.now, line.a.out);
  line.b.association->advance(line.now, line.b.out);
  line.pick_up();
  CHECK(line.carried == before);
}

TEST_CASE("[M-020] channels of all six reliability types open with even ids from the client and odd from the server") {
  Line line;
  line.connect();
  std::vector<ChannelOptions> all;
  for (const bool ordered : {true, false}) {
    for (int limit = 0; limit < 3; ++limit) {
      ChannelOptions options{.label = "channel", .protocol = "proto", .ordered = ordered};
      if (limit == 1) options.max_retransmits = 0;
      if (limit == 2) options.max_lifetime = 300ms;
      all.push_back(options);
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto by_client = line.a.association->open_channel(line.now, all[i], line.a.out);
    const auto by_server = line.b.association->open_channel(line.now, all[i], line.b.out);
    REQUIRE(by_client.has_value());
    REQUIRE(by_server.has_value());
    CHECK(*by_client == 2 * i);
    CHECK(*by_server == 2 * i + 1);
    CHECK(line.a.association->send(line.now, *by_client, as_bytes("up"), false, line.a.out).has_value());
    CHECK(line.b.association->send(line.now, *by_server, as_bytes("down"), true, line.b.out).has_value());
  }
  line.pick_up();
  line.settle();
  for (Side* side : {&line.a, &line.b}) {
    CHECK(side->count(Event::Kind::kChannelOpen) == 12);
    CHECK(side->count(Event::Kind::kMessage) == 6);
    for (const Event& event : side->events) {
      if (event.kind != Event::Kind::kChannelOpen) continue;
      CHECK(event.options == all[event.channel / 2]);
      CHECK(*side->association->options(event.channel) == all[event.channel / 2]);
    }
  }
}

TEST_CASE("[M-020] a reset closes the channel on both sides, after what was queued, and its id is used again") {
  Line line;
  line.connect();
  const ChannelId id = *line.a.association->open_channel(line.now, named("first"), line.a.out);
  line.settle(5s);
  CHECK(line.a.association->send(line.now, id, pattern(60000, 1), true, line.a.out).has_value());
  CHECK(line.a.association->close_channel(line.now, id, line.a.out).has_value());
  CHECK(line.a.association->send(line.now, id, as_bytes("late"), true, line.a.out).error().code == Errc::kNotFound);
  CHECK(line.a.association->close_channel(line.now, id, line.a.out).error().code == Errc::kNotFound);
  line.pick_up();
  line.settle(30s);
  REQUIRE(line.b.find(Event::Kind::kMessage) != nullptr);
  CHECK(line.b.find(Event::Kind::kMessage)->bytes == pattern(60000, 1));
  CHECK(line.a.count(Event::Kind::kChannelClosed) == 1);
  CHECK(line.b.count(Event::Kind::kChannelClosed) == 1);
  CHECK(line.a.association->deadline() == kNever);

  line.b.events.clear();
  CHECK(*line.a.association->open_channel(line.now, named("second"), line.a.out) == id);
  CHECK(line.a.association->send(line.now, id, as_bytes("again"), false, line.a.out).has_value());
  line.pick_up();
  line.settle(30s);
  REQUIRE(line.b.find(Event::Kind::kChannelOpen) != nullptr);
  CHECK(line.b.find(Event::Kind::kChannelOpen)->options.label == "second");
  REQUIRE(line.b.find(Event::Kind::kMessage) != nullptr);
  CHECK(as_text(line.b.find(Event::Kind::kMessage)->bytes) == "again");
}

TEST_CASE("both sides closing a channel at once ends it once on each") {
  Line line;
  line.connect();
  const ChannelId id = *line.a.association->open_channel(line.now, named("x"), line.a.out);
  line.pick_up();
  line.settle(5s);
  CHECK(line.a.association->close_channel(line.now, id, line.a.out).has_value());
  CHECK(line.b.association->close_channel(line.now, id, line.b.out).has_value());
  line.pick_up();
  line.settle(30s);
  CHECK(line.a.count(Event::Kind::kChannelClosed) == 1);
  CHECK(line.b.count(Event::Kind::kChannelClosed) == 1);
}

TEST_CASE("[M-021] messages of 0, 1, 1200 and 65535 bytes pass whole, and 65536 is refused") {
  Line line;
  line.connect();
  const ChannelId id = *line.a.association->open_channel(line.now, named("sizes"), line.a.out);
  const std::size_t sizes[] = {0, 1, 1200, 65535};
  for (const std::size_t size : sizes) {
    CHECK(line.a.association->send(line.now, id, pattern(size, size), size != 0, line.a.out).has_value());
  }
  CHECK(line.a.association->send(line.now, id, pattern(65536, 1), true, line.a.out).error().code ==
        Errc::kLimitExceeded);
  line.pick_up();
  line.settle();
  std::size_t at = 0;
  for (const Event& event : line.b.events) {
    if (event.kind != Event::Kind::kMessage) continue;
    REQUIRE(at < std::size(sizes));
    CHECK(event.bytes == pattern(sizes[at], sizes[at]));
    CHECK(event.binary == (sizes[at] != 0));
    ++at;
  }
  CHECK(at == std::size(sizes));
  CHECK(line.largest <= kMaxPacketSize);
  CHECK(line.largest > kMaxPacketSize - 8);
}

TEST_CASE("a message longer than the receiver's limit is dropped whole, and the next one passes") {
  Line line;
  Association::Config small;
  small.max_message_size = 1000;
  line.b.association = std::make_unique<Association>(small);
  line.connect();
  const ChannelId id = *line.a.association->open_channel(line.now, named("x"), line.a.out);
  for (const std::size_t size : {60000, 1001, 1000}) {
    CHECK(line.a.association->send(line.now, id, pattern(size, size), true, line.a.out).has_value());
  }
  line.pick_up();
  line.settle();
  CHECK(line.b.count(Event::Kind::kMessage) == 1);
  CHECK(line.b.find(Event::Kind::kMessage)->bytes == pattern(1000, 1000));
  CHECK(line.b.association->stats().oversized_received == 2);
}

TEST_CASE("[M-021] over a line that loses a tenth, reliable channels deliver everything in order") {
  for (const std::uint64_t seed : {11, 12, 13}) {
    CAPTURE(seed);
    Line line(seed, 0.1);
    line.connect();
    const ChannelId id = *line.a.association->open_channel(line.now, named("reliable"), line.a.out);
    constexpr std::size_t kMessages = 200;
    const Instant begin = line.now;
    std::size_t sent = 0;
    line.run_until([&] {
      while (sent < kMessages && line.a.association->buffered_amount(id) < 100'000) {
        const auto bytes = pattern(1 + sent * 97 % 20000, sent);
        REQUIRE(line.a.association->send(line.now, id, bytes, true, line.a.out).has_value());
        ++sent;
      }
      line.pick_up();
      return line.b.count(Event::Kind::kMessage) == kMessages;
    });
    std::size_t at = 0;
    for (const Event& event : line.b.events) {
      if (event.kind != Event::Kind::kMessage) continue;
      CHECK(event.bytes == pattern(1 + at * 97 % 20000, at));
      ++at;
    }
    CHECK(at == kMessages);
    CHECK(line.now - begin < 120s);
    line.settle(60s);
    CHECK(line.a.association->deadline() == kNever);
  }
}

TEST_CASE("over a line that loses a tenth, a channel without retransmissions delivers most, and never late") {
  Line line(21, 0.1);
  line.connect();
  ChannelOptions lossy{.label = "_lossy", .ordered = false};
  lossy.max_retransmits = 0;
  const ChannelId id = *line.a.association->open_channel(line.now, lossy, line.a.out);
  line.settle(30s);
  line.b.events.clear();
  constexpr int kMessages = 300;
  for (int i = 0; i < kMessages; ++i) {
    REQUIRE(line.a.association->send(line.now, id, pattern(100, static_cast<std::uint64_t>(i)), true, line.a.out)
                .has_value());
    line.pick_up();
    const Instant until = line.now + 20ms;
    line.run_until([&] { return line.now >= until; }, 20ms);
    line.now = until;
  }
  line.settle(60s);
  const std::size_t arrived = line.b.count(Event::Kind::kMessage);
  CHECK(arrived > kMessages * 8 / 10);
  CHECK(arrived < kMessages);
}

TEST_CASE("[M-085] a full queue refuses the message, keeps the rest, and tells once when it has drained") {
  Line line;
  line.connect();
  const ChannelId id = *line.a.association->open_channel(line.now, named("x"), line.a.out);
  line.pick_up();
  line.settle(5s);
  line.a.association->set_buffered_amount_low_threshold(id, 50'000);
  std::size_t sent = 0;
  Result<void> result;
  while ((result = line.a.association->send(line.now, id, pattern(50'000, sent), true, line.a.out)).has_value()) ++sent;
  CHECK(result.error().code == Errc::kLimitExceeded);
  CHECK(line.a.association->buffered_amount(id) > (1 << 20) - 50'000);
  CHECK(line.a.association->buffered_amount(id) <= 1 << 20);
  // Another channel still has room of its own, and its turn.
  const ChannelId other = *line.a.association->open_channel(line.now, named("y"), line.a.out);
  CHECK(line.a.association->send(line.now, other, as_bytes("hi"), false, line.a.out).has_value());
  line.pick_up();
  line.run_until([&] {
    return std::any_of(line.b.events.begin(), line.b.events.end(), [&](const Event& event) {
      return event.kind == Event::Kind::kMessage && event.channel == other;
    });
  });
  CHECK(line.a.association->buffered_amount(id) > 0);
  const auto lows = [&] {
    return std::count_if(line.a.events.begin(), line.a.events.end(), [&](const Event& event) {
      return event.kind == Event::Kind::kBufferedAmountLow && event.channel == id;
    });
  };
  CHECK(lows() == 0);
  line.settle();
  CHECK(line.a.association->buffered_amount(id) == 0);
  CHECK(lows() == 1);
  CHECK(line.b.count(Event::Kind::kMessage) == sent + 1);
}

TEST_CASE("messages of a channel with a lifetime that wait too long are dropped from the queue") {
  Line line;
  line.delay = 200ms;
  line.connect();
  ChannelOptions timed{.label = "timed", .ordered = false};
  timed.max_lifetime = 100ms;
  const ChannelId id = *line.a.association->open_channel(line.now, timed, line.a.out);
  for (int i = 0; i < 15; ++i) {
    CHECK(line.a.association->send(line.now, id, pattern(60'000, 1), true, line.a.out).has_value());
  }
  line.pick_up();
  line.settle();
  CHECK(line.a.association->buffered_amount(id) == 0);
  CHECK(line.b.count(Event::Kind::kMessage) < 15);
}

TEST_CASE("closing an association tells the other side at once") {
  Line line;
  line.connect();
  line.a.association->close(line.now, line.a.out);
  CHECK(line.a.packets.size() == 1);
  line.pick_up();
  line.settle(1s);
  CHECK(line.b.count(Event::Kind::kClosed) == 1);
  CHECK(line.b.association->deadline() == kNever);
  CHECK(line.b.association->open_channel(line.now, named("x"), line.b.out).error().code == Errc::kFailedPrecondition);
  CHECK(line.b.association->send(line.now, 0, as_bytes("x"), true, line.b.out).error().code == Errc::kClosed);
}

TEST_CASE("an association whose packets all get lost ends after its retransmissions") {
  Line line;
  line.connect();
  const ChannelId id = *line.a.association->open_channel(line.now, named("x"), line.a.out);
  line.pick_up();
  line.settle(5s);
  line.loss = 1;
  CHECK(line.a.association->send(line.now, id, as_bytes("lost"), true, line.a.out).has_value());
  line.pick_up();
  const Instant before = line.now;
  line.run_until([&] { return line.a.count(Event::Kind::kClosed) > 0; });
  CHECK(line.a.count(Event::Kind::kClosed) == 1);
  CHECK(line.now - before > 30s);  // ICE consent is to notice first
}

TEST_CASE("no more channels than streams, and none before the start") {
  Association::Config config;
  config.streams = 4;
  Line line(1, 0, config);
  CHECK(line.a.association->open_channel(line.now, named("x"), line.a.out).error().code == Errc::kFailedPrecondition);
  line.connect();
  CHECK(line.a.association->open_channel(line.now, named("x"), line.a.out).has_value());
  CHECK(line.a.association->open_channel(line.now, named("x"), line.a.out).has_value());
  CHECK(line.a.association->open_channel(line.now, named("x"), line.a.out).error().code == Errc::kLimitExceeded);
  CHECK(line.a.association->start(line.now, Role::kClient, line.a.out).error().code == Errc::kFailedPrecondition);
}

TEST_CASE("channels beyond what the other side takes close when the association stands") {
  Association::Config few;
  few.streams = 2;
  Line line;
  line.b.association = std::make_unique<Association>(few);
  line.start();
  CHECK(*line.a.association->open_channel(line.now, named("kept"), line.a.out) == 0);
  CHECK(*line.a.association->open_channel(line.now, named("beyond"), line.a.out) == 2);
  line.pick_up();
  line.settle(10s);
  REQUIRE(line.a.count(Event::Kind::kChannelClosed) == 1);
  CHECK(line.a.find(Event::Kind::kChannelClosed)->channel == 2);
  CHECK(line.b.count(Event::Kind::kChannelOpen) == 1);
}

TEST_CASE("garbage and truncated packets change nothing") {
  Line line(31);
  line.connect();
  std::vector<std::uint8_t> bytes(200);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    line.random.fill(bytes);
    line.b.association->receive(line.now, ByteView(bytes).first(size), line.b.out);
  }
  line.b.packets.clear();
  const ChannelId id = *line.a.association->open_channel(line.now, named("x"), line.a.out);
  CHECK(line.a.association->send(line.now, id, as_bytes("fine"), true, line.a.out).has_value());
  line.pick_up();
  line.settle(10s);
  CHECK(line.b.count(Event::Kind::kMessage) == 1);
}

TEST_CASE("associations come and go by the hundred, and clocks of different origin do not disturb each other") {
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Line>> lines;
    for (int i = 0; i < 40; ++i) {
      lines.push_back(std::make_unique<Line>(static_cast<std::uint64_t>(i), 0.05));
      lines.back()->now += i * 1000s;
      lines.back()->start();
    }
    for (auto& line : lines) {
      line->run_until([&] { return line->a.association->connected() && line->b.association->connected(); });
      CHECK(line->a.association->connected());
      CHECK(line->b.association->connected());
    }
  }
}

#ifndef SFU_SANITIZED  // sanitizers count allocations their own way
TEST_CASE("an idle association with three open channels costs little memory") {
  constexpr std::size_t kLines = 100;
  std::vector<std::unique_ptr<Line>> lines;
  Line first;  // the process-wide part of usrsctp
  first.connect();
  lines.reserve(kLines);
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < kLines; ++i) {
    lines.push_back(std::make_unique<Line>());
    lines.back()->connect();
    for (const char* label : {"_reliable", "_lossy", "_data_track"}) {
      REQUIRE(
          lines.back()->a.association->open_channel(lines.back()->now, named(label), lines.back()->a.out).has_value());
    }
    lines.back()->pick_up();
    lines.back()->settle();
    lines.back()->a.packets = lines.back()->b.packets = {};
    lines.back()->a.events = lines.back()->b.events = {};
  }
  const std::size_t each = (mallinfo2().uordblks - before) / (2 * kLines);
  MESSAGE("bytes for each idle association: ", each);
  CHECK(each < 40'000);
}
#endif

TEST_CASE("associations of several threads run side by side") {
  std::vector<std::size_t> received(3);
  std::vector<std::jthread> threads;
  threads.reserve(received.size());
  for (std::size_t t = 0; t < received.size(); ++t) {
    threads.emplace_back([&received, t] {
      Line line(100 + t, 0.05);
      line.connect();
      const ChannelId id = *line.a.association->open_channel(line.now, named("x"), line.a.out);
      for (int i = 0; i < 50; ++i) {
        (void)line.a.association->send(line.now, id, pattern(3000, static_cast<std::uint64_t>(i)), true, line.a.out);
      }
      line.pick_up();
      line.settle(300s);
      received[t] = line.b.count(Event::Kind::kMessage);
    });
  }
  threads.clear();
  for (const std::size_t count : received) CHECK(count == 50);
}
