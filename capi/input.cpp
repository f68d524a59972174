// SPDX-License-Identifier: Apache-2.0
#include "capi/input.hpp"

#include <algorithm>
#include <chrono>

#include "sfu/utf8.hpp"

namespace sfu::capi {
namespace {

constexpr std::uint32_t kMaxSize = 1 << 16;  // no struct comes near: it is memory that nobody initialized
constexpr std::int64_t kMaxMilliseconds = std::numeric_limits<std::int64_t>::max() / 1'000'000;

}  // namespace

std::size_t check_size(const void* in, std::size_t first, std::size_t known) {
  std::uint32_t size = 0;
  std::memcpy(&size, in, sizeof size);
  if (size < first || size > kMaxSize) refuse_argument("the size of a struct is wrong: begin with SFU_INIT()");
  const auto* begin = static_cast<const std::uint8_t*>(in);
  if (size > known && std::any_of(begin + known, begin + size, [](std::uint8_t byte) { return byte != 0; })) {
    refuse(SFU_ERROR_UNSUPPORTED, "a struct has fields that this version of the library does not know");
  }
  return std::min<std::size_t>(size, known);
}

void must_be_utf8(std::string_view in, const char* what) {
  if (!is_utf8(in)) refuse_argument(std::string(what) + " is not UTF-8");
}

std::string text(const char* in, const char* what) {
  std::string made = as_is(in);
  must_be_utf8(made, what);
  return made;
}

std::string needed_text(const char* in, const char* what) {
  if (in == nullptr || *in == '\0') refuse_argument(std::string(what) + " is empty");
  return text(in, what);
}

std::vector<std::string> texts(const char* const* in, std::size_t count, const char* what) {
  return items(in, count, [what](const char* item) { return text(item, what); });
}

std::map<std::string, std::string> pairs_as_they_are(const sfu_pair* in, std::size_t count) {
  if (in == nullptr && count > 0) refuse_argument("a list is NULL, but has a length");
  std::map<std::string, std::string> made;
  for (std::size_t i = 0; i < count; ++i) made[as_is(in[i].key)] = as_is(in[i].value);
  return made;
}

std::map<std::string, std::string> pairs(const sfu_pair* in, std::size_t count, const char* what) {
  auto made = pairs_as_they_are(in, count);
  for (const auto& [key, content] : made) {
    must_be_utf8(key, what);
    must_be_utf8(content, what);
  }
  return made;
}

std::span<const std::uint8_t> bytes(const std::uint8_t* in, std::size_t length) {
  if (in == nullptr && length > 0) refuse_argument("bytes are NULL, but have a length");
  return {in, length};
}

std::optional<bool> setting(sfu_setting in, const char* what) {
  switch (in) {
    case SFU_DEFAULT: return std::nullopt;
    case SFU_ON: return true;
    case SFU_OFF: return false;
    default: refuse_argument(std::string(what) + " is neither SFU_DEFAULT, SFU_ON nor SFU_OFF");
  }
}

std::vector<IpAddress> addresses(const char* const* in, std::size_t count, const char* what) {
  return items(in, count, [what](const char* item) { return value(IpAddress::parse(text(item, what))); });
}

std::optional<WallTime> wall_time(std::int64_t ms, const char* what) {
  if (ms == 0) return std::nullopt;
  if (ms < 0 || ms > kMaxMilliseconds) refuse_argument(std::string(what) + " is out of range");
  return WallTime(std::chrono::milliseconds(ms));
}

WallTime wall_time_or_now(std::int64_t ms, const char* what) {
  return wall_time(ms, what).value_or(std::chrono::system_clock::now());
}

Duration milliseconds(std::int64_t ms, const char* what) {
  if (ms < 0 || ms > kMaxMilliseconds) refuse_argument(std::string(what) + " is out of range");
  return std::chrono::milliseconds(ms);
}

void set(std::string& target, const char* in, const char* what) {
  if (in != nullptr && *in != '\0') target = text(in, what);
}

void set_path(std::string& target, const char* in) {
  if (in != nullptr && *in != '\0') target = in;
}

void set(bool& target, sfu_setting in, const char* what) {
  target = setting(in, what).value_or(target);
}

void set_if(bool& target, sfu_bool in) {
  if (in != 0) target = true;
}

void set_time(Duration& target, std::int64_t ms, const char* what) {
  if (ms != 0) target = ms == SFU_NONE ? Duration::zero() : milliseconds(ms, what);
}

}  // namespace sfu::capi
