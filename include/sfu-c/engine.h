/* SPDX-License-Identifier: Apache-2.0 */
/* The SFU itself: workers, rooms, and the media between them. No HTTP and no configuration files: those are server.h.
 * An engine is independent of others in the same process. */
#ifndef SFU_C_ENGINE_H
#define SFU_C_ENGINE_H

#include "sfu-c/auth.h"
#include "sfu-c/client_config.h"
#include "sfu-c/clock.h"
#include "sfu-c/events.h"
#include "sfu-c/policy.h"
#include "sfu-c/room_options.h"
#include "sfu-c/statistics.h"
#include "sfu-c/transport.h"
#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t sfu_turn_protocol;
enum { SFU_TURN_UDP = 0, SFU_TURN_TCP = 1, SFU_TURN_TLS = 2 };

/* A TURN server that someone else runs, which clients are told of. They get the user name and credential that are given
 * here, or, with a secret that the server shares, some of their own that expire. */
typedef struct sfu_turn_server {
  uint32_t size;
  sfu_turn_protocol protocol;
  const char* host;
  uint16_t port; /* 3478 */
  const char* username;
  const char* credential;
  const char* secret; /* beats the two above */
  int64_t ttl_ms;     /* of a credential made with the secret; 4 hours */
} sfu_turn_server;

/* The TURN server that an engine has inside (RFC 8656), for clients that get no UDP through to the engine; they are
 * told of it, with credentials, when they join. With neither port there is none. It relays for participants alone. */
typedef struct sfu_turn_options {
  uint32_t size;
  uint16_t udp_port;            /* 0: not by UDP; 3478 is usual */
  uint16_t tls_port;            /* 0: not by TLS; 5349 is usual, 443 passes most firewalls */
  sfu_bool external_tls;        /* whoever is before tls_port has ended TLS: there it is TCP */
  uint16_t advertised_tls_port; /* of `domain`, which clients are told of; 443 */
  uint16_t relay_port_first;    /* what stands for clients: a UDP port for each allocation; 30000 */
  uint16_t relay_port_last;     /* 40000 */
  const char* domain;           /* that the certificate is for; needed with tls_port */
  const char* certificate_file; /* PEM, with what leads to an authority; needed with tls_port unless external_tls */
  const char* key_file;         /* PEM */
  const char* const* bind_addresses; /* none: those of the engine */
  size_t bind_address_count;
  int64_t allocations_per_participant; /* at a time; 12. SFU_NONE: no limit */
  int64_t credential_ttl_ms;           /* within which allocations are to be asked for; 300000 */
  /* Clients reach the engine's own media through the relay, and addresses of the internet; of private, loopback and
   * link-local ones those that are allowed, as "10.0.0.0/8". What is denied beats all that is allowed. */
  const char* const* allowed_peers;
  size_t allowed_peer_count;
  const char* const* denied_peers;
  size_t denied_peer_count;
} sfu_turn_options;

typedef struct sfu_engine_options {
  uint32_t size;
  uint32_t workers; /* 0: one a core, but no more than there are ports */
  /* UDP: where media arrives. Each worker takes the next free port of the range; if there are fewer ports than workers,
   * all share the first one. Both 0: 7882. */
  uint16_t udp_port_first;
  uint16_t udp_port_last; /* 0: udp_port_first */
  const char* const* bind_addresses;
  size_t bind_address_count; /* none, or an unspecified one: all that the next five let through */
  /* Where something is included, nothing else is. Interfaces by name ("eth0"), addresses as "10.0.0.0/8". */
  const char* const* included_interfaces;
  size_t included_interface_count;
  const char* const* excluded_interfaces;
  size_t excluded_interface_count;
  const char* const* included_addresses;
  size_t included_address_count;
  const char* const* excluded_addresses;
  size_t excluded_address_count;
  sfu_bool loopback;           /* loopback addresses beside the others; without others they are taken in any case */
  const char* const* node_ips; /* offered to clients instead of the bound addresses */
  size_t node_ip_count;
  const char* node_id; /* "ND_..."; empty: made at random */
  const char* region;

  /* What access tokens are signed with, API key to secret; needed unless `auth` authenticates. */
  const sfu_pair* keys;
  size_t key_count;

  const sfu_room_options* room_defaults;
  const sfu_room_preset* const* room_presets;
  size_t room_preset_count;
  const sfu_turn_server* const* turn_servers;
  size_t turn_server_count;
  const char* const* stun_servers; /* "host:port" */
  size_t stun_server_count;
  /* What all rooms together may hold; beyond it, who wants to join is answered 503. 0: no limit. */
  uint64_t track_limit;            /* published and subscribed ones */
  uint64_t bytes_per_second_limit; /* of media and data, received and sent */
  int64_t signal_message_limit;    /* bytes of one signalling message, inflated; 2 MiB */
  int64_t statistics_interval_ms;  /* how often workers publish what they count; 2000 */
  int64_t policy_timeout_ms;       /* what `policy` has not decided by then is denied; 5000 */
  sfu_bool host_driven;            /* no threads: one worker, whose turns the host takes with sfu_engine_run_once() */

  /* Rules for certain clients, before those that are known; used unless `client_config` is given. */
  const sfu_client_rule* const* client_rules;
  size_t client_rule_count;

  /* NULL takes the default. */
  const sfu_auth_callbacks* auth;                   /* default: `keys` */
  const sfu_policy_callbacks* policy;               /* default: what tokens and permissions allow is allowed */
  const sfu_event_callbacks* events;                /* default: nobody is told */
  const sfu_transport_callbacks* transport;         /* default: UDP sockets */
  const sfu_client_config_callbacks* client_config; /* default: the rules above, and what is known of browsers */
  const sfu_clock_callbacks* clock;                 /* default: the system's */
  const sfu_log_callbacks* log;                     /* default: standard error, if log_level asks for it */
  sfu_log_level log_level;                          /* lines below it are not made. Default: off, with `log` info */
  sfu_bool log_json;                                /* on standard error: one JSON object a line */

  /* TCP: for clients that UDP does not reach, one port for all workers; LiveKit's is 7881. 0: none */
  uint16_t tcp_port;
  sfu_bool tcp_port_optional; /* if it is taken, the engine does without */
  sfu_bool force_tcp;         /* UDP is not offered */
  sfu_setting tcp_fallback;   /* after failures of UDP a participant is offered TCP alone; default: on */

  const sfu_turn_options* turn; /* default: none; one that the host drives has none */
  /* A worker that is busier than this, in per cent of a core, has less busy ones encrypt and send for some of the
   * subscribers of its rooms. 100: never; SFU_NONE: whenever another one is less busy; 50. */
  int32_t lend_above_percent;
  /* The CPUs that workers run on, one each, and from the beginning again if there are more workers. None: wherever the
   * system puts them. */
  const int32_t* worker_cpus;
  size_t worker_cpu_count;
} sfu_engine_options;

