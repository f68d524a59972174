// SPDX-License-Identifier: Apache-2.0
#include "signal/dispatch.hpp"

namespace sfu::signal {

using livekit::SignalRequest;

void dispatch(Instant now, const SignalRequest& request, room::Room& room, room::ParticipantId from,
              room::Output& out) {
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
    case SignalRequest::kPublishDataTrackRequest:
      room.publish_data_track(now, from, request.publish_data_track_request(), out);
      break;
    case SignalRequest::kUnpublishDataTrackRequest:
      room.unpublish_data_track(now, from, request.unpublish_data_track_request(), out);
      break;
    case SignalRequest::kUpdateDataSubscription:
      room.update_data_subscription(now, from, request.update_data_subscription(), out);
      break;
    case SignalRequest::kStoreDataBlobRequest:
      room.store_data_blob(now, from, request.store_data_blob_request(), out);
      break;
    case SignalRequest::kGetDataBlobRequest: room.get_data_blob(now, from, request.get_data_blob_request(), out); break;
    default: break;
  }
}

}  // namespace sfu::signal
