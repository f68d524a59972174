// SPDX-License-Identifier: Apache-2.0
// The public headers go into other people's programs. That each compiles alone, as C++20, is seen to by CMakeLists.txt.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

// What a header includes, with its brackets or quotes; of `#include MACRO` the macro.
std::vector<std::string> includes_of(const fs::path& header) {
  static const std::regex directive(R"(^\s*#\s*include\s*(<[^>]*>|"[^"]*"|\S*))");
  std::vector<std::string> found;
  std::ifstream file(header);
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_search(line, match, directive)) found.push_back(match[1]);
  }
  return found;
}

// Those of C++ have neither a dot nor a slash, which others' headers have; C++ knows two of C as well.
bool is_standard(const std::string& include) {
  static const std::regex standard("<[a-z_]+>|<(stddef|stdint)\\.h>");
  return std::regex_match(include, standard);
}

}  // namespace

TEST_CASE("public headers include the standard library and each other, and nothing else") {
  const fs::path folder = SFU_PUBLIC_HEADERS;
  std::size_t headers = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    ++headers;
    for (const std::string& include : includes_of(entry.path())) {
      CAPTURE(entry.path().string());
      CAPTURE(include);
      const bool own =
          include.starts_with("\"sfu") && fs::is_regular_file(folder / include.substr(1, include.size() - 2));
      CHECK((own || is_standard(include)));
    }
  }
  CHECK(headers > 10);
}

TEST_CASE("an include of others is seen however it is written") {
  const fs::path header = fs::temp_directory_path() / ("sfu_includes_" + std::to_string(getpid()) + ".hpp");
  std::ofstream(header)
      << "#include <vector>\n #  include<boost/json.hpp>\n#include \"srtp.h\"\n#include HEADER\n// #include <x>\n";
  const auto includes = includes_of(header);
  fs::remove(header);
  CHECK(includes == std::vector<std::string>{"<vector>", "<boost/json.hpp>", "\"srtp.h\"", "HEADER"});
  CHECK(std::count_if(includes.begin(), includes.end(), is_standard) == 1);
}
