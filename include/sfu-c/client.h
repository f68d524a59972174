/* SPDX-License-Identifier: Apache-2.0 */
/* A client of a LiveKit server, or of this library's: it joins a room, publishes encoded media, receives that of
 * others, and exchanges data, streams and calls with them. It encodes and decodes nothing. Connections that are lost
 * are made again by the client itself. One that sfu_room_join() (local_participant.h) makes has no connection: it is in
 * a room of this process.
 * Its functions hand their work over to the client's own thread, or to the room's worker if it is in this process; a
 * function that succeeds says that this was done. "The client's thread" below means that one. */
#ifndef SFU_C_CLIENT_H
#define SFU_C_CLIENT_H

#include "sfu-c/media.h"
#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sfu_client_options {
  uint32_t size;
  const char* url;               /* "ws://host:port" or "wss://host" */
  const char* token;             /* sfu_access_token_create() */
  sfu_setting single_connection; /* one peer connection for both ways; default: on */
  sfu_setting auto_subscribe;    /* to every track; default: on */
  sfu_bool adaptive_stream;
  /* In place of the token's, if it allows. */
  const char* metadata;
  const sfu_pair* attributes;
  size_t attribute_count;
  const char* const* media_addresses; /* where media comes from and goes to; none: every interface */
  size_t media_address_count;
  const char* ca_file;        /* wss: PEM file of the authorities that are trusted; none: the system's */
  sfu_bool any_server;        /* take any certificate: for tests */
  sfu_setting receive_frames; /* put what is received together to frames (on_frame); default: on */
  /* Opus goes and comes as RED (RFC 2198) where the server has it, so that sound survives the loss of one packet or
   * two, for about twice the bytes. */
  sfu_bool audio_redundancy;
} sfu_client_options;

typedef int32_t sfu_disconnect_reason;
enum {
  SFU_DISCONNECT_OTHER = 0,
  SFU_DISCONNECT_CLIENT_INITIATED = 1,
  SFU_DISCONNECT_DUPLICATE_IDENTITY = 2,
  SFU_DISCONNECT_SERVER_SHUTDOWN = 3,
  SFU_DISCONNECT_PARTICIPANT_REMOVED = 4,
  SFU_DISCONNECT_ROOM_DELETED = 5,
  SFU_DISCONNECT_ROOM_CLOSED = 6,
  SFU_DISCONNECT_JOIN_FAILED = 7,
  SFU_DISCONNECT_LOST = 8 /* the connection could not be made again */
};

typedef struct sfu_data_message {
  uint32_t size;
  sfu_bool reliable;
  const char* sender; /* identity; empty: the server */
  const char* topic;
  const uint8_t* bytes;
  size_t length;
} sfu_data_message;

typedef struct sfu_speaker {
  uint32_t size;
  const char* identity;
  double level; /* 0 to 1; 0: silent again */
} sfu_speaker;

typedef struct sfu_stream_info {
  uint32_t size;
  sfu_bool text;
  const char* id;
  const char* sender; /* identity */
  const char* topic;
  const char* mime_type;
  const char* name;
  int64_t total_length; /* bytes; -1: the sender did not know */
  const sfu_pair* attributes;
  size_t attribute_count;
  const char* reply_to;
} sfu_stream_info;

