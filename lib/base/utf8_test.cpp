// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.hpp"

#include <doctest/doctest.h>

#include <string>

using sfu::is_utf8;

TEST_CASE("UTF-8 is what RFC 3629 says") {
  for (const char* good :
       {"", "abc", "\xc2\xa2", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    CHECK(is_utf8(good));
  }
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "a\xc2", "\xc2z", "\xe2\x82z"}) {
    CAPTURE(std::string(bad));
    CHECK_FALSE(is_utf8(bad));
  }
}

TEST_CASE("what is not UTF-8 is refused by its name, in lists too") {
  CHECK(sfu::check_utf8("name", "caf\xc3\xa9"));
  CHECK(sfu::check_utf8("name", "caf\xe9").error().message == "name is not UTF-8");
  CHECK(sfu::check_utf8("to", std::vector<std::string>{"a", "\xff"}).error().message == "to is not UTF-8");
  using Pairs = std::map<std::string, std::string>;
  CHECK(sfu::check_utf8("tags", Pairs{{"\xff", "a"}}).error().code == sfu::Errc::kInvalidArgument);
  CHECK_FALSE(sfu::check_utf8("tags", Pairs{{"a", "\xff"}}));
}
