// SPDX-License-Identifier: Apache-2.0
#include "participant/streams.hpp"

#include <doctest/doctest.h>

#include "participant/text_collector.hpp"

using namespace sfu;
using namespace sfu::participant;
using namespace std::chrono_literals;

namespace {

// Two ends with a server between them, which puts the sender's name on each packet.
struct Pipe {
  SeededRandom random{3};
  OutgoingStreams sender{random};
  IncomingStreams receiver;
  Instant now{};
  OutgoingStreams::Packets packets;
  std::vector<StreamEvent> events;

  void deliver(std::size_t first = 0, std::size_t count = 1'000'000) {
    for (std::size_t i = first; i < packets.size() && count-- > 0; ++i) {
      livekit::DataPacket packet;
      REQUIRE(packet.ParseFromString(packets[i].SerializeAsString()));
      packet.set_participant_identity(identity);
      receiver.receive(now, packet, events);
    }
  }
  std::string identity = "alice";
  std::string content() const {
    std::string all;
    for (const StreamEvent& event : events) {
      if (const auto* data = std::get_if<StreamData>(&event)) all.append(as_text(data->bytes));
    }
    return all;
  }
  const StreamClosed* closed() const { return events.empty() ? nullptr : std::get_if<StreamClosed>(&events.back()); }
};

StreamInfo text_on(std::string topic) {
  StreamInfo info;
  info.topic = std::move(topic);
  return info;
}

std::string incompressible(std::size_t size) {
  SeededRandom random(8);
  std::string text(size, ' ');
  for (char& c : text) c = static_cast<char>('!' + random.below(90));
  return text;
}

}  // namespace

