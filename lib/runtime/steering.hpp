// SPDX-License-Identifier: Apache-2.0
// Datagrams that the kernel gave to the wrong one of several workers that share a port: a 5-tuple always comes to the
// same socket, but its peer may live elsewhere. The ufrag of its STUN checks names the right worker; from then on
// whatever comes on that path is handed over.
#pragma once

#include <cstdint>
#include <map>
#include <unordered_map>
#include <vector>

#include "runtime/mailbox.hpp"

namespace sfu::runtime {

class Steering {
 public:
  explicit Steering(unsigned self) : self_(self) {}

  // A datagram that nobody here owns. True if it was taken for another worker, and will be in its bundle.
  bool take(const Path& path, ByteView datagram, unsigned workers);
  // visit(worker, bundle) for each worker that something was taken for; the bundles are then given away.
  template <typename Visit>
  void hand_over(Visit&& visit) {
    for (auto& [worker, bundle] : bundles_) visit(worker, std::move(bundle));
    bundles_.clear();
  }
  bool empty() const { return bundles_.empty(); }
  // Datagrams, ever.
  std::uint64_t taken() const { return taken_; }
  std::size_t remembered() const { return recent_.size() + older_.size(); }

  // Anybody can send a check that names a worker, so what is remembered for that is bounded, in two generations: when
  // the younger is full the older goes, without what was used meanwhile. So a flood of strangers' paths costs the peers
  // nothing while each of their own brings a datagram per so many of the strangers'.
  static constexpr std::size_t kGeneration = 16384;

 private:
  using Paths = std::unordered_map<Path, unsigned>;  // the worker of each
  void remember(const Path& path, unsigned owner);
  // kMaxWorkers: nobody's.
  unsigned owner_of(const Path& path);

  unsigned self_;
  std::uint64_t taken_ = 0;
  Paths recent_;
  Paths older_;
  std::map<unsigned, DatagramBundle> bundles_;
};

}  // namespace sfu::runtime
