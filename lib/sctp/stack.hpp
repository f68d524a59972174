// SPDX-License-Identifier: Apache-2.0
// The one owner of usrsctp, whose endpoints, timers and callbacks are global to the process. It starts usrsctp (without
// threads, but for one of its own that sleeps) for the first association and finishes it after the last. Whoever
// touches usrsctp holds the Lock: the engine has locks of its own, but closing a socket beside its timers is not safe
// in it, and data channels are not the packet path. The timers run on whichever association advances; packets they
// cause for another one wait in that one's outbox until its own thread comes by. usrsctp looks for a packet's endpoint
// among all of its port, locking each, and for an address in a list. WebRTC knows one port, 5000, so each endpoint has
// another inside, and they share an address: packets are translated as they come and go. Otherwise an association's
// start takes 1 ms where there are 4000 (./dev bench join --joins 2000).
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
  // How often pending timers are looked at while something is in flight: a walk over those of all associations, each
  // of which has one for its cookie's secret. The shortest is 200 ms.
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

  // An association's socket: a number, never a pointer, so that a late packet finds nothing or a successor that drops
  // it by its verification tag.
  using Address = std::uintptr_t;
  // How usrsctp knows it. Endpoints are spread by their port's upper byte; ports below 1024 are refused.
  struct Inside {
    std::uintptr_t address = 0;
    std::uint16_t port = 0;
  };
  static constexpr Inside inside(Address address) {
    const auto index = (address - 1) % kPortsInside;
    return {1 + (address - 1) / kPortsInside,
            static_cast<std::uint16_t>((kFirstUpper + index % kUppers) << 8 | index / kUppers)};
  }
  // `port` is its own on the wire. The first one starts usrsctp.
  Address open(const Lock&, PacketList* outbox, std::uint16_t port);
  // A packet from the wire, for usrsctp. Dropped if it is for another port, or damaged.
  void input(const Lock&, Address address, ByteView packet);
  // Call after the socket is closed. The last one finishes usrsctp.
  void close(const Lock&, Address address);
  // Where packets of `address` go from now on.
  void redirect(const Lock&, Address address, PacketList* outbox);

  // Associations that are open, in the whole process.
  std::size_t users(const Lock&) const { return users_; }

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
  static constexpr std::uintptr_t kFirstUpper = 4;
  static constexpr std::uintptr_t kUppers = 252;
  static constexpr std::uintptr_t kPortsInside = kUppers * 256;
  static constexpr Address address_of(Inside inside) {
    return 1 + (inside.address - 1) * kPortsInside + (inside.port & 0xFFU) * kUppers + (inside.port >> 8) - kFirstUpper;
  }

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
