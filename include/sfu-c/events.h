/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in the rooms, told to the host. The events and their names are those of LiveKit's webhooks. */
#ifndef SFU_C_EVENTS_H
#define SFU_C_EVENTS_H

#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t sfu_event_kind;
enum {
  SFU_EVENT_ROOM_STARTED = 0,
  SFU_EVENT_ROOM_FINISHED = 1,
  SFU_EVENT_PARTICIPANT_JOINED = 2, /* connected: SFU_PARTICIPANT_ACTIVE */
  SFU_EVENT_PARTICIPANT_LEFT = 3,
  SFU_EVENT_PARTICIPANT_CONNECTION_ABORTED = 4, /* left without ever becoming active */
  SFU_EVENT_TRACK_PUBLISHED = 5,
  SFU_EVENT_TRACK_UNPUBLISHED = 6
};

/* Each joined is followed by exactly one left with the same participant's sid, and each room's start by its finish,
 * which is the last event of the room; also when the engine is stopped. */
typedef struct sfu_event {
  uint32_t size;
  sfu_event_kind kind;
  const char* name;  /* "participant_joined" */
  const char* id;    /* "EV_...", as in webhooks */
  uint64_t sequence; /* within the room's sid: 1, 2, 3, ... without a gap */
  int64_t at_ms;
  const sfu_room_info* room;
  const sfu_participant_info* participant; /* NULL for events of the room */
  const sfu_track_info* track;             /* NULL but for events of a track */
} sfu_event;

typedef struct sfu_event_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* On the worker of the event's room, in the order in which things happened there. */
  void (*on_event)(void* user, const sfu_event* event);
} sfu_event_callbacks;

#ifdef __cplusplus
}
#endif

#endif
