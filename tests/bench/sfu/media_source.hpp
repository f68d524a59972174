// SPDX-License-Identifier: Apache-2.0
// What one participant publishes in one track: says how it is announced, and gives the packets when their time has
// come. Sans-IO; its participant owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "participant/events.hpp"
#include "synthetic_encoder.hpp"
#include "video_encoder.hpp"

namespace sfu::load {

class MediaSource {
 public:
  virtual ~MediaSource() = default;
  virtual participant::PublishOptions announcement() const = 0;

  // From now on there are packets.
  virtual void start(Instant now) = 0;
  void stop() { next_ = kNever; }
  Instant deadline() const { return next_; }
  // `emit(layer, packet)` for all that is due. `clock` tells what is stamped on them: the time when they are made.
  using Emit = std::function<void(std::size_t layer, sim::Packet& packet)>;
  virtual void advance(Instant now, const Clock& clock, const Emit& emit) = 0;
  virtual void want_keyframe(std::size_t) {}

 protected:
  // The time after this one. A thread that was held up leaves out what it can no longer catch up with.
  void schedule(Instant now, Duration interval);
  Instant next_ = kNever;
};

// `bitrate` of the highest encoding.
std::unique_ptr<MediaSource> make_camera(rtp::Codec codec, Bitrate bitrate, bool simulcast, Random& random);
std::unique_ptr<MediaSource> make_microphone(Bitrate bitrate, Random& random);

}  // namespace sfu::load
