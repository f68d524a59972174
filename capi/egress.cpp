// SPDX-License-Identifier: Apache-2.0
#include "capi/egress.hpp"

#include "capi/input.hpp"

namespace sfu::capi {
namespace {

static_assert(static_cast<int>(EgressStatus::kLimitReached) == SFU_EGRESS_LIMIT_REACHED);
static_assert(static_cast<int>(EgressStream::Status::kFailed) == SFU_EGRESS_STREAM_FAILED);

WallTime time_of(std::int64_t ms, const char* what) {
  return wall_time(ms, what).value_or(WallTime{});
}

EgressFile from_c(const sfu_egress_file* file) {
  const auto in = read(file);
  return {.filename = text(in.filename, "filename"),
          .started_at = time_of(in.started_at_ms, "started_at_ms"),
          .ended_at = time_of(in.ended_at_ms, "ended_at_ms"),
          .duration = milliseconds(in.duration_ms, "duration_ms"),
          .size = in.bytes,
          .location = text(in.location, "location")};
}

EgressStream from_c(const sfu_egress_stream* stream) {
  const auto in = read(stream);
  return {.url = text(in.url, "url"),
          .started_at = time_of(in.started_at_ms, "started_at_ms"),
          .ended_at = time_of(in.ended_at_ms, "ended_at_ms"),
          .duration = milliseconds(in.duration_ms, "duration_ms"),
          .status = enumerated(in.status, EgressStream::Status::kFailed, "the status of a stream"),
          .error = text(in.error, "error")};
}

EgressWebhook from_c(const sfu_egress_webhook* webhook) {
  const auto in = read(webhook);
  return {.url = text(in.url, "url"), .signing_key = text(in.signing_key, "signing_key")};
}

}  // namespace

EgressInfo from_c(const sfu_egress_info* egress) {
  const auto in = read(egress);
  EgressInfo made;
  made.egress_id = text(in.egress_id, "egress_id");
  made.room_id = text(in.room_id, "room_id");
  made.room_name = text(in.room_name, "room_name");
  made.status = enumerated(in.status, EgressStatus::kLimitReached, "the status of an egress");
  made.error = text(in.error, "error");
  made.started_at = time_of(in.started_at_ms, "started_at_ms");
  made.updated_at = time_of(in.updated_at_ms, "updated_at_ms");
  made.ended_at = time_of(in.ended_at_ms, "ended_at_ms");
  made.files = items(in.files, in.file_count, [](const sfu_egress_file* item) { return from_c(item); });
  made.streams = items(in.streams, in.stream_count, [](const sfu_egress_stream* item) { return from_c(item); });
  made.webhooks = items(in.webhooks, in.webhook_count, [](const sfu_egress_webhook* item) { return from_c(item); });
  return made;
}

}  // namespace sfu::capi
