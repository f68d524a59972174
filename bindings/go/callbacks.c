/* SPDX-License-Identifier: Apache-2.0 */
#include "callbacks.h"

#include "_cgo_export.h"

static __thread int depth;

int sfu_go_in_callback(void) {
  return depth;
}

/* Go's calls in callbacks run on this thread until they return. */
#define IN_CALLBACK(call) \
  do {                    \
    ++depth;              \
    call;                 \
    --depth;              \
  } while (0)
#define USER ((uintptr_t)user)

static void dropped(void* user) {
  goDropped(USER);
}

static void on_log(void* user, sfu_log_level level, const char* message, const sfu_pair* fields, size_t count) {
  IN_CALLBACK(goLog(USER, level, (char*)message, (sfu_pair*)fields, count));
}
void sfu_go_log(sfu_log_callbacks* to, uintptr_t user) {
  to->user = (void*)user;
  to->dropped = dropped;
  to->log = on_log;
}

static void on_event(void* user, const sfu_event* event) {
  IN_CALLBACK(goEvent(USER, (sfu_event*)event));
}
void sfu_go_events(sfu_event_callbacks* to, uintptr_t user) {
  to->user = (void*)user;
  to->dropped = dropped;
  to->on_event = on_event;
}

static void authenticate(void* user, const char* token, int64_t now_ms, sfu_answer* answer) {
  IN_CALLBACK(goAuthenticate(USER, (char*)token, now_ms, answer));
}
static void refresh_token(void* user, const sfu_claims* claims, int64_t now_ms, int64_t ttl_ms, sfu_answer* answer) {
  IN_CALLBACK(goRefresh(USER, (sfu_claims*)claims, now_ms, ttl_ms, answer));
}
void sfu_go_auth(sfu_auth_callbacks* to, uintptr_t user, int refresh) {
  to->user = (void*)user;
  to->dropped = dropped;
  to->authenticate = authenticate;
  if (refresh) to->refresh = refresh_token;
}

static void configure(void* user, const sfu_client_description* client, sfu_answer* answer) {
  IN_CALLBACK(goConfigure(USER, (sfu_client_description*)client, answer));
}
void sfu_go_client_config(sfu_client_config_callbacks* to, uintptr_t user) {
  to->user = (void*)user;
  to->dropped = dropped;
  to->configure = configure;
}

static void on_join(void* user, const sfu_join_request* request, sfu_decision* decision) {
  IN_CALLBACK(goJoin(USER, (sfu_join_request*)request, decision));
}
static void on_publish(void* user, const sfu_publish_request* request, sfu_decision* decision) {
  IN_CALLBACK(goPublish(USER, (sfu_publish_request*)request, decision));
}
static void on_subscribe(void* user, const sfu_subscribe_request* request, sfu_decision* decision) {
  IN_CALLBACK(goSubscribe(USER, (sfu_subscribe_request*)request, decision));
}
static void on_data_request(void* user, const sfu_data_request* request, sfu_answer* answer) {
  IN_CALLBACK(goDataRequest(USER, (sfu_data_request*)request, answer));
}
void sfu_go_policy(sfu_policy_callbacks* to, uintptr_t user, int join, int publish, int subscribe, int data) {
  to->user = (void*)user;
  to->dropped = dropped;
  if (join) to->on_join = on_join;
  if (publish) to->on_publish = on_publish;
  if (subscribe) to->on_subscribe = on_subscribe;
  if (data) to->on_data = on_data_request;
}

