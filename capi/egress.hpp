// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sfu-c/egress.h"
#include "sfu/egress.hpp"

namespace sfu::capi {

EgressInfo from_c(const sfu_egress_info* egress);

}  // namespace sfu::capi
