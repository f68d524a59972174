/* SPDX-License-Identifier: Apache-2.0 */
/* Who somebody is: callbacks of hosts with tokens of their own. Whether he may come in is policy.h. */
#ifndef SFU_C_AUTH_H
#define SFU_C_AUTH_H

#include "sfu-c/tokens.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How a callback answers what it is asked: on its own thread, before it returns, once; a later answer replaces an
 * earlier one. Not answering refuses. Errors of all that take one: SFU_ERROR_INVALID_HANDLE (the callback has returned,
 * or another thread), SFU_ERROR_FAILED_PRECONDITION (not an answer to this question). Everything is copied. */
typedef struct sfu_answer sfu_answer;

/* No; `reason` is what the client reads. */
SFU_API sfu_status sfu_answer_refuse(sfu_answer* answer, const char* reason);
/* To authenticate: the claims of a valid token. */
SFU_API sfu_status sfu_answer_claims(sfu_answer* answer, const sfu_claims* claims);
/* To refresh: a token. */
SFU_API sfu_status sfu_answer_token(sfu_answer* answer, const char* token);

typedef struct sfu_auth_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* Answer with sfu_answer_claims() or sfu_answer_refuse(): status 401. Any thread, also at once. NULL: LiveKit's
   * access tokens, signed with one of the keys of the options. */
  void (*authenticate)(void* user, const char* token, int64_t now_ms, sfu_answer* answer);
  /* Answer with sfu_answer_token(): a token with these claims, good for `ttl_ms` from now, which clients reconnect
   * with. NULL, or no answer: there are none. Used with `authenticate` only. */
  void (*refresh)(void* user, const sfu_claims* claims, int64_t now_ms, int64_t ttl_ms, sfu_answer* answer);
} sfu_auth_callbacks;

#ifdef __cplusplus
}
#endif

#endif