static void on_connected(void* user, const sfu_room_info* room, const sfu_participant_info* self) {
  IN_CALLBACK(goConnected(USER, (sfu_room_info*)room, (sfu_participant_info*)self));
}
static void on_ready(void* user) {
  IN_CALLBACK(goReady(USER));
}
static void on_reconnecting(void* user, sfu_bool resuming) {
  IN_CALLBACK(goReconnecting(USER, resuming));
}
static void on_reconnected(void* user, sfu_bool resumed) {
  IN_CALLBACK(goReconnected(USER, resumed));
}
static void on_disconnected(void* user, sfu_disconnect_reason reason, sfu_status status, const char* message) {
  IN_CALLBACK(goDisconnected(USER, reason, status, (char*)message));
}
static void on_moved(void* user, const sfu_room_info* room) {
  IN_CALLBACK(goMoved(USER, (sfu_room_info*)room));
}
static void on_participant_joined(void* user, const sfu_participant_info* participant) {
  IN_CALLBACK(goParticipantJoined(USER, (sfu_participant_info*)participant));
}
static void on_participant_changed(void* user, const sfu_participant_info* participant) {
  IN_CALLBACK(goParticipantChanged(USER, (sfu_participant_info*)participant));
}
static void on_participant_left(void* user, const sfu_participant_info* participant) {
  IN_CALLBACK(goParticipantLeft(USER, (sfu_participant_info*)participant));
}
static void on_track_published(void* user, const char* identity, const sfu_track_info* track) {
  IN_CALLBACK(goTrackPublished(USER, (char*)identity, (sfu_track_info*)track));
}
static void on_track_changed(void* user, const char* identity, const sfu_track_info* track) {
  IN_CALLBACK(goTrackChanged(USER, (char*)identity, (sfu_track_info*)track));
}
static void on_track_unpublished(void* user, const char* identity, const sfu_track_info* track) {
  IN_CALLBACK(goTrackUnpublished(USER, (char*)identity, (sfu_track_info*)track));
}
static void on_speakers(void* user, const sfu_speaker* const* speakers, size_t count) {
  IN_CALLBACK(goSpeakers(USER, (sfu_speaker**)speakers, count));
}
static void on_subscribed(void* user, const char* track_sid, const char* identity, sfu_codec codec) {
  IN_CALLBACK(goSubscribed(USER, (char*)track_sid, (char*)identity, codec));
}
static void on_unsubscribed(void* user, const char* track_sid) {
  IN_CALLBACK(goUnsubscribed(USER, (char*)track_sid));
}
static void on_frame(void* user, const char* track_sid, sfu_codec codec, const sfu_frame* frame) {
  IN_CALLBACK(goFrame(USER, (char*)track_sid, codec, (sfu_frame*)frame));
}
static void on_rtp(void* user, const char* track_sid, const uint8_t* packet, size_t length, sfu_bool recovered) {
  IN_CALLBACK(goRTP(USER, (char*)track_sid, (uint8_t*)packet, length, recovered));
}
static void on_published(void* user, const char* id, const char* track_sid) {
  IN_CALLBACK(goPublished(USER, (char*)id, (char*)track_sid));
}
static void on_publish_failed(void* user, const char* id, sfu_status status, const char* message) {
  IN_CALLBACK(goPublishFailed(USER, (char*)id, status, (char*)message));
}
static void on_keyframe_requested(void* user, const char* id, uint32_t layer) {
  IN_CALLBACK(goKeyframeRequested(USER, (char*)id, layer));
}
static void on_data(void* user, const sfu_data_message* message) {
  IN_CALLBACK(goData(USER, (sfu_data_message*)message));
}
static void on_text(void* user, const sfu_stream_info* info, const char* text, size_t length) {
  IN_CALLBACK(goText(USER, (sfu_stream_info*)info, (char*)text, length));
}
static void on_stream_opened(void* user, const sfu_stream_info* info) {
  IN_CALLBACK(goStreamOpened(USER, (sfu_stream_info*)info));
}
static void on_stream_data(void* user, const char* sender, const char* id, const uint8_t* bytes, size_t length) {
  IN_CALLBACK(goStreamData(USER, (char*)sender, (char*)id, (uint8_t*)bytes, length));
}
static void on_stream_closed(void* user, const char* sender, const char* id, sfu_status status, const char* message) {
  IN_CALLBACK(goStreamClosed(USER, (char*)sender, (char*)id, status, (char*)message));
}
void sfu_go_client(sfu_client_callbacks* to, uintptr_t user, int frames, int rtp, int streams) {
  to->user = (void*)user;
  to->dropped = dropped;
  to->on_connected = on_connected;
  to->on_ready = on_ready;
  to->on_reconnecting = on_reconnecting;
  to->on_reconnected = on_reconnected;
  to->on_disconnected = on_disconnected;
  to->on_moved = on_moved;
  to->on_participant_joined = on_participant_joined;
  to->on_participant_changed = on_participant_changed;
  to->on_participant_left = on_participant_left;
  to->on_track_published = on_track_published;
  to->on_track_changed = on_track_changed;
  to->on_track_unpublished = on_track_unpublished;
  to->on_speakers = on_speakers;
  to->on_subscribed = on_subscribed;
  to->on_unsubscribed = on_unsubscribed;
  if (frames) to->on_frame = on_frame;
  if (rtp) to->on_rtp = on_rtp;
  to->on_published = on_published;
  to->on_publish_failed = on_publish_failed;
  to->on_keyframe_requested = on_keyframe_requested;
  to->on_data = on_data;
  to->on_text = on_text;
  if (!streams) return;
  to->on_stream_opened = on_stream_opened;
  to->on_stream_data = on_stream_data;
  to->on_stream_closed = on_stream_closed;
}