/* On the client's thread, in order. */
typedef struct sfu_client_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);

  /* The room was joined. Who is in it is told right after. */
  void (*on_connected)(void* user, const sfu_room_info* room, const sfu_participant_info* self);
  /* Media and data flow: after a join, and after each reconnection. */
  void (*on_ready)(void* user);
  /* A connection was lost. `resuming`: the session goes on; else it is replaced. */
  void (*on_reconnecting)(void* user, sfu_bool resuming);
  void (*on_reconnected)(void* user, sfu_bool resumed);
  /* For good; nothing follows. `status` and `message` tell why, of SFU_DISCONNECT_JOIN_FAILED and _LOST. */
  void (*on_disconnected)(void* user, sfu_disconnect_reason reason, sfu_status status, const char* message);
  /* Into another room, by the server. */
  void (*on_moved)(void* user, const sfu_room_info* room);

  void (*on_participant_joined)(void* user, const sfu_participant_info* participant);
  void (*on_participant_changed)(void* user, const sfu_participant_info* participant);
  void (*on_participant_left)(void* user, const sfu_participant_info* participant);
  /* Of other participants. */
  void (*on_track_published)(void* user, const char* identity, const sfu_track_info* track);
  void (*on_track_changed)(void* user, const char* identity, const sfu_track_info* track);
  void (*on_track_unpublished)(void* user, const char* identity, const sfu_track_info* track);
  /* Those whose loudness changed. */
  void (*on_speakers)(void* user, const sfu_speaker* const* speakers, size_t count);

  /* Media of the track follows, or ends. */
  void (*on_subscribed)(void* user, const char* track_sid, const char* identity, sfu_codec codec);
  void (*on_unsubscribed)(void* user, const char* track_sid);
  /* A frame that is whole, and for video decodable after those before it (receive_frames). */
  void (*on_frame)(void* user, const char* track_sid, sfu_codec codec, const sfu_frame* frame);
  /* Each packet as it arrived, unordered; `recovered`: it was lost and asked for again. */
  void (*on_rtp)(void* user, const char* track_sid, const uint8_t* packet, size_t length, sfu_bool recovered);

  /* Of one's own tracks, by the id given to sfu_client_publish(). Writing begins with on_published(), also after a
   * reconnection. */
  void (*on_published)(void* user, const char* id, const char* track_sid);
  void (*on_publish_failed)(void* user, const char* id, sfu_status status, const char* message);
  void (*on_keyframe_requested)(void* user, const char* id, uint32_t layer);

  void (*on_data)(void* user, const sfu_data_message* message);
  /* A text stream that has come whole, of 16 MiB at most; of all that come, 32 MiB are kept. */
  void (*on_text)(void* user, const sfu_stream_info* info, const char* text, size_t length);
  /* Every stream, as it comes: 16 of one sender at a time. One that brings nothing for 60 s ends. */
  void (*on_stream_opened)(void* user, const sfu_stream_info* info);
  void (*on_stream_data)(void* user, const char* sender, const char* id, const uint8_t* bytes, size_t length);
  /* SFU_OK: it came whole. */
  void (*on_stream_closed)(void* user, const char* sender, const char* id, sfu_status status, const char* message);
} sfu_client_callbacks;

typedef struct sfu_client sfu_client;

/* Begins to connect; on_connected or on_disconnected follows, maybe before this returns; where no server answers, the
 * latter after three more attempts in some seconds. Errors:
 * SFU_ERROR_INVALID_ARGUMENT (the URL), SFU_ERROR_UNAVAILABLE (sockets, certificate). Waits, for files. */
SFU_API sfu_status sfu_client_connect(const sfu_client_options* options, const sfu_client_callbacks* callbacks,
                                      sfu_client** client);
/* Leaves the room, ends the thread and gives the handle back; callbacks do not come any more. Up to a second. Waits. */
SFU_API sfu_status sfu_client_release(sfu_client* client);
/* Leaves the room; on_disconnected follows. */
SFU_API sfu_status sfu_client_leave(sfu_client* client);

/* --- publishing ----------------------------------------------------------------------------------------------------*/

/* `id` is the caller's name for the track; on_published or on_publish_failed follows. */
SFU_API sfu_status sfu_client_publish(sfu_client* client, const char* id, const sfu_publish_options* options);
SFU_API sfu_status sfu_client_unpublish(sfu_client* client, const char* id);
SFU_API sfu_status sfu_client_set_muted(sfu_client* client, const char* id, sfu_bool muted);
/* What is written before on_published, while reconnecting, or while muted, is dropped. `layer`: which of
 * sfu_publish_options.layers, else 0. Bytes are copied. */
SFU_API sfu_status sfu_client_write_frame(sfu_client* client, const char* id, const sfu_frame* frame, uint32_t layer);
/* A whole RTP packet; payload type, SSRC and header extensions are replaced. */
SFU_API sfu_status sfu_client_write_rtp(sfu_client* client, const char* id, const uint8_t* packet, size_t length,
                                        uint32_t layer);

