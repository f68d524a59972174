// SPDX-License-Identifier: Apache-2.0
// Readers of keys outside rtc.
#include "config/readers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sfu::config {

void warn_not_built(const Value& value, Draft& draft) {
  const KnownKey* known = find_key(value.name());
  if (value.node().scalar == known->fallback) return;
  draft.settings.warnings.push_back(value.message("is not built yet and has no effect"));
}

void warn_deprecated(const Value& value, Draft& draft) {
  draft.settings.warnings.push_back(value.message("is deprecated; docs/configuration.md names its new place"));
}

Result<void> read_bind_addresses(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  draft.settings.bind_addresses.clear();
  draft.binds_everywhere = false;
  for (const Value& item : items) {
    SFU_TRY(const auto written, item.text());
    draft.binds_everywhere |= written.empty();
    if (written.empty()) continue;
    SFU_TRY(const auto address, item.ip_address());
    draft.settings.bind_addresses.push_back(address);
  }
  if (draft.binds_everywhere) draft.settings.bind_addresses.clear();
  return {};
}

Result<void> read_worker_cpus(const Value& value, Draft& draft) {
  constexpr std::int64_t kMostCpus = 1024;  // that the system's calls know
  SFU_TRY(const auto items, value.list());
  draft.settings.worker_cpus.clear();
  for (const Value& item : items) {
    SFU_TRY(const auto cpu, item.number(0, kMostCpus - 1));
    draft.settings.worker_cpus.push_back(static_cast<int>(cpu));
  }
  return {};
}

Result<Keys> read_keys(const Value& value) {
  SFU_TRY(const auto entries, value.map());
  Keys keys;
  for (const Value& entry : entries) {
    SFU_TRY(const auto secret, entry.text());
    if (secret.empty()) return entry.failure("must have a secret");
    keys.emplace(entry.key(), secret);
  }
  return keys;
}

Result<void> read_key_map(const Value& value, Draft& draft) {
  SFU_TRY(draft.settings.keys, read_keys(value));
  return {};
}

Result<void> read_enabled_codecs(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  for (const Value& item : items) {
    std::string mime;
    SFU_TRY(const auto entries, item.map());
    for (const Value& entry : entries) {
      if (entry.key() == "mime") {
        SFU_CHECK_OK(read_into(entry, mime));
      } else if (entry.key() == "fmtp_line") {
        SFU_CHECK_OK(entry.text());  // accepted: codecs are told apart by their name
      } else {
        return entry.failure("is unknown; a codec has mime and fmtp_line");
      }
    }
    const bool has_kind = mime.starts_with("audio/") || mime.starts_with("video/");
    if (!has_kind) return item.failure("must have a mime such as video/VP8");
    draft.settings.room.enabled_codecs.push_back(std::move(mime));
  }
  return {};
}

Result<void> read_duplicate_identity(const Value& value, Draft& draft) {
  SFU_TRY(const auto written, value.text());
  if (written != "replace" && written != "refuse") return value.failure("must be replace or refuse, not " + written);
  draft.settings.room.duplicate_identity =
      written == "refuse" ? DuplicateIdentity::kRefuse : DuplicateIdentity::kReplace;
  return {};
}

namespace {

Result<void> read_level(const Value& value, std::optional<LogLevel>& to) {
  constexpr std::array<std::pair<std::string_view, LogLevel>, 5> kLevels = {{{"debug", LogLevel::kDebug},
                                                                             {"info", LogLevel::kInfo},
                                                                             {"warn", LogLevel::kWarn},
                                                                             {"warning", LogLevel::kWarn},
                                                                             {"error", LogLevel::kError}}};
  SFU_TRY(const auto written, value.text());
  if (written.empty()) return {};
  for (const auto& [name, level] : kLevels) {
    if (name != written) continue;
    to = level;
    return {};
  }
  return value.failure("must be debug, info, warn or error, not " + written);
}

}  // namespace

Result<void> read_log_level(const Value& value, Draft& draft) {
  return read_level(value, draft.settings.log_level);
}

Result<void> read_old_log_level(const Value& value, Draft& draft) {
  return read_level(value, draft.old_log_level);
}

Result<void> read_rate_intervals(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  for (const Value& item : items) SFU_CHECK_OK(check(item, kTime));
  draft.settings.warnings.push_back(value.message("is not built yet and has no effect"));
  return {};
}

}  // namespace sfu::config
