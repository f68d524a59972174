// SPDX-License-Identifier: Apache-2.0
// The files of tests/data, for every test program.
#pragma once

#include <string>
#include <string_view>

namespace sfu {

// What is in tests/data/<name>. A test that asks for a file that is not there fails.
std::string test_data(std::string_view name);

}  // namespace sfu
