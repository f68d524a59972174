// SPDX-License-Identifier: Apache-2.0
// The SFU itself: workers, rooms, and the media between them. No HTTP, no configuration files: those are sfu::Server,
// which is built on this header. An engine is independent of others in the same process.
//
// Its workers are threads of its own, or one that the host drives: where a program has an event loop already, the
// engine takes turns on it, and no thread is started (EngineOptions::host_driven). Such a program waits for
// poll_descriptor() to become readable, for poll_timeout() at most, and then calls run_once():
//
//   pollfd fds[] = {{engine->poll_descriptor(), POLLIN, 0}, ...};
//   const auto most = std::chrono::ceil<std::chrono::milliseconds>(engine->poll_timeout());
//   poll(fds, std::size(fds), static_cast<int>(most.count()));
//   engine->run_once();
//
// Under libuv: a uv_poll_t on the descriptor, and a uv_timer_t that each turn sets again; both call run_once(). The
// thread that does so is the driving thread, and "a worker's thread" in this API means it, while run_once() runs.
//  - Callbacks (SignalSink, EventSink, plug points, answers) come on it, from within run_once(), and from within those
//    calls of it that wait for a worker elsewhere (Room and others, rooms(), validate()): these take a turn there and
//    then, which reads nothing from the network, and return with the answer. From within a callback they are refused
//    with kFailedPrecondition, as on every worker.
//  - Other threads may call all that is marked so. What they post makes the descriptor readable; where they wait, they
//    wait for the driving thread's next turn.
//  - usrsctp starts a thread while there are data channels, "SCTP iterator". It sleeps, and calls nothing.
//  - Under a sfu::Server (ServerOptions::engine) it is the same; its HTTP has threads of its own, which wait so.
//  - Until the first run_once() the thread of create() is the driving thread. Another one may take over by calling
//    run_once(); two at once take turns.
//  - stop() and the destructor say farewell in one last turn on the thread that calls them, whichever that is, and the
//    last callbacks come there. Afterwards run_once() does nothing, and poll_timeout() is Duration::max(). Take
//    the descriptor out of your loop before the engine is destroyed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sfu/address.hpp"
#include "sfu/authenticator.hpp"
#include "sfu/client_config.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/ice_servers.hpp"
#include "sfu/info.hpp"
#include "sfu/interface_filter.hpp"
#include "sfu/logger.hpp"
#include "sfu/packet_transport.hpp"
#include "sfu/policy.hpp"
#include "sfu/result.hpp"
#include "sfu/room_options.hpp"
#include "sfu/signal_session.hpp"
#include "sfu/statistics.hpp"
#include "sfu/time.hpp"
#include "sfu/turn_options.hpp"

namespace sfu {

class ClientObserver;
class LocalParticipant;
class Participant;
class Room;
struct LocalParticipantOptions;

// What all rooms together may hold; beyond it, who wants to join is answered 503, and no room is made. 0: no limit.
struct NodeLimits {
  std::uint64_t tracks = 0;            // published and subscribed ones
  std::uint64_t bytes_per_second = 0;  // of media and data, received and sent
};

struct EngineOptions {
  // UDP: where media arrives. Each worker takes the next free port of the range; if there are fewer ports than workers,
  // all share the first one (SO_REUSEPORT).
  std::vector<IpAddress> bind_addresses;  // empty, or an unspecified one: all that `interfaces` lets through
  InterfaceFilter interfaces;
  std::uint16_t udp_port_first = 7882;
  std::uint16_t udp_port_last = 7882;
  // ICE over TCP (RFC 6544), for clients that UDP does not reach: one port for all workers, LiveKit's is 7881. 0: none.
  // A host that makes its own transports has none either.
  std::uint16_t tcp_port = 0;
  // If that port is taken, the engine does without, and logs a warning.
  bool tcp_port_optional = false;
  bool force_tcp = false;           // UDP is not offered
  bool tcp_fallback = true;         // after failures of UDP a participant is offered TCP alone, then TLS by TURN
  std::vector<IpAddress> node_ips;  // offered to clients instead of the bound addresses
  unsigned workers = 0;             // 0: one a core, but no more than there are ports
  bool host_driven = false;         // no threads: one worker, whose turns the host takes with Engine::run_once()
  // A room is at home on one worker. One that is busier than this, as a part of a core, has less busy ones encrypt and
  // send for some of its subscribers, so that a large room uses several. 0: whenever another one is less busy; 1:
  // never. A host that makes its own transports has none of this.
  double lend_above = 0.5;
  // The CPUs that workers run on, one each, and from the beginning again if there are more workers; empty: wherever the
  // system puts them.
  std::vector<int> worker_cpus;

  Duration policy_timeout = std::chrono::seconds(5);  // what `policy` has not decided by then is denied

  RoomOptions room_defaults;
  RoomPresets room_presets;  // what tokens may ask for by name
  IceServers ice_servers;    // what clients are told of
  // A TURN server of the engine's own, on a thread of its own; clients are told of it. By default there is none. An
  // engine that its host drives has none either.
  TurnOptions turn;
  NodeLimits node_limits;
  std::uint32_t signal_message_size_limit = 2 << 20;       // bytes of one signalling message, inflated; 0: no limit
  Duration statistics_interval = std::chrono::seconds(2);  // how often workers publish what they count
  std::string node_id;                                     // "ND_..."; empty: made at random
  std::string region;

