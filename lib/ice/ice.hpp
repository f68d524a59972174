// SPDX-License-Identifier: Apache-2.0
// ICE-lite for one peer (RFC 8445 2.5; consent: RFC 7675; renomination: draft-thatcher-ice-renomination). It is fed
// the STUN that demux.hpp found for its ufrag, and the time; it answers each request by the path it came on, and yields
// the paths that are proven, the selected one and the state. It sends no checks of its own: the peer is the full agent
// and controls. A Peer owns one. Candidates are the transport's affair, their text is signalling's. Full ICE is behind
// PacketTransport.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "ice/stun.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::ice {

struct Credentials {
  std::string ufrag;
  std::string password;

  // 8 + 24 characters (RFC 8445 5.3 wants 24 and 128 bits at least). `prefix` opens the ufrag, so that a worker knows
  // its own.
  static Credentials make(Random& random, std::string_view prefix = {});
};

enum class State : std::uint8_t {
  kNew,           // no valid check yet
  kConnected,     // a path is proven: media may flow, on the first such path until one is nominated
  kCompleted,     // the peer has nominated a path
  kDisconnected,  // consent ran out on every path: nothing may be sent; a valid check brings it back
  kFailed,        // disconnected for too long; only restart() leads out
};
const char* to_string(State state);

struct Event {
  enum class Kind : std::uint8_t {
    kPathAdded,     // `path` is authenticated: add it to the demux
    kPathRemoved,   // `path` is evicted or expired: take it out of the demux
    kSelected,      // `path` is where to send from now on
    kStateChanged,  // `state`
    kUfragRetired,  // `ufrag`: these credentials, from before a restart(), are no longer accepted
  };
  Kind kind;
  Path path{};
  State state = State::kNew;
  std::string ufrag{};
};

// The caller's sink, reused between calls.
struct Output {
  SendBatch& datagrams;
  std::vector<Event>& events;
};

struct Config {
  Credentials local;
  Duration consent_timeout = std::chrono::seconds(30);  // RFC 7675 5.1
  Duration failed_timeout = std::chrono::seconds(30);   // from kDisconnected to kFailed
  // Without renomination values, UDP that the peer checked within this is not left for TCP that it nominates too.
  Duration udp_preference = std::chrono::seconds(5);
};

class LiteAgent {
 public:
  static constexpr std::size_t kMaxPaths = 8;

  struct Counters {
    std::uint64_t requests = 0;  // valid ones
    std::uint64_t rejected = 0;  // answered with an error
    std::uint64_t ignored = 0;   // indications, responses, what does not parse
  };

  explicit LiteAgent(Config config);

  // The peer's credentials out of its SDP. Until they are known, checks are accepted by our half of the username
  // alone, since the first may overtake the answer (RFC 8445 7.3).
  void set_remote(Credentials remote);
  // ICE restart: new credentials of ours. The old ones, and the paths, stay valid until the first valid request with
  // the new ones (RFC 8445 9). New ones that no request came with yet are replaced at once.
  void restart(Credentials local, Output& out);

  // A wrong integrity is answered with 401 and changes no state: anyone can send a request.
  void receive(Instant now, ByteView datagram, const Path& path, Output& out);
  // A DTLS or SRTP packet that authenticated came by `path`. If the path is proven too, the peer evidently uses it:
  // select it. Cheap when it is the selected one.
  void note_authenticated_packet(const Path& path, Output& out);

  // The TCP connection of this path has ended. Another path takes over; with none left nothing is sent, and the peer
  // has until its consent runs out to connect again.
  void path_lost(const Path& path, Output& out);

  void advance(Instant now, Output& out);  // do what is due
  Instant deadline() const;                // when to call advance() next; kNever if nothing is pending

  State state() const { return state_; }
  // Where to send; null while nothing may be sent. Valid until the next call.
  const Path* selected() const { return selected_ < path_count_ ? &paths_[selected_].path : nullptr; }
  // Whether an authenticated check came by this path.
  bool is_proven(const Path& path) const { return find(path) != kNone; }
  const Credentials& local() const { return current_.local; }
  const Credentials& remote() const { return current_.remote; }
  const Counters& counters() const { return counters_; }

 private:
  static constexpr std::size_t kNone = kMaxPaths;

  struct Generation {
    Credentials local;
    Credentials remote;
  };
  struct ValidPath {
    Path path;
    std::uint64_t order = 0;  // of creation
    Instant last_check{};
  };

  const Generation* authenticate(const stun::Message& request) const;
  void handle_valid_request(Instant now, const stun::Message& request, const Path& path, Output& out);
  void answer_success(const stun::Message& request, std::string_view password, const Path& path, Output& out);
  void answer_error(const stun::Message& request, int code, std::string_view password, const Path& path, Output& out);
  void nominate(Instant now, const stun::Message& request, std::size_t index, Output& out);
  std::size_t newest_but(std::size_t index) const;
  void retire_previous(Output& out);

  std::size_t find(const Path& path) const;
  std::size_t add(Instant now, const Path& path, Output& out);
  void remove(std::size_t index, Output& out);
  void select(std::size_t index, Output& out);
  void set_state(State state, Output& out);

  Config config_;
  Generation current_;
  Generation previous_;  // empty ufrag: none
  std::array<ValidPath, kMaxPaths> paths_;
  std::size_t path_count_ = 0;
  std::size_t selected_ = kNone;
  std::uint64_t next_order_ = 0;
  bool nominated_ = false;
  std::uint32_t nomination_ = 0;  // the highest renomination value so far; 0: none
  State state_ = State::kNew;
  Instant disconnected_at_ = kNever;
  Instant reconnect_until_ = kNever;  // the last path was lost while there was consent
  Counters counters_;
};

}  // namespace sfu::ice