static sfu_packet_verdict on_packet(void* user, const sfu_track_packet* packet, uint8_t* room, size_t length) {
  sfu_packet_verdict verdict;
  IN_CALLBACK(verdict = goPacket(USER, (sfu_track_packet*)packet, room, length));
  return verdict;
}
static void on_ended(void* user) {
  IN_CALLBACK(goFilterEnded(USER));
}
void sfu_go_packet_filter(sfu_packet_filter_callbacks* to, uintptr_t user) {
  to->user = (void*)user;
  to->dropped = dropped;
  to->on_packet = on_packet;
  to->on_ended = on_ended;
}

static void on_call(void* user, const sfu_rpc_call* call, sfu_rpc_responder* responder) {
  IN_CALLBACK(goCall(USER, (sfu_rpc_call*)call, responder));
}
void sfu_go_rpc(sfu_rpc_callbacks* to, uintptr_t user) {
  to->user = (void*)user;
  to->dropped = dropped;
  to->on_call = on_call;
}

static void accepted(void* user) {
  IN_CALLBACK(goSignalAccepted(USER));
}
static void rejected(void* user, int32_t status, const char* body) {
  IN_CALLBACK(goSignalRejected(USER, status, (char*)body));
}
static void send_message(void* user, const uint8_t* message, size_t length, sfu_bool text) {
  IN_CALLBACK(goSignalSend(USER, (uint8_t*)message, length, text));
}
static void close_socket(void* user, uint16_t code) {
  IN_CALLBACK(goSignalClose(USER, code));
}
void sfu_go_signal(sfu_signal_callbacks* to, uintptr_t user) {
  to->user = (void*)user;
  to->dropped = dropped;
  to->accepted = accepted;
  to->rejected = rejected;
  to->send = send_message;
  to->close = close_socket;
}

static void drained(void* user, sfu_status status) {
  goDrained(USER, status);
}
sfu_status sfu_go_engine_drain(sfu_engine* engine, uintptr_t user) {
  return sfu_engine_drain(engine, drained, (void*)user, NULL);
}
sfu_status sfu_go_server_drain(sfu_server* server, uintptr_t user) {
  return sfu_server_drain(server, drained, (void*)user, NULL);
}

static void rpc_done(void* user, const sfu_rpc_result* result) {
  goRPCDone(USER, (sfu_rpc_result*)result);
}
sfu_status sfu_go_client_perform_rpc(sfu_client* client, const char* identity, const sfu_rpc_request* request,
                                     uintptr_t user) {
  return sfu_client_perform_rpc(client, identity, request, rpc_done, (void*)user);
}
sfu_status sfu_go_participant_perform_rpc(sfu_participant* participant, const sfu_rpc_request* request,
                                          uintptr_t user) {
  return sfu_participant_perform_rpc(participant, request, rpc_done, (void*)user);
}

sfu_status sfu_go_write_frame(sfu_client* client, const char* id, const uint8_t* bytes, size_t length,
                              uint32_t timestamp, int keyframe, uint32_t layer) {
  sfu_frame frame;
  SFU_INIT(frame);
  frame.timestamp = timestamp;
  frame.bytes = bytes;
  frame.length = length;
  frame.is_keyframe = keyframe;
  return sfu_client_write_frame(client, id, &frame, layer);
}
