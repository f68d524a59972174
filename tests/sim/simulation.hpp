// SPDX-License-Identifier: Apache-2.0
// A whole server in virtual time: one Shard, as a worker would drive it, and headless clients that reach it over
// simulated links. Signalling takes the same delay as the client's up-link, and loses nothing.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "client/session.hpp"
#include "network.hpp"
#include "runtime/shard.hpp"
#include "sfu/authenticator.hpp"

namespace sfu::sim {

class Simulation;

// One client: a client::Session with its network and signalling, and what it was told.
class Client final : public SignalSink {
 public:
  Client(Simulation& simulation, std::string identity, unsigned number, client::RtpObserver* observer,
         bool audio_redundancy);

  const std::string& identity() const { return identity_; }
  client::Session& session() {
    is_due_known_ = false;
    return session_;
  }
  // Everything that happened since the last call.
  std::vector<client::Event> take_events() { return std::exchange(news_, {}); }

  // `svc`: the spatial layers of its one encoding, lowest first.
  void publish(const client::PublishOptions& options, const std::vector<participant::Layer>& svc = {});
  void write(const std::string& cid, ByteSpan packet, std::size_t layer = 0);
  void set_muted(const std::string& cid, bool muted);
  void request_key_frame(const std::string& track_sid);
  Result<void> send_data(const livekit::DataPacket& packet, bool reliable);
  void request(const livekit::SignalRequest& request);
  // The WebSocket is gone without a word.
  void drop_signalling();
  // For good, as CLIENT_INITIATED.
  void leave();

  const IpAddress& address() const { return subscriber_address_.ip; }
  int rejected_status() const { return rejected_status_; }
  bool closed() const { return closed_; }
  const livekit::JoinResponse* joined() const { return joined_ ? &*joined_ : nullptr; }

 private:
  friend class Simulation;
  void accepted() override {}
  void rejected(int status, std::string_view body) override;
  void send(std::span<const std::uint8_t> message, bool text) override;
  void close(std::uint16_t code) override;

  void on_signal(Instant now, const livekit::SignalResponse& message);
  void advance(Instant now);
  void flush(Instant now);
  // Whoever calls the session needs one.
  client::Output output() {
    is_due_known_ = false;
    return {datagrams_, requests_, news_};
  }
  // When something is next to be done. Asked at every step of the simulation, the session only after it was called.
  Instant due();

  struct Message {
    Instant at;
    std::string bytes;
  };

  Simulation& simulation_;
  std::string identity_;
  room::ConnectionId connection_;
  SocketAddress publisher_address_;
  SocketAddress subscriber_address_;
  client::Session session_;
  SendBatch datagrams_;
  std::vector<livekit::SignalRequest> requests_;
  std::vector<client::Event> news_;
  std::deque<Message> to_client_;
  std::deque<Message> to_server_;
  std::optional<livekit::JoinResponse> joined_;
  Instant session_due_{};
  bool is_due_known_ = false;
  int rejected_status_ = 0;
  bool closed_ = false;
};

// Another kind of participant than Client, made and owned by the test: a machine with addresses of its own.
class Host {
 public:
  virtual ~Host() = default;
  virtual bool owns(const SocketAddress& address) const = 0;
  virtual void receive(Instant now, const Path& path, ByteSpan bytes) = 0;
  virtual void advance(Instant now) = 0;  // whether something is due or not
  virtual Instant deadline() const = 0;
  // The server has ended without a word; what it had to say is lost.
  virtual void server_gone() = 0;
};

// What a client says of itself as it joins.
struct JoinOptions {
  bool auto_subscribe = true;
  bool adaptive_stream = false;
  bool allow_pause = false;
  bool audio_redundancy = false;  // sound goes and comes as RED
};

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed);

  // A client of the room, joining now. Its links are as given.
  Client& join(const std::string& room, const std::string& identity, Link up = {}, Link down = {},
               client::RtpObserver* observer = nullptr);
  // Its links are the network's, and may be others' too.
  Client& join_over(const std::string& room, const std::string& identity, LinkId up, LinkId down,
                    client::RtpObserver* observer = nullptr, const JoinOptions& options = {});

  // Borrowed; lives as long as the simulation runs.
  void add_host(Host& host) { hosts_.push_back(&host); }
  void remove_host(Host& host) { std::erase(hosts_, &host); }
  // Nothing is left of the links and of what is on them.
  void replace_network(std::uint64_t seed) { network_ = Network(seed); }
  // The server ends, and another is there in its place, which knows of nobody. For hosts only: Clients stay lost.
  void restart_server();

  Instant now() const { return clock_.now(); }
  WallTime wall_now() const { return clock_.wall_now(); }
  const WallAnchor& wall() const { return wall_; }
  const Authenticator& authenticator() const { return *authenticator_; }
  const dtls::Certificate& client_certificate() const { return *client_certificate_; }
  // Calls `task` at `at`, in virtual time.
  void at(Instant at, std::function<void()> task);
  // Calls `task` every `interval` from now on, until it returns false.
  void every(Duration interval, std::function<bool()> task);

  void run_for(Duration duration);
  // Until `condition` holds, checked whenever something happened. False if it does not within `limit`.
  bool run_until(const std::function<bool()>& condition, Duration limit);

  runtime::Shard& shard() { return *shard_; }
  Network& network() { return network_; }
  SeededRandom& random() { return random_; }

 private:
  friend class Client;
  struct Task {
    Instant at;
    std::uint64_t order;
    std::function<void()> run;
  };
  void start_server();
  Instant next();
  void step(Instant at);
  void flush_server(Instant now);

  ManualClock clock_;
  SeededRandom random_;
  Network network_;
  WallAnchor wall_;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<dtls::Certificate> client_certificate_;
  std::unique_ptr<runtime::Shard> shard_;
  SocketAddress server_address_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::vector<Host*> hosts_;
  std::uint64_t server_seed_;
  std::vector<Task> tasks_;
  std::uint64_t task_order_ = 0;
};

}  // namespace sfu::sim
