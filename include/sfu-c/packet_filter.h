/* SPDX-License-Identifier: Apache-2.0 */
/* A host's hand on the media of one published track: it observes packets, drops them, or gives them another payload,
 * before anybody is sent them. */
#ifndef SFU_C_PACKET_FILTER_H
#define SFU_C_PACKET_FILTER_H

#include "sfu-c/room.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A filter in its place. */
typedef struct sfu_packet_filter sfu_packet_filter;

/* One RTP packet as its publisher sent it; but for `payload`, which the filters before this one may have replaced. */
typedef struct sfu_track_packet {
  uint32_t size;
  uint32_t ssrc;
  uint32_t timestamp; /* in units of the codec's clock */
  uint16_t sequence_number;
  uint8_t payload_type; /* as negotiated with the publisher */
  /* Video; 0 where it cannot be told. */
  uint8_t layer;          /* which encoding of a simulcast, 0 the lowest */
  uint8_t spatial_layer;  /* within the encoding */
  uint8_t temporal_layer; /* the same */
  sfu_bool marker;
  sfu_bool redundant; /* audio/red (RFC 2198) */
  sfu_bool recovered; /* it was lost, and came by RTX */
  sfu_bool starts_frame;
  sfu_bool starts_keyframe; /* shows that a decoder may start with this frame */
  sfu_bool voice;           /* audio: speech, if the publisher says so */
  int32_t audio_level;      /* -dBov, 0 the loudest and 127 silence (RFC 6464); -1: not told */
  int64_t arrived_ns;       /* when its worker took it, on the engine's clock */
  const char* mime_type;    /* "video/VP8", "audio/opus"; of redundant audio that of the sound in it */
  /* What the RTP payload begins with that is the packet's and not the codec's: VP8's and VP9's descriptor, AV1's
   * aggregation header, the header of H264's and H265's payloads; of redundant audio all that is not the newest block.
   * It stays as it is, but for the picture numbers that each subscriber gets. */
  const uint8_t* descriptor;
  size_t descriptor_length;
  /* The rest: what a filter may replace. */
  const uint8_t* payload;
  size_t payload_length;
} sfu_track_packet;

/* What becomes of a packet; a positive number: its payload is replaced by so many bytes of the room that the call had,
 * and it is dropped if there are fewer. */
typedef int64_t sfu_packet_verdict;
enum { SFU_PACKET_PASS = 0, SFU_PACKET_DROP = -1 };

/* On the worker of the track's room: all media of its rooms waits meanwhile. */
typedef struct sfu_packet_filter_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* Each packet that brings media, once, in the order of arrival, of all encodings and codecs of the track, also while
   * it is muted and when nobody is subscribed. Not: padding, repetitions of what was there already.
   *
   * `room` is for a replacement: it does not overlap with the packet, holds at least as much as its payload, and as
   * much more as fits into 1400 bytes of RTP with all its headers. A replacement is never looked into, and may be
   * anything: where frames begin, key frames, layers and VP8's picture numbers are read before any filter. But who
   * receives frames, as browsers' decoders and sfu_client_callbacks.on_frame, must find a frame whose first bytes are
   * the codec's (of VP8 ten of a key frame and three of others); and of H264, H265 and AV1 takes whole frames, not
   * packets.
   *
   * All subscribers get the replacement, in repetitions too. Of redundant audio only the newest block remains in a
   * packet that is replaced. A dropped packet leaves no gap in what subscribers get; of VP8, the whole frame goes with
   * its first packet; where later ones went out already, an empty packet takes its number. The publisher is told that
   * it arrived. */
  sfu_packet_verdict (*on_packet)(void* user, const sfu_track_packet* packet, uint8_t* room, size_t room_length);
  /* The track has ended: on_packet comes no more. Not where the filter was released before. */
  void (*on_ended)(void* user);
} sfu_packet_filter_callbacks;

/* Puts a filter on the track's packets, behind those that it has. It goes with the track into other rooms
 * (sfu_participant_move_to), where that is not a new connection; what its packets become is what a room gets that they
 * are forwarded to. Result: `filter`. Errors: SFU_ERROR_UNSUPPORTED (of a forwarded participant: attach in its own
 * room). Waits; but in callbacks on the worker of the track's room it is done at once: on SFU_EVENT_TRACK_PUBLISHED it
 * misses no packet. */
SFU_API sfu_status sfu_track_attach_filter(sfu_track* track, const sfu_packet_filter_callbacks* callbacks,
                                           sfu_packet_filter** filter);
/* Takes it out: it is called no more. Waits; but in callbacks on the worker of the track's room it is done at once, and
 * within on_packet that call is the last one. */
SFU_API sfu_status sfu_packet_filter_release(sfu_packet_filter* filter);

#ifdef __cplusplus
}
#endif

#endif
