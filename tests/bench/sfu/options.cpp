// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <string_view>

#include "scenario.hpp"
#include "sfu/address.hpp"

namespace sfu::load {
namespace {

Failure refuse(std::string_view text, const char* wanted) {
  return fail(Errc::kInvalidArgument, "'" + std::string(text) + "' is not " + wanted);
}

template <typename Number>
Result<Number> read_number(std::string_view text, Number least, const char* wanted) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least) return refuse(text, wanted);
  return value;
}

Result<unsigned> read_count(std::string_view text) {
  return read_number<unsigned>(text, 0, "a whole number");
}
Result<unsigned> read_some(std::string_view text) {
  return read_number<unsigned>(text, 1, "a whole number of at least 1");
}
Result<double> read_rate(std::string_view text) {
  return read_number<double>(text, 0, "a number that is not negative");
}
Result<Duration> read_seconds(std::string_view text) {
  SFU_TRY(const double seconds, read_number<double>(text, 0, "a number of seconds"));
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
    parts.push_back(text.substr(0, comma));
    text.remove_prefix(comma + 1);
  }
  parts.push_back(text);
  return parts;
}

Result<std::vector<unsigned>> read_sweep(std::string_view text) {
  std::vector<unsigned> numbers;
  for (const std::string_view part : split(text)) {
    SFU_TRY(const unsigned number, read_some(part));
    numbers.push_back(number);
  }
  return numbers;
}

Result<rtp::Codec> read_codec(std::string_view text) {
  using rtp::Codec;
  for (const auto& [name, codec] : {std::pair{"vp8", Codec::kVp8}, std::pair{"h264", Codec::kH264},
                                    std::pair{"av1", Codec::kAv1}, std::pair{"opus", Codec::kOpus}}) {
    if (text == name) return codec;
  }
  return refuse(text, "one of vp8, h264, av1 and opus");
}

Result<std::string> read_text(std::string_view text) {
  return std::string(text);
}

Result<std::string> read_url(std::string_view text) {
  for (const std::string_view scheme : {"ws://", "wss://", "http://", "https://"}) {
    if (text.starts_with(scheme) && text.size() > scheme.size()) return std::string(text);
  }
  return refuse(text, "a URL, which begins with ws:// or wss://");
}

Result<std::string> read_address(std::string_view text) {
  if (!IpAddress::parse(text)) return refuse(text, "an IP address");
  return std::string(text);
}

using Take = std::function<Result<void>(Options&, std::string_view)>;

template <typename Field, typename Read>
Take into(Field Options::* field, Read read) {
  return [field, read](Options& options, std::string_view text) -> Result<void> {
    SFU_TRY(options.*field, read(text));
    return {};
  };
}
template <typename Field>
Take flag(Field Options::* field) {
  return [field](Options& options, std::string_view) -> Result<void> {
    options.*field = true;
    return {};
  };
}

struct Option {
  const char* name;
  const char* value;  // what it takes; empty: it is a flag
  const char* about;
  Take take;
};

const std::vector<Option>& known_options() {
  static const std::vector<Option> known = {
      {"--url", "URL", "a server that runs already; without it bin/sfu-server is started on loopback",
       into(&Options::url, read_url)},
      {"--api-key", "KEY", "its API key (devkey)", into(&Options::api_key, read_text)},
      {"--api-secret", "SECRET", "and secret (secret)", into(&Options::api_secret, read_text)},
      {"--pid", "PID", "its process, if it is on this machine: CPU, memory, switches",
       [](Options& options, std::string_view text) -> Result<void> {
         SFU_TRY(options.pid, read_number<int>(text, 1, "a process id"));
         return {};
       }},
      {"--metrics", "URL", "of its metrics, as http://127.0.0.1:6789/metrics: latency inside it",
       into(&Options::metrics, read_text)},
      {"--server", "PROGRAM", "what is started in place of bin/sfu-server", into(&Options::server, read_text)},
      {"--server-cpus", "LIST", "where what is started may run, as 0 or 0,2-3",
       into(&Options::server_cpus, parse_cpus)},
      {"--server-arg", "WORD", "one more argument for it; may be given more than once",
       [](Options& options, std::string_view text) -> Result<void> {
         options.server_arguments.emplace_back(text);
         return {};
       }},
      {"--system-calls", "", "count those of the server before the measurement, with perf or strace",
       flag(&Options::system_calls)},
      {"--publishers", "N", "in each room", into(&Options::publishers, read_count)},
      {"--subscribers", "N", "in each room, beside the publishers", into(&Options::subscribers, read_count)},
      {"--rooms", "N", "", into(&Options::rooms, read_some)},
      {"--joins-per-second", "X", "of churn", into(&Options::joins_per_second, read_rate)},
      {"--stay", "S", "how long those stay (5)", into(&Options::stay, read_seconds)},
      {"--sweep", "N,N,...", "one run for each number, in place of the scenario's main one",
       into(&Options::sweep, read_sweep)},
      {"--bitrate", "RATE", "of a publisher's track, as 1.9M or 300k", into(&Options::bitrate, parse_bitrate)},
      {"--codec", "NAME", "vp8 (default), h264, av1 or opus", into(&Options::codec, read_codec)},
      {"--simulcast", "", "three encodings of each picture", flag(&Options::simulcast)},
      {"--messages", "N", "data packets a second of each sender (50)", into(&Options::messages_per_second, read_some)},
      {"--message-size", "BYTES", "of each (200)", into(&Options::message_size, read_some)},
      {"--lossy", "", "send them over the lossy channel", flag(&Options::lossy)},
      {"--warm-up", "S", "between the last join and the measurement (3)", into(&Options::warm_up, read_seconds)},
      {"--duration", "S", "of the measurement (10)", into(&Options::duration, read_seconds)},
      {"--at-once", "N", "joins under way at a time (20)", into(&Options::at_once, read_some)},
      {"--threads", "N", "of the generator (1)", into(&Options::threads, read_some)},
      {"--two-connections", "", "join over /rtc instead of /rtc/v1", flag(&Options::two_connections)},
      {"--address", "IP", "that the clients' sockets bind to", into(&Options::address, read_address)},
      {"--gro", "", "read with UDP_GRO: cheaper for both sides, and not what browsers do",
       flag(&Options::joined_reads)},
      {"--json", "FILE", "all figures; - is standard output", into(&Options::json, read_text)},
      {"--plot", "FILE.svg", "CPU against streams, a point for each run", into(&Options::plot, read_text)},
      {"--help", "", "", flag(&Options::help)},
  };
  return known;
}

