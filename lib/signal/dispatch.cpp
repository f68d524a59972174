// SPDX-License-Identifier: Apache-2.0
#include "signal/dispatch.hpp"

namespace sfu::signal {
namespace {

using livekit::RequestResponse;
using livekit::SignalRequest;

// Data tracks and data blobs are switched off here, which the protocol has an answer for (signalling 2.18).
std::optional<livekit::SignalResponse> refuse_data_request(const SignalRequest& request) {
  livekit::SignalResponse response;
  auto& refusal = *response.mutable_request_response();
  refusal.set_reason(RequestResponse::NOT_ALLOWED);
  switch (request.message_case()) {
    case SignalRequest::kPublishDataTrackRequest:
      *refusal.mutable_publish_data_track() = request.publish_data_track_request();
      break;
    case SignalRequest::kUnpublishDataTrackRequest:
      refusal.set_reason(RequestResponse::NOT_FOUND);
      *refusal.mutable_unpublish_data_track() = request.unpublish_data_track_request();
      break;
    case SignalRequest::kStoreDataBlobRequest:
      refusal.set_request_id(request.store_data_blob_request().request_id());
      break;
    case SignalRequest::kGetDataBlobRequest:
      refusal.set_request_id(request.get_data_blob_request().request_id());
      break;
    default: return std::nullopt;
  }
  return response;
}

}  // namespace

std::optional<livekit::SignalResponse> dispatch(Instant now, const SignalRequest& request, room::Room& room,
                                                room::ParticipantId from, room::Output& out) {
  switch (request.message_case()) {
    case SignalRequest::kOffer: room.offer(now, from, request.offer(), out); break;
    case SignalRequest::kAnswer: room.answer(now, from, request.answer(), out); break;
    case SignalRequest::kTrickle: room.trickle(now, from, request.trickle(), out); break;
    case SignalRequest::kAddTrack: room.add_track(now, from, request.add_track(), out); break;
    case SignalRequest::kMute: room.mute_track(now, from, request.mute(), out); break;
    case SignalRequest::kSubscription: room.update_subscription(now, from, request.subscription(), out); break;
    case SignalRequest::kTrackSetting: room.update_track_settings(now, from, request.track_setting(), out); break;
    case SignalRequest::kLeave: room.leave(now, from, request.leave(), out); break;
    case SignalRequest::kSubscriptionPermission:
      room.set_subscription_permission(now, from, request.subscription_permission(), out);
      break;
    case SignalRequest::kSyncState: room.sync_state(now, from, request.sync_state(), out); break;
    case SignalRequest::kSimulate: room.simulate(now, from, request.simulate(), out); break;
    case SignalRequest::kUpdateMetadata: room.update_metadata(now, from, request.update_metadata(), out); break;
    case SignalRequest::kUpdateAudioTrack: room.update_audio_track(now, from, request.update_audio_track(), out); break;
    case SignalRequest::kUpdateVideoTrack: room.update_video_track(now, from, request.update_video_track(), out); break;
    default: return refuse_data_request(request);
  }
  return std::nullopt;
}

}  // namespace sfu::signal
