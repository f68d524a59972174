// SPDX-License-Identifier: Apache-2.0
// What the participants of one thread share. The Lane owns it.
#pragma once

#include <memory>
#include <semaphore>
#include <vector>

#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "client/events.hpp"
#include "client/mailbox.hpp"
#include "client/room_events.hpp"
#include "dtls/certificate.hpp"
#include "figures.hpp"
#include "http/websocket_client.hpp"
#include "poller.hpp"
#include "sfu/address.hpp"

namespace sfu::load {

class Lane;

// The same for all participants of a run.
struct Terms {
  std::string url;
  IpAddress address;  // that sockets bind to
  bool two_connections = false;
  bool joined_reads = false;
  rtp::Codec codec = rtp::Codec::kVp8;
  bool simulcast = false;
  unsigned messages_per_second = 0;
  unsigned message_size = 0;
  bool lossy = false;
  const dtls::Certificate* certificate = nullptr;
  std::counting_semaphore<>* joins = nullptr;  // released when a join has come to its end
};

class LaneParts {
 public:
  LaneParts(const Terms& all, Lane& owner) : terms(all), lane(owner) {}

  const Terms& terms;
  Lane& lane;
  SystemClock clock;
  SystemRandom random;
  WallAnchor wall;
  std::unique_ptr<Poller> poller;
  std::unique_ptr<http::WebSocketClient> websockets;
  SendBatch datagrams;
  client::SignalActions actions;
  std::vector<client::RoomEvent> events;
  Figures figures;
  unsigned joining = 0;  // participants that have not settled
};

}  // namespace sfu::load
