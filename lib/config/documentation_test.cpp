// SPDX-License-Identifier: Apache-2.0
// docs/configuration.md says what the tables of keys say.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

#include "config/schema.hpp"
#include "test_data.hpp"

namespace sfu::config {
namespace {

using Row = std::array<std::string, 4>;  // key, type, default, effect

std::string trimmed(const std::string& cell) {
  const auto begin = cell.find_first_not_of(" `");
  const auto end = cell.find_last_not_of(" `");
  return begin == std::string::npos ? "" : cell.substr(begin, end - begin + 1);
}

// The rows of the tables of keys: "| `key` | type | default | effect |".
std::vector<Row> documented() {
  std::vector<Row> rows;
  std::istringstream lines(test_data("../../docs/configuration.md"));
  bool in_table = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| key |")) in_table = true;
    if (!line.starts_with("|")) in_table = false;
    if (!in_table || !line.starts_with("| `")) continue;
    std::istringstream cells(line.substr(1));
    Row row;
    for (std::string& cell : row) {
      std::getline(cells, cell, '|');
      cell = trimmed(cell);
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("the documentation has every key with its type and default, and no other") {
  const auto rows = documented();
  for (const Row& row : rows) {
    CAPTURE(row[0]);
    CHECK(std::ranges::count(rows, row[0], [](const Row& other) { return other[0]; }) == 1);
    CHECK(find_key(row[0]) != nullptr);
    CHECK_FALSE(row[3].empty());
  }
  for (const KnownKey* known : known_keys()) {
    CAPTURE(known->name);
    const auto row = std::ranges::find(rows, known->name, [](const Row& r) { return std::string_view(r[0]); });
    REQUIRE(row != rows.end());
    CHECK((*row)[1] == name_of(known->type));
    CHECK((*row)[2] == known->fallback);
    // What is not built is said to be so.
    if (known->apply == nullptr) CHECK((*row)[3].find("accepted with a warning") != std::string::npos);
  }
}

}  // namespace sfu::config