  // Plug points. Borrowed: each must outlive the engine. Null takes the default.
  const Authenticator* authenticator = nullptr;  // required
  // Default: what is known of certain browsers, make_client_config().
  const ClientConfigProvider* client_config = nullptr;
  EventSink* events = nullptr;   // default: nobody is told
  PolicyHook* policy = nullptr;  // default: what tokens and permissions allow is allowed
  const Clock* clock = nullptr;  // default: the system's
  Logger* logger = nullptr;      // default: silent
  // Makes the transport of each worker, in place of UDP sockets. Called once a worker, on the thread of create().
  std::function<Result<std::unique_ptr<PacketTransport>>(unsigned worker)> make_transport;
};

class Engine {
 public:
  // Opens the sockets and starts the workers. Errors: kUnavailable (a port in use: the message names it),
  // kInvalidArgument (a range of ports that ends before it begins; no authenticator; host_driven with several workers;
  // force_tcp without a tcp_port; worker_cpus that this process may not use, or for a driven engine; options of the
  // TURN server that do not fit together, or for a driven engine).
  static Result<std::unique_ptr<Engine>> create(EngineOptions options);
  // stop(), then frees.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Begins a signalling connection. Returns at once; the answer comes to `sink`, first of all accepted() or rejected().
  // The engine shares `sink` until the session has ended. Any thread.
  std::unique_ptr<SignalSession> connect(const ConnectRequest& request, std::shared_ptr<SignalSink> sink);

  // The answer to a request that is no WebSocket upgrade: for /rtc/validate and /rtc/v1/validate what connect() would
  // say, without its effects ({200, "success"} or the error's status and body); for any other path 404, or 401 for a
  // bad token. Any thread; where a PolicyHook or RoomOptions::duplicate_identity decides, it waits for the room's
  // worker, and cannot ask if called from one.
  struct Verdict {
    int status = 200;
    std::string body;
  };
  Verdict validate(const ConnectRequest& request) const;

  // For hosts that read tokens themselves. Errors: kUnauthenticated (Participant::remove() has revoked it), with the
  // text for the client. Any thread.
  Result<void> check_revoked(const Claims& claims) const;

  // The rooms that exist now; those of these names, if any are given. Any thread but a worker's; waits for the workers.
  std::vector<RoomInfo> rooms(const std::vector<std::string>& names = {}) const;
  // A handle to the room of that name, whether or not it exists (now or later). Any thread.
  Room room(std::string name);
  // Makes a room before anyone joins, with the defaults, over them what `preset` of EngineOptions::room_presets gives,
  // and over that what is given here. One that exists stays as it is. Any thread but a worker's; waits for the room's
  // worker. Errors: kInvalidArgument (a name of more than 256 bytes), kNotFound (no such preset), kLimitExceeded
  // (EngineOptions::node_limits, also where the room exists), kClosed (stopped).
  Result<RoomInfo> create_room(const std::string& name, const RoomConfiguration& configuration = {},
                               const std::string& preset = {});

  // Waits for everybody to leave: `done` is called as soon as nobody is in any room, at once if nobody is now; on a
  // worker's thread or on this one. It must neither block nor stop the engine. Until then everything goes on as before;
  // who comes meanwhile is let in. Gives the number of participants now. A later call replaces `done`; after stop() it
  // is not called any more. Any thread.
  std::uint64_t drain(std::function<void()> done);
  // Tells every client that the server shuts down (LeaveRequest, SERVER_SHUTDOWN), ends all rooms and stops the
  // workers. Idempotent. Any thread but a worker's; returns when the workers have ended.
  void stop();

  // For a host that drives the engine (EngineOptions::host_driven), as told above; else -1, Duration::max() and no
  // effect.
  // Polls readable when run_once() has something to do. The same one as long as the engine lives, which owns it: add it
  // to poll(2), epoll or what is built on them; do not read from it. Any thread.
  int poll_descriptor() const;
  // How long run_once() has nothing to do, if the descriptor does not become readable: zero when something is due,
  // EngineOptions::statistics_interval at most, Duration::max() once the engine has stopped. To be asked again after
  // each turn. Round it up where your loop counts in milliseconds; one that counts finer spreads its packets better.
  Duration poll_timeout() const;
  // Does what is due and what has come, up to a bound that keeps your loop fair: there may be more afterwards, and then
  // the descriptor is still readable, or poll_timeout() zero. Never waits. From within a callback it does nothing.
  void run_once();

  // What the workers have published last; waits for nobody. Any thread.
  EngineStatistics statistics() const;

  // A part of the same, as it is now: waits for the workers. Any thread but a worker's.
  struct Counters {
    std::uint64_t packets_received = 0;         // datagrams
    std::uint64_t dropped_unknown_source = 0;   // of strangers, and STUN for no known peer
    std::uint64_t dropped_malformed = 0;        // of no known kind
    std::uint64_t dropped_between_workers = 0;  // that one worker got for another, which was too busy to take them
    // ICE over TCP: connections closed before they showed that they belong to a peer, and RTP that found too much
    // waiting.
    std::uint64_t tcp_refused = 0;
    std::uint64_t tcp_media_dropped = 0;
    // Packets of data tracks that did not go on.
    std::uint64_t data_tracks_malformed = 0;
    std::uint64_t data_tracks_unknown = 0;  // of no track that their sender publishes
    std::uint64_t data_tracks_dropped = 0;  // for one subscriber, who is too slow or cannot be reached
  };
  Counters counters() const;

 private:
  friend class Room;
  friend class Participant;
  friend class Track;
  class Impl;
  Result<std::unique_ptr<LocalParticipant>> join(const std::string& room, LocalParticipantOptions options,
                                                 ClientObserver& observer);
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu
