// SPDX-License-Identifier: Apache-2.0
// A host's callbacks as a Client knows them.
#pragma once

#include "capi/callbacks.hpp"
#include "sfu-c/client.h"
#include "sfu/client_events.hpp"

namespace sfu::capi {

class HostObserver final : public ClientObserver {
 public:
  explicit HostObserver(const sfu_client_callbacks* callbacks) : callbacks_(callbacks) {}
  void taken() noexcept { callbacks_.taken(); }

  void on_connected(const RoomInfo& room, const ParticipantInfo& self) override;
  void on_ready() override;
  void on_reconnecting(bool resuming) override;
  void on_reconnected(bool resumed) override;
  void on_disconnected(const Disconnect& why) override;
  void on_moved(const RoomInfo& room) override;

  void on_participant_joined(const ParticipantInfo& participant) override;
  void on_participant_changed(const ParticipantInfo& participant) override;
  void on_participant_left(const ParticipantInfo& participant) override;
  void on_track_published(const std::string& identity, const TrackInfo& track) override;
  void on_track_changed(const std::string& identity, const TrackInfo& track) override;
  void on_track_unpublished(const std::string& identity, const TrackInfo& track) override;
  void on_speakers(const std::map<std::string, double>& levels) override;

  void on_subscribed(const std::string& track_sid, const std::string& identity, MediaCodec codec) override;
  void on_unsubscribed(const std::string& track_sid) override;
  void on_frame(const std::string& track_sid, MediaCodec codec, const MediaFrame& frame) override;
  void on_rtp(const std::string& track_sid, std::span<const std::uint8_t> packet, bool recovered) override;

  void on_published(const std::string& id, const std::string& track_sid) override;
  void on_publish_failed(const std::string& id, const Error& error) override;
  void on_keyframe_requested(const std::string& id, std::size_t layer) override;

  void on_data(const DataMessage& message) override;
  void on_text(const StreamInfo& info, const std::string& text) override;
  void on_stream_opened(const StreamInfo& info) override;
  void on_stream_data(const std::string& sender, const std::string& id, std::span<const std::uint8_t> bytes) override;
  void on_stream_closed(const std::string& sender, const std::string& id, const Error* error) override;

 private:
  template <typename T, typename Returned, typename... Parameters, typename... Arguments>
  void tell(Returned (*callback)(void*, Parameters...), const T& last, Arguments... arguments);

  Callbacks<sfu_client_callbacks> callbacks_;
};

}  // namespace sfu::capi
