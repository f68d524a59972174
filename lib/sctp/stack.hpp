// SPDX-License-Identifier: Apache-2.0
// The one owner of usrsctp, whose endpoints, timers and callbacks are global to the process. It starts usrsctp (without
// threads) for the first association and finishes it after the last. Whoever touches usrsctp holds the Lock: the
// engine has locks of its own, but closing a socket beside its timers is not safe in it, and data channels are not the
// packet path. The timers run on whichever association advances; packets they cause for another one wait in that
// one's outbox until its own thread comes by.
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
  // The first one starts usrsctp.
  Address open(const Lock&, PacketList* outbox);
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
  std::vector<PacketList*> outboxes_;  // by address - 1
  std::deque<Address> free_;           // the longest unused first
  std::vector<std::uint8_t> scratch_;
};

}  // namespace sfu::sctp
