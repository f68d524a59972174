// SPDX-License-Identifier: Apache-2.0
// An SFU with a bridge between two of its rooms: who is in the one is seen and heard in the other.
#include <cstdio>
#include <map>

#include "passage.hpp"
#include "serve.hpp"

int main(int argc, char** argv) {
  if (argc != 5 || std::string(argv[3]) == argv[4]) {
    return std::fprintf(stderr, "usage: bridge <TCP port> <UDP port of media> <room> <other room>\n"), 2;
  }
  const std::map<std::string, std::string> across = {{argv[3], argv[4]}, {argv[4], argv[3]}};
  std::map<std::string, std::unique_ptr<Passage>> passages;  // by the room that they begin in
  const auto attend = [&](sfu::Server& server, const std::string& room) {
    sfu::Engine& engine = server.engine();
    const auto to = across.find(room);
    if (to == across.end()) return;
    auto passage = Passage::open(engine.room(room), engine.room(to->second));
    if (!passage) {
      std::printf("no bridge from=%s error=%s\n", room.c_str(), passage.error().message.c_str());
      return;
    }
    passages[room] = *std::move(passage);  // that of a room of this name before has ended
    std::printf("bridge from=%s to=%s\n", room.c_str(), to->second.c_str());
  };
  return example::serve(argv[1], argv[2], attend, [&] { passages.clear(); });
}
