/* SPDX-License-Identifier: Apache-2.0 */
/* A C program with an SFU in it, which knows its people by itself: no access tokens, but names and passwords; and hears
 * what happens in its rooms. `embed-c [port [UDP port]]`; Enter ends it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sfu-c/sfu.h"

struct member {
  const char* password; /* what a client gives as its token */
  const char* name;
  int may_speak;
};

static const struct member members[] = {{"sunflower", "ann", 1}, {"tulip", "ben", 1}, {"daisy", "guest", 0}};

static void authenticate(void* user, const char* token, int64_t now_ms, sfu_answer* answer) {
  size_t i;
  (void)user, (void)now_ms;
  for (i = 0; i < sizeof members / sizeof members[0]; ++i) {
    sfu_video_grant grant;
    sfu_claims claims;
    if (strcmp(token, members[i].password) != 0) continue;
    SFU_INIT(grant);
    grant.room_join = 1;
    grant.room = "lobby";
    grant.can_publish = members[i].may_speak ? SFU_ON : SFU_OFF;
    SFU_INIT(claims);
    claims.identity = members[i].name;
    claims.video = &grant;
    sfu_answer_claims(answer, &claims);
    return;
  }
  sfu_answer_refuse(answer, "we do not know you");
}

static void on_join(void* user, const sfu_join_request* request, sfu_decision* decision) {
  (void)user;
  if (request->participants >= 10) {
    sfu_decision_deny(decision, "the lobby is full");
  } else {
    sfu_decision_allow(decision);
  }
  sfu_decision_release(decision);
}

/* Where LiveKit's servers would post a webhook. */
static void on_event(void* user, const sfu_event* event) {
  (void)user;
  printf("%s %s\n", event->name, event->participant != NULL ? event->participant->identity : event->room->name);
  fflush(stdout);
}

static int complain(void) {
  fprintf(stderr, "embed-c: %s\n", sfu_last_error_message());
  return 1;
}

int main(int argc, char** argv) {
  sfu_auth_callbacks auth;
  sfu_policy_callbacks policy;
  sfu_event_callbacks events;
  sfu_engine_options engine;
  sfu_server_options options;
  sfu_server* server;
  uint16_t port;

  SFU_INIT(auth);
  auth.authenticate = authenticate;
  SFU_INIT(policy);
  policy.on_join = on_join;
  SFU_INIT(events);
  events.on_event = on_event;
  SFU_INIT(engine);
  engine.auth = &auth;
  engine.policy = &policy;
  engine.events = &events;
  engine.loopback = 1;
  SFU_INIT(options);
  options.engine = &engine;
  options.port = argc > 1 ? atoi(argv[1]) : 7880;
  if (options.port == 0) options.port = SFU_NONE; /* a free one */
  if (argc > 2) engine.udp_port_first = (uint16_t)atoi(argv[2]);

  if (sfu_server_create(&options, &server) != SFU_OK) return complain();
  if (sfu_server_get_port(server, &port) != SFU_OK) return complain();
  printf("listening at ws://127.0.0.1:%u\n", (unsigned)port);
  fflush(stdout);
  getchar(); /* meanwhile people come and go, on threads of the library */
  return sfu_server_release(server) == SFU_OK ? 0 : complain();
}
