// SPDX-License-Identifier: Apache-2.0
// Claims and grants as structs of C, and back.
#pragma once

#include "capi/arena.hpp"
#include "sfu-c/tokens.h"
#include "sfu/claims.hpp"

namespace sfu::capi {

const sfu_claims* to_c(Arena& arena, const Claims& claims);
Claims from_c(const sfu_claims* claims);
VideoGrant from_c(const sfu_video_grant* grant);

}  // namespace sfu::capi
