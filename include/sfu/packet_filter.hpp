// SPDX-License-Identifier: Apache-2.0
// A host's hand on the media of one published track: it observes packets, drops them, or gives them another payload,
// before anybody is sent them. Track::attach() puts a filter in place.
//   struct Watermark : sfu::PacketFilter {
//     sfu::PacketVerdict on_packet(const sfu::TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
//       if (room.size() <= packet.payload.size()) return sfu::PacketVerdict::pass();
//       *std::ranges::copy(packet.payload, room.begin()).out = 42;
//       return sfu::PacketVerdict::replace(packet.payload.size() + 1);
//     }
//   };
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "sfu/time.hpp"

namespace sfu {

class Track;

// One RTP packet as its publisher sent it; but for `payload`, which the filters before this one may have replaced.
// Valid for the call alone.
struct TrackPacket {
  std::string_view mime_type;  // "video/VP8", "audio/opus"; of redundant audio that of the sound in it
  // What the RTP payload begins with that is the packet's and not the codec's: VP8's and VP9's descriptor, AV1's
  // aggregation header, the header of H264's and H265's payloads; of redundant audio all that is not the newest block.
  // It stays as it is, but for the picture numbers that each subscriber gets. Empty where the payload cannot be read.
  std::span<const std::uint8_t> descriptor;
  // The rest: what a filter may replace. Empty at most of redundant audio.
  std::span<const std::uint8_t> payload;

  std::uint32_t ssrc = 0;
  std::uint16_t sequence_number = 0;
  std::uint32_t timestamp = 0;    // in units of the codec's clock
  std::uint8_t payload_type = 0;  // as negotiated with the publisher
  bool marker = false;
  bool redundant = false;  // audio/red (RFC 2198)
  bool recovered = false;  // it was lost, and came by RTX

  // Video. What cannot be told is 0 or false.
  std::uint8_t layer = 0;           // which encoding of a simulcast, 0 the lowest
  std::uint8_t spatial_layer = 0;   // within the encoding
  std::uint8_t temporal_layer = 0;  // the same
  bool starts_frame = false;
  bool starts_keyframe = false;  // shows that a decoder may start with this frame

  // Audio: -dBov, 0 the loudest and 127 silence (RFC 6464), and whether it is speech, if the publisher says so.
  std::optional<std::uint8_t> audio_level{};
  bool voice = false;

  Instant arrived{};  // when its worker took it, on the engine's clock
};

struct PacketVerdict {
  enum class Action : std::uint8_t { kPass, kDrop, kReplace };

  Action action = Action::kPass;
  std::size_t size = 0;  // of the new payload

  static constexpr PacketVerdict pass() { return {}; }
  static constexpr PacketVerdict drop() { return {Action::kDrop, 0}; }
  // By the first `size` bytes of the room that the call had. None, or more than there is room, and it is dropped.
  static constexpr PacketVerdict replace(std::size_t size) { return {Action::kReplace, size}; }
};

// Implemented by a host. It is called on the worker's thread of the track's room: all media of its rooms waits
// meanwhile, so it must not block. Nothing may be thrown. It may call what is marked "any thread", and attach and
// detach filters of tracks of its worker, itself included.
//
// What it is shown: each packet that brings media, once, in the order of arrival, of all encodings and codecs of the
// track, also while it is muted and when nobody is subscribed. Not: padding, repetitions of what was there already.
//
// What the engine knows of a packet it has read before any filter: where frames begin, key frames, layers, VP8's
// picture numbers. It never looks into a replacement, which may be anything. But those who receive frames do: decoders
// in browsers, and LocalParticipant with receive_frames, must find a frame whose first bytes are the codec's. What
// encrypts for them leaves those as they are (of VP8 ten of a key frame and three of others, as LiveKit's SDKs do), and
// of H264, H265 and AV1 takes whole frames, not packets. Subscribers at the level of RTP take anything.
//
// A replacement is what all subscribers get, in repetitions too. Of redundant audio only the newest block is shown, and
// only that remains in a packet that is replaced: the older blocks repeat what earlier packets brought, as it was
// before. So they are left out for the third of a second after one that was replaced or dropped too.
//
// A dropped packet is not shown to the filters behind, and leaves no gap in what subscribers get; of VP8, the whole
// frame goes with its first packet. Where later ones went out already, an empty packet takes its number. The publisher
// is told that it arrived, and is not asked for it again. A decoder that misses a frame asks for a key frame: to drop
// frames and not be asked, drop those that no other needs. StreamStatistics::filtered counts what was dropped.
class PacketFilter {
 public:
  virtual ~PacketFilter() = default;

  // `room` is for a replacement: it does not overlap with the packet, holds at least as much as its payload, and as
  // much more as fits into 1400 bytes of RTP with all its headers, so that the packet passes where Ethernet's do.
  // Undefined before it is written.
  virtual PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept = 0;

  // The track has ended: the last call. Not where the filter was detached before.
  virtual void on_ended() noexcept {}
};

// A filter in its place; destroying it, or detach(), takes it out. Both from any thread: they wait for the track's
// worker, and no call of the filter comes after they have returned. So they must not hold a lock that the filter takes,
// nor come from another worker, which may be waiting for this one. On the track's own worker they take effect at once;
// within on_packet() that call is the last one, and the filter must live until it returns.
// To be destroyed before the engine. Once the track has ended, it is of no effect.
class AttachedFilter {
 public:
  AttachedFilter() noexcept;  // of nothing
  AttachedFilter(AttachedFilter&& other) noexcept;
  AttachedFilter& operator=(AttachedFilter&& other) noexcept;
  ~AttachedFilter();

  void detach();
  // Whether this is the thread of the track's worker, where detaching does not wait.
  bool on_worker() const;

 private:
  friend class Track;
  class Impl;
  explicit AttachedFilter(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu
