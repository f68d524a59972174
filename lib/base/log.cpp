// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

namespace sfu {

Log Log::with(std::string_view key, std::string_view value) const {
  Log more = *this;
  if (logger_ != nullptr) more.fields_.emplace_back(key, value);
  return more;
}

void Log::write(LogLevel level, std::string_view message, std::span<const LogField> fields) const {
  if (!enabled(level)) return;
  std::vector<LogField> all;
  all.reserve(fields_.size() + fields.size());
  for (const auto& [key, value] : fields_) all.push_back({key, value});
  all.insert(all.end(), fields.begin(), fields.end());
  logger_->log(level, message, all);
}

}  // namespace sfu
