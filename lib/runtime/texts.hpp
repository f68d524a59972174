// SPDX-License-Identifier: Apache-2.0
// Texts of options that clients are told. Errors: kInvalidArgument, with the name of the one that is not UTF-8.
#pragma once

#include "base/result.hpp"
#include "sfu/engine.hpp"
#include "sfu/room_options.hpp"

namespace sfu::runtime {

Result<void> check_utf8(const EngineOptions& options);
Result<void> check_utf8(const RoomConfiguration& configuration);

}  // namespace sfu::runtime
