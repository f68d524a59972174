// SPDX-License-Identifier: Apache-2.0
// A participant that gives everybody's voice back, frame by frame, and plays tones on demand.
#pragma once

#include <atomic>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "sfu/engine.hpp"
#include "sfu/local_participant.hpp"
#include "soundboard.hpp"
#include "work_thread.hpp"

class Bot final : private sfu::ClientObserver {
 public:
  // Joins the room. Errors: those of Room::join().
  static sfu::Result<std::unique_ptr<Bot>> begin(sfu::Engine& engine, const std::string& room);
  // Leaves it.
  ~Bot() override;

  bool ended() const { return ended_; }

 private:
  Bot();

  // On the room's worker, which forwards no media meanwhile.
  void on_track_published(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_track_unpublished(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_subscribed(const std::string& sid, const std::string& identity, sfu::MediaCodec codec) override;
  void on_unsubscribed(const std::string& sid) override;
  void on_frame(const std::string& sid, sfu::MediaCodec codec, const sfu::MediaFrame& frame) override;
  void on_data(const sfu::DataMessage& message) override;
  void on_text(const sfu::StreamInfo& info, const std::string& text) override;
  void on_disconnected(const sfu::Disconnect& why) override;

  void obey(std::string_view text);
  bool play(std::string_view tone);  // false: it is none
  // Once it has joined; not after it has left.
  void act(std::function<void(sfu::LocalParticipant&)> action);

  struct Heard {
    std::string identity;
    sfu::MediaCodec codec{};
    bool echoed = false;
    std::uint64_t frames = 0;
  };
  std::atomic<bool> ended_ = false;
  std::map<std::string, sfu::TrackSource> sources_;  // by sid; the worker's, as is heard_
  std::map<std::string, Heard> heard_;
  std::latch joined_{1};
  std::unique_ptr<sfu::LocalParticipant> me_;  // the work thread's, as is the soundboard
  std::unique_ptr<Soundboard> soundboard_;
  example::WorkThread work_;
};
