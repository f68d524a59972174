// SPDX-License-Identifier: Apache-2.0
// The library as a file: what it exports, what it takes from others, how large it is, and whether its ABI is the one
// that is recorded.
#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  REQUIRE(pipe != nullptr);
  std::string text;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe.get())) text.append(buffer, got);
  return text;
}

std::string text_of(const std::filesystem::path& folder, const std::regex& names) {
  std::string text;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!std::regex_search(entry.path().filename().string(), names)) continue;
    std::stringstream content;
    content << std::ifstream(entry.path()).rdbuf();
    text += content.str();
  }
  return text;
}

std::set<std::string> matches(const std::string& text, const std::string& pattern) {
  std::set<std::string> found;
  const std::regex regex(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), regex), end; at != end; ++at) found.insert((*at)[1].str());
  return found;
}

std::set<std::string> declared() {
  const std::string headers = std::regex_replace(text_of(SFU_C_HEADERS, std::regex("\\.h$")),
                                                 std::regex("/\\*[^*]*\\*+([^/*][^*]*\\*+)*/"), "");
  return matches(headers, "SFU_API[^;]*?\\b(sfu_[a-z0-9_]+)\\(");
}

std::set<std::string> exported(const std::string& library) {
  return matches(output_of("nm -D --defined-only --format=posix " + library), "(?:^|\n)([A-Za-z_0-9]+)[@ ][^\n]* T ");
}

std::set<std::string> taken_from_others(const std::string& library) {
  return matches(output_of("nm -D --undefined-only --format=posix --demangle " + library),
                 "(?:^|\n)((?:boost|spdlog|sfu|livekit)::[^\n]*)");
}

double stripped_megabytes(const std::string& library) {
  const auto file = std::filesystem::temp_directory_path() / ("sfu-stripped-" + std::to_string(std::rand()) + ".so");
  REQUIRE(std::system(("strip -o " + file.string() + ' ' + library).c_str()) == 0);
  const auto size = std::filesystem::file_size(file);
  std::filesystem::remove(file);
  return static_cast<double>(size) / 1e6;
}

}  // namespace

TEST_CASE("the library exports what its header declares, and nothing else") {
  const auto functions = declared();
  CHECK(functions.size() > 100);
  CHECK(exported(SFU_C_LIBRARY) == functions);
  for (const std::string& name : exported(SFU_C_ENGINE_LIBRARY)) CHECK_MESSAGE(functions.contains(name), name);
}

TEST_CASE("every function of the header is called by a test") {
  const auto called = matches(text_of(SFU_C_TESTS, std::regex("\\.(cpp|c)$")), "\\b(sfu_[a-z0-9_]+)\\(");
  for (const std::string& name : declared()) CHECK_MESSAGE(called.contains(name), name);
}

TEST_CASE("Boost, spdlog and our own C++ are inside, where no other version in the process is seen") {
  for (const std::string library : {SFU_C_LIBRARY, SFU_C_ENGINE_LIBRARY}) {
    CHECK(taken_from_others(library).empty());
    const std::string needed = output_of("objdump -p " + library + " | grep NEEDED");
    for (const char* name : {"boost", "spdlog"}) {
      CHECK_MESSAGE(needed.find(name) == std::string::npos, needed);
    }
  }
}

TEST_CASE("the libraries are small") {
  const double all = stripped_megabytes(SFU_C_LIBRARY);
  const double engine = stripped_megabytes(SFU_C_ENGINE_LIBRARY);
  MESSAGE("libsfu-c.so stripped: " << all << " MB (aim: below 12); the engine alone: " << engine
                                   << " MB (aim: below 6)");
  if (std::string(SFU_C_BUILD) == "Debug" || SFU_C_SANITIZED) return;
  CHECK(all < 12);
  CHECK(engine < 6);
}

TEST_CASE("the ABI is the recorded one") {
  if (SFU_C_SANITIZED || std::system("command -v abidiff >/dev/null") != 0) {
    MESSAGE("not compared: abidiff is not here, or the build is sanitized");
    return;
  }
  const std::string result =
      output_of(std::string("abidiff --exported-interfaces-only --drop-private-types --headers-dir2 " SFU_C_HEADERS
                            " " SFU_C_ABI "/libsfu-c.abi ") +
                SFU_C_LIBRARY + " 2>&1; echo exit $?");
  CHECK_MESSAGE(result.ends_with("exit 0\n"), result << "Deliberate? ./dev abi --renew records it.");
}
