/* SPDX-License-Identifier: Apache-2.0 */
/* How datagrams reach and leave a worker, for hosts with sockets of their own. */
#ifndef SFU_C_TRANSPORT_H
#define SFU_C_TRANSPORT_H

#include "sfu-c/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Never grows. `ip` in network order; an IPv4 address is mapped (::ffff:192.0.2.1). */
typedef struct sfu_address {
  uint8_t ip[16];
  uint16_t port;
} sfu_address;

/* Never grows. */
typedef struct sfu_datagram {
  sfu_address local;
  sfu_address remote;
  const uint8_t* bytes;
  size_t length;
} sfu_datagram;

/* Where `receive` below puts what has come; valid until it returns. */
typedef struct sfu_packet_sink sfu_packet_sink;

/* The library may change the bytes: they are its own until the call returns. `arrived_ns`: when the datagram reached
 * this machine, on the time line of `now_ns`; 0: with `now_ns`. Errors: SFU_ERROR_INVALID_HANDLE (outside of `receive`,
 * or another thread). */
SFU_API sfu_status sfu_packet_sink_receive(sfu_packet_sink* sink, int64_t arrived_ns, const sfu_address* local,
                                           const sfu_address* remote, uint8_t* bytes, size_t length);

/* All but `dropped` are needed. Calls for one transport come on its worker's thread, unless it is said otherwise. */
typedef struct sfu_transport_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* For each worker, on the thread that creates the engine. `*transport` is what the others get. Anything but SFU_OK
   * fails the creation: SFU_ERROR_UNAVAILABLE. */
  sfu_status (*open)(void* user, uint32_t worker, void** transport);
  /* The last call for a transport: after the engine has stopped, on any thread. */
  void (*close)(void* user, void* transport);
  /* What one loop turn produced; what cannot be sent now is dropped, as a network would. */
  void (*send)(void* user, void* transport, const sfu_datagram* batch, size_t count);
  /* A descriptor that polls readable when `receive` has work, or -1 for one that is driven otherwise. On the thread of
   * `open` too. */
  int (*poll_descriptor)(void* user, void* transport);
  /* Hands all that has arrived, up to a bound that keeps the loop fair, to `sink`. Returns 0 when nothing is left. */
  sfu_bool (*receive)(void* user, void* transport, int64_t now_ns, sfu_packet_sink* sink);
  /* The addresses that ICE offers for this worker: how many, and where they are. Asked once, right after `open`, and
   * copied. */
  size_t (*candidates)(void* user, void* transport, const sfu_address** addresses);
} sfu_transport_callbacks;

#ifdef __cplusplus
}
#endif

#endif
