// SPDX-License-Identifier: Apache-2.0
// An SFU with a bot in every room: it echoes what people say, and plays a tone when somebody asks for one.
#include <cstdio>
#include <vector>

#include "bot.hpp"
#include "serve.hpp"

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: bot <TCP port> <UDP port of media>\n"), 2;
  std::vector<std::unique_ptr<Bot>> bots;
  const auto attend = [&](sfu::Server& server, const std::string& room) {
    std::erase_if(bots, [](const auto& bot) { return bot->ended(); });
    auto bot = Bot::begin(server.engine(), room);
    if (!bot) {
      std::printf("no bot room=%s error=%s\n", room.c_str(), bot.error().message.c_str());
    } else {
      std::printf("joined room=%s\n", room.c_str());
      bots.push_back(*std::move(bot));
    }
  };
  return example::serve(argv[1], argv[2], attend, [&] { bots.clear(); });
}
