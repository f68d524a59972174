// SPDX-License-Identifier: Apache-2.0
// When a worker lends, and when it takes back: by how busy the workers' threads are, as each of them measures. It evens
// out its own load and that of one other worker at a time, asks anew when that has shown, and leaves small differences
// alone, so that peers are moved seldom.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace sfu::runtime {

struct LendingOrder {
  unsigned sibling = 0;
  std::uint64_t packets = 0;  // of peers that have so many in an interval
  bool recall = false;        // else lend
};

class LendingPolicy {
 public:
  // `above`: how busy a worker is that lends, as a part of a core; 0: as soon as another one is less so.
  explicit LendingPolicy(double above) : above_(above) {}

  // Of one interval.
  struct View {
    unsigned self = 0;
    std::span<const double> load;         // by worker: the part of a core that its thread used
    std::uint64_t kept = 0;               // packets that were sealed here
    std::span<const std::uint64_t> lent;  // by worker: those that it had to seal
  };
  std::optional<LendingOrder> decide(const View& view);

 private:
  // An interval after an order the loads tell of before and after.
  static constexpr int kPause = 1;
  // Of all packets; to move fewer is not worth it.
  static constexpr double kLeast = 0.03;
  // A worker takes everything back when it could do all by itself, and be only so much as busy as one that lends.
  static constexpr double kAtEase = 0.6;
  // What choosing and rewriting a packet costs, by what sealing and sending it does: a first guess of how much to move;
  // what is left is moved the next time.
  static constexpr double kChoosing = 0.25;

  double above_;
  int pause_ = 0;  // intervals
};

}  // namespace sfu::runtime
