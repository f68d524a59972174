// SPDX-License-Identifier: Apache-2.0
// The tracks that this client gets: which sections of the connection bring which track, and what arrives in them.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "client/incoming_track.hpp"

namespace sfu::client {

class Subscribing {
 public:
  Subscribing(const SessionConfig& config, RtpObserver* observer) : config_(config), observer_(observer) {}

  // A description was applied to the connection.
  void apply(const peer::OfferChanges& changes, Connection& connection, Output& out);
  // All that came ends with the connection.
  void close(Connection& connection, Output& out);
  // A decrypted packet, before the media layer has edited it.
  void receive(Instant now, ByteView packet, Output& out);

  // Of a track that is not received: nothing.
  void request_key_frame(const std::string& track_sid, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const;

 private:
  void stop(const std::string& mid, Connection& connection, Output& out);

  const SessionConfig& config_;
  RtpObserver* observer_;
  std::map<std::string, std::unique_ptr<IncomingTrack>> tracks_;  // by mid
};

}  // namespace sfu::client
