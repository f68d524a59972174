// SPDX-License-Identifier: Apache-2.0
// The example in C, run as a program of its own, and joined.
#ifdef SFU_EMBED_C
#include <doctest/doctest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

// A program whose lines are heard, and which ends when its input does.
class Program {
 public:
  explicit Program(std::vector<std::string> arguments) {
    int input[2];
    int output[2];
    REQUIRE(pipe(input) == 0);
    REQUIRE(pipe(output) == 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input[0], 0);
    posix_spawn_file_actions_adddup2(&actions, output[1], 1);
    for (const int end : {input[0], input[1], output[0], output[1]}) posix_spawn_file_actions_addclose(&actions, end);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    REQUIRE(posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) == 0);
    posix_spawn_file_actions_destroy(&actions);
    close(input[0]);
    close(output[1]);
    input_ = input[1];
    reader_ = std::thread([this, end = output[0]] {
      std::FILE* file = fdopen(end, "r");
      char line[256];
      while (std::fgets(line, sizeof line, file) != nullptr) {
        lines.add(std::string(line).substr(0, std::string(line).find('\n')));
      }
      std::fclose(file);
    });
  }
  ~Program() { finish(); }

  // Ends its input; its exit status.
  int finish() {
    if (pid_ == 0) return -1;
    close(input_);
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = 0;
    reader_.join();
    return status;
  }

  Lines lines;

 private:
  pid_t pid_ = 0;
  int input_ = -1;
  std::thread reader_;
};

// Joins with `password`, and leaves when it has come in; what it heard.
std::string visit(const std::string& url, const char* password) {
  static const char* const loopback[] = {"127.0.0.1"};
  Lines lines;
  sfu_client_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &lines;
  callbacks.on_connected = [](void* user, const sfu_room_info* room, const sfu_participant_info* self) {
    static_cast<Lines*>(user)->add(std::string("in ") + room->name + " as " + self->identity);
  };
  callbacks.on_ready = [](void* user) { static_cast<Lines*>(user)->add("heard"); };
  callbacks.on_disconnected = [](void* user, sfu_disconnect_reason, sfu_status, const char* message) {
    static_cast<Lines*>(user)->add(std::string("out: ") + message);
    static_cast<Lines*>(user)->add("heard");
  };
  sfu_client_options options;
  SFU_INIT(options);
  options.url = url.c_str();
  options.token = password;
  options.media_addresses = loopback;
  options.media_address_count = 1;
  sfu_client* client = nullptr;
  SFU_REQUIRE(sfu_client_connect(&options, &callbacks, &client));
  CHECK(lines.wait("heard") == "heard");
  SFU_CHECK(sfu_client_release(client));
  return lines.all().front();
}

}  // namespace

TEST_CASE("the example in C lets in whom it knows, and prints what happens") {
  Program program({SFU_EMBED_C, "0", std::to_string(free_udp_port())});
  const std::string listening = program.lines.wait("listening at ");
  REQUIRE(!listening.empty());
  const std::string url = listening.substr(std::string("listening at ").size());
  CHECK(visit(url, "sunflower") == "in lobby as ann");
  CHECK(visit(url, "rose").find("we do not know you") != std::string::npos);
  CHECK(program.lines.wait("room_started") == "room_started lobby");
  CHECK(program.lines.wait("participant_joined") == "participant_joined ann");
  CHECK(program.lines.wait("participant_left") == "participant_left ann");
  CHECK(program.finish() == 0);
}
#endif
