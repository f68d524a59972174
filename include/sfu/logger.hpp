// SPDX-License-Identifier: Apache-2.0
// Where log lines go. The library logs what happens to rooms, participants and tracks; never one line a packet.
#pragma once

#include <memory>
#include <span>
#include <string_view>

namespace sfu {

enum class LogLevel { kDebug, kInfo, kWarn, kError };

struct LogField {
  std::string_view key;
  std::string_view value;
};

// Called from any of the library's threads, also at once; must not block for long. Text is borrowed for the call.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual bool enabled(LogLevel level) const = 0;
  virtual void log(LogLevel level, std::string_view message, std::span<const LogField> fields) = 0;
};

// Writes lines at `level` and above to standard error, as text or as one JSON object a line.
std::unique_ptr<Logger> make_text_logger(LogLevel level, bool json);

}  // namespace sfu
