// SPDX-License-Identifier: Apache-2.0
// Which way of connecting each participant was last found to need: UDP, then TCP, then TLS through a TURN server
// (signalling 2.5, 2.16; media 1.2). It outlives sessions, since a client that cannot connect joins anew. One a worker.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "livekit_models.pb.h"
#include "livekit_rtc.pb.h"
#include "sfu/time.hpp"

namespace sfu::room {

class TransportFallback {
 public:
  static constexpr Duration kKeep = std::chrono::minutes(5);
  static constexpr std::size_t kMax = 10'000;
  static constexpr Duration kWindow = std::chrono::seconds(60);   // the second failure within it counts
  static constexpr Duration kShort = std::chrono::seconds(90);    // a connection that held for less was short-lived
  static constexpr Duration kSilence = std::chrono::seconds(15);  // of signalling: then it is the whole network

  // What there is beside UDP, and whether failures lead there.
  struct Ways {
    bool enabled = true;
    bool tcp = false;
    bool tls = false;
  };
  struct Failure {
    bool short_lived = false;  // one is enough
    Duration silence{};        // since the client's signalling was last heard
    bool client_has_tcp = true;
  };

  TransportFallback() = default;
  explicit TransportFallback(const Ways& ways) : ways_(ways) {}

  // What a participant asked for.
  void set(Instant now, std::string_view room, std::string_view identity, livekit::CandidateProtocol protocol);
  // What to begin with; UDP if nothing else is known.
  livekit::CandidateProtocol find(Instant now, std::string_view room, std::string_view identity) const;
  // A connection of the participant failed, or never came to stand. Gives what to try next; after the last, UDP again.
  livekit::CandidateProtocol failed(Instant now, std::string_view room, std::string_view identity,
                                    const Failure& failure);

 private:
  struct Entry {
    Instant at;
    std::string room;
    std::string identity;
    livekit::CandidateProtocol protocol = livekit::UDP;
    std::optional<Instant> failed_at{};
  };
  void put(Instant now, Entry entry);
  const Entry* entry_of(Instant now, std::string_view room, std::string_view identity) const;
  livekit::CandidateProtocol after(livekit::CandidateProtocol present, bool client_has_tcp) const;

  Ways ways_;
  std::deque<Entry> entries_;  // oldest first
};

// Go's SDK has no ICE over TCP, Swift's has it since 1.0.5.
bool has_ice_tcp(const livekit::ClientInfo& client);

}  // namespace sfu::room
