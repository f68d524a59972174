// SPDX-License-Identifier: Apache-2.0
// sfu-cli: joins a room of a LiveKit server, or of sfu-server; publishes files or made-up media, prints what it
// receives, sends data and calls. It shows how an application uses sfu::Client.
#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "printer.hpp"
#include "publisher.hpp"
#include "sfu/version.hpp"

namespace {

struct Arguments {
  std::string url = "ws://127.0.0.1:7880";
  std::string token;
  std::string api_key;
  std::string api_secret;
  std::string room;
  std::string identity = "sfu-cli";
  std::vector<std::string> publish;
  bool subscribe = false;
  bool two_connections = false;
  std::vector<std::string> texts;
  std::vector<std::string> data;
  std::vector<std::string> attributes;
  std::string to;
  std::string rpc;
  std::string rpc_payload;
  std::vector<std::string> answer;
  double duration = 0;
  std::string ca_file;
  bool insecure = false;
};

// Waits for an interruption, the end of the time, or raise(). Made before any other thread, so that the signals come
// here alone.
class Stop {
 public:
  Stop() : waiter_(pthread_self()) {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  // Any thread.
  void raise() { pthread_kill(waiter_, SIGUSR1); }
  void wait(double seconds) {
    int signal = 0;
    if (seconds <= 0) {
      sigwait(&signals_, &signal);
      return;
    }
    timespec limit{};
    limit.tv_sec = static_cast<time_t>(seconds);
    limit.tv_nsec = static_cast<long>((seconds - static_cast<double>(limit.tv_sec)) * 1e9);
    sigtimedwait(&signals_, nullptr, &limit);
  }

 private:
  pthread_t waiter_;
  sigset_t signals_{};
};

std::vector<std::string> recipients(const Arguments& arguments) {
  if (arguments.to.empty()) return {};
  return {arguments.to};
}

// What was asked for on the command line, once media and data flow.
void say_all(sfu::Client& client, cli::Printer& printer, const Arguments& arguments) {
  for (const std::string& text : arguments.texts) {
    sfu::StreamOptions options;
    options.topic = "lk.chat";
    options.to = recipients(arguments);
    client.send_text(text, options);
  }
  for (const std::string& data : arguments.data) {
    client.send_data({reinterpret_cast<const std::uint8_t*>(data.data()), data.size()}, "cli", recipients(arguments));
  }
  std::map<std::string, std::string> attributes;
  for (const std::string& pair : arguments.attributes) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    attributes[pair.substr(0, equals)] = equals < pair.size() ? pair.substr(equals + 1) : "";
  }
  if (!attributes.empty()) client.update({}, {}, attributes);
  if (arguments.rpc.empty()) return;
  client.call(arguments.to, arguments.rpc, arguments.rpc_payload, [&printer](const sfu::RpcResult& result) {
    if (const auto* payload = std::get_if<std::string>(&result)) {
      printer.line("rpc_answer payload=" + cli::quoted(*payload));
    } else {
      const auto& error = std::get<sfu::RpcError>(result);
      printer.line("rpc_error code=" + std::to_string(error.code) + " message=" + cli::quoted(error.message));
    }
  });
}

// Methods that answer with what they are told: "echo" with the payload, "name=text" with the text.
void answer_calls(sfu::Client& client, cli::Printer& printer, const std::vector<std::string>& methods) {
  for (const std::string& one : methods) {
    const std::size_t equals = one.find('=');
    const bool fixed = equals != std::string::npos;
    const std::string text = fixed ? one.substr(equals + 1) : "";
    client.handle(one.substr(0, equals),
                  [&printer, fixed, text](const sfu::RpcCall& call, const sfu::RpcResponder& respond) {
                    printer.line("rpc_call from=" + call.caller + " method=" + call.method +
                                 " bytes=" + std::to_string(call.payload.size()));
                    respond(fixed ? text : call.payload);
                  });
  }
}

int join(const Arguments& arguments) {
  sfu::ClientOptions options;
  options.url = arguments.url;
  options.token = !arguments.token.empty() ? arguments.token
                                           : sfu::make_access_token(arguments.api_key, arguments.api_secret,
                                                                    arguments.room, arguments.identity);
  options.single_connection = !arguments.two_connections;
  options.auto_subscribe = arguments.subscribe;
  options.ca_file = arguments.ca_file;
  options.verify_server = !arguments.insecure;

  std::vector<std::unique_ptr<cli::Source>> sources;
  for (const std::string& name : arguments.publish) {
    auto source = cli::open_source(name);
    if (!source) {
      std::fprintf(stderr, "sfu-cli: %s\n", source.error().message.c_str());
      return 2;
    }
    sources.push_back(*std::move(source));
  }

  Stop stop;
  cli::Printer printer;
  sfu::Client* connected = nullptr;
  std::mutex mutex;  // the client's thread runs before its handle is known here
  std::vector<std::unique_ptr<cli::Publisher>> publishers;
  printer.on_first_ready = [&] {
    const std::lock_guard lock(mutex);
    say_all(*connected, printer, arguments);
  };
  printer.on_end = [&] { stop.raise(); };
  printer.on_track = [&](const std::string& id, bool live) {
    const std::lock_guard lock(mutex);
    for (const auto& publisher : publishers) {
      if (publisher->id() == id) publisher->set_live(live);
    }
  };
  printer.on_keyframe_wanted = [&] {
    const std::lock_guard lock(mutex);
    for (const auto& publisher : publishers) publisher->want_keyframe();
  };

  std::unique_lock lock(mutex);
  auto client = sfu::Client::connect(options, printer);
  if (!client) {
    std::fprintf(stderr, "sfu-cli: %s\n", client.error().message.c_str());
    return 2;
  }
  connected = client->get();
  answer_calls(**client, printer, arguments.answer);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    publishers.push_back(
        std::make_unique<cli::Publisher>(**client, "track-" + std::to_string(i), std::move(sources[i])));
  }
  lock.unlock();

