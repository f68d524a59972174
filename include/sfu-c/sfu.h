/* SPDX-License-Identifier: Apache-2.0 */
/* libsfu for C, and for every language that can call C: a WebRTC SFU inside your program. C89 with <stdint.h>.
 *
 *   sfu_server_options options;
 *   sfu_server* server;
 *   SFU_INIT(options);
 *   options.yaml = "keys: { my-key: a secret of at least 32 characters }";
 *   if (sfu_server_create(&options, &server) != SFU_OK) return complain(sfu_last_error_message());
 *   getchar();
 *   sfu_server_release(server);
 *
 * base.h has the rules that hold everywhere: handles, structs, strings, results, threads, callbacks. */
#ifndef SFU_C_SFU_H
#define SFU_C_SFU_H

#include "sfu-c/auth.h"
#include "sfu-c/base.h"
#include "sfu-c/client.h"
#include "sfu-c/client_config.h"
#include "sfu-c/clock.h"
#include "sfu-c/egress.h"
#include "sfu-c/engine.h"
#include "sfu-c/events.h"
#include "sfu-c/local_participant.h"
#include "sfu-c/media.h"
#include "sfu-c/packet_filter.h"
#include "sfu-c/policy.h"
#include "sfu-c/room.h"
#include "sfu-c/room_api.h"
#include "sfu-c/room_options.h"
#include "sfu-c/server.h"
#include "sfu-c/signalling.h"
#include "sfu-c/statistics.h"
#include "sfu-c/tokens.h"
#include "sfu-c/transport.h"
#include "sfu-c/values.h"
#include "sfu-c/webhooks.h"

#endif
