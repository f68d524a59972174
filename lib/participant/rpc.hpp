// SPDX-License-Identifier: Apache-2.0
// Remote procedure calls between participants, as LiveKit's SDKs have them: version 1 in packets of its own, version 2
// in text streams, which the peers' client_protocol tells. Acknowledgements and errors are packets in both. RpcCaller
// keeps the calls of this client, RpcResponder those that it answers; each gives packets to be sent, and events.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "participant/streams.hpp"

namespace sfu::participant {

struct RpcError {
  std::uint32_t code = 0;
  std::string message{};
  std::string data{};

  // LiveKit's own; 1001 to 1999 are kept for such.
  enum Code : std::uint32_t {
    kUnsupportedMethod = 1400,
    kRecipientNotFound = 1401,
    kRequestPayloadTooLarge = 1402,
    kUnsupportedServer = 1403,
    kUnsupportedVersion = 1404,
    kApplicationError = 1500,
    kConnectionTimeout = 1501,
    kResponseTimeout = 1502,
    kRecipientDisconnected = 1503,
    kResponsePayloadTooLarge = 1504,
    kSendFailed = 1505,
  };
  static RpcError of(Code code);
};

// A call has ended: with a payload, or with an error.
struct RpcCompleted {
  std::string id{};
  std::string payload{};
  std::optional<RpcError> error{};
};
// Somebody calls; to be answered with respond() or refuse().
struct RpcInvoked {
  std::string id{};
  std::string caller{};  // identity
  std::string method{};
  std::string payload{};
  Duration timeout{};  // how long the caller waits
};

inline constexpr std::size_t kMaxRpcPayload = 15 * 1024;  // version 1
inline constexpr const char* kRpcRequestTopic = "lk.rpc_request";
inline constexpr const char* kRpcResponseTopic = "lk.rpc_response";
// A client_protocol that takes version 2.
inline constexpr int kRpcStreamsProtocol = 1;

// What is to be sent for a call: packets, or a text stream with its content.
struct RpcOutput {
  std::vector<livekit::DataPacket>& packets;
  std::vector<std::pair<StreamInfo, std::string>>& streams;
};

class RpcCaller {
 public:
  static constexpr Duration kRoundTrip = std::chrono::seconds(7);  // the acknowledgement is waited for so long

  explicit RpcCaller(Random& random) : random_(random) {}

  struct Call {
    std::string destination{};
    std::string method{};
    std::string payload{};
    Duration timeout = std::chrono::seconds(15);
  };
  // Gives the id; everything else, errors too, comes as RpcCompleted.
  std::string call(Instant now, const Call& call, int client_protocol, RpcOutput out);

  void on_ack(const livekit::RpcAck& ack);
  void on_response(const std::string& sender, const livekit::RpcResponse& response);
  // A stream on kRpcResponseTopic has ended; `error`: not whole.
  void on_response_stream(const StreamInfo& info, std::string payload, bool error);
  void participant_left(std::string_view identity);
  void advance(Instant now);
  Instant deadline() const;
  std::vector<RpcCompleted> take_completed() { return std::exchange(completed_, {}); }

 private:
  struct Pending {
    std::string destination{};
    Instant acknowledged_by = kNever;
    Instant answered_by = kNever;
  };
  using Calls = std::map<std::string, Pending>;
  void complete(Calls::iterator call, std::string payload, std::optional<RpcError> error);

  Random& random_;
  Calls pending_;
  std::vector<RpcCompleted> completed_{};
};

class RpcResponder {
 public:
  // Errors: kAlreadyExists.
  Result<void> add_method(std::string method);
  void remove_method(std::string_view method);

  void on_request(const std::string& caller, const livekit::RpcRequest& request, RpcOutput out);
  void on_request_stream(const StreamInfo& info, std::string payload, bool error, RpcOutput out);
  // `client_protocol`: the caller's. Errors: kNotFound (no such call, or answered).
  Result<void> respond(const std::string& id, std::string payload, int client_protocol, RpcOutput out);
  Result<void> refuse(const std::string& id, RpcError error, RpcOutput out);
  // Who called; nullptr: no such call.
  const std::string* caller_of(const std::string& id) const;
  std::vector<RpcInvoked> take_invoked() { return std::exchange(invoked_, {}); }

 private:
  static constexpr std::size_t kMaxPending = 1024;

  std::set<std::string, std::less<>> methods_;
  void invoke(RpcInvoked call, RpcOutput out);

  std::map<std::string, std::string> callers_;  // by id of a call that is to be answered
  std::vector<RpcInvoked> invoked_;
};

}  // namespace sfu::participant
