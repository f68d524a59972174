/* SPDX-License-Identifier: Apache-2.0 */
/* An engine with its control plane: the HTTP port that clients and server SDKs of LiveKit speak to. */
#ifndef SFU_C_SERVER_H
#define SFU_C_SERVER_H

#include "sfu-c/egress.h"
#include "sfu-c/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* `yaml` says first what the server is like; what else is set here, and in `engine`, replaces what the YAML has. */
typedef struct sfu_server_options {
  uint32_t size;
  int32_t port; /* HTTP and WebSocket; 7880. SFU_NONE takes a free one: sfu_server_get_port() */

  const char* yaml;           /* LiveKit's configuration */
  const char* yaml_file_name; /* for messages */
  sfu_bool yaml_lenient;      /* unknown keys are warned of, not refused */
  const sfu_pair* overrides;  /* over the YAML: a key, as "room.empty_timeout", and its value */
  size_t override_count;
  /* LiveKit's --dev: what nothing else says becomes key `devkey` with secret `secret`, on the loopback addresses, UDP
   * port 7882 and log level debug; and the pages below give tokens to anyone who reaches the port. */
  sfu_bool development;

  const char* const* bind_addresses; /* none: all interfaces */
  size_t bind_address_count;
  const char* meet_directory; /* served at /meet/ */
  const char* console_directory;

  /* Webhooks: events are posted there, as well as given to the engine's callbacks. */
  const char* const* webhook_urls;
  size_t webhook_url_count;
  const char* webhook_api_key; /* one of the keys; signs */
  const char* const* webhook_include_events;
  size_t webhook_include_event_count;
  const char* const* webhook_exclude_events;
  size_t webhook_exclude_event_count;
  sfu_bool webhook_full_room_in_track_events;
  int64_t webhook_max_age_ms;      /* an event that has waited longer is dropped; 30000 */
  uint64_t webhook_max_depth;      /* events of one room that wait; 200 */
  const char* webhook_ca_file;     /* PEM; none: the system's authorities */
  int64_t webhook_stop_timeout_ms; /* 10000 */

  uint16_t metrics_port; /* for Prometheus, beside /metrics on the HTTP port; 0: none */
  const char* metrics_username;
  const char* metrics_password;
  int64_t request_body_limit; /* bytes; 10 MiB */

  const sfu_engine_options* engine; /* keys, log and plug points among it */
} sfu_server_options;

typedef struct sfu_server sfu_server;

/* Opens the port and starts the engine. Errors: SFU_ERROR_UNAVAILABLE (a port in use: the message names it),
 * SFU_ERROR_INVALID_ARGUMENT (of YAML: "config.yaml:12: unknown key rtc.udp_prot"), for a key file also
 * SFU_ERROR_NOT_FOUND and SFU_ERROR_PERMISSION_DENIED. Waits. */
SFU_API sfu_status sfu_server_create(const sfu_server_options* options, sfu_server** server);
/* sfu_server_stop(), and gives the handle back. Waits. */
SFU_API sfu_status sfu_server_release(sfu_server* server);
/* Stops taking connections, tells the clients, ends the rooms; then waits for webhooks that are not delivered yet, as
 * long as webhook_stop_timeout_ms. Again: does nothing. Waits. */
SFU_API sfu_status sfu_server_stop(sfu_server* server);
/* sfu_engine_drain(). */
SFU_API sfu_status sfu_server_drain(sfu_server* server, sfu_drain_done done, void* user, uint64_t* participants);
/* Another handle to its engine. */
SFU_API sfu_status sfu_server_engine(sfu_server* server, sfu_engine** engine);
/* The HTTP port in use. */
SFU_API sfu_status sfu_server_get_port(sfu_server* server, uint16_t* port);
/* Tells the webhooks of an egress of the host's, as it is now: SFU_EGRESS_STARTING as "egress_started", ACTIVE and
 * ENDING as "egress_updated", the others as "egress_ended". It goes to the URLs of the server if their filter lets it,
 * and to the egress's own in any case; to each URL in the order of the calls. Errors, with nothing sent:
 * SFU_ERROR_INVALID_ARGUMENT (no egress_id, an own URL that cannot be posted to), SFU_ERROR_UNAVAILABLE
 * (webhook_ca_file), SFU_ERROR_CLOSED. */
SFU_API sfu_status sfu_server_announce(sfu_server* server, const sfu_egress_info* egress);
/* What Prometheus reads. Result: `text`. */
SFU_API sfu_status sfu_server_get_metrics(sfu_server* server, char** text);

typedef struct sfu_string_list {
  uint32_t size;
  const char* const* items;
  size_t count;
} sfu_string_list;
/* Keys of the YAML that are understood but have no effect here, for the operator to read. Result: `warnings`. */
SFU_API sfu_status sfu_server_get_warnings(sfu_server* server, const sfu_string_list** warnings);

/* Of all URLs together, each counted by itself; all 0 without webhooks. */
typedef struct sfu_webhook_counters {
  uint32_t size;
  uint64_t delivered; /* answered, and not to be tried again: 4xx too */
  uint64_t failed;    /* given up */
  uint64_t dropped_age;
  uint64_t dropped_queue_full;
  uint64_t dropped_queue_closed; /* the server stopped */
  uint64_t queue_length;         /* waiting, or under way */
} sfu_webhook_counters;
/* Result: `counters`. */
SFU_API sfu_status sfu_server_get_webhook_counters(sfu_server* server, const sfu_webhook_counters** counters);

#ifdef __cplusplus
}
#endif

#endif
