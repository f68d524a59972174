// SPDX-License-Identifier: Apache-2.0
// sfu-server: the SFU as a program, in place of a LiveKit server. It shows how an application hosts sfu::Server; all it
// adds are a command line, a log on standard error, and signals.
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "sfu/logger.hpp"
#include "sfu/server.hpp"
#include "sfu/version.hpp"
#include "tools.hpp"

namespace {

// Waits for a signal; gives its number.
int wait_for(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  return signal;
}

// After the first signal everything goes on until nobody is left, or until the second one. Every thread has SIGUSR1
// blocked: it only wakes this one.
void drain(sfu::Server& server, sfu::Logger& logger, sigset_t signals) {
  sigaddset(&signals, SIGUSR1);
  const auto empty = std::make_shared<std::atomic<bool>>(false);
  const std::uint64_t participants = server.drain([empty, self = pthread_self()] {
    *empty = true;
    pthread_kill(self, SIGUSR1);
  });
  if (participants != 0) {
    const std::string count = std::to_string(participants);
    const sfu::LogField fields[] = {{"participants", count}};
    logger.log(sfu::LogLevel::kInfo, "draining: waiting for participants to leave; a second signal stops at once",
               fields);
  }
  while (!*empty && wait_for(signals) == SIGUSR1) {
  }
}

// One line for all that was dropped without a word while the server ran.
void log_end(sfu::Logger& logger, const sfu::Engine::Counters& counters) {
  const std::string received = std::to_string(counters.packets_received);
  const std::string unknown = std::to_string(counters.dropped_unknown_source);
  const std::string malformed = std::to_string(counters.dropped_malformed);
  const sfu::LogField fields[] = {
      {"packets_received", received}, {"dropped_unknown_source", unknown}, {"dropped_malformed", malformed}};
  logger.log(sfu::LogLevel::kInfo, "shutting down", fields);
}

// Each client takes one. The soft limit, mostly 1024, is there for programs that call select().
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int complain(const sfu::Error& error) {
  std::fprintf(stderr, "sfu-server: %s\n", error.message.c_str());
  return 1;
}

sfu::Result<sfu::LoadedOptions> load(const Arguments& arguments) {
  auto source = arguments.source();
  if (!source) return sfu::Failure{std::move(source).error()};
  return sfu::load_options(*source);
}

// Where this machine reaches it, as a URL has it.
std::string host_of(const std::vector<sfu::IpAddress>& bound) {
  if (bound.empty()) return "127.0.0.1";
  const sfu::IpAddress& first = bound.front();
  if (first.is_unspecified()) return first.is_v4() ? "127.0.0.1" : "[::1]";
  return first.is_v4() ? first.to_string() : "[" + first.to_string() + "]";
}

int serve(const Arguments& arguments) {
  raise_descriptor_limit();
  auto loaded = load(arguments);
  if (!loaded) return complain(loaded.error());
  const auto logger = sfu::make_text_logger(loaded->options.log_level, loaded->options.log_json);
  for (const std::string& warning : loaded->warnings) logger->log(sfu::LogLevel::kWarn, warning, {});
  loaded->options.engine.logger = logger.get();

  // Blocked before any thread is made, so that only sigwait() below takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGQUIT);
  sigset_t blocked = signals;
  sigaddset(&blocked, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);

  const bool meet = !loaded->options.meet_directory.empty();
  const bool console = !loaded->options.console_directory.empty();
  const std::string host = host_of(loaded->options.bind_addresses);
  auto server = sfu::Server::create(std::move(loaded->options));
  if (!server) return complain(server.error());
  const std::string address = "http://" + host + ":" + std::to_string((*server)->port());
  std::printf("listening on %s\n", address.c_str());
  if (meet) std::printf("meet at %s/meet/\n", address.c_str());
  if (console) std::printf("console at %s/console/\n", address.c_str());
  std::fflush(stdout);

  wait_for(signals);
  drain(**server, *logger, signals);
  log_end(*logger, (*server)->engine().counters());
  (*server)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  JoinTokenRequest token;
  auto parser = std::make_unique<CLI::App>("A WebRTC SFU that speaks LiveKit's protocol");
  CLI::App& app = *parser;
  app.set_version_flag("--version", std::string("sfu-server ") + sfu::version());
  app.fallthrough();
  add_base_flags(app, arguments);
  const std::string_view first = argc > 1 ? argv[1] : "";
  add_key_flags(app, arguments, first == "help-verbose");

  const auto* keys = app.add_subcommand("generate-keys", "print a new API key and its secret");
  const auto* ports = app.add_subcommand("ports", "print the ports that the server listens on");
  auto* join_token = app.add_subcommand("create-join-token", "print a token to join a room with");
  join_token->group("");
  join_token->add_option("--room", token.room, "the room")->required();
  join_token->add_option("--identity", token.identity, "who joins")->required();
  join_token->add_flag("--recorder", token.recorder, "a hidden participant that only watches");
  const auto* nodes = app.add_subcommand("list-nodes", "print the nodes");
  const auto* verbose = app.add_subcommand("help-verbose", "print this help with a flag for each key");
  app.require_subcommand(0, 1);
  CLI11_PARSE(app, argc, argv);

  if (*keys) return generate_keys();
  if (*nodes) return list_nodes();
  if (*verbose) {
    // help() would speak of the sub-command alone.
    std::printf("%s", app.get_formatter()->make_help(&app, "sfu-server", CLI::AppFormatMode::Normal).c_str());
    return 0;
  }
  if (!*ports && !*join_token) {
    parser.reset();  // a flag for each key: more memory than an idle server should keep
    return serve(arguments);
  }
  const auto loaded = load(arguments);
  if (!loaded) return complain(loaded.error());
  return *ports ? print_ports(loaded->options) : create_join_token(loaded->options, token);
}
