// SPDX-License-Identifier: Apache-2.0
// AgentDispatchService: the list of agents that are wanted in a room.
#include <algorithm>
#include <optional>

#include "livekit_agent_dispatch.pb.h"
#include "services/common.hpp"
#include "sfu/room.hpp"

namespace sfu::services {
namespace {

using twirp::Code;
using twirp::Outcome;

constexpr const char* kService = "livekit.AgentDispatchService";

// What is wrong with the name of a deployment; it becomes part of others' names.
std::optional<std::string> fault_of(std::string_view deployment) {
  constexpr std::size_t kMax = 64;
  if (deployment.size() > kMax) return "deployment exceeds " + std::to_string(kMax) + " bytes";
  if (const auto at = std::ranges::find_if(
          deployment, [](char c) { return c == '_' || static_cast<unsigned char>(c) <= ' ' || c == 0x7f; });
      at != deployment.end()) {
    if (*at == '_') return "deployment contains reserved character '_'";
    return "deployment contains whitespace or control byte at position " + std::to_string(at - deployment.begin());
  }
  return std::nullopt;
}

livekit::AgentDispatch message_of(const AgentDispatch& dispatch, const std::string& room) {
  livekit::AgentDispatch out;
  out.set_id(dispatch.id);
  out.set_agent_name(dispatch.agent_name);
  out.set_room(room);
  out.set_metadata(dispatch.metadata);
  out.set_deployment(dispatch.deployment);
  out.mutable_attributes()->insert(dispatch.attributes.begin(), dispatch.attributes.end());
  out.set_restart_policy(dispatch.restarts ? livekit::JRP_ON_FAILURE : livekit::JRP_NEVER);
  const auto created = dispatch.created_at.time_since_epoch();
  out.mutable_state()->set_created_at(std::chrono::duration_cast<std::chrono::nanoseconds>(created).count());
  return out;
}

Outcome<livekit::AgentDispatch> create(Engine& engine, const Options& options,
                                       const livekit::CreateAgentDispatchRequest& request) {
  if (const auto fault = fault_of(request.deployment())) return twirp::refuse_inside(Code::kInvalidArgument, *fault);
  if (!fits(request.metadata().size(), options.limits.metadata)) {
    return twirp::refuse_inside(Code::kInvalidArgument, kMetadataTooLarge);
  }
  if (!fits(size_of(request.attributes()), options.limits.attributes)) {
    return twirp::refuse_inside(Code::kInvalidArgument, kAttributesTooLarge);
  }
  if (options.auto_create) {
    if (const auto room = engine.create_room(request.room()); !room) return room_not_made(room.error());
  }
  AgentDispatch dispatch;
  dispatch.agent_name = request.agent_name();
  dispatch.metadata = request.metadata();
  dispatch.deployment = request.deployment();
  dispatch.attributes = {request.attributes().begin(), request.attributes().end()};
  dispatch.restarts = request.restart_policy() != livekit::JRP_NEVER;
  const auto added = engine.room(request.room()).add_agent_dispatch(std::move(dispatch));
  if (!added) return refuse(added.error());
  return message_of(*added, request.room());
}

Outcome<livekit::AgentDispatch> remove(Engine& engine, const livekit::DeleteAgentDispatchRequest& request) {
  const auto removed = engine.room(request.room()).remove_agent_dispatch(request.dispatch_id());
  if (removed) return message_of(*removed, request.room());
  if (removed.error().code != Errc::kInvalidArgument) return refuse(removed.error());
  return twirp::refuse_inside(Code::kNotFound, removed.error().message);
}

Outcome<livekit::ListAgentDispatchResponse> list(Engine& engine, const livekit::ListAgentDispatchRequest& request) {
  const auto all = engine.room(request.room()).agent_dispatches();
  if (!all) return refuse(all.error());
  livekit::ListAgentDispatchResponse out;
  for (const AgentDispatch& dispatch : *all) {
    if (!request.dispatch_id().empty() && request.dispatch_id() != dispatch.id) continue;
    *out.add_agent_dispatches() = message_of(dispatch, request.room());
  }
  return out;
}

}  // namespace

void add_agent_dispatch_service(twirp::Dispatcher& dispatcher, Engine& engine, const Options& options) {
  dispatcher.add<livekit::CreateAgentDispatchRequest, livekit::AgentDispatch>(
      kService, "CreateDispatch",
      [&engine, options](const livekit::CreateAgentDispatchRequest& in) { return create(engine, options, in); });
  dispatcher.add<livekit::DeleteAgentDispatchRequest, livekit::AgentDispatch>(
      kService, "DeleteDispatch",
      [&engine](const livekit::DeleteAgentDispatchRequest& in) { return remove(engine, in); });
  dispatcher.add<livekit::ListAgentDispatchRequest, livekit::ListAgentDispatchResponse>(
      kService, "ListDispatch", [&engine](const livekit::ListAgentDispatchRequest& in) { return list(engine, in); });
}

}  // namespace sfu::services
