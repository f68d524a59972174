// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/packet_filter.h"

#include <algorithm>
#include <array>

#include "capi/callbacks.hpp"
#include "capi/participant.hpp"

namespace sfu::capi {
namespace {

using MimeType = std::array<char, 32>;

// `mime_type`: the place for its text.
sfu_track_packet to_c(const TrackPacket& in, MimeType& mime_type) {
  *std::ranges::copy(in.mime_type.substr(0, mime_type.size() - 1), mime_type.begin()).out = 0;
  sfu_track_packet made{};
  made.size = sizeof made;
  made.ssrc = in.ssrc;
  made.timestamp = in.timestamp;
  made.sequence_number = in.sequence_number;
  made.payload_type = in.payload_type;
  made.layer = in.layer;
  made.spatial_layer = in.spatial_layer;
  made.temporal_layer = in.temporal_layer;
  made.marker = in.marker;
  made.redundant = in.redundant;
  made.recovered = in.recovered;
  made.starts_frame = in.starts_frame;
  made.starts_keyframe = in.starts_keyframe;
  made.voice = in.voice;
  made.audio_level = in.audio_level ? *in.audio_level : -1;
  made.arrived_ns = in.arrived.time_since_epoch().count();
  made.mime_type = mime_type.data();
  made.descriptor = in.descriptor.data();
  made.descriptor_length = in.descriptor.size();
  made.payload = in.payload.data();
  made.payload_length = in.payload.size();
  return made;
}

PacketVerdict from_c(sfu_packet_verdict verdict) {
  if (verdict == SFU_PACKET_PASS) return PacketVerdict::pass();
  return verdict < 0 ? PacketVerdict::drop() : PacketVerdict::replace(static_cast<std::size_t>(verdict));
}

// A host's filter, and its place.
class HostFilter final : public PacketFilter {
 public:
  HostFilter(const sfu_packet_filter_callbacks* callbacks, std::shared_ptr<Engine> engine)
      : callbacks_(callbacks), engine_(std::move(engine)) {
    if (callbacks_->on_packet == nullptr) refuse_argument("a filter has no on_packet");
  }

  void attach(const Track& track) { attached_ = value(track.attach(*this)); }
  void taken() noexcept { callbacks_.taken(); }
  void must_be_free_to_detach() const {
    if (!attached_.on_worker()) must_be_free_to_wait();
  }
  // `self` is all that is left of it.
  static void detach(std::shared_ptr<HostFilter> self) {
    const bool calling = self->attached_.on_worker() && self->calling_;
    self->attached_.detach();
    if (calling) self->ended_ = std::move(self);  // until the call that this comes from is over
  }

  PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
    MimeType mime_type;
    const sfu_track_packet shown = to_c(packet, mime_type);
    calling_ = true;
    const PacketVerdict verdict = from_c(callbacks_(callbacks_->on_packet, &shown, room.data(), room.size()));
    return leave(verdict);
  }
  void on_ended() noexcept override {
    calling_ = true;
    callbacks_(callbacks_->on_ended);
    leave(PacketVerdict());
  }

 private:
  // The last that is done in a call.
  PacketVerdict leave(PacketVerdict verdict) {
    calling_ = false;
    const auto ended = std::move(ended_);
    return verdict;
  }

  Callbacks<sfu_packet_filter_callbacks> callbacks_;
  std::shared_ptr<Engine> engine_;
  bool calling_ = false;               // on the worker's thread
  std::shared_ptr<HostFilter> ended_;  // itself, if it was released within its own call
  AttachedFilter attached_;            // last: it borrows the others
};

}  // namespace

template <>
struct Handle<sfu_packet_filter> {
  using Object = HostFilter;
  static constexpr unsigned kKind = kinds::kPacketFilter;
  static constexpr const char* kName = "sfu_packet_filter";
};

}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_track_attach_filter(sfu_track* track, const sfu_packet_filter_callbacks* callbacks,
                                   sfu_packet_filter** filter) {
  return enter([&] {
    needs_place(filter);
    const auto object = find(track);
    if (!object->track.on_worker()) must_be_free_to_wait();
    const auto made = std::make_shared<HostFilter>(callbacks, object->engine);
    made->attach(object->track);
    *filter = add<sfu_packet_filter>(made);
    made->taken();
  });
}

sfu_status sfu_packet_filter_release(sfu_packet_filter* filter) {
  return enter([&] {
    if (filter == nullptr) return;
    find(filter)->must_be_free_to_detach();
    HostFilter::detach(take(filter));
  });
}
