// SPDX-License-Identifier: Apache-2.0
// RoomService.PerformRpc: a call to a participant's client, which takes as long as the client does.
#pragma once

#include <functional>
#include <optional>

#include "livekit_room.pb.h"
#include "services/services.hpp"
#include "sfu/rpc.hpp"

namespace sfu::services {

using RpcAnswer = std::function<void(twirp::Outcome<livekit::PerformRpcResponse>)>;

// `answer` is called once, perhaps by a worker.
void perform_rpc(Engine& engine, const livekit::PerformRpcRequest& request, std::optional<Duration> limit,
                 const RpcAnswer& answer);

// As the reference's server words and weighs it.
twirp::Refusal refuse(const RpcError& error);

}  // namespace sfu::services
