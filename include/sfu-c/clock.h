/* SPDX-License-Identifier: Apache-2.0 */
/* Where an engine's time comes from, for hosts and tests that make their own. */
#ifndef SFU_C_CLOCK_H
#define SFU_C_CLOCK_H

#include "sfu-c/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From every worker, also at once. Both are needed. */
typedef struct sfu_clock_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* Never goes backwards. */
  int64_t (*now_ns)(void* user);
  /* Since 1970-01-01 00:00 UTC. */
  int64_t (*wall_now_ns)(void* user);
} sfu_clock_callbacks;

#ifdef __cplusplus
}
#endif

#endif