typedef struct sfu_engine sfu_engine;
typedef struct sfu_room sfu_room;

/* Opens the sockets and starts the workers. Errors: SFU_ERROR_UNAVAILABLE (a port in use: the message names it),
 * SFU_ERROR_INVALID_ARGUMENT. Waits. */
SFU_API sfu_status sfu_engine_create(const sfu_engine_options* options, sfu_engine** engine);
/* sfu_engine_stop(), and gives the handle back; that of a server's engine is given back only. Waits. */
SFU_API sfu_status sfu_engine_release(sfu_engine* engine);

/* Tells every client that the server shuts down, ends all rooms and stops the workers. Again: does nothing. Waits. */
SFU_API sfu_status sfu_engine_stop(sfu_engine* engine);

/* SFU_OK: nobody is here. SFU_ERROR_CLOSED: stopped, or sfu_..._drain() was called again. On any thread. */
typedef void (*sfu_drain_done)(void* user, sfu_status status);
/* `done`, which may be NULL, comes as soon as nobody is in any room, maybe before this returns. Until then everything
 * goes on as before; who comes meanwhile is let in. `*participants`, unless NULL: how many there are now. */
SFU_API sfu_status sfu_engine_drain(sfu_engine* engine, sfu_drain_done done, void* user, uint64_t* participants);

/* The rooms that exist now; those of these names, if any are given. Result: `rooms`. Waits. */
SFU_API sfu_status sfu_engine_get_rooms(sfu_engine* engine, const char* const* names, size_t name_count,
                                        const sfu_room_info_list** rooms);
/* A handle to the room of that name, whether or not it exists, now or later. */
SFU_API sfu_status sfu_engine_room(sfu_engine* engine, const char* name, sfu_room** room);
/* Makes a room before anyone joins, with the defaults, over them what `preset` gives, and over that `configuration`;
 * both may be NULL. One that exists stays as it is. Result: `info`, unless NULL. Errors: SFU_ERROR_INVALID_ARGUMENT (a
 * name of more than 256 bytes), SFU_ERROR_NOT_FOUND (no such preset), SFU_ERROR_LIMIT_EXCEEDED, SFU_ERROR_CLOSED.
 * Waits.
 */
SFU_API sfu_status sfu_engine_create_room(sfu_engine* engine, const char* name,
                                          const sfu_room_configuration* configuration, const char* preset,
                                          const sfu_room_info** info);

/* For a host that drives the engine on an event loop of its own (sfu_engine_options.host_driven); others get -1, -1
 * and no effect. Such a program waits for the descriptor to become readable, for the timeout at most, and then calls
 * sfu_engine_run_once(); it may do so from one thread at a time. That is the driving thread, and "the worker's thread"
 * means it: callbacks come within sfu_engine_run_once(), and within those of its calls that wait for the worker, which
 * take a turn there and then. Other threads that wait do so for its next turn. sfu_engine_stop() takes the last turn.
 *
 * The same descriptor as long as the engine lives, which owns it: add it to poll(2), epoll or what is built on them; do
 * not read from it. Take it out of your loop before you release the engine. */
SFU_API sfu_status sfu_engine_get_poll_descriptor(sfu_engine* engine, int* descriptor);
/* How long sfu_engine_run_once() has nothing to do, if the descriptor does not become readable: 0 when something is
 * due, -1 once the engine has stopped. To be asked again after each turn. Round it up where your loop counts in
 * milliseconds. */
SFU_API sfu_status sfu_engine_get_poll_timeout(sfu_engine* engine, int64_t* nanoseconds);
/* Does what is due and what has come, up to a bound that keeps your loop fair. Never waits. Within a callback of the
 * same engine it does nothing. */
SFU_API sfu_status sfu_engine_run_once(sfu_engine* engine);

/* What the workers have published last. Result: `statistics`. */
SFU_API sfu_status sfu_engine_get_statistics(sfu_engine* engine, const sfu_engine_statistics** statistics);
/* Datagrams, as they are counted now. Result: `counters`. Waits. */
SFU_API sfu_status sfu_engine_get_counters(sfu_engine* engine, const sfu_engine_counters** counters);

#ifdef __cplusplus
}
#endif

#endif
