/* SPDX-License-Identifier: Apache-2.0 */
/* What certain clients are told to do otherwise than others, because of faults that are known of their browser or
 * device: codecs to leave alone, hardware encoders to avoid. LiveKit's client configuration. */
#ifndef SFU_C_CLIENT_CONFIG_H
#define SFU_C_CLIENT_CONFIG_H

#include "sfu-c/auth.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Whoever joins, as it describes itself; in lower case but for the address and the versions. */
typedef struct sfu_client_description {
  uint32_t size;
  const char* sdk; /* "js", "swift", "android", ... */
  const char* version;
  int64_t protocol;
  const char* os;
  const char* os_version;
  const char* device_model;
  const char* browser;
  const char* browser_version;
  const char* address;
} sfu_client_description;

/* What it is told; what is SFU_DEFAULT or empty is the client's own business. */
typedef struct sfu_client_configuration {
  uint32_t size;
  sfu_setting video_hardware_encoder;
  sfu_setting screen_hardware_encoder;
  sfu_setting resume_connection;
  sfu_setting force_relay;
  const char* const* disabled_codecs; /* neither sent nor received: "video/AV1" */
  size_t disabled_codec_count;
  const char* const* disabled_publish_codecs; /* received, but not to be published */
  size_t disabled_publish_codec_count;
} sfu_client_configuration;

/* `when`: an expression over the fields above: c.browser == "safari" && c.browser_version > "18.3".
 * docs/configuration.md describes it. */
typedef struct sfu_client_rule {
  uint32_t size;
  sfu_setting merge; /* off: a client that this rule fits gets nothing else. Default: on */
  const char* when;
  const sfu_client_configuration* then;
} sfu_client_rule;

/* To `configure` below. */
SFU_API sfu_status sfu_answer_configuration(sfu_answer* answer, const sfu_client_configuration* configuration);

typedef struct sfu_client_config_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* Answer with sfu_answer_configuration(), or not: there is nothing to tell. On workers, also at once. */
  void (*configure)(void* user, const sfu_client_description* client, sfu_answer* answer);
} sfu_client_config_callbacks;

#ifdef __cplusplus
}
#endif

#endif
