// SPDX-License-Identifier: Apache-2.0
#include "capi/plug_points.hpp"

#include "capi/answer.hpp"
#include "capi/claims.hpp"
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

static_assert(static_cast<int>(LogLevel::kError) + 1 == SFU_LOG_ERROR);
static_assert(static_cast<int>(EventKind::kTrackUnpublished) == SFU_EVENT_TRACK_UNPUBLISHED);

}  // namespace

void HostLogger::log(LogLevel level, std::string_view message, std::span<const LogField> fields) {
  Arena arena;
  auto* pairs = arena.array<sfu_pair>(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) pairs[i] = {arena.text(fields[i].key), arena.text(fields[i].value)};
  callbacks_(callbacks_->log, static_cast<sfu_log_level>(level) + 1, arena.text(message), pairs, fields.size());
}

void HostEvents::on_event(const Event& event) {
  Arena arena;
  auto* made = arena.make<sfu_event>();
  made->kind = static_cast<sfu_event_kind>(event.kind);
  made->name = to_string(event.kind);
  made->id = arena.text(event.id);
  made->sequence = event.sequence;
  made->at_ms = to_ms(event.at);
  made->room = to_c(arena, event.room);
  if (!event.participant.sid.empty()) made->participant = to_c(arena, event.participant);
  if (!event.track.sid.empty()) made->track = to_c(arena, event.track);
  callbacks_(callbacks_->on_event, made);
}

Result<Claims> HostAuth::authenticate(std::string_view token, WallTime now) const {
  if (!authenticates()) return tokens_->authenticate(token, now);
  sfu_answer answer(sfu_answer::Question::kAuthenticate);
  callbacks_(callbacks_->authenticate, std::string(token).c_str(), to_ms(now), &answer);
  if (!answer.accepted) return fail(Errc::kUnauthenticated, std::move(answer.text));
  return std::move(answer.claims);
}

std::string HostAuth::refresh(const Claims& claims, WallTime now, Duration ttl) const {
  if (!authenticates()) return tokens_->refresh(claims, now, ttl);
  Arena arena;
  sfu_answer answer(sfu_answer::Question::kRefresh);
  callbacks_(callbacks_->refresh, to_c(arena, claims), to_ms(now), to_ms(ttl), &answer);
  return answer.accepted ? std::move(answer.text) : "";
}

void PlugPoints::taken() noexcept {
  if (logger) logger->taken();
  if (clock) clock->taken();
  if (client_config) client_config->taken();
  if (events) events->taken();
  if (auth) auth->taken();
  if (policy) policy->taken();
  if (transports) transports->taken();
}

}  // namespace sfu::capi