Result<void> check(const Options& options) {
  if (options.help) return {};
  if (options.scenario.empty()) return fail(Errc::kInvalidArgument, "which scenario? See --help");
  if (find_scenario(options.scenario) == nullptr) {
    return fail(Errc::kInvalidArgument, "there is no scenario '" + options.scenario + "'; see --help");
  }
  if (options.duration <= Duration::zero()) return fail(Errc::kInvalidArgument, "--duration: must be longer than 0");
  if (options.url.empty() && options.pid != 0) {
    return fail(Errc::kInvalidArgument, "--pid: is for a server given by --url");
  }
  if (options.url.empty() && !options.metrics.empty()) {
    return fail(Errc::kInvalidArgument, "--metrics: is for a server given by --url");
  }
  const bool starts = !options.server.empty() || !options.server_cpus.empty() || !options.server_arguments.empty();
  if (!options.url.empty() && starts) {
    return fail(Errc::kInvalidArgument,
                "--server, --server-cpus, --server-arg: are for a server that is started, not one of --url");
  }
  if (options.message_size < kLeastMessage) {
    return fail(Errc::kInvalidArgument, "--message-size: at least " + std::to_string(kLeastMessage));
  }
  return {};
}

}  // namespace

Result<Bitrate> parse_bitrate(std::string_view text) {
  double unit = 1;
  std::string_view digits = text;
  if (text.ends_with('M')) unit = 1e6;
  if (text.ends_with('k')) unit = 1e3;
  if (unit != 1) digits.remove_suffix(1);
  const auto number = read_number<double>(digits, 0, "");
  if (!number || *number * unit < 1) return refuse(text, "a bitrate, as 1.9M, 300k or 64000");
  return Bitrate{static_cast<std::int64_t>(*number * unit)};
}

Result<std::vector<int>> parse_cpus(std::string_view text) {
  constexpr const char* kWanted = "a list of CPUs, as 0 or 0,2-3";
  constexpr int kMost = 1024;  // what a cpu_set_t holds
  std::vector<int> cpus;
  for (const std::string_view part : split(text)) {
    const std::size_t dash = part.find('-');
    const auto first = read_number<int>(part.substr(0, dash), 0, kWanted);
    const auto last = dash == std::string_view::npos ? first : read_number<int>(part.substr(dash + 1), 0, kWanted);
    if (!first || !last || *last < *first || *last >= kMost) return refuse(text, kWanted);
    for (int cpu = *first; cpu <= *last; ++cpu) cpus.push_back(cpu);
  }
  return cpus;
}

Result<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (!argument.starts_with("--")) {
      if (!options.scenario.empty())
        return fail(Errc::kInvalidArgument, "one scenario at a time: " + std::string(argument));
      options.scenario = argument;
      continue;
    }
    const auto& known = known_options();
    const auto option = std::ranges::find_if(known, [&](const Option& one) { return argument == one.name; });
    if (option == known.end()) return fail(Errc::kInvalidArgument, "there is no option " + std::string(argument));
    std::string_view value;
    if (*option->value != '\0') {
      if (i + 1 == arguments.size()) return fail(Errc::kInvalidArgument, std::string(argument) + ": needs a value");
      value = arguments[++i];
    }
    if (auto taken = option->take(options, value); !taken) {
      return fail(taken.error().code, std::string(argument) + ": " + taken.error().message);
    }
  }
  SFU_CHECK_OK(check(options));
  return options;
}

std::string options_help() {
  std::string text = "usage: ./dev bench sfu SCENARIO [options]\n";
  const auto add = [&text](const std::string& left, const char* right) {
    text += "  " + left + std::string(left.size() < 26 ? 26 - left.size() : 1, ' ') + right + "\n";
  };
  for (const Scenario& scenario : scenarios()) add(scenario.name, scenario.about);
  text += "options:\n";
  for (const Option& option : known_options()) add(std::string(option.name) + " " + option.value, option.about);
  return text;
}

}  // namespace sfu::load
