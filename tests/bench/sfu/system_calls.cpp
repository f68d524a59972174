// SPDX-License-Identifier: Apache-2.0
#include "system_calls.hpp"

#include <array>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <vector>

namespace sfu::load {
namespace {

constexpr const char* kSeconds = "3";

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return text;
  std::array<char, 4096> bytes;
  while (const std::size_t size = std::fread(bytes.data(), 1, bytes.size(), pipe)) text.append(bytes.data(), size);
  pclose(pipe);
  return text;
}

// Calls `visit(words)` for each line.
template <typename Visit>
void for_each_line(std::string_view text, Visit&& visit) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    at += line.size() + 1;
    std::vector<std::string_view> words;
    for (std::size_t begin = 0; (begin = line.find_first_not_of(' ', begin)) != std::string_view::npos;) {
      words.push_back(line.substr(begin, line.find(' ', begin) - begin));
      begin += words.back().size();
    }
    if (!words.empty()) visit(words);
  }
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_name(std::string_view word) {
  return std::isalpha(static_cast<unsigned char>(word.front())) != 0;
}

}  // namespace

std::uint64_t SystemCalls::total() const {
  std::uint64_t sum = 0;
  for (const auto& [name, count] : calls) sum += count;
  return sum;
}

// A table for each thread: name, calls, errors and five columns of times.
std::map<std::string, std::uint64_t> parse_perf_trace(std::string_view text) {
  std::map<std::string, std::uint64_t> calls;
  for_each_line(text, [&](const std::vector<std::string_view>& words) {
    if (words.size() < 8 || !is_name(words[0])) return;
    const auto count = number(words[1]);
    if (count && number(words[2])) calls[std::string(words[0])] += *count;
  });
  return calls;
}

// Share, seconds, microseconds a call, calls, errors if there were any, name.
std::map<std::string, std::uint64_t> parse_strace(std::string_view text) {
  std::map<std::string, std::uint64_t> calls;
  for_each_line(text, [&](const std::vector<std::string_view>& words) {
    if (words.size() < 5 || words.size() > 6 || !is_name(words.back()) || words.back() == "total") return;
    if (const auto count = number(words[3])) calls[std::string(words.back())] += *count;
  });
  return calls;
}

std::optional<SystemCalls> count_system_calls(pid_t process, const std::function<std::uint64_t()>& packets) {
  const std::string pid = std::to_string(process);
  struct Tool {
    const char* name;
    std::string command;
    std::map<std::string, std::uint64_t> (*parse)(std::string_view);
  };
  const Tool tools[] = {
      {"perf trace", "perf trace -s -p " + pid + " -- sleep " + kSeconds, parse_perf_trace},
      {"strace", std::string("timeout -s INT ") + kSeconds + " strace -c -f -p " + pid, parse_strace},
  };
  for (const Tool& tool : tools) {
    const std::uint64_t before = packets();
    SystemCalls counted{.tool = tool.name, .calls = tool.parse(output_of(tool.command))};
    counted.packets = packets() - before;
    if (!counted.calls.empty()) return counted;
  }
  return std::nullopt;
}

}  // namespace sfu::load
