// SPDX-License-Identifier: Apache-2.0
// The public LocalParticipant: every call is handed to its room's worker.
#include "sfu/local_participant.hpp"

#include <future>

#include "auth/claims_text.hpp"
#include "base/utf8.hpp"
#include "participant/announce.hpp"
#include "participant/convert.hpp"
#include "runtime/engine_impl.hpp"
#include "sfu/room.hpp"
#include "sfu/version.hpp"
#include "signal/connect.hpp"

namespace sfu {

using runtime::LocalSession;
using runtime::MediaQueue;
using runtime::Shard;
using Place = LocalSession::Place;

class LocalParticipant::Impl {
 public:
  Impl(runtime::Worker& worker, room::ConnectionId id, std::string identity)
      : worker_(worker), id_(id), identity_(std::move(identity)) {}

  const std::string& identity() const { return identity_; }
  // `operation(session, place)` on the worker, if the participant is still in the room; else `otherwise()`.
  template <typename Operation, typename Otherwise>
  void post(Operation operation, Otherwise otherwise) {
    media_->part();
    worker_.post([id = id_, operation = std::move(operation), otherwise = std::move(otherwise)](Instant now,
                                                                                                Shard& shard) mutable {
      const bool there =
          shard.with_local(now, id, [&](LocalSession& session, const Place& place) { operation(session, place); });
      if (!there) otherwise();
    });
  }
  template <typename Operation>
  void post(Operation operation) {
    post(std::move(operation), [] {});
  }
  void write(const std::string& cid, const MediaQueue::Head& head, std::span<const std::uint8_t> bytes) {
    if (!media_->add(cid, head, bytes)) return;
    worker_.post([id = id_, ticket = MediaQueue::Ticket(media_)](Instant now, Shard& shard) mutable {
      shard.write_media(now, id, *ticket.use());
    });
  }
  void close() {
    std::promise<void> done;
    auto ended = done.get_future();
    media_->part();
    worker_.post([id = id_, done = std::move(done)](Instant now, Shard& shard) mutable {
      shard.with_local(now, id,
                       [](LocalSession&, const Place& place) { place.room.leave(place.now, place.id, {}, place.out); });
      shard.serve_locals(now);
      shard.forget_local(id);
      done.set_value();
    });
    worker_.run_posted_if_driver();
    ended.wait();  // dropped, where the engine has stopped
  }

