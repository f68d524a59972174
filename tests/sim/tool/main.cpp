// SPDX-License-Identifier: Apache-2.0
// sim_scenario [--seed N] [--plot DIR] [--json FILE] [FILE.yaml]: runs a scenario, or lists those of a folder (--list
// DIR).
// `./dev sim` is the way to call it.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "scenario_report.hpp"

using namespace sfu;
using namespace sfu::sim;

namespace {

struct Options {
  std::string file;
  std::string list;
  std::optional<std::uint64_t> seed;
  std::string plot;
  std::string json;
};

int complain(const std::string& what) {
  std::fprintf(stderr, "sim: %s\n", what.c_str());
  return 2;
}

std::optional<std::string> slurp(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

bool spill(const std::filesystem::path& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  return !out.fail();
}

std::optional<Options> read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (!argument.starts_with("--")) {
      if (!options.file.empty()) return std::nullopt;
      options.file = argument;
      continue;
    }
    if (i + 1 == argc) return std::nullopt;
    const std::string value = argv[++i];
    if (argument == "--list") {
      options.list = value;
    } else if (argument == "--plot") {
      options.plot = value;
    } else if (argument == "--json") {
      options.json = value;
    } else if (argument == "--seed") {
      std::uint64_t seed = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seed);
      if (error != std::errc() || end != value.data() + value.size()) return std::nullopt;
      options.seed = seed;
    } else {
      return std::nullopt;
    }
  }
  if (options.file.empty() == options.list.empty()) return std::nullopt;
  return options;
}

int list(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  if (error) return complain(folder + ": " + error.message());
  std::ranges::sort(files);
  for (const auto& file : files) {
    const auto scenario = parse_scenario(slurp(file.string()).value_or(""), file.string());
    if (!scenario) return complain(scenario.error().message);
    std::printf("%-18s %s\n", scenario->name.c_str(), scenario->about.c_str());
  }
  return 0;
}

int run(const Options& options) {
  const auto text = slurp(options.file);
  if (!text) return complain(options.file + " cannot be read");
  auto scenario = parse_scenario(*text, options.file);
  if (!scenario) return complain(scenario.error().message);
  if (options.seed) scenario->seed = *options.seed;
  const ScenarioResult result = run_scenario(*scenario);
  std::fputs(to_table(result).c_str(), stdout);
  if (!options.json.empty() && !spill(options.json, to_json(result))) {
    return complain(options.json + " cannot be written");
  }
  if (options.plot.empty()) return 0;
  std::error_code error;
  std::filesystem::create_directories(options.plot, error);
  for (const SubscriberFigures& subscriber : result.subscribers) {
    const auto file = std::filesystem::path(options.plot) / (result.name + "-" + subscriber.identity + ".svg");
    if (!spill(file, to_svg(result, subscriber))) return complain(file.string() + " cannot be written");
    std::printf("%s\n", file.string().c_str());
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = read_options(argc, argv);
  if (!options) return complain("what is meant? See ./dev sim --help");
  return options->list.empty() ? run(*options) : list(options->list);
}
