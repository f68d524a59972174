// SPDX-License-Identifier: Apache-2.0
// sfu-server: the SFU as a program, in place of a LiveKit server. It shows how an application hosts sfu::Server; all it
// adds are a command line, a log on standard error, and signals.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "sfu/logger.hpp"
#include "sfu/server.hpp"
#include "sfu/version.hpp"

namespace {

struct Arguments {
  std::string config_file;
  std::string config_body;
  bool development = false;
  std::vector<std::string> bind;
  std::optional<std::uint16_t> port;
  std::optional<std::uint16_t> udp_port;
  std::string node_ip;
  std::string meet_directory;
  std::optional<unsigned> workers;
};

sfu::Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return sfu::fail(sfu::Errc::kNotFound, "cannot read configuration file " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// Configuration first, then the flags, which win.
sfu::Result<sfu::LoadedOptions> options_from(const Arguments& arguments) {
  std::string yaml = arguments.config_body;
  std::string name = "--config-body";
  if (!arguments.config_file.empty()) {
    auto text = read_file(arguments.config_file);
    if (!text) return sfu::Failure{text.error()};
    yaml = *text;
    name = arguments.config_file;
  }
  auto loaded = sfu::load_options(yaml, name, arguments.development);
  if (!loaded) return loaded;

  sfu::ServerOptions& options = loaded->options;
  if (!arguments.bind.empty()) {
    options.bind_addresses.clear();
    for (const std::string& text : arguments.bind) {
      auto address = sfu::IpAddress::parse(text);
      if (!address) return sfu::Failure{address.error()};
      options.bind_addresses.push_back(*address);
    }
    options.engine.bind_addresses = options.bind_addresses;
  }
  if (!arguments.node_ip.empty()) {
    auto address = sfu::IpAddress::parse(arguments.node_ip);
    if (!address) return sfu::Failure{address.error()};
    options.engine.node_ip = *address;
  }
  if (arguments.port) options.port = *arguments.port;
  if (arguments.udp_port) options.engine.udp_port_first = options.engine.udp_port_last = *arguments.udp_port;
  if (arguments.workers) options.engine.workers = *arguments.workers;
  if (!arguments.meet_directory.empty()) options.meet_directory = arguments.meet_directory;
  return loaded;
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

int run(const Arguments& arguments) {
  auto loaded = options_from(arguments);
  if (!loaded) {
    std::fprintf(stderr, "sfu-server: %s\n", loaded.error().message.c_str());
    return 2;
  }
  const auto logger = sfu::make_text_logger(loaded->options.log_level, loaded->options.log_json);
  for (const std::string& warning : loaded->warnings) logger->log(sfu::LogLevel::kWarn, warning, {});
  loaded->options.engine.logger = logger.get();

  // Blocked before any thread is made, so that only sigwait() below takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const bool meet = !loaded->options.meet_directory.empty();
  const std::string host = loaded->options.bind_addresses.empty() || loaded->options.bind_addresses[0].is_unspecified()
                               ? "127.0.0.1"
                               : loaded->options.bind_addresses[0].to_string();
  auto server = sfu::Server::create(std::move(loaded->options));
  if (!server) {
    std::fprintf(stderr, "sfu-server: %s\n", server.error().message.c_str());
    return 1;
  }
  const std::string address = "http://" + host + ":" + std::to_string((*server)->port());
  std::printf("listening on %s\n", address.c_str());
  if (meet) std::printf("meet at %s/meet/\n", address.c_str());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&signals, &signal);
  log_end(*logger, (*server)->engine().counters());
  (*server)->stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("A WebRTC SFU that speaks LiveKit's protocol");
  app.set_version_flag("--version", std::string("sfu-server ") + sfu::version());
  app.add_option("--config", arguments.config_file, "YAML configuration file");
  app.add_option("--config-body", arguments.config_body, "YAML configuration, as text")->envname("LIVEKIT_CONFIG");
  app.add_flag("--dev", arguments.development, "development mode: key devkey, secret secret, on 127.0.0.1");
  app.add_option("--bind", arguments.bind, "address to listen on; may be repeated");
  app.add_option("--port", arguments.port, "HTTP and WebSocket port");
  app.add_option("--udp-port", arguments.udp_port, "UDP port for media");
  app.add_option("--node-ip", arguments.node_ip, "address that clients reach this server at");
  app.add_option("--workers", arguments.workers, "media threads");
  app.add_option("--meet-dir", arguments.meet_directory, "folder of the meeting page, served at /meet/");
  CLI11_PARSE(app, argc, argv);
  return run(arguments);
}
