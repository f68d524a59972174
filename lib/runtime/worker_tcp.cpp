// SPDX-License-Identifier: Apache-2.0
// A worker's TCP connections. The first worker accepts them all, and hands each over by the worker number in the ufrag
// of its first check, as Steering does with datagrams.
#include <utility>

#include "ice/demux.hpp"
#include "ice/stun.hpp"
#include "runtime/peer_directory.hpp"
#include "runtime/worker.hpp"

namespace sfu::runtime {

net::TcpClaim Worker::claim(ByteView first) {
  using Place = net::TcpClaim::Place;
  const auto message = ice::stun::Message::parse(first);
  if (!message || message->message_class != ice::stun::Class::kRequest || message->method != ice::stun::kBinding) {
    return {};
  }
  const auto ufrag = message->local_ufrag();
  const unsigned owner = worker_of_ufrag(ufrag);
  if (owner == shard_->worker()) return {shard_->has_ufrag(ufrag) ? Place::kHere : Place::kNowhere, owner};
  return {owner < siblings_.size() ? Place::kElsewhere : Place::kNowhere, owner};
}

void Worker::receive_tcp(const Path& path, ByteSpan bytes) {
  load_.add_bytes(bytes.size());
  (void)shard_->receive(now_, path, bytes, now_);
  if (shard_->locals_crowded()) shard_->serve_locals(now_);
  if (is_batch_full()) flush();
}

void Worker::read_tcp(Instant now) {
  tcp_readable_ = false;  // its descriptor tells of what is left
  tcp_->poll(now, *this);
  for (auto& [worker, departing] : tcp_->departures()) {
    Worker* sibling = siblings_[worker];
    sibling->inbox_->post([sibling, handover = std::move(departing)](Instant then, Shard&) mutable {
      sibling->tcp_->adopt(then, std::move(handover), *sibling);
    });
  }
  tcp_->departures().clear();
}

void Worker::settle_tcp(Instant now) {
  for (const TcpPathNews& news : shard_->tcp_news()) {
    if (news.proven) {
      tcp_->keep(news.path);
    } else {
      tcp_->close(now, news.path);
    }
  }
  shard_->tcp_news().clear();
  tcp_->advance(now, *this);
}

}  // namespace sfu::runtime
