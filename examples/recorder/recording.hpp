// SPDX-License-Identifier: Apache-2.0
// One room's recording: a hidden participant that subscribes to everything, and a TrackRecorder for each track.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "egress.hpp"
#include "sfu/local_participant.hpp"
#include "sfu/server.hpp"
#include "track_recorder.hpp"
#include "work_thread.hpp"

class Recording final : private sfu::ClientObserver {
 public:
  // Joins the room. Errors: those of Room::join(). `webhook` as Egress takes it.
  static sfu::Result<std::unique_ptr<Recording>> begin(sfu::Server& server, const std::string& room,
                                                       const std::string& folder, const std::string& webhook);
  // Leaves the room, and closes the files.
  ~Recording() override;

  // The room is over, and its files are closed or about to be.
  bool ended() const { return ended_; }

 private:
  Recording(sfu::Server& server, const sfu::RoomInfo& room, const std::string& folder, const std::string& webhook);

  // On the room's worker, which forwards no media meanwhile: so all work is the disk thread's.
  void on_track_published(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_track_changed(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_track_unpublished(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_subscribed(const std::string& sid, const std::string& identity, sfu::MediaCodec codec) override;
  void on_unsubscribed(const std::string& sid) override;
  void on_frame(const std::string& sid, sfu::MediaCodec codec, const sfu::MediaFrame& frame) override;
  void on_disconnected(const sfu::Disconnect& why) override;

  void with_track(const std::string& sid, std::function<void(TrackRecorder&)> operation);

  std::string prefix_;  // of the files' paths
  std::atomic<bool> ended_ = false;
  Egress egress_;                                                 // the disk thread's
  std::map<std::string, sfu::TrackInfo> published_;               // by sid; the worker's
  std::map<std::string, std::unique_ptr<TrackRecorder>> tracks_;  // by sid; the disk thread's
  example::WorkThread disk_;                                      // does what is left when it ends
  std::unique_ptr<sfu::LocalParticipant> participant_;
};

// A part of a file's name, of a text that anybody may have chosen.
std::string safe_name(std::string_view text);
