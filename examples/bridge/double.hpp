// SPDX-License-Identifier: Apache-2.0
// Somebody of one room in the other: a participant with their name and their tracks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>

#include "sfu/local_participant.hpp"
#include "sfu/room.hpp"

class Double final : private sfu::ClientObserver {
 public:
  // Asks for a key frame of the original's track. Any thread.
  using AskForKeyFrame = std::function<void(const std::string& track_sid)>;

  // Joins the room as `identity`. Errors: those of Room::join().
  static sfu::Result<std::unique_ptr<Double>> create(const sfu::Room& room, const std::string& identity,
                                                     const sfu::ParticipantInfo& original, AskForKeyFrame ask);

  void update(const sfu::ParticipantInfo& original);
  // The original's track: an encoding, and what is known of it.
  void publish(const sfu::TrackInfo& track, sfu::MediaCodec codec);
  void set_muted(const std::string& track_sid, bool muted) { me_->set_muted(track_sid, muted); }
  void unpublish(const std::string& track_sid) { me_->unpublish(track_sid); }
  // Any thread, as of all below.
  void write_rtp(const std::string& track_sid, std::span<const std::uint8_t> packet) {
    me_->write_rtp(track_sid, packet);
  }
  void send_data(const sfu::DataMessage& message);
  void send_text(const sfu::StreamInfo& info, const std::string& text);

 private:
  explicit Double(AskForKeyFrame ask) : ask_(std::move(ask)) {}
  void on_keyframe_requested(const std::string& id, std::size_t layer) override;

  AskForKeyFrame ask_;
  sfu::ParticipantInfo told_;  // what it looks like there
  std::unique_ptr<sfu::LocalParticipant> me_;
};
