// SPDX-License-Identifier: Apache-2.0
// The one owner of usrsctp, whose endpoints, timers and callbacks are global to the process. It starts usrsctp (without
// threads) for the first association and finishes it after the last. Whoever touches usrsctp holds the Lock: the
// engine has locks of its own, but closing a socket beside its timers is not safe in it, and data channels are not the
// packet path. The timers run on whichever association advances; packets they cause for another one wait in that
// one's outbox until its own thread comes by.
// usrsctp looks for a packet's endpoint by its port, and locks each endpoint of the same one on the way. WebRTC knows
// one port, 5000; so each endpoint has another inside, and packets are translated as they come and go. Otherwise an
// association's start takes 1 ms where there are 4000 (./dev bench join --joins 2000).
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "sctp/sctp.hpp"

namespace sfu::sctp {

class Stack {
 public:
  // How often pending timers are looked at while something is in flight. The shortest of them is 200 ms.
  static constexpr Duration kTick = std::chrono::milliseconds(20);

  // Proof that usrsctp may be touched.
  class Lock {
   public:
    Lock() : guard_(instance().mutex_) { held_ = true; }
    ~Lock() { held_ = false; }
    Lock(const Lock&) = delete;
    Lock& operator=(const Lock&) = delete;

   private:
    std::scoped_lock<std::mutex> guard_;
  };

  static Stack& instance();

  // The address under which an association's socket is known to usrsctp: a number, never a pointer, so that a late
  // packet finds nothing or a successor that drops it by its verification tag.
  using Address = std::uintptr_t;
  // `port` is its own on the wire. The first one starts usrsctp.
  Address open(const Lock&, PacketList* outbox, std::uint16_t port);
  // The port to bind: usrsctp spreads endpoints by the upper byte; those below 1024 are refused.
  static constexpr std::uint16_t port_inside(Address address) {
    constexpr Address kUpperBytes = 252;
    return static_cast<std::uint16_t>((4 + address % kUpperBytes) << 8 | (address / kUpperBytes & 0xFF));
  }
  // A packet from the wire, for usrsctp. Dropped if it is for another port, or damaged.
  void input(const Lock&, Address address, ByteView packet);
  // Call after the socket is closed. The last one finishes usrsctp.
  void close(const Lock&, Address address);
  // Where packets of `address` go from now on.
  void redirect(const Lock&, Address address, PacketList* outbox);

  // The process's line of time: engines and tests may count from different origins, so each association keeps the
  // distance from its own `now` to this one, and the furthest ahead moves the timers.
  Instant time(const Lock&) const { return latest_; }
  void advance(const Lock&, Instant time);

  // The latest time() of any turn while this thread is inside usrsctp, which measures round trips and ages of chunks by
  // the system's clock. Nothing outside. Tests that run faster than the clock hand it this one
  // (usrsctp_clock_test.cpp).
  static std::optional<Instant> time_inside();

  // Scratch space to receive into; its size is one byte over the largest message.
  ByteSpan scratch(const Lock&) { return scratch_; }

 private:
  struct Endpoint {
    PacketList* outbox = nullptr;
    std::uint16_t port = 0;  // on the wire
  };

  static int emit(void* address, void* bytes, std::size_t size, std::uint8_t tos, std::uint8_t set_df);

  void start();
  void finish();

  static thread_local bool held_;

  std::mutex mutex_;
  // From one hour on: usrsctp takes a time of zero for none.
  Instant time_{std::chrono::hours(1)};  // up to which the timers have run
  Instant latest_ = time_;               // of any turn
  bool running_ = false;
  std::size_t users_ = 0;
  std::vector<Endpoint> endpoints_;  // by address - 1
  std::deque<Address> free_;         // the longest unused first
  std::vector<std::uint8_t> scratch_;
  std::vector<std::uint8_t> incoming_;  // the packet that input() translates
};

}  // namespace sfu::sctp
