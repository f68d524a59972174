// SPDX-License-Identifier: Apache-2.0
#include "capi/input.hpp"

#include <algorithm>
#include <chrono>

namespace sfu::capi {
namespace {

constexpr std::uint32_t kMaxSize = 1 << 16;  // no struct comes near: it is memory that nobody initialized

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

std::string needed_text(const char* in, const char* what) {
  if (in == nullptr || *in == '\0') refuse_argument(std::string(what) + " is empty");
  return in;
}

std::vector<std::string> texts(const char* const* in, std::size_t count) {
  return items(in, count, [](const char* item) { return text(item); });
}

std::map<std::string, std::string> pairs(const sfu_pair* in, std::size_t count) {
  if (in == nullptr && count > 0) refuse_argument("a list is NULL, but has a length");
  std::map<std::string, std::string> made;
  for (std::size_t i = 0; i < count; ++i) made[text(in[i].key)] = text(in[i].value);
  return made;
}

std::span<const std::uint8_t> bytes(const std::uint8_t* in, std::size_t length) {
  if (in == nullptr && length > 0) refuse_argument("bytes are NULL, but have a length");
  return {in, length};
}

std::optional<bool> setting(sfu_setting in) {
  switch (in) {
    case SFU_DEFAULT: return std::nullopt;
    case SFU_ON: return true;
    case SFU_OFF: return false;
    default: refuse_argument("a setting is neither SFU_DEFAULT, SFU_ON nor SFU_OFF");
  }
}

std::vector<IpAddress> addresses(const char* const* in, std::size_t count) {
  return items(in, count, [](const char* item) { return value(IpAddress::parse(text(item))); });
}

std::optional<WallTime> wall_time(std::int64_t ms) {
  if (ms == 0) return std::nullopt;
  if (ms < 0 || ms > std::numeric_limits<std::int64_t>::max() / 1'000'000) refuse_argument("a time is out of range");
  return WallTime(std::chrono::milliseconds(ms));
}

WallTime wall_time_or_now(std::int64_t ms) {
  return wall_time(ms).value_or(std::chrono::system_clock::now());
}

Duration milliseconds(std::int64_t ms) {
  if (ms < 0 || ms > std::numeric_limits<std::int64_t>::max() / 1'000'000) refuse_argument("a time is out of range");
  return std::chrono::milliseconds(ms);
}

void set(std::string& target, const char* in) {
  if (in != nullptr && *in != '\0') target = in;
}

void set(bool& target, sfu_setting in) {
  target = setting(in).value_or(target);
}

void set_if(bool& target, sfu_bool in) {
  if (in != 0) target = true;
}

void set_time(Duration& target, std::int64_t ms) {
  if (ms != 0) target = ms == SFU_NONE ? Duration::zero() : milliseconds(ms);
}

}  // namespace sfu::capi
