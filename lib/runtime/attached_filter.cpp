// SPDX-License-Identifier: Apache-2.0
// How a host's filter comes to its track, and goes again. Where it is known which thread this is.
#include <future>
#include <utility>

#include "runtime/engine_impl.hpp"
#include "sfu/packet_filter.hpp"
#include "sfu/room.hpp"

namespace sfu {

class AttachedFilter::Impl {
 public:
  Impl(runtime::Worker& worker, std::shared_ptr<media::FilterPlace> place)
      : worker_(worker), place_(std::move(place)) {}

  void detach() {
    if (worker_.on_this_thread()) {
      place_->filter = nullptr;
      return;
    }
    std::promise<void> done;
    const auto detached = done.get_future();
    worker_.post([place = place_, done = std::move(done)](Instant, runtime::Shard&) mutable {
      place->filter = nullptr;
      done.set_value();
    });
    worker_.run_posted_if_driver();
    detached.wait();  // dropped, where the engine has stopped
  }
  bool on_worker() const { return worker_.on_this_thread(); }

 private:
  runtime::Worker& worker_;
  std::shared_ptr<media::FilterPlace> place_;
};

AttachedFilter::AttachedFilter() noexcept = default;
AttachedFilter::AttachedFilter(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
AttachedFilter::AttachedFilter(AttachedFilter&& other) noexcept = default;
AttachedFilter& AttachedFilter::operator=(AttachedFilter&& other) noexcept {
  detach();
  impl_ = std::move(other.impl_);
  return *this;
}
AttachedFilter::~AttachedFilter() {
  detach();
}

void AttachedFilter::detach() {
  if (const auto impl = std::exchange(impl_, nullptr)) impl->detach();
}

bool AttachedFilter::on_worker() const {
  return impl_ && impl_->on_worker();
}

bool Track::on_worker() const {
  Engine::Impl& engine = *participant_.room_.engine_->impl_;
  const auto index = engine.placement().find(participant_.room_.name());
  return index && engine.worker(*index).on_this_thread();
}

Result<AttachedFilter> Track::attach(PacketFilter& filter) const {
  const Room& room = participant_.room_;
  Engine::Impl& engine = *room.engine_->impl_;
  const auto index = engine.placement().find(room.name());
  if (!index) return fail(Errc::kNotFound, "no room " + room.name());
  using Place = Result<std::shared_ptr<media::FilterPlace>>;
  SFU_TRY(auto place, engine.call_or_run(*index,
                                         [&room, &filter, identity = participant_.identity_, sid = sid_](
                                             Instant, runtime::Shard& shard) -> Place {
                                           room::Room* found = shard.find_room(room.name());
                                           if (found == nullptr) return fail(Errc::kNotFound, "no room " + room.name());
                                           return found->attach_filter(found->find(identity), sid, filter);
                                         }));
  return AttachedFilter(std::make_unique<AttachedFilter::Impl>(engine.worker(*index), std::move(place)));
}

}  // namespace sfu
