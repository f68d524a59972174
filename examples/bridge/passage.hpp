// SPDX-License-Identifier: Apache-2.0
// One way of a bridge: a participant that nobody sees listens in one room, and everybody there gets a Double in the
// other. The rooms may be of one engine or of two.
#pragma once

#include <atomic>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "double.hpp"
#include "work_thread.hpp"

class Passage final : private sfu::ClientObserver {
 public:
  // Joins `from`. Errors: those of Room::join().
  static sfu::Result<std::unique_ptr<Passage>> open(const sfu::Room& from, const sfu::Room& to);
  // Leaves it, and takes the doubles out of the other room.
  ~Passage() override;

  // The room that it listens in is over.
  bool ended() const { return ended_; }

 private:
  Passage(sfu::Room from, sfu::Room to);

  // On the worker of `from`. Joining waits for a worker, so the doubles are made by a thread of the passage's own; all
  // that concerns them goes that way, packets excepted.
  void on_participant_joined(const sfu::ParticipantInfo& info) override;
  void on_participant_changed(const sfu::ParticipantInfo& info) override;
  void on_participant_left(const sfu::ParticipantInfo& info) override;
  void on_track_published(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_track_changed(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_track_unpublished(const std::string& identity, const sfu::TrackInfo& track) override;
  void on_subscribed(const std::string& sid, const std::string& identity, sfu::MediaCodec codec) override;
  void on_unsubscribed(const std::string& sid) override;
  void on_rtp(const std::string& sid, std::span<const std::uint8_t> packet, bool recovered) override;
  void on_data(const sfu::DataMessage& message) override;
  void on_text(const sfu::StreamInfo& info, const std::string& text) override;
  void on_disconnected(const sfu::Disconnect& why) override;

  // A double of the other way: it is not led back.
  bool is_double(const std::string& identity) const { return identity.starts_with(to_.name() + '/'); }
  void make_double(const sfu::ParticipantInfo& info);
  void remove_double(const std::string& identity);
  void with_double(const std::string& identity, std::function<void(Double&)> action);

  sfu::Room from_;
  sfu::Room to_;
  std::atomic<bool> ended_ = false;
  std::map<std::string, sfu::TrackInfo> tracks_;   // by sid; the worker's
  std::map<std::string, std::string> publishers_;  // identities by sid; the worker's
  std::mutex mutex_;
  std::map<std::string, Double*> routes_;                   // of packets, by sid
  std::map<std::string, std::unique_ptr<Double>> doubles_;  // by the original's identity; the work thread's
  std::latch joined_{1};
  std::unique_ptr<sfu::LocalParticipant> me_;  // the work thread's
  example::WorkThread work_;
};
