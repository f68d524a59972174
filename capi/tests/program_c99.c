/* SPDX-License-Identifier: Apache-2.0 */
/* A host in C, of the engine alone: it knows its people by passwords, decides who may come, and hands signalling
 * messages in and out where its WebSockets would be. */
#include <stdio.h>
#include <string.h>

#include "sfu-c/sfu.h"

const char* program_of_c99(void);

struct program {
  int events;
  int logged;
  int dropped;
  int rejected_status;
  char rejected_body[64];
};

static void count_event(void* user, const sfu_event* event) {
  (void)event;
  ++((struct program*)user)->events;
}

static void count_line(void* user, sfu_log_level level, const char* message, const sfu_pair* fields, size_t count) {
  (void)level, (void)message, (void)fields, (void)count;
  ++((struct program*)user)->logged;
}

static void count_dropped(void* user) {
  ++((struct program*)user)->dropped;
}

static void check_password(void* user, const char* token, int64_t now_ms, sfu_answer* answer) {
  sfu_claims claims;
  sfu_video_grant video;
  (void)user, (void)now_ms;
  if (strcmp(token, "open sesame") != 0) {
    sfu_answer_refuse(answer, "say it again");
    return;
  }
  SFU_INIT(video);
  video.room_join = 1;
  video.room = "cave";
  SFU_INIT(claims);
  claims.identity = "ali";
  claims.video = &video;
  sfu_answer_claims(answer, &claims);
}

static void on_rejected(void* user, int32_t status, const char* body) {
  struct program* program = user;
  program->rejected_status = status;
  snprintf(program->rejected_body, sizeof program->rejected_body, "%s", body);
}

static sfu_status open_nothing(void* user, uint32_t worker, void** transport) {
  (void)user, (void)worker, (void)transport;
  return SFU_OK;
}
static void close_nothing(void* user, void* transport) {
  (void)user, (void)transport;
}
static void send_nothing(void* user, void* transport, const sfu_datagram* batch, size_t count) {
  (void)user, (void)transport, (void)batch, (void)count;
}
static int no_descriptor(void* user, void* transport) {
  (void)user, (void)transport;
  return -1;
}
static sfu_bool receive_nothing(void* user, void* transport, int64_t now_ns, sfu_packet_sink* sink) {
  (void)user, (void)transport, (void)now_ns, (void)sink;
  return 0;
}
static size_t no_candidates(void* user, void* transport, const sfu_address** addresses) {
  (void)user, (void)transport, (void)addresses;
  return 0;
}

/* What is wrong, or NULL. */
static const char* use(sfu_engine* engine, struct program* program) {
  const sfu_pair query[] = {{"access_token", "close sesame"}};
  sfu_connect_request request;
  sfu_signal_callbacks socket;
  sfu_signal_session* session = NULL;
  const sfu_room_info* info = NULL;

  SFU_INIT(request);
  request.path = "/rtc";
  request.query = query;
  request.query_count = 1;
  SFU_INIT(socket);
  socket.user = program;
  socket.dropped = count_dropped;
  socket.rejected = on_rejected;
  if (sfu_engine_connect(engine, &request, &socket, &session) != SFU_OK) return sfu_last_error_message();
  if (sfu_signal_session_release(session) != SFU_OK) return sfu_last_error_message();
  if (program->rejected_status != 401) return "a wrong password was let in";
  if (strstr(program->rejected_body, "say it again") == NULL) return "the reason did not arrive";

  if (sfu_engine_create_room(engine, "cave", NULL, NULL, &info) != SFU_OK) return sfu_last_error_message();
  if (strcmp(info->name, "cave") != 0) return "a room has another name";
  return sfu_free(info) == SFU_OK ? NULL : sfu_last_error_message();
}

const char* program_of_c99(void) {
  struct program program = {0};
  sfu_log_callbacks log;
  sfu_event_callbacks events;
  sfu_auth_callbacks auth;
  sfu_transport_callbacks transport;
  sfu_engine_options options;
  sfu_engine* engine = NULL;
  const char* failure;

  SFU_INIT(log);
  log.user = &program;
  log.dropped = count_dropped;
  log.log = count_line;
  SFU_INIT(events);
  events.user = &program;
  events.dropped = count_dropped;
  events.on_event = count_event;
  SFU_INIT(auth);
  auth.user = &program;
  auth.dropped = count_dropped;
  auth.authenticate = check_password;
  SFU_INIT(transport);
  transport.dropped = count_dropped;
  transport.user = &program;
  transport.open = open_nothing;
  transport.close = close_nothing;
  transport.send = send_nothing;
  transport.poll_descriptor = no_descriptor;
  transport.receive = receive_nothing;
  transport.candidates = no_candidates;

  SFU_INIT(options);
  options.workers = 1;
  options.log = &log;
  options.log_level = SFU_LOG_DEBUG;
  options.events = &events;
  options.auth = &auth;
  options.transport = &transport;
  if (sfu_engine_create(&options, &engine) != SFU_OK) return sfu_last_error_message();
  failure = use(engine, &program);
  if (sfu_engine_release(engine) != SFU_OK) return sfu_last_error_message();
  if (failure != NULL) return failure;
  if (program.events != 2) return "a room did not begin and end";
  if (program.logged == 0) return "nothing was logged";
  return program.dropped == 5 ? NULL : "not all callbacks were let go of";
}
