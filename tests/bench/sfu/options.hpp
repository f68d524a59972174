// SPDX-License-Identifier: Apache-2.0
// The command line of the load generator. What is left out is the scenario's to say (scenario.hpp).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "rtp/codec_name.hpp"
#include "sfu/time.hpp"

namespace sfu::load {

struct Options {
  std::string scenario;

  // The server: one that runs already, or one that is started.
  std::string url;
  std::string api_key = "devkey";
  std::string api_secret = "secret";
  std::string server;                         // the program; empty: bin/sfu-server of the build
  std::vector<int> server_cpus;               // where it may run; empty: anywhere
  std::vector<std::string> server_arguments;  // further ones
  int pid = 0;                                // of a server given by URL; 0: its process is not looked at
  std::string metrics;                        // URL of its metrics; empty: not known
  bool system_calls = false;                  // counted by perf or strace, before the measurement

  // The load.
  std::optional<unsigned> publishers;
  std::optional<unsigned> subscribers;
  std::optional<unsigned> rooms;
  std::optional<double> joins_per_second;
  std::vector<unsigned> sweep;
  std::optional<Bitrate> bitrate;
  rtp::Codec codec = rtp::Codec::kVp8;
  std::optional<bool> simulcast;
  Duration stay = std::chrono::seconds(5);
  unsigned messages_per_second = 50;
  unsigned message_size = 200;
  bool lossy = false;

  // The run.
  Duration warm_up = std::chrono::seconds(3);
  Duration duration = std::chrono::seconds(10);
  unsigned at_once = 20;  // joins under way
  unsigned threads = 1;
  bool two_connections = false;  // `/rtc` instead of `/rtc/v1`
  std::string address;           // of the clients' sockets; empty: loopback, or the machine's first
  bool joined_reads = false;     // UDP_GRO, which no browser's sockets have

  std::string json;
  std::string plot;
  bool help = false;
};

// Errors name the option.
Result<Options> parse_options(std::span<const char* const> arguments);
std::string options_help();

// "1.9M", "500k", "64000". Errors: kInvalidArgument.
Result<Bitrate> parse_bitrate(std::string_view text);
// "0", "0,2", "1-3". Errors: kInvalidArgument.
Result<std::vector<int>> parse_cpus(std::string_view text);

}  // namespace sfu::load
