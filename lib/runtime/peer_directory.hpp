// SPDX-License-Identifier: Apache-2.0
// The peers of one worker: which room each belongs to, and which datagrams are for it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "ice/demux.hpp"
#include "room/peer_registry.hpp"
#include "runtime/lending.hpp"

namespace sfu::runtime {

// ufrags begin with the worker's number in this many hexadecimal digits, so that any worker can tell whose a stray is.
inline constexpr std::size_t kWorkerDigits = 2;
inline constexpr unsigned kMaxWorkers = 256;

// What became of TCP paths: those that ICE has proven are kept, those that no peer has any more are closed.
struct TcpPathNews {
  Path path;
  bool proven = false;  // else given up
};

// The worker that gave out this ufrag; kMaxWorkers if none of ours did.
unsigned worker_of_ufrag(std::string_view ufrag);

class PeerDirectory final : public room::PeerRegistry {
 public:
  // Borrowed: where the peers' packets go out, and what random is theirs.
  PeerDirectory(unsigned worker, Random& random, Lending& lending)
      : worker_(worker), random_(random), lending_(lending) {}

  Ticket add_peer(room::Room& room) override;
  void move_peer(room::PeerKey key, room::Room& room) override { rooms_[key] = &room; }
  void add_ufrag(room::PeerKey key, const std::string& ufrag) override { demux_.add_ufrag(ufrag, key); }
  void remove_ufrag(room::PeerKey, const std::string& ufrag) override { demux_.remove_ufrag(ufrag); }
  void add_path(room::PeerKey key, const Path& path) override;
  void remove_path(room::PeerKey key, const Path& path) override;
  void remove_peer(room::PeerKey key) override;

  struct Owner {
    room::Room* room = nullptr;
    room::PeerKey key = 0;
  };
  // Whose datagram this is; room is null (and it was counted) if nobody's.
  Owner route(const Path& path, ByteView datagram);
  // Whose this path is; room is null if nobody's.
  Owner owner_of(const Path& path) const;
  bool has_ufrag(std::string_view ufrag) const { return demux_.find_ufrag(ufrag).has_value(); }
  // In order; the reader takes them out.
  std::vector<TcpPathNews>& tcp_news() { return tcp_news_; }
  const ice::Demux::Counters& counters() const { return demux_.counters(); }

 private:
  unsigned worker_;
  Random& random_;
  Lending& lending_;
  std::vector<room::Room*> rooms_;  // by key; null: free
  std::vector<room::PeerKey> free_;
  std::uint32_t issued_ = 0;
  ice::Demux demux_;
  std::vector<TcpPathNews> tcp_news_;
};

}  // namespace sfu::runtime
