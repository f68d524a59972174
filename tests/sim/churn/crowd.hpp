// SPDX-License-Identifier: Apache-2.0
// Many guests and one server, a runtime::Shard, in virtual time: they join, publish, change and leave at random, all
// from one seed. Links delay and lose nothing but what a guest's outage costs; what order and race do is the subject
// here, not what loss does (loss_test.cpp).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "base/timer_queue.hpp"
#include "guest.hpp"
#include "runtime/shard.hpp"

namespace sfu::sim {

struct CrowdOptions {
  std::uint64_t seed = 1;
  unsigned guests = 40;
  Duration pace = std::chrono::seconds(5);  // between two actions of one guest, in the mean
  unsigned max_tracks = 16;                 // published at a time, over all
  unsigned watch = ~0U;                     // all that this guest says and is told is printed
};

// What the host is told: its own account of the room, which must come out even.
class Account final : public EventSink {
 public:
  explicit Account(Problems& problems) : problems_(problems) {}
  void on_event(const Event& event) override;
  bool empty() const { return !open_ && participants_.empty(); }
  std::size_t joins() const { return joins_; }
  // Who is active, by sid, with the tracks.
  const std::map<std::string, std::set<std::string>>& participants() const { return participants_; }

 private:
  Problems& problems_;
  bool open_ = false;
  std::size_t joins_ = 0;
  std::map<std::string, std::set<std::string>> participants_;
  std::map<std::string, std::set<std::string>> early_;  // tracks of those who are not active yet
};

class Crowd {
 public:
  static constexpr const char* kRoom = "plaza";

  explicit Crowd(const CrowdOptions& options);
  ~Crowd();

  // Guests act for so long.
  void churn(Duration duration);
  // Nobody begins anything; then, once nothing has changed for a while, each view is held against the room.
  void settle_and_check();
  // Everybody goes, half of them without a word, and the room with them.
  void empty();

  Problems& problems() { return problems_; }
  // Over what each client was told, and when: equal for equal runs.
  std::uint64_t trace() const { return trace_; }
  struct Figures {
    std::uint64_t actions = 0;
    std::uint64_t joins = 0;
    std::uint64_t resumes = 0;
    std::uint64_t messages = 0;
    std::uint64_t datagrams = 0;
    std::size_t most = 0;  // in the room at a time
  };
  const Figures& figures() const { return figures_; }
  runtime::Shard& shard() { return *shard_; }

  // --- for guests
  Instant now() const { return clock_.now(); }
  bool lively() const { return lively_; }
  SeededRandom& random() { return random_; }
  unsigned below(unsigned bound) { return random_.below(bound); }
  bool chance(double probability) { return random_.unit() < probability; }
  Duration between(Duration low, Duration high);
  Duration pause_before_action();  // exponential about the pace
  const dtls::Certificate& certificate() const { return *certificate_; }
  const SocketAddress& server() const { return server_; }
  const std::vector<std::unique_ptr<Guest>>& guests() const { return guests_; }
  Manner random_manner();
  bool room_for_tracks() const;
  room::Room* room() { return shard_->find_room(kRoom); }

  room::ConnectionId connect(unsigned guest, ConnectRequest request, const Claims& claims);
  void say(room::ConnectionId connection, std::string bytes, bool text);
  void hang_up(room::ConnectionId connection);  // the server will hear of it
  void send(std::span<const Datagram> datagrams);
  void note(unsigned guest, const livekit::SignalResponse& message);
  void note_request(unsigned guest, const livekit::SignalRequest& message) const;
  // A publisher's last word on who may subscribe, resolved as the server does on receipt.
  void permit(const std::string& participant_sid, const livekit::SubscriptionPermission& permission);
  void host_acts();
  void count_action() { ++figures_.actions; }

 private:
  class Wire;
  class Gate;
  struct Mail {
    enum class Kind { kConnect, kMessage, kEnd, kRejection };
    Instant at{};
    Kind kind = Kind::kMessage;
    room::ConnectionId connection = 0;
    unsigned guest = 0;
    std::string bytes{};
    bool text = false;
    int status = 0;
    ConnectRequest request{};
  };
  struct Flying {
    Instant at;
    Path path;  // as the receiver sees it
    std::vector<std::uint8_t> bytes;
  };

  void run_for(Duration duration);
  void step(Instant at);
  Instant next() const;
  void to_server(Mail mail);
  void open(Mail& mail);
  void deliver(const Flying& datagram);
  void flush_server();
  void wake(unsigned guest);
  bool calm();  // nothing changed since the last call
  Guest* guest_at(const SocketAddress& address);

  // crowd_check.cpp
  void check();
  void check_view(Guest& guest);
  void check_own(const Guest& guest, const livekit::ParticipantInfo& info);
  void check_subscriptions(Guest& guest);
  void check_media();
  std::set<std::string> expected_tracks(Guest& guest);
  bool may_subscribe(const std::string& publisher_sid, const Guest& guest, const std::string& track) const;

  double elapsed() const { return std::chrono::duration<double>(now() - Instant(std::chrono::seconds(1000))).count(); }

  struct Permission {
    bool all = true;
    struct Entry {
      std::string identity;
      bool all_tracks = false;
      std::set<std::string> tracks;
    };
    std::vector<Entry> entries;
  };

  CrowdOptions options_;
  Problems problems_;
  Account account_{problems_};
  Figures figures_;
  ManualClock clock_;
  SeededRandom random_;
  WallAnchor wall_;
  SocketAddress server_;
  std::unique_ptr<dtls::Certificate> certificate_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<runtime::Shard> shard_;
  std::vector<std::unique_ptr<Guest>> guests_;
  TimerQueue timers_;
  // Delays are the same for all, so what was sent first arrives first.
  std::deque<Mail> to_server_;
  std::deque<Mail> to_guests_;
  std::deque<Flying> flying_;
  room::ConnectionId last_connection_ = 0;
  std::map<std::string, Permission> permissions_;  // by participant sid
  bool lively_ = false;
  std::uint64_t trace_ = 0xcbf29ce484222325;
  std::uint64_t last_look_ = 0;
};

}  // namespace sfu::sim
