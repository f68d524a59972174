// SPDX-License-Identifier: Apache-2.0
// Media for one published track, written to the client frame by frame as its time comes: out of a file, which begins
// anew at its end, or made up. Runs on a thread of its own.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "sfu/client.hpp"

namespace cli {

// Where frames come from.
class Source {
 public:
  virtual ~Source() = default;
  virtual sfu::PublishTrack track() const = 0;
  // The next frame; bytes are valid until the next call. `keyframe`: one is wanted, if it can be made.
  virtual sfu::MediaFile::Sample next(bool keyframe) = 0;
};

// "synthetic" (VP8), "synthetic-audio" (Opus), or the path of an IVF, H264 or Ogg file.
sfu::Result<std::unique_ptr<Source>> open_source(const std::string& name);

class Publisher {
 public:
  Publisher(sfu::Client& client, std::string id, std::unique_ptr<Source> source);
  ~Publisher();

  const std::string& id() const { return id_; }
  // The track is live, or has ceased to be. Any thread.
  void set_live(bool live);
  void want_keyframe() { keyframe_ = true; }
  std::uint64_t frames() const { return frames_; }
  void stop();

 private:
  void run();

  sfu::Client& client_;
  std::string id_;
  std::unique_ptr<Source> source_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool live_ = false;
  bool stopping_ = false;
  std::atomic<bool> keyframe_ = true;
  std::atomic<std::uint64_t> frames_ = 0;
  std::thread thread_;
};

}  // namespace cli
