// SPDX-License-Identifier: Apache-2.0
#include "runtime/lending.hpp"

#include <algorithm>

namespace sfu::runtime {

Outlet* Lending::add(room::PeerKey peer) {
  while (places_.size() <= peer) places_.emplace_back();  // keys are handed out one after the other
  return &places_[peer].outlet;
}

void Lending::remove(room::PeerKey peer) {
  places_[peer] = {};
}

const Lending::Counts& Lending::measure() {
  counts_.kept = 0;
  counts_.lent.assign(lanes_.size(), 0);
  for (Place& place : places_) {
    place.recent = std::exchange(place.outlet.packets, 0);
    const auto lane = std::ranges::find(lanes_, place.outlet.batch, [](const Lane& one) { return &one.batch; });
    (lane == lanes_.end() ? counts_.kept : counts_.lent[static_cast<std::size_t>(lane - lanes_.begin())]) +=
        place.recent;
  }
  return counts_;
}

void Lending::lend(unsigned sibling, std::uint64_t packets) {
  (void)redirect(nullptr, &lanes_[sibling].batch, packets);
  if (std::ranges::find(lent_to_, sibling) == lent_to_.end()) lent_to_.push_back(sibling);
}

std::optional<LentBatch> Lending::recall(unsigned sibling, std::uint64_t packets) {
  Lane& lane = lanes_[sibling];
  if (lane.recalling || redirect(&lane.batch, &lane.aside, packets) == 0) return std::nullopt;
  lane.recalling = true;
  ++lane.batches_out;
  return LentBatch{.home = self_, .sibling = sibling, .recalls = true};
}

// Returns how many packets those had that were.
std::uint64_t Lending::redirect(const SendBatch* from, SendBatch* to, std::uint64_t packets) {
  std::uint64_t redirected = 0;
  for (Place& place : places_) {
    const bool fits = redirected + place.recent / 2 < packets;
    if (place.outlet.batch != from || place.recent == 0 || !fits) continue;
    place.outlet.batch = to;
    redirected += place.recent;
  }
  return redirected;
}

std::size_t Lending::waiting() const {
  std::size_t sum = 0;
  for (const unsigned sibling : lent_to_) sum += lanes_[sibling].batch.size();
  return sum;
}

std::optional<LentBatch> Lending::take(unsigned sibling) {
  Lane& lane = lanes_[sibling];
  if (lane.aside.size() > kMostDatagrams) drop(lane.aside);
  if (lane.batch.empty()) return std::nullopt;
  const bool too_many = lane.datagrams_out != 0 && lane.datagrams_out + lane.batch.size() > kMostDatagrams;
  if (too_many || lane.batches_out >= kMostBatches) {
    drop(lane.batch);
    return std::nullopt;
  }
  LentBatch lent{.size = lane.batch.size(), .home = self_, .sibling = sibling};
  std::swap(lent.batch, lane.batch);
  if (!lane.idle.empty()) {
    lane.batch = std::move(lane.idle.back());
    lane.idle.pop_back();
  }
  lane.datagrams_out += lent.size;
  ++lane.batches_out;
  lent_ += lent.size;
  return lent;
}

void Lending::drop(SendBatch& batch) {
  dropped_ += batch.size();
  batch.clear();
}

SendBatch* Lending::take_back(LentBatch returned) {
  Lane& lane = lanes_[returned.sibling];
  --lane.batches_out;
  lane.datagrams_out -= returned.size;
  if (!returned.recalls) {
    returned.batch.clear();
    lane.idle.push_back(std::move(returned.batch));
    return nullptr;
  }
  lane.recalling = false;
  for (Place& place : places_) {
    if (place.outlet.batch == &lane.aside) place.outlet.batch = nullptr;
  }
  return &lane.aside;
}

}  // namespace sfu::runtime
