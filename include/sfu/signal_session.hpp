// SPDX-License-Identifier: Apache-2.0
// One client's signalling connection, without the HTTP: whoever owns the WebSocket hands its request and frames in and
// takes frames out. sfu::Server does this with its own gateway; a host with another HTTP stack does it here.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace sfu {

// The HTTP request that wants to become a signalling WebSocket (GET /rtc or /rtc/v1).
struct ConnectRequest {
  std::string path;                            // "/rtc", "/rtc/v1"; with "/validate" to check only
  std::map<std::string, std::string> query;    // percent-decoded
  std::map<std::string, std::string> headers;  // names in lower case
  std::string remote_address;                  // of the socket; proxy headers are looked at by the engine
};

// The connection's other end, implemented by whoever owns the WebSocket. Called on a worker thread, in order, after
// connect() was called and until close() or rejected() has been; must not block. Bytes are borrowed for the call.
// rejected() may also come from within connect(), or, when the engine stops before the worker has seen the connection,
// from stop().
class SignalSink {
 public:
  virtual ~SignalSink() = default;
  // Complete the upgrade (101). Nothing was called before, and frames may follow at once.
  virtual void accepted() = 0;
  // Answer the request with this status and text body instead. Nothing follows.
  virtual void rejected(int status, std::string_view body) = 0;
  // One WebSocket message: text (JSON) or binary (protobuf).
  virtual void send(std::span<const std::uint8_t> message, bool text) = 0;
  // Close with this code (RFC 6455 7.4) and no reason, after what was sent. Nothing follows.
  virtual void close(std::uint16_t code) = 0;
};

// The engine's end. Any thread; calls of one session keep their order if the caller does. It stays valid after the
// session has ended, and the engine with it: then its calls do nothing. Destroying it is the same as disconnected().
class SignalSession {
 public:
  virtual ~SignalSession() = default;
  // One WebSocket message from the client. The bytes are copied. A client that floods (thousands of messages a second,
  // or many megabytes) is cut off: SignalSink::close() follows, with code 1008.
  virtual void receive(std::span<const std::uint8_t> message, bool text) = 0;
  // The WebSocket is gone, however that came.
  virtual void disconnected() = 0;
};

}  // namespace sfu