 private:
  runtime::Worker& worker_;
  room::ConnectionId id_;
  std::string identity_;
  std::shared_ptr<MediaQueue> media_ = std::make_shared<MediaQueue>();
};

LocalParticipant::LocalParticipant(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
LocalParticipant::~LocalParticipant() {
  impl_->close();
}

const std::string& LocalParticipant::identity() const {
  return impl_->identity();
}

void LocalParticipant::leave() {
  impl_->post([](LocalSession&, const Place& place) { place.room.leave(place.now, place.id, {}, place.out); });
}

void LocalParticipant::publish(std::string id, PublishTrack track) {
  impl_->post([options = participant::to_options(std::move(id), track)](LocalSession& session, const Place& place) {
    session.publish(place, options);
  });
}

void LocalParticipant::unpublish(std::string id) {
  impl_->post([id = std::move(id)](LocalSession& session, const Place& place) { session.unpublish(place, id); });
}

void LocalParticipant::set_muted(std::string id, bool muted) {
  impl_->post(
      [id = std::move(id), muted](LocalSession& session, const Place& place) { session.set_muted(place, id, muted); });
}

void LocalParticipant::write_frame(const std::string& id, const MediaFrame& frame, std::size_t layer) {
  impl_->write(id, {.layer = layer, .is_frame = true, .timestamp = frame.timestamp, .is_keyframe = frame.is_keyframe},
               frame.bytes);
}

void LocalParticipant::write_rtp(const std::string& id, std::span<const std::uint8_t> packet, std::size_t layer) {
  impl_->write(id, {.layer = layer}, packet);
}

void LocalParticipant::subscribe(std::string track_sid, bool subscribed) {
  livekit::UpdateSubscription update;
  update.add_track_sids(std::move(track_sid));
  update.set_subscribe(subscribed);
  impl_->post([update = std::move(update)](LocalSession&, const Place& place) {
    place.room.update_subscription(place.now, place.id, update, place.out);
  });
}

void LocalParticipant::set_track_settings(std::string track_sid, TrackSettings settings) {
  impl_->post([message = participant::to_message(std::move(track_sid), settings)](LocalSession&, const Place& place) {
    place.room.update_track_settings(place.now, place.id, message, place.out);
  });
}

void LocalParticipant::request_key_frame(std::string track_sid) {
  impl_->post([sid = std::move(track_sid)](LocalSession&, const Place& place) {
    place.room.request_key_frame(place.now, place.id, sid, place.out);
  });
}

void LocalParticipant::update(std::string name, std::string metadata, std::map<std::string, std::string> attributes) {
  if (!is_utf8(name) || !is_utf8(metadata) || !check_utf8("attributes", attributes)) return;
  livekit::UpdateParticipantMetadata message;
  message.set_name(std::move(name));
  message.set_metadata(std::move(metadata));
  for (auto& [key, value] : attributes) (*message.mutable_attributes())[key] = std::move(value);
  impl_->post([message = std::move(message)](LocalSession&, const Place& place) {
    place.room.update_metadata(place.now, place.id, message, place.out);
  });
}

void LocalParticipant::send_data(std::span<const std::uint8_t> payload, std::string topic, std::vector<std::string> to,
                                 bool reliable) {
  impl_->post([bytes = std::vector<std::uint8_t>(payload.begin(), payload.end()), topic = std::move(topic),
               to = std::move(to), reliable](LocalSession& session, const Place&) {
    (void)session.messaging().send_data(bytes, topic, to, reliable);
  });
}

void LocalParticipant::send_text(std::string text, StreamOptions options) {
  impl_->post([text = std::move(text), info = participant::to_stream(true, options)](LocalSession& session,
                                                                                     const Place& place) {
    (void)session.messaging().send_stream(info, as_bytes(text), place.wall);
  });
}

void LocalParticipant::send_bytes(std::vector<std::uint8_t> bytes, StreamOptions options) {
  impl_->post([bytes = std::move(bytes), info = participant::to_stream(false, options)](LocalSession& session,
                                                                                        const Place& place) {
    (void)session.messaging().send_stream(info, bytes, place.wall);
  });
}

void LocalParticipant::open_stream(std::string id, bool text, StreamOptions options) {
  participant::StreamInfo info = participant::to_stream(text, options);
  info.id = std::move(id);
  impl_->post([info = std::move(info)](LocalSession& session, const Place& place) {
    (void)session.messaging().open_stream(info, place.wall);
  });
}

void LocalParticipant::write_stream(std::string id, std::vector<std::uint8_t> bytes) {
  impl_->post([id = std::move(id), bytes = std::move(bytes)](LocalSession& session, const Place&) {
    (void)session.messaging().write_stream(id, bytes);
  });
}

void LocalParticipant::close_stream(std::string id, std::string reason) {
  impl_->post([id = std::move(id), reason = std::move(reason)](LocalSession& session, const Place&) {
    (void)session.messaging().close_stream(id, reason);
  });
}

void LocalParticipant::call(std::string identity, std::string method, std::string payload,
                            std::function<void(RpcResult)> done, Duration timeout) {
  participant::RpcCaller::Call call{.destination = std::move(identity),
                                    .method = std::move(method),
                                    .payload = std::move(payload),
                                    .timeout = timeout};
  impl_->post(
      [call = std::move(call), done](LocalSession& session, const Place& place) mutable {
        const std::string id = session.messaging().call(place.now, call, place.wall);
        session.herald().await_answer(id, std::move(done));
      },
      [done] { done(participant::to_public(participant::RpcError::of(participant::RpcError::kSendFailed))); });
}

void LocalParticipant::handle(std::string method, std::function<void(RpcCall, RpcResponder)> handler) {
  impl_->post([method = std::move(method), handler = std::move(handler)](LocalSession& session, const Place&) {
    (void)session.messaging().add_method(method);  // there already: the handler alone is replaced
    session.herald().set_handler(method, handler);
  });
}

void LocalParticipant::stop_handling(std::string method) {
  impl_->post([method = std::move(method)](LocalSession& session, const Place&) {
    session.messaging().remove_method(method);
    session.herald().remove_handler(method);
  });
}

Result<std::pair<runtime::Worker*, room::ConnectionId>> Engine::Impl::join_local(const std::string& room,
                                                                                 LocalParticipantOptions options,
                                                                                 ClientObserver& observer) {
  signal::ConnectPlan plan = signal::plan_of(std::move(options.claims), participant::client_info(version()));
  plan.join.auto_subscribe = options.auto_subscribe;
  for (const auto& worker : workers_) {
    if (worker->on_this_thread()) return fail(Errc::kFailedPrecondition, "joining waits for a worker, and this is one");
  }
  const unsigned index = placement_->enter(room);
  const auto inbox = workers_[index]->inbox();
  const room::ConnectionId id = next_connection_.fetch_add(1, std::memory_order_relaxed);
  auto answer = [inbox, id](const std::string& call, RpcResult result) {
    inbox->post([id, call, result = std::move(result)](Instant now, Shard& shard) mutable {
      shard.with_local(now, id, [&](LocalSession& session, const Place& place) {
        session.messaging().answer(call, std::move(result), place.wall);
      });
    });
  };
  SFU_CHECK_OK(this->call(index, [&](Instant now, Shard& shard) -> Result<void> {
    const auto joined = shard.join_local(now, id, std::move(plan), options.receive_frames, observer, std::move(answer));
    placement_->settled(room, shard.find_room(room) != nullptr);
    return joined;
  }));
  return std::pair(workers_[index].get(), id);
}

// Here, where the implementation is known.
Result<std::unique_ptr<LocalParticipant>> Engine::join(const std::string& room, LocalParticipantOptions options,
                                                       ClientObserver& observer) {
  if (options.claims.identity.empty()) return fail(Errc::kInvalidArgument, "a participant needs an identity");
  SFU_CHECK_OK(check_utf8("room", room));
  SFU_CHECK_OK(auth::check_utf8(options.claims));
  if (!options.claims.video) options.claims.video.emplace();
  options.claims.video->room = room;
  options.claims.video->room_join = true;
  const std::string identity = options.claims.identity;
  SFU_TRY(const auto where, impl_->join_local(room, std::move(options), observer));
  return std::unique_ptr<LocalParticipant>(
      new LocalParticipant(std::make_unique<LocalParticipant::Impl>(*where.first, where.second, identity)));
}

Result<std::unique_ptr<LocalParticipant>> Room::join(LocalParticipantOptions options, ClientObserver& observer) const {
  return engine_->join(name_, std::move(options), observer);
}

}  // namespace sfu
