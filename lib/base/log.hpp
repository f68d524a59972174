// SPDX-License-Identifier: Apache-2.0
// A Logger with fixed fields (room, participant, ...) in front of every line; copied freely. Without a Logger it is
// silent. Not for the packet path.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sfu/logger.hpp"

namespace sfu {

class Log {
 public:
  Log() = default;
  explicit Log(Logger* logger) : logger_(logger) {}  // borrowed; outlives every copy

  // The same logger with one more fixed field.
  Log with(std::string_view key, std::string_view value) const;

  void debug(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kDebug, message, std::span(fields.begin(), fields.size()));
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kInfo, message, std::span(fields.begin(), fields.size()));
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kWarn, message, std::span(fields.begin(), fields.size()));
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kError, message, std::span(fields.begin(), fields.size()));
  }

  bool enabled(LogLevel level) const { return logger_ != nullptr && logger_->enabled(level); }
  void write(LogLevel level, std::string_view message, std::span<const LogField> fields) const;

 private:
  Logger* logger_ = nullptr;
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace sfu
