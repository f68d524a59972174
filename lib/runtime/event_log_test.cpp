// SPDX-License-Identifier: Apache-2.0
#include "runtime/event_log.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace sfu::runtime {
namespace {

using Type = room::Event::Type;

struct Line {
  LogLevel level;
  std::string message;
  std::map<std::string, std::string> fields;
};

class Lines final : public Logger {
 public:
  bool enabled(LogLevel level) const override { return level >= least; }
  void log(LogLevel level, std::string_view message, std::span<const LogField> fields) override {
    Line line{level, std::string(message), {}};
    for (const LogField& field : fields) line.fields.emplace(field.key, field.value);
    lines.push_back(std::move(line));
  }

  LogLevel least = LogLevel::kDebug;
  std::vector<Line> lines;
};

room::Event event_of(Type type) {
  room::Event event;
  event.type = type;
  event.room.set_name("lobby");
  event.room.set_sid("RM_1");
  event.participant.set_identity("ann");
  event.participant.set_sid("PA_1");
  return event;
}

}  // namespace

TEST_CASE("a participant's leaving is logged with the protocol's name of its reason, whichever it is") {
  Lines lines;
  const auto& reasons = *livekit::DisconnectReason_descriptor();
  for (int i = 0; i < reasons.value_count(); ++i) {
    auto event = event_of(Type::kParticipantLeft);
    event.participant.set_disconnect_reason(static_cast<livekit::DisconnectReason>(reasons.value(i)->number()));
    log_event(Log(&lines), event);
    REQUIRE(lines.lines.size() == static_cast<std::size_t>(i) + 1);
    CHECK(lines.lines.back().message == "participant left");
    CHECK(lines.lines.back().fields.at("reason") == reasons.value(i)->name());
    CHECK(lines.lines.back().fields.at("pID") == "PA_1");
  }
}

TEST_CASE("a subscription is logged with its publisher, for those who ask for details") {
  Lines lines;
  auto event = event_of(Type::kTrackSubscribed);
  event.track.set_sid("TR_1");
  event.track.set_type(livekit::VIDEO);
  event.track.set_source(livekit::SCREEN_SHARE);
  event.track.set_mime_type("video/VP8");
  event.publisher_sid = "PA_2";
  lines.least = LogLevel::kInfo;
  log_event(Log(&lines), event);
  CHECK(lines.lines.empty());
  lines.least = LogLevel::kDebug;
  log_event(Log(&lines), event);
  REQUIRE(lines.lines.size() == 1);
  const std::map<std::string, std::string> expected{
      {"room", "lobby"},      {"roomID", "RM_1"}, {"participant", "ann"},     {"pID", "PA_1"},
      {"trackID", "TR_1"},    {"kind", "VIDEO"},  {"source", "SCREEN_SHARE"}, {"mime", "video/VP8"},
      {"publisherID", "PA_2"}};
  CHECK(lines.lines[0].fields == expected);
}

}  // namespace sfu::runtime
