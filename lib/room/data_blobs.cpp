// SPDX-License-Identifier: Apache-2.0
#include "room/data_blobs.hpp"

#include "room/outbox.hpp"

namespace sfu::room {

namespace {

using Reason = livekit::RequestResponse;

void refuse(const Participant& asker, std::uint32_t request_id, Reason::Reason reason, const char* why, Output& out) {
  respond(out, asker, reason, why, [&](livekit::RequestResponse& answer) { answer.set_request_id(request_id); });
}

}  // namespace

void store_data_blob(const RoomState& state, Participant& owner, const livekit::StoreDataBlobRequest& request,
                     Output& out) {
  const auto& blob = request.blob();
  const auto answer = [&](Reason::Reason reason, const char* why) {
    refuse(owner, request.request_id(), reason, why, out);
  };
  if (!state.options.data_blobs) return answer(Reason::NOT_ALLOWED, "data blobs are not enabled");
  const auto& limits = state.options.data_limits;
  if (!DataBlobStore::is_valid(blob.key(), limits))
    return answer(Reason::INVALID_REQUEST, "the data blob's key is invalid");
  if (blob.contents().empty()) return answer(Reason::INVALID_REQUEST, "the data blob is empty");
  if (!owner.data_blobs.store(blob, limits)) return answer(Reason::LIMIT_EXCEEDED, "too much is stored in data blobs");
  livekit::SignalResponse response;
  auto* stored = response.mutable_store_data_blob_response();
  stored->set_request_id(request.request_id());
  *stored->mutable_key() = blob.key();
  send(out, owner, std::move(response));
}

void get_data_blob(RoomState& state, const Participant& asker, const livekit::GetDataBlobRequest& request,
                   Output& out) {
  const auto answer = [&](Reason::Reason reason, const char* why) {
    refuse(asker, request.request_id(), reason, why, out);
  };
  if (request.key().key_case() == livekit::DataBlobKey::KEY_NOT_SET) {
    return answer(Reason::INVALID_REQUEST, "a data blob's key is required");
  }
  const auto* owner = state.roster.find_identity(request.participant_identity());
  if (owner == nullptr) return answer(Reason::NOT_FOUND, "participant not found");
  const auto* blob = owner->data_blobs.find(request.key());
  if (blob == nullptr) return answer(Reason::NOT_FOUND, "data blob not found");
  livekit::SignalResponse response;
  auto* found = response.mutable_get_data_blob_response();
  found->set_request_id(request.request_id());
  *found->mutable_blob() = *blob;
  send(out, asker, std::move(response));
}

}  // namespace sfu::room
