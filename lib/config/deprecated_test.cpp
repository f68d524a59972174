// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "config/config.hpp"
#include "config/testing.hpp"

namespace sfu::config {
namespace {

using namespace testing;

TEST_CASE("[C-078] deprecated keys still work, and say so") {
  const Settings settings = parsed(R"(
log_level: error
prometheus_port: 6789
room: {max_metadata_size: 99, max_room_name_length: 0, max_participant_identity_length: 7}
rtc: {packet_buffer_size: 600}
)");
  CHECK(settings.log_level == LogLevel::kError);
  CHECK(settings.prometheus_port == 6789);
  CHECK(settings.room.limits.metadata == 99);
  CHECK(settings.room.limits.room_name == 256);
  CHECK(settings.room.limits.identity == 7);
  CHECK(settings.room.packet_buffers.video == 600);
  CHECK(settings.room.packet_buffers.audio == 600);
  CHECK(std::ranges::count_if(settings.warnings, [](const std::string& warning) {
          return warning.find("is deprecated") != std::string::npos;
        }) == 6);
}

TEST_CASE("[C-078] a deprecated limit of rooms wins over its new place, wherever it stands") {
  CHECK(parsed("room: {max_metadata_size: 99}\nlimit: {max_metadata_size: 50}").room.limits.metadata == 99);
  CHECK(parsed("limit: {max_metadata_size: 50}\nroom: {max_metadata_size: 99}").room.limits.metadata == 99);
  CHECK(parsed("limit: {max_metadata_size: 50}\nroom: {max_metadata_size: 0}").room.limits.metadata == 50);
}

TEST_CASE("[C-078] a deprecated log level and port win over their new places, wherever they stand, if they are set") {
  for (const char* yaml : {"log_level: error\nlogging: {level: debug}\nprometheus_port: 1\nprometheus: {port: 2}",
                           "prometheus: {port: 2}\nprometheus_port: 1\nlogging: {level: debug}\nlog_level: error"}) {
    CHECK(parsed(yaml).log_level == LogLevel::kError);
    CHECK(parsed(yaml).prometheus_port == 1);
  }
  const Settings unset = parsed("logging: {level: debug}\nlog_level: ''\nprometheus: {port: 2}\nprometheus_port: 0");
  CHECK(unset.log_level == LogLevel::kDebug);
  CHECK(unset.prometheus_port == 2);
}

TEST_CASE("[C-078] the deprecated size of packet buffers is for the kinds that have none of their own") {
  for (const char* yaml : {"rtc: {packet_buffer_size: 600, packet_buffer_size_audio: 50}",
                           "rtc: {packet_buffer_size_audio: 50, packet_buffer_size: 600}"}) {
    CHECK(parsed(yaml).room.packet_buffers.video == 600);
    CHECK(parsed(yaml).room.packet_buffers.audio == 50);
  }
}

}  // namespace
}  // namespace sfu::config