  stop.wait(arguments.duration);
  for (const auto& publisher : publishers) publisher->stop();
  (*client)->close();
  printer.print_stats();
  for (const auto& publisher : publishers) {
    printer.line("sent id=" + publisher->id() + " frames=" + std::to_string(publisher->frames()));
  }
  return printer.failed() ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("A client of LiveKit servers");
  app.set_version_flag("--version", std::string("sfu-cli ") + sfu::version());
  app.require_subcommand(1);
  CLI::App* joining = app.add_subcommand("join", "join a room and print what happens there");
  joining->add_option("--url", arguments.url, "ws://host:port or wss://host")->envname("LIVEKIT_URL");
  CLI::Option* token = joining->add_option("--token", arguments.token, "access token")->envname("LIVEKIT_TOKEN");
  joining->add_option("--api-key", arguments.api_key, "makes a token")->envname("LIVEKIT_API_KEY")->excludes(token);
  joining->add_option("--api-secret", arguments.api_secret, "signs it")->envname("LIVEKIT_API_SECRET");
  joining->add_option("--room", arguments.room, "for the token");
  joining->add_option("--identity", arguments.identity, "for the token");
  joining->add_option("--publish", arguments.publish,
                      "an .ivf, .h264 or .ogg file, synthetic or synthetic-audio; may be repeated");
  joining->add_flag("--subscribe", arguments.subscribe, "to every track");
  joining->add_flag("--two-connections", arguments.two_connections, "the protocol before /rtc/v1");
  joining->add_option("--send", arguments.texts, "a text, as a text stream; may be repeated");
  joining->add_option("--data", arguments.data, "a data packet; may be repeated");
  joining->add_option("--attribute", arguments.attributes, "name=value of one's own; may be repeated");
  joining->add_option("--to", arguments.to, "identity that texts, data and calls go to; else everyone");
  CLI::Option* rpc = joining->add_option("--rpc", arguments.rpc, "call this method of --to");
  joining->add_option("--payload", arguments.rpc_payload, "of the call")->needs(rpc);
  joining->add_option("--answer", arguments.answer, "a method: echo, or name=answer; may be repeated");
  joining->add_option("--duration", arguments.duration, "seconds; else until interrupted");
  joining->add_option("--ca-file", arguments.ca_file, "authorities to trust, PEM");
  joining->add_flag("--insecure", arguments.insecure, "take any certificate");
  CLI11_PARSE(app, argc, argv);
  if (arguments.token.empty() && (arguments.api_key.empty() || arguments.room.empty())) {
    std::fprintf(stderr, "sfu-cli: needs --token, or --api-key, --api-secret and --room\n");
    return 2;
  }
  return join(arguments);
}
