// SPDX-License-Identifier: Apache-2.0
// A program of your own with an SFU in it: clients of LiveKit join at port 7880, and the program hears who comes and
// goes. README.md shows the lines of main(). Enter ends it.
#include <cstdio>
#include <utility>

#include "sfu/server.hpp"

namespace {

struct Doorman : sfu::EventSink {
  void on_event(const sfu::Event& event) override {
    std::printf("%s: %s %s\n", event.room.name.c_str(), event.participant.identity.c_str(), sfu::to_string(event.kind));
  }
};

}  // namespace

int main() {
  Doorman doorman;
  sfu::ServerOptions options;
  options.keys = {{"my-key", "a secret of at least 32 characters"}};
  options.engine.events = &doorman;
  auto server = sfu::Server::create(std::move(options));
  if (!server) return std::fprintf(stderr, "%s\n", server.error().message.c_str()), 1;

  std::getchar();  // meanwhile rooms come and go, on threads of the library
  for (const auto& room : (*server)->engine().rooms()) std::printf("%s is still open\n", room.name.c_str());
}
