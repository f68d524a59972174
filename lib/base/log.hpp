// SPDX-License-Identifier: Apache-2.0
// A Logger with fixed fields (room, participant, ...) in front of every line; copied freely. Without a Logger it is
// silent. Not for the packet path.
#pragma once

#include <initializer_list>
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
    write(LogLevel::kDebug, message, fields);
  }
  void info(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kInfo, message, fields);
  }
  void warn(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kWarn, message, fields);
  }
  void error(std::string_view message, std::initializer_list<LogField> fields = {}) const {
    write(LogLevel::kError, message, fields);
  }

 private:
  void write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) const;

  Logger* logger_ = nullptr;
  std::vector<std::pair<std::string, std::string>> fields_;
};

}  // namespace sfu
