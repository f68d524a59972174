// SPDX-License-Identifier: Apache-2.0
#include "media/packet_store.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sfu::media {

void PacketStore::put(std::int64_t sequence, ByteView packet, bool keyframe) {
  if (packet.empty() || packet.size() > limits_.packet_size * limits_.initial / 4 || packet.size() > 0xffff) return;
  // So late that its place is a newer one's.
  if (bytes_ != nullptr && place(sequence).size != 0 && place(sequence).sequence > sequence) return;
  if (bytes_ == nullptr) {
    resize(capacity_, most_bytes() / kFirstPart);
    oldest_ = sequence;
  }
  while (must_grow(sequence, packet.size())) resize(capacity_, std::min(2 * bytes_size_, most_bytes()));
  // A packet lies in one piece: skip the end of the ring if it would be split there.
  const std::size_t at = written_ % bytes_size_;
  if (at + packet.size() > bytes_size_) written_ += bytes_size_ - at;
  std::memcpy(bytes_.get() + written_ % bytes_size_, packet.data(), packet.size());
  places_[static_cast<std::uint64_t>(sequence) % places_.size()] = {
      sequence, written_, static_cast<std::uint16_t>(packet.size()), keyframe};
  written_ += packet.size();
}

ByteView PacketStore::find(std::int64_t sequence) const {
  if (bytes_ == nullptr) return {};
  const Place& found = place(sequence);
  if (found.sequence != sequence || found.size == 0) return {};
  if (written_ - found.position > bytes_size_) return {};  // written over
  return {bytes_.get() + found.position % bytes_size_, found.size};
}

void PacketStore::fit(double packets_per_second) {
  if (capacity_ >= limits_.max || packets_per_second <= static_cast<double>(capacity_)) return;
  const std::size_t capacity = std::min(capacity_ + limits_.initial, limits_.max);
  if (bytes_ == nullptr) {
    capacity_ = capacity;
  } else {
    resize(capacity, bytes_size_);
  }
}

// Bytes of one that has its place still would be written over.
bool PacketStore::must_grow(std::int64_t sequence, std::size_t size) {
  if (bytes_size_ == most_bytes()) return false;
  if (size > bytes_size_ / 4) return true;
  oldest_ = std::max(std::min(oldest_, sequence), sequence - static_cast<std::int64_t>(capacity_) + 1);
  while (oldest_ < sequence && place(oldest_).sequence != oldest_) ++oldest_;
  // The end of the ring may be skipped.
  return oldest_ < sequence && written_ + 2 * size > place(oldest_).position + bytes_size_;
}

void PacketStore::resize(std::size_t capacity, std::size_t bytes) {
  const PacketStore old = std::exchange(*this, PacketStore(limits_));
  capacity_ = capacity;
  oldest_ = old.oldest_;
  places_.assign(capacity_, Place{});
  bytes_size_ = bytes;
  // Not zeroed: pages are touched only as the ring reaches them.
  bytes_ = std::make_unique_for_overwrite<std::uint8_t[]>(bytes_size_);
  // In the order in which they were written, so that the oldest bytes go first.
  std::vector<Place> kept;
  for (const Place& at : old.places_) {
    if (at.size > 0 && !old.find(at.sequence).empty()) kept.push_back(at);
  }
  std::sort(kept.begin(), kept.end(), [](const Place& a, const Place& b) { return a.position < b.position; });
  for (const Place& at : kept) put(at.sequence, old.find(at.sequence), at.keyframe);
}

void PacketStore::clear() {
  for (Place& at : places_) at = Place{};
}

}  // namespace sfu::media
