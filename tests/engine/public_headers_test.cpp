// SPDX-License-Identifier: Apache-2.0
// The public headers go into other people's programs. That each compiles alone, as C++20, is seen to by CMakeLists.txt.
#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace {

// What a header includes, with its brackets or quotes.
std::vector<std::string> includes_of(const std::filesystem::path& header) {
  std::vector<std::string> found;
  std::ifstream file(header);
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("#include ")) continue;
    const std::size_t end = line.find_first_of(">\"", 10);
    found.push_back(line.substr(9, end - 8));
  }
  return found;
}

// <name>: no dot and no slash, which those of C++ do without and others' headers do not.
bool is_standard(const std::string& include) {
  return include.front() == '<' && include.back() == '>' &&
         std::all_of(include.begin() + 1, include.end() - 1,
                     [](unsigned char c) { return std::islower(c) || c == '_'; });
}

}  // namespace

TEST_CASE("public headers include the standard library and each other, and nothing else") {
  namespace fs = std::filesystem;
  const fs::path folder = SFU_PUBLIC_HEADERS;
  std::size_t headers = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    ++headers;
    for (const std::string& include : includes_of(entry.path())) {
      CAPTURE(entry.path().filename().string());
      CAPTURE(include);
      const bool own = include.starts_with("\"sfu/") && fs::exists(folder / include.substr(5, include.size() - 6));
      CHECK((own || is_standard(include)));
    }
  }
  CHECK(headers > 10);
}
