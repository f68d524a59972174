/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the C interface, and what all of it uses.
 *
 * Handles (sfu_engine*, sfu_room*, ...) are opaque, and are no addresses: never dereference one. Each is given back
 * with its sfu_..._release(). A handle keeps alive what it needs, so the order of releases does not matter. NULL, one
 * of another kind, and one that was released before are always told: SFU_ERROR_INVALID_HANDLE. Releasing NULL does
 * nothing and succeeds. A release while another thread is in a call of the same handle is safe: that call ends as if it
 * had come before.
 *
 * Structs begin with their size: SFU_INIT(options) sets it and all else to zero, and zero is the default of every field
 * of an option. Structs grow at their end in later versions; a library that is older than its caller refuses fields
 * that it does not know unless they are zero (SFU_ERROR_UNSUPPORTED). Structs that the library fills have the size that
 * the library knows. The few that never grow (sfu_pair, sfu_address, ...) have no size. Lists of structs that may grow
 * are arrays of pointers.
 *
 * Strings are UTF-8, terminated by NUL; NULL is the empty string, and a list of length 0 may be NULL. One that is not
 * is refused with the name of its field (SFU_ERROR_INVALID_ARGUMENT), but for names of files and what strangers sent.
 * What goes in is borrowed for the call. Bytes are pointer and length.
 *
 * Results (const sfu_room_info**, char**, ...) are the caller's, who gives each to sfu_free(); all that they point to
 * goes with them. Out-parameters are untouched by a call that fails.
 *
 * Callbacks are a struct that begins with its size, and with `user`, which each callback gets. The struct is copied;
 * callbacks that are NULL are left out. `dropped` is called once, last of all: nothing uses `user` from then on. If the
 * call that was given the struct fails, the struct was not taken, and `dropped` is not called. What a callback is given
 * is borrowed for the time of that call. Callbacks come on threads of the library, must not block, and must not let
 * exceptions or longjmp() out. A function that takes `done` calls it exactly once if it returns SFU_OK, also when all
 * is stopped, and never otherwise.
 *
 * Threads: all functions may be called from any thread, and at once. Those marked "Waits" wait for another thread or
 * the network: within a callback of this library they do nothing and return SFU_ERROR_WRONG_THREAD. All others return
 * at once, and callbacks may call them.
 *
 * Nothing is initialised globally, nothing is printed unless asked for, no environment is read, no signal is handled.
 * Different libraries of the same version (libsfu-c.so twice in a process) know nothing of each other's handles. */
#ifndef SFU_C_BASE_H
#define SFU_C_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#define SFU_API
#else
#define SFU_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* 0, or a negative number. More may come: treat an unknown one as SFU_ERROR_INTERNAL. */
typedef int32_t sfu_status;
enum {
  SFU_OK = 0,
  SFU_ERROR_INVALID_ARGUMENT = -1,
  SFU_ERROR_TRUNCATED = -2,   /* input ends before it should */
  SFU_ERROR_MALFORMED = -3,   /* input breaks its format */
  SFU_ERROR_UNSUPPORTED = -4, /* understood, but not offered here */
  SFU_ERROR_NOT_FOUND = -5,
  SFU_ERROR_ALREADY_EXISTS = -6,
  SFU_ERROR_PERMISSION_DENIED = -7,
  SFU_ERROR_UNAUTHENTICATED = -8,
  SFU_ERROR_LIMIT_EXCEEDED = -9,
  SFU_ERROR_FAILED_PRECONDITION = -10, /* right call, wrong state */
  SFU_ERROR_CLOSED = -11,
  SFU_ERROR_TIMEOUT = -12,
  SFU_ERROR_UNAVAILABLE = -13, /* the system refused: a port in use, no connection */
  SFU_ERROR_INTERNAL = -14,
  /* Of this interface. */
  SFU_ERROR_INVALID_HANDLE = -32, /* NULL, of another kind, or released */
  SFU_ERROR_WRONG_THREAD = -33,   /* a call that waits, from within a callback */
  SFU_ERROR_OUT_OF_MEMORY = -34
};

/* 0 or not. */
typedef int32_t sfu_bool;

/* Where no is not the default. */
typedef int32_t sfu_setting;
enum { SFU_DEFAULT = 0, SFU_ON = 1, SFU_OFF = 2 };

/* In numbers of options whose 0 is "the default": none, at once, or no limit. */
enum { SFU_NONE = -1 };

/* Never grows. */
typedef struct sfu_pair {
  const char* key;
  const char* value;
} sfu_pair;

/* The name of a status: "ok", "not_found" ... Static storage; never NULL. */
SFU_API const char* sfu_status_name(sfu_status status);
/* What went wrong in the last call on this thread that failed, for people. Borrowed until the next call on this thread
 * fails; never NULL. */
SFU_API const char* sfu_last_error_message(void);

/* Of this library, "major.minor.patch"; and what clients are told: the LiveKit release whose protocol is spoken. Static
 * storage. */
SFU_API const char* sfu_version(void);
SFU_API const char* sfu_protocol_server_version(void);

/* SFU_INIT(options): as it must be before its fields are set. */
#define SFU_INIT(object) sfu_struct_init(&(object), (uint32_t)sizeof(object))
/* `object`: a struct that begins with its size. All zero but that. */
SFU_API void sfu_struct_init(void* object, uint32_t size);

/* Gives a result back. NULL does nothing. Errors: SFU_ERROR_INVALID_HANDLE (no result, or given back already; that is
 * told as long as no new result has its place). */
SFU_API sfu_status sfu_free(const void* result);

/* Handles and results that are not given back yet, of the whole process: for tests of what is forgotten. */
SFU_API uint64_t sfu_live_count(void);

/* --- where log lines go --------------------------------------------------------------------------------------------*/

typedef int32_t sfu_log_level;
enum { SFU_LOG_DEFAULT = 0, SFU_LOG_DEBUG = 1, SFU_LOG_INFO = 2, SFU_LOG_WARN = 3, SFU_LOG_ERROR = 4, SFU_LOG_OFF = 5 };

typedef struct sfu_log_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* Any of the library's threads, also at once. */
  void (*log)(void* user, sfu_log_level level, const char* message, const sfu_pair* fields, size_t field_count);
} sfu_log_callbacks;

#ifdef __cplusplus
}
#endif

#endif
