// SPDX-License-Identifier: Apache-2.0
// layers: participant
// Data packets of other participants, each behind its length: streams and calls. However they come, each stream that
// was opened is closed once, nothing comes for one that is not open, and what is kept stays bounded.
#include <cstdlib>
#include <set>
#include <vector>

#include "participant/rpc.hpp"
#include "participant/streams.hpp"
#include "participant/text_collector.hpp"

namespace {

using namespace sfu;
using namespace sfu::participant;

void require(bool condition) {
  if (!condition) std::abort();
}

using Key = std::pair<std::string, std::string>;

void check(const StreamEvent& event, std::set<Key>& open) {
  if (const auto* opened = std::get_if<StreamOpened>(&event)) {
    require(open.insert({opened->info.sender, opened->info.id}).second);
  } else if (const auto* data = std::get_if<StreamData>(&event)) {
    require(open.contains({data->sender, data->id}) && !data->bytes.empty());
  } else {
    const auto& closed = std::get<StreamClosed>(event);
    require(open.erase({closed.sender, closed.id}) == 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SeededRandom random(1);
  IncomingStreams incoming;
  TextCollector texts;
  RpcCaller caller(random);
  RpcResponder responder;
  (void)responder.add_method("m");
  std::vector<livekit::DataPacket> packets;
  std::vector<std::pair<StreamInfo, std::string>> streams;
  const RpcOutput out{packets, streams};
  caller.call(Instant{}, {.destination = "a", .method = "m", .payload = "p"}, 0, out);
  std::set<Key> open;
  std::vector<StreamEvent> events;
  Instant now{};
  ByteReader reader(ByteView(data, size));
  while (reader.remaining() > 2) {
    const ByteView bytes = reader.bytes(std::min<std::size_t>(reader.u16(), reader.remaining()));
    livekit::DataPacket packet;
    if (!packet.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) continue;
    now += std::chrono::seconds(reader.remaining() % 8);
    incoming.advance(now, events);
    incoming.receive(now, packet, events);
    if (packet.has_rpc_request()) responder.on_request("a", packet.rpc_request(), out);
    if (packet.has_rpc_ack()) caller.on_ack(packet.rpc_ack());
    if (packet.has_rpc_response()) caller.on_response("a", packet.rpc_response());
  }
  incoming.clear(events);
  for (const StreamEvent& event : events) {
    require(texts.held() <= TextCollector::kMaxTotal);
    check(event, open);
    if (auto text = texts.add(event)) {
      responder.on_request_stream(text->info, text->text, text->broken, out);
      caller.on_response_stream(text->info, std::move(text->text), text->broken);
    }
  }
  require(open.empty() && incoming.size() == 0 && texts.held() == 0);
  for (const RpcInvoked& call : responder.take_invoked()) require(responder.respond(call.id, "x", 0, out).has_value());
  caller.advance(Instant{std::chrono::seconds(60)});
  require(caller.take_completed().size() <= 1);
  return 0;
}
