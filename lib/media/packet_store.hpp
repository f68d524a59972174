// SPDX-License-Identifier: Apache-2.0
// The newest packets of one stream, whole, for retransmission and for replay after a layer switch. A ring of places by
// sequence number over a ring of bytes, so that small audio packets do not take a full-size slot each: that is as large
// as the packets are, up to a bound. Memory is taken with the first packet and on growth, never per packet.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "rtp/codec_name.hpp"

namespace sfu::media {

class PacketStore {
 public:
  struct Limits {
    std::size_t initial = 300;  // packets
    std::size_t max = 500;
    std::size_t packet_size = 1500;  // bytes reserved for each, on average
  };
  static constexpr Limits kVideo{300, 500, 1500};
  static constexpr Limits kAudio{70, 200, 400};
  // `max` packets, 0 for the usual number.
  static constexpr Limits limits_for(rtp::MediaKind kind, std::size_t max) {
    Limits limits = kind == rtp::MediaKind::kVideo ? kVideo : kAudio;
    if (max != 0) limits.max = max;
    limits.initial = std::min(limits.initial, limits.max);
    return limits;
  }

  explicit PacketStore(Limits limits) : limits_(limits), capacity_(limits.initial) {}

  // `keyframe`: it shows that a key frame begins. That is kept, since the payload need not tell it any more.
  void put(std::int64_t sequence, ByteView packet, bool keyframe = false);
  // Empty: not here, or not any more. Borrowed until the next put().
  ByteView find(std::int64_t sequence) const;
  // Of what find() finds.
  bool is_keyframe(std::int64_t sequence) const { return place(sequence).keyframe; }
  bool contains(std::int64_t sequence) const { return !find(sequence).empty(); }
  // Grows one step if more packets pass in a second than fit.
  void fit(double packets_per_second);
  void clear();
  std::size_t capacity() const { return capacity_; }

 private:
  struct Place {
    std::int64_t sequence = -1;
    std::uint64_t position = 0;  // on the endless line of bytes written
    std::uint16_t size = 0;
    bool keyframe = false;
  };

  static constexpr std::size_t kFirstPart = 12;  // of the bound

  std::size_t most_bytes() const { return capacity_ * limits_.packet_size; }
  bool must_grow(std::int64_t sequence, std::size_t size);
  void resize(std::size_t capacity, std::size_t bytes);
  const Place& place(std::int64_t sequence) const {
    return places_[static_cast<std::uint64_t>(sequence) % places_.size()];
  }

  Limits limits_;
  std::size_t capacity_;
  std::vector<Place> places_;
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t bytes_size_ = 0;
  std::uint64_t written_ = 0;
  std::int64_t oldest_ = 0;  // that is kept
};

}  // namespace sfu::media
