// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "config/config.hpp"
#include "config/schema.hpp"

namespace sfu::config {

Result<Keys> parse_keys(std::string_view yaml, std::string_view file_name) {
  SFU_TRY(const auto root, read_yaml(yaml, file_name));
  return read_keys(Value(root, "", root.line, file_name));
}

Result<void> load_key_file(Settings& settings) {
  const std::string& path = settings.key_file;
  if (path.empty()) return {};
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fail(Errc::kNotFound, path + ": no such key file");
  if ((status.st_mode & S_IRWXO) != 0) {
    return fail(Errc::kPermissionDenied, path + ": others may access this key file; run chmod o= on it");
  }
  std::ifstream file(path, std::ios::binary);
  const std::string yaml{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good() && !file.eof()) return fail(Errc::kPermissionDenied, path + ": cannot be read");
  SFU_TRY(settings.keys, parse_keys(yaml, path));
  warn_of_short_secrets(settings);
  return {};
}

}  // namespace sfu::config
