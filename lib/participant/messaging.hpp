// SPDX-License-Identifier: Apache-2.0
// What data packets mean to a client: user data, streams, RPC. It turns calls into packets, which wait here while there
// is no connection to send them on, and packets into events.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "participant/events.hpp"
#include "participant/roster.hpp"
#include "participant/rpc.hpp"
#include "participant/streams.hpp"
#include "participant/text_collector.hpp"
#include "sfu/rpc.hpp"

namespace sfu::participant {

class Messaging {
 public:
  // Bytes of packets that wait, before the last one.
  static constexpr std::size_t kWaitingLimit = 64 << 20;

  Messaging(const Roster& roster, Random& random) : roster_(roster), outgoing_(random), caller_(random) {}

  // What is not UTF-8 where a text belongs is not sent. Errors: kInvalidArgument (that), kLimitExceeded (too large, or
  // too much waits).
  Result<void> send_data(ByteView payload, std::string topic, const std::vector<std::string>& destinations,
                         bool reliable);
  // A whole text, or bytes; `timestamp_ms` of the info is filled with `wall`. Gives the stream's id; "" where
  // nothing was sent.
  std::string send_stream(StreamInfo info, ByteView content, WallTime wall);
  std::string open_stream(StreamInfo info, WallTime wall);
  Result<void> write_stream(std::string_view id, ByteView bytes);
  Result<void> close_stream(std::string_view id, std::string_view reason);

  std::string call(Instant now, const RpcCaller::Call& call, WallTime wall);
  Result<void> add_method(std::string method) { return responder_.add_method(std::move(method)); }
  void remove_method(std::string_view method) { responder_.remove_method(method); }
  // Nothing happens if there is no such call, or it was answered. An answer is dropped if too much waits.
  void answer(const std::string& id, RpcResult result, WallTime wall);

  void receive(Instant now, const DataReceived& data, WallTime wall, std::vector<RoomEvent>& events);
  void participant_left(std::string_view identity, std::vector<RoomEvent>& events);
  // The session was replaced: what was under way does not come to an end any more.
  void interrupted(std::vector<RoomEvent>& events);

  // Hands what waits to `send(packet, reliable)`, in order, while that takes it; it says kLimitExceeded or
  // kFailedPrecondition where it cannot.
  using Send = std::function<Result<void>(const livekit::DataPacket& packet, bool reliable)>;
  void flush(const Send& send);
  bool waiting() const { return !waiting_.empty(); }

  void advance(Instant now, std::vector<RoomEvent>& events);
  Instant deadline() const { return std::min(caller_.deadline(), incoming_.deadline()); }

 private:
  struct Waiting {
    livekit::DataPacket packet;
    bool reliable = true;
    std::size_t size = 0;
  };
  // Packets that calls made, streams among them, go into the queue.
  struct Batch;
  StreamFeatures features_of(const std::vector<std::string>& destinations) const;
  int protocol_of(std::string_view identity) const;
  bool is_full() const { return waiting_bytes_ > kWaitingLimit; }
  void wait(livekit::DataPacket packet, bool reliable);
  void wait(OutgoingStreams::Packets& packets);
  void tell(std::vector<StreamEvent>& streams, WallTime wall, std::vector<RoomEvent>& events);
  void take_text(TextCollector::Text text, WallTime wall, std::vector<RoomEvent>& events);
  void tell_calls(std::vector<RoomEvent>& events);

  const Roster& roster_;
  OutgoingStreams outgoing_;
  IncomingStreams incoming_;
  TextCollector texts_;
  RpcCaller caller_;
  RpcResponder responder_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace sfu::participant
