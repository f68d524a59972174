// SPDX-License-Identifier: Apache-2.0
// Between the server's process and that of its clients: the signalling of each client, and what the benchmark says. One
// message is one packet of a socket pair.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::bench {

enum class Word : std::uint8_t {
  kConnect,   // to the server: this client wants to join
  kSignal,    // a SignalRequest or SignalResponse
  kRejected,  // to the client
  kJoin,      // to the clients: as many of them as the number says shall be there
  kPublish,   // to the clients: the first of them begins to send
  kReady,     // to the server: what was last asked for stands
  kCount,     // to the clients: how many packets came? and the answer, a decimal number
};

class Channel {
 public:
  explicit Channel(int descriptor) : descriptor_(descriptor) {}
  // Both ends, for two processes.
  static std::pair<Channel, Channel> make();

  struct Message {
    Word word;
    std::uint32_t client;  // or another number
    ByteView bytes;        // until the next call
  };
  void send(Word word, std::uint32_t client, ByteView bytes = {});
  // Nothing: none came in that time. The process ends when the other end is gone.
  std::optional<Message> receive(int timeout_ms);
  int descriptor() const { return descriptor_; }
  void close();

 private:
  int descriptor_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace sfu::bench
