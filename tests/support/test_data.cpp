// SPDX-License-Identifier: Apache-2.0
#include "test_data.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace sfu {

std::string test_data(std::string_view name) {
  const std::filesystem::path path = std::filesystem::path(SFU_TEST_DATA) / name;
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file, path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace sfu
