/* SPDX-License-Identifier: Apache-2.0 */
/* The header is C of 1989, but for <stdint.h>, and alone enough. */
#include "sfu-c/sfu.h"

int header_compiles_as_c89(void);

int header_compiles_as_c89(void) {
  sfu_server_options options;
  SFU_INIT(options);
  return options.size == sizeof options && options.engine == NULL;
}
