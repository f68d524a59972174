// SPDX-License-Identifier: Apache-2.0
// An SFU that records: LiveKit's clients join as they do anywhere, and every track of every room is written to a file
// of its own, by a participant in this process that nobody sees. A webhook is told. Ctrl-C closes the files and ends
// it.
#include <cstdio>
#include <filesystem>
#include <vector>

#include "libav.hpp"
#include "recording.hpp"
#include "serve.hpp"

int main(int argc, char** argv) {
  if (argc != 4 && argc != 5) {
    return std::fprintf(stderr, "usage: recorder <TCP port> <UDP port of media> <folder> [<URL of a webhook>]\n"), 2;
  }
  const std::string folder = argv[3];
  const std::string webhook = argc == 5 ? argv[4] : "";
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return std::fprintf(stderr, "%s: %s\n", folder.c_str(), error.message().c_str()), 1;

  av_log_set_level(AV_LOG_QUIET);  // publishers can make it complain at every frame; what fails is told here
  std::vector<std::unique_ptr<Recording>> recordings;
  const auto record = [&](sfu::Server& server, const std::string& room) {
    std::erase_if(recordings, [](const auto& recording) { return recording->ended(); });
    auto recording = Recording::begin(server, room, folder, webhook);
    if (!recording) {
      std::printf("not recording room=%s error=%s\n", room.c_str(), recording.error().message.c_str());
    } else {
      std::printf("recording room=%s\n", room.c_str());
      recordings.push_back(*std::move(recording));
    }
  };
  return example::serve(argv[1], argv[2], record, [&] { recordings.clear(); });
}