TEST_CASE("a text goes as header, chunks of 15000 bytes and trailer to those who know version 1 only") {
  Pipe pipe;
  const std::string text = incompressible(40'000);
  StreamInfo info = text_on("chat");
  info.attributes = {{"k", "v"}};
  info.destinations = {"bob"};
  const std::string id = pipe.sender.send(info, as_bytes(text), {}, pipe.packets);
  REQUIRE(pipe.packets.size() == 5);
  CHECK(pipe.packets[0].stream_header().stream_id() == id);
  CHECK(pipe.packets[0].stream_header().total_length() == 40'000);
  CHECK(pipe.packets[0].stream_header().mime_type() == "text/plain");
  CHECK_FALSE(pipe.packets[0].stream_header().has_inline_content());
  CHECK(pipe.packets[1].stream_chunk().content().size() == 15'000);
  CHECK(pipe.packets[3].stream_chunk().chunk_index() == 2);
  CHECK(pipe.packets[4].stream_trailer().stream_id() == id);
  for (const auto& packet : pipe.packets) CHECK(packet.destination_identities(0) == "bob");

  pipe.deliver();
  const auto& opened = std::get<StreamOpened>(pipe.events.front());
  CHECK(opened.info.sender == "alice");
  CHECK(opened.info.topic == "chat");
  CHECK(opened.info.attributes.at("k") == "v");
  CHECK(pipe.content() == text);
  REQUIRE(pipe.closed() != nullptr);
  CHECK_FALSE(pipe.closed()->error);
  CHECK(pipe.receiver.size() == 0);
}

TEST_CASE("version 2: a small text is one packet, compressed where that is smaller and everyone can") {
  Pipe pipe;
  pipe.sender.send(text_on("chat"), as_bytes("hello"), {.inline_content = true, .deflate = true}, pipe.packets);
  REQUIRE(pipe.packets.size() == 1);
  CHECK(pipe.packets[0].stream_header().inline_content() == "hello");
  CHECK(pipe.packets[0].stream_header().compression() == livekit::DataStream::NONE);

  const std::string repetitive(30'000, 'x');
  pipe.sender.send(text_on("chat"), as_bytes(repetitive), {.inline_content = true, .deflate = true}, pipe.packets);
  REQUIRE(pipe.packets.size() == 2);
  CHECK(pipe.packets[1].stream_header().compression() == livekit::DataStream::DEFLATE_RAW);
  CHECK(pipe.packets[1].stream_header().inline_content().size() < 1000);
  CHECK(pipe.packets[1].stream_header().total_length() == 30'000);
  pipe.deliver();
  CHECK(pipe.content() == "hello" + repetitive);
  CHECK_FALSE(pipe.closed()->error);
}

TEST_CASE("version 2: what does not fit into one packet is chunked, compressed or not") {
  for (const bool deflate : {false, true}) {
    Pipe pipe;
    const std::string text = incompressible(60'000);
    pipe.sender.send(text_on("big"), as_bytes(text), {.inline_content = true, .deflate = deflate}, pipe.packets);
    CHECK(pipe.packets.size() > 4);
    pipe.deliver();
    CHECK(pipe.content() == text);
    CHECK_FALSE(pipe.closed()->error);
  }
}

TEST_CASE("a stream that grows; its text is cut between characters") {
  Pipe pipe;
  const std::string id = pipe.sender.open(text_on("notes"), pipe.packets);
  std::string text;
  while (text.size() < 20'000) text += "\xe2\x82\xac";  // three bytes each
  REQUIRE(pipe.sender.write(id, as_bytes(text), pipe.packets));
  REQUIRE(pipe.sender.close(id, "", pipe.packets));
  CHECK(pipe.packets[1].stream_chunk().content().size() % 3 == 0);
  pipe.deliver();
  CHECK(pipe.content() == text);
  CHECK_FALSE(pipe.closed()->error);
  CHECK(pipe.sender.write(id, as_bytes("late"), pipe.packets).error().code == Errc::kNotFound);
}

TEST_CASE("bytes have a name and a type") {
  Pipe pipe;
  StreamInfo info;
  info.text = false;
  info.name = "photo.jpg";
  pipe.sender.send(info, as_bytes("\x01\x02"), {}, pipe.packets);
  pipe.deliver();
  const auto& opened = std::get<StreamOpened>(pipe.events.front());
  CHECK_FALSE(opened.info.text);
  CHECK(opened.info.name == "photo.jpg");
  CHECK(opened.info.mime_type == "application/octet-stream");
}

TEST_CASE("streams that do not come whole say so") {
  const std::string text = incompressible(40'000);
  SUBCASE("a chunk is missing") {
    Pipe pipe;
    pipe.sender.send(text_on("t"), as_bytes(text), {}, pipe.packets);
    pipe.deliver(0, 2);
    pipe.deliver(3);
    CHECK(pipe.closed()->error->code == Errc::kTruncated);
  }
  SUBCASE("the trailer comes early") {
    Pipe pipe;
    pipe.sender.send(text_on("t"), as_bytes(text), {}, pipe.packets);
    pipe.deliver(0, 3);
    pipe.deliver(4);
    CHECK(pipe.closed()->error->code == Errc::kTruncated);
  }
  SUBCASE("more comes than was said") {
    Pipe pipe;
    pipe.sender.send(text_on("t"), as_bytes(text), {}, pipe.packets);
    pipe.packets[0].mutable_stream_header()->set_total_length(20'000);
    pipe.deliver();
    bool told = false;
    for (const auto& event : pipe.events) {
      const auto* closed = std::get_if<StreamClosed>(&event);
      told |= closed != nullptr && closed->error && closed->error->code == Errc::kLimitExceeded;
    }
    CHECK(told);
  }
  SUBCASE("a small packet inflates to more than its header says") {
    Pipe pipe;
    const std::string zeros(1'000'000, '\0');
    pipe.sender.send(text_on("t"), as_bytes(zeros), {.inline_content = true, .deflate = true}, pipe.packets);
    pipe.packets[0].mutable_stream_header()->set_total_length(1000);
    pipe.deliver();
    CHECK(pipe.closed()->error->code == Errc::kLimitExceeded);
    CHECK(pipe.content().size() <= 1000);
  }
  SUBCASE("the sender leaves") {
    Pipe pipe;
    pipe.sender.send(text_on("t"), as_bytes(text), {}, pipe.packets);
    pipe.deliver(0, 2);
    pipe.receiver.sender_left("bob", pipe.events);
    CHECK(pipe.closed() == nullptr);
    pipe.receiver.sender_left("alice", pipe.events);
    CHECK(pipe.closed()->error->code == Errc::kClosed);
  }
}

TEST_CASE("repeated chunks and headers change nothing, and another sender's chunks are not mixed in") {
  Pipe pipe;
  pipe.sender.send(text_on("t"), as_bytes(incompressible(40'000)), {}, pipe.packets);
  pipe.deliver(0, 2);
  pipe.deliver(0, 2);
  livekit::DataPacket foreign = pipe.packets[2];
  foreign.set_participant_identity("mallory");
  pipe.receiver.receive(pipe.now, foreign, pipe.events);
  pipe.deliver(2);
  CHECK(pipe.content() == incompressible(40'000));
  CHECK_FALSE(pipe.closed()->error);
}

TEST_CASE("there is a bound to how many streams may be under way") {
  Pipe pipe;
  for (std::size_t i = 0; i < IncomingStreams::kMaxOpenOfSender; ++i) {
    (void)pipe.sender.open(text_on("t"), pipe.packets);
  }
  for (std::size_t sender = 0; sender < 40; ++sender) {
    pipe.identity = "sender " + std::to_string(sender);
    pipe.deliver();
  }
  CHECK(pipe.receiver.size() == IncomingStreams::kMaxOpen);
}

TEST_CASE("a sender with as many streams under way as it may have begins no more, and takes nobody else's place") {
  Pipe pipe;
  for (std::size_t i = 0; i < IncomingStreams::kMaxOpen; ++i) (void)pipe.sender.open(text_on("t"), pipe.packets);
  pipe.deliver();
  CHECK(pipe.receiver.size() == IncomingStreams::kMaxOpenOfSender);
  pipe.packets.clear();
  pipe.events.clear();
  pipe.identity = "bob";
  pipe.sender.send(text_on("chat"), as_bytes("hello"), {}, pipe.packets);
  pipe.deliver();
  CHECK(pipe.content() == "hello");
  CHECK_FALSE(pipe.closed()->error);
}

TEST_CASE("a stream that nothing comes for during a minute has ended; one that goes on has not") {
  Pipe pipe;
  (void)pipe.sender.open(text_on("forgotten"), pipe.packets);
  const std::string slow = pipe.sender.open(text_on("slow"), pipe.packets);
  pipe.deliver();
  CHECK(pipe.receiver.deadline() == pipe.now + IncomingStreams::kPatience);
  pipe.now += 40s;
  pipe.packets.clear();
  REQUIRE(pipe.sender.write(slow, as_bytes("still here"), pipe.packets));
  pipe.deliver();
  pipe.now += 20s;
  pipe.receiver.advance(pipe.now, pipe.events);
  REQUIRE(pipe.closed() != nullptr);
  CHECK(pipe.closed()->error->code == Errc::kTimeout);
  CHECK(pipe.receiver.size() == 1);
  CHECK(pipe.receiver.deadline() == pipe.now + 40s);
  pipe.now += 40s;
  pipe.receiver.advance(pipe.now, pipe.events);
  CHECK(pipe.receiver.size() == 0);
  CHECK(pipe.receiver.deadline() == kNever);
}

TEST_CASE("a text is collected from its stream") {
  Pipe pipe;
  pipe.sender.send(text_on("t"), as_bytes(incompressible(40'000)), {}, pipe.packets);
  pipe.deliver();
  TextCollector texts;
  std::optional<TextCollector::Text> text;
  for (const StreamEvent& event : pipe.events) text = texts.add(event);
  REQUIRE(text);
  CHECK(text->text == incompressible(40'000));
  CHECK_FALSE(text->broken);
}

TEST_CASE("what is collected of many long texts is bounded, and a short one of somebody else comes whole") {
  TextCollector texts;
  const auto open = [&](const char* sender, const std::string& id) {
    StreamInfo info = text_on("t");
    info.sender = sender;
    info.id = id;
    texts.add(StreamOpened{info});
  };
  open("bob", "short");
  texts.add(StreamData{"bob", "short", {'h', 'i'}});
  const std::vector<std::uint8_t> part(1 << 20, 'x');
  for (int stream = 0; stream < 16; ++stream) {
    const std::string id = std::to_string(stream);
    open("mallory", id);
    for (int i = 0; i < 15; ++i) {
      texts.add(StreamData{"mallory", id, part});
      CHECK(texts.held() <= TextCollector::kMaxTotal);
    }
  }
  texts.add(StreamData{"bob", "short", {'!'}});
  const auto text = texts.add(StreamClosed{"bob", "short", std::nullopt, {}});
  REQUIRE(text);
  CHECK_FALSE(text->broken);
  CHECK(text->text == "hi!");
  for (int stream = 0; stream < 16; ++stream) {
    texts.add(StreamClosed{"mallory", std::to_string(stream), std::nullopt, {}});
  }
  CHECK(texts.held() == 0);
}
