// SPDX-License-Identifier: Apache-2.0
// The default logger, over spdlog: one line a message on standard error.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <string>

#include "sfu/logger.hpp"

namespace sfu {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug: return spdlog::level::debug;
    case LogLevel::kInfo: return spdlog::level::info;
    case LogLevel::kWarn: return spdlog::level::warn;
    case LogLevel::kError: return spdlog::level::err;
  }
  return spdlog::level::info;
}

// RFC 8259 7. Control characters that a client put into a name must not break a log line either.
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char code[8];
      std::snprintf(code, sizeof code, "\\u%04x", static_cast<unsigned>(c));
      out += code;
    } else {
      out += c;
    }
  }
}

class TextLogger final : public Logger {
 public:
  TextLogger(LogLevel level, bool json)
      : json_(json), spdlog_("sfu", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    spdlog_.set_level(to_spdlog(level));
    spdlog_.set_pattern(json ? R"({"ts":"%Y-%m-%dT%H:%M:%S.%e%z","level":"%l",%v})" : "%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  }

  bool enabled(LogLevel level) const override { return spdlog_.should_log(to_spdlog(level)); }

  void log(LogLevel level, std::string_view message, std::span<const LogField> fields) override {
    std::string line;
    if (json_) {
      line += "\"msg\":\"";
      append_escaped(line, message);
      line += '"';
      for (const LogField& field : fields) {
        line += ",\"";
        append_escaped(line, field.key);
        line += "\":\"";
        append_escaped(line, field.value);
        line += '"';
      }
    } else {
      append_escaped(line, message);
      for (const LogField& field : fields) {
        line += ' ';
        line += field.key;
        line += "=\"";
        append_escaped(line, field.value);
        line += '"';
      }
    }
    spdlog_.log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
  }

 private:
  bool json_;
  spdlog::logger spdlog_;
};

}  // namespace

std::unique_ptr<Logger> make_text_logger(LogLevel level, bool json) {
  return std::make_unique<TextLogger>(level, json);
}

}  // namespace sfu
