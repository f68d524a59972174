// SPDX-License-Identifier: Apache-2.0
// Prints what a client is told, a line for each event: its name, then key=value pairs, so that people read it and
// scripts can too. Frames are counted, and told at the end.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "sfu/client.hpp"

namespace cli {

class Printer final : public sfu::ClientObserver {
 public:
  // Called on the client's thread, besides the printing.
  std::function<void()> on_first_ready;
  std::function<void()> on_end;
  std::function<void(const std::string& id, bool ready)> on_track;
  std::function<void()> on_keyframe_wanted;

  // Any thread.
  void line(const std::string& text);
  void print_stats();
  bool failed() const { return failed_; }

 private:
  struct Track {
    std::string identity;
    std::string codec;
    std::uint64_t frames = 0;
    std::uint64_t keyframes = 0;
    std::uint64_t bytes = 0;
  };

  void on_connected(const sfu::RoomInfo& room, const sfu::ParticipantInfo& self) override;
  void on_ready() override;
  void on_reconnecting(bool resuming) override;
  void on_reconnected(bool resumed) override;
  void on_disconnected(const sfu::Disconnect& why) override;
  void on_moved(const sfu::RoomInfo& room) override;
  void on_participant_joined(const sfu::ParticipantInfo& info) override;
  void on_participant_changed(const sfu::ParticipantInfo& info) override;
  void on_participant_left(const sfu::ParticipantInfo& info) override;
  void on_track_published(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_track_changed(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_track_unpublished(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_subscribed(const std::string& track_sid, const std::string& identity, sfu::MediaCodec codec) override;
  void on_unsubscribed(const std::string& track_sid) override;
  void on_frame(const std::string& track_sid, sfu::MediaCodec codec, const sfu::MediaFrame& frame) override;
  void on_published(const std::string& id, const std::string& track_sid) override;
  void on_publish_failed(const std::string& id, const sfu::Error& error) override;
  void on_keyframe_requested(const std::string& id, std::size_t layer) override;
  void on_data(const sfu::DataMessage& message) override;
  void on_text(const sfu::StreamInfo& info, const std::string& text) override;
  void on_stream_closed(const std::string& sender, const std::string& id, const sfu::Error* error) override;

  std::mutex mutex_;
  std::map<std::string, Track> tracks_;  // by sid
  bool was_ready_ = false;
  bool failed_ = false;
};

// The text in quotes, on one line.
std::string quoted(const std::string& text);

}  // namespace cli