/* --- subscribing ---------------------------------------------------------------------------------------------------*/

SFU_API sfu_status sfu_client_subscribe(sfu_client* client, const char* track_sid, sfu_bool subscribed);
SFU_API sfu_status sfu_client_set_track_settings(sfu_client* client, const char* track_sid,
                                                 const sfu_track_settings* settings);
/* Asks the publisher of a subscribed track for a key frame; for frames (receive_frames) that is done where one is
 * needed. */
SFU_API sfu_status sfu_client_request_key_frame(sfu_client* client, const char* track_sid);

/* --- oneself -------------------------------------------------------------------------------------------------------*/

/* Needs a token that allows it; `permission` must be NULL. */
SFU_API sfu_status sfu_client_update(sfu_client* client, const sfu_participant_changes* changes);

/* --- data ----------------------------------------------------------------------------------------------------------*/

/* Up to 60000 bytes. `options` may be NULL; of it sids and nonce are not used. Before on_connected, and while
 * reconnecting, it waits inside. Errors: SFU_ERROR_INVALID_ARGUMENT (too large). */
SFU_API sfu_status sfu_client_send_data(sfu_client* client, const uint8_t* bytes, size_t length,
                                        const sfu_data_options* options);

typedef struct sfu_stream_options {
  uint32_t size;
  const char* topic;
  const char* const* to; /* identities; none: everyone */
  size_t to_count;
  const sfu_pair* attributes;
  size_t attribute_count;
  const char* mime_type; /* empty: text/plain, application/octet-stream */
  const char* name;      /* of byte streams: the file's */
  const char* reply_to;  /* of text streams: another's id */
} sfu_stream_options;

/* A whole stream. `options` may be NULL, here and below. */
SFU_API sfu_status sfu_client_send_text(sfu_client* client, const char* text, size_t length,
                                        const sfu_stream_options* options);
SFU_API sfu_status sfu_client_send_bytes(sfu_client* client, const uint8_t* bytes, size_t length,
                                         const sfu_stream_options* options);
/* A stream that grows. `id` is the caller's, and the receivers'; unique in the room. */
SFU_API sfu_status sfu_client_open_stream(sfu_client* client, const char* id, sfu_bool text,
                                          const sfu_stream_options* options);
SFU_API sfu_status sfu_client_write_stream(sfu_client* client, const char* id, const uint8_t* bytes, size_t length);
/* `reason`, unless empty: why it ends before it is whole. */
SFU_API sfu_status sfu_client_close_stream(sfu_client* client, const char* id, const char* reason);

/* --- remote procedure calls ----------------------------------------------------------------------------------------*/

/* `done`: on the client's thread; when the client is released first, on that thread, with code 1501 or
 * 1505. */
SFU_API sfu_status sfu_client_perform_rpc(sfu_client* client, const char* identity, const sfu_rpc_request* request,
                                          sfu_rpc_done done, void* user);

typedef struct sfu_rpc_call {
  uint32_t size;
  const char* caller; /* identity */
  const char* method;
  const char* payload;
  int64_t timeout_ms; /* how long the caller waits */
} sfu_rpc_call;

/* Answers one call. */
typedef struct sfu_rpc_responder sfu_rpc_responder;
/* A second answer, and one after the client has gone, do nothing. */
SFU_API sfu_status sfu_rpc_responder_answer(sfu_rpc_responder* responder, const sfu_rpc_result* result);
/* Without an answer before it, the caller is told 1500. */
SFU_API sfu_status sfu_rpc_responder_release(sfu_rpc_responder* responder);

typedef struct sfu_rpc_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* On the client's thread. `responder` is a handle that the callee must release; it answers now or later. */
  void (*on_call)(void* user, const sfu_rpc_call* call, sfu_rpc_responder* responder);
} sfu_rpc_callbacks;

/* Calls of this method come to `callbacks`. Replaces an earlier one. */
SFU_API sfu_status sfu_client_register_rpc(sfu_client* client, const char* method, const sfu_rpc_callbacks* callbacks);
SFU_API sfu_status sfu_client_unregister_rpc(sfu_client* client, const char* method);

#ifdef __cplusplus
}
#endif

#endif
