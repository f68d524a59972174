// SPDX-License-Identifier: Apache-2.0
#include "http/retry_after.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

namespace sfu::http {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// IMF-fixdate (RFC 9110 5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT". The obsolete forms are not sent any more.
std::optional<WallTime> parse_date(const std::string& text) {
  std::array<char, 4> name{};
  unsigned day = 0;
  int year = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (std::sscanf(text.c_str(), "%*3[A-Za-z], %2u %3[A-Za-z] %4d %2d:%2d:%2d GMT", &day, name.data(), &year, &hour,
                  &minute, &second) != 6) {
    return std::nullopt;
  }
  const auto month = std::ranges::find(kMonths, std::string_view(name.data()));
  if (month == kMonths.end()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
                                         std::chrono::day(day)};
  if (!date.ok() || year < 1970 || year > 2200) return std::nullopt;
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

}  // namespace

std::optional<Duration> parse_retry_after(const std::string& text, WallTime now) {
  Duration wait = kMaxRetryAfter;
  if (text.empty()) return std::nullopt;
  if (text.find_first_not_of("0123456789") != std::string::npos) {
    const auto date = parse_date(text);
    if (!date) return std::nullopt;
    wait = *date - now;
  } else if (text.size() <= 5) {
    wait = std::chrono::seconds(std::stoi(text));
  }
  return std::clamp(wait, Duration::zero(), kMaxRetryAfter);
}

}  // namespace sfu::http
