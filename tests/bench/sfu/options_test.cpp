// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

#include "scenario.hpp"

using namespace sfu;
using namespace sfu::load;
using namespace std::chrono_literals;

namespace {

Result<Options> parse(std::initializer_list<const char*> words) {
  const std::vector<const char*> arguments(words);
  return parse_options(arguments);
}

std::string refusal(std::initializer_list<const char*> words) {
  const auto options = parse(words);
  return options ? "" : options.error().message;
}

}  // namespace

TEST_CASE("a scenario alone is enough") {
  const auto options = parse({"broadcast"});
  REQUIRE(options);
  CHECK(options->scenario == "broadcast");
  CHECK(options->url.empty());
  const Scenario scenario = with_options(*find_scenario("broadcast"), *options);
  CHECK(scenario.load.subscribers == 100);
  CHECK(participants_of(scenario) == 101);
  CHECK(streams_of(scenario) == 100);
}

TEST_CASE("options are read, whatever their order") {
  const auto options =
      parse({"--subscribers", "7", "churn", "--joins-per-second", "2.5", "--duration", "1.5", "--bitrate", "1.9M",
             "--codec", "h264", "--simulcast", "--sweep", "10,50", "--server-cpus", "0,2-3"});
  REQUIRE(options);
  CHECK(options->scenario == "churn");
  CHECK(options->duration == 1500ms);
  CHECK(options->bitrate->bps == 1'900'000);
  CHECK(options->codec == rtp::Codec::kH264);
  CHECK(options->sweep == std::vector<unsigned>{10, 50});
  CHECK(options->server_cpus == std::vector<int>{0, 2, 3});
  const Scenario scenario = with_options(*find_scenario("churn"), *options);
  CHECK(scenario.load.subscribers == 7);
  CHECK(scenario.load.joins_per_second == 2.5);
  CHECK(scenario.simulcast);
}

TEST_CASE("what is wrong is told by the option's name") {
  CHECK(refusal({}).find("which scenario") != std::string::npos);
  CHECK(refusal({"concert"}) == "there is no scenario 'concert'; see --help");
  CHECK(refusal({"broadcast", "data"}) == "one scenario at a time: data");
  CHECK(refusal({"broadcast", "--loud"}) == "there is no option --loud");
  CHECK(refusal({"broadcast", "--subscribers"}) == "--subscribers: needs a value");
  CHECK(refusal({"broadcast", "--subscribers", "many"}) == "--subscribers: 'many' is not a whole number");
  CHECK(refusal({"broadcast", "--subscribers", "-1"}) == "--subscribers: '-1' is not a whole number");
  CHECK(refusal({"broadcast", "--rooms", "0"}) == "--rooms: '0' is not a whole number of at least 1");
  CHECK(refusal({"broadcast", "--bitrate", "fast"}) == "--bitrate: 'fast' is not a bitrate, as 1.9M, 300k or 64000");
  CHECK(refusal({"broadcast", "--codec", "theora"}) == "--codec: 'theora' is not one of vp8, h264, av1 and opus");
  CHECK(refusal({"broadcast", "--duration", "0"}) == "--duration: must be longer than 0");
  CHECK(refusal({"broadcast", "--sweep", "10,,20"}) == "--sweep: '' is not a whole number of at least 1");
  CHECK(refusal({"broadcast", "--server-cpus", "3-1"}).starts_with("--server-cpus: '3-1'"));
  CHECK(refusal({"broadcast", "--server-cpus", "99999"}).starts_with("--server-cpus: '99999'"));
  CHECK(refusal({"broadcast", "--url", "localhost:7880"}).starts_with("--url: 'localhost:7880' is not a URL"));
  CHECK(refusal({"broadcast", "--pid", "12"}) == "--pid: is for a server given by --url");
  CHECK(refusal({"broadcast", "--url", "ws://a", "--server-cpus", "0"}).starts_with("--server"));
  CHECK(refusal({"broadcast", "--address", "here"}) == "--address: 'here' is not an IP address");
  CHECK(refusal({"data", "--message-size", "3"}) == "--message-size: at least 10");
}

TEST_CASE("every scenario is in the help, and grows with what --sweep varies") {
  const std::string help = options_help();
  for (const Scenario& scenario : scenarios()) {
    CAPTURE(scenario.name);
    CHECK(help.find(std::string("  ") + scenario.name + " ") != std::string::npos);
    Load load = scenario.load;
    scenario.vary(load, 321);
    const bool varied =
        load.subscribers == 321 || load.publishers == 321 || load.rooms == 321 || load.joins_per_second == 321;
    CHECK(varied);
  }
}

TEST_CASE("streams are what subscribers get: of a meeting, everything from everybody else") {
  Options options;
  options.publishers = 4;
  CHECK(streams_of(with_options(*find_scenario("meeting"), options)) == 4 * 3 * 2);
  options.rooms = 5;
  options.publishers = 2;
  CHECK(streams_of(with_options(*find_scenario("many-rooms"), options)) == 10);
  CHECK(streams_of(with_options(*find_scenario("data"), options)) == 0);
}

TEST_CASE("with Opus a broadcast is one of sound") {
  Options options;
  options.codec = rtp::Codec::kOpus;
  const Scenario scenario = with_options(*find_scenario("broadcast"), options);
  CHECK_FALSE(scenario.video);
  CHECK(scenario.audio);
}

TEST_CASE("bitrates and lists of CPUs") {
  CHECK(parse_bitrate("300k")->bps == 300'000);
  CHECK(parse_bitrate("64000")->bps == 64'000);
  CHECK_FALSE(parse_bitrate("0"));
  CHECK_FALSE(parse_bitrate("1.9G"));
  CHECK_FALSE(parse_bitrate("M"));
  CHECK(*parse_cpus("1-3") == std::vector<int>{1, 2, 3});
  CHECK_FALSE(parse_cpus(""));
  CHECK_FALSE(parse_cpus("1,"));
}
