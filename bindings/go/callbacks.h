/* SPDX-License-Identifier: Apache-2.0 */
/* The C ends of Go's callbacks. `user` is a cgo.Handle: a number, which Go must never see as a pointer. */
#ifndef SFU_GO_CALLBACKS_H
#define SFU_GO_CALLBACKS_H

#include "sfu-c/sfu.h"

/* Whether this thread is in a callback of the library. */
int sfu_go_in_callback(void);

void sfu_go_log(sfu_log_callbacks* to, uintptr_t user);
void sfu_go_events(sfu_event_callbacks* to, uintptr_t user);
void sfu_go_auth(sfu_auth_callbacks* to, uintptr_t user, int refresh);
void sfu_go_client_config(sfu_client_config_callbacks* to, uintptr_t user);
void sfu_go_policy(sfu_policy_callbacks* to, uintptr_t user, int join, int publish, int subscribe, int data);
void sfu_go_client(sfu_client_callbacks* to, uintptr_t user, int frames, int rtp, int streams);
void sfu_go_packet_filter(sfu_packet_filter_callbacks* to, uintptr_t user);
void sfu_go_rpc(sfu_rpc_callbacks* to, uintptr_t user);
void sfu_go_signal(sfu_signal_callbacks* to, uintptr_t user);

sfu_status sfu_go_engine_drain(sfu_engine* engine, uintptr_t user);
sfu_status sfu_go_server_drain(sfu_server* server, uintptr_t user);
sfu_status sfu_go_client_perform_rpc(sfu_client* client, const char* identity, const sfu_rpc_request* request,
                                     uintptr_t user);
sfu_status sfu_go_participant_perform_rpc(sfu_participant* participant, const sfu_rpc_request* request, uintptr_t user);

/* Without a struct in C's memory for each frame. */
sfu_status sfu_go_write_frame(sfu_client* client, const char* id, const uint8_t* bytes, size_t length,
                              uint32_t timestamp, int keyframe, uint32_t layer);

#endif
