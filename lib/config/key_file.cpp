// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "config/config.hpp"
#include "config/schema.hpp"

namespace sfu::config {

namespace {

Result<std::string> read_secret_file(const std::string& path, const std::string& what) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return fail(Errc::kNotFound, path + ": no such " + what);
  if ((status.st_mode & S_IRWXO) != 0) {
    return fail(Errc::kPermissionDenied, path + ": others may access this " + what + "; run chmod o= on it");
  }
  std::ifstream file(path, std::ios::binary);
  std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.good() && !file.eof()) return fail(Errc::kPermissionDenied, path + ": cannot be read");
  return content;
}

bool is_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

std::string expand_path(const std::string& path, const Environment& environment) {
  if (!environment) return path;
  std::string out;
  std::string_view rest = path;
  if (rest == "~" || rest.starts_with("~/")) {
    out = environment("HOME").value_or("~");
    rest.remove_prefix(1);
  }
  while (!rest.empty()) {
    const bool braced = rest.starts_with("${");
    const std::size_t begin = braced ? 2 : 1;
    std::size_t end = begin;
    while (end < rest.size() && is_name(rest[end])) ++end;
    const bool named = rest.front() == '$' && end > begin && (!braced || (end < rest.size() && rest[end] == '}'));
    if (named) {
      out += environment(std::string(rest.substr(begin, end - begin))).value_or("");
      rest.remove_prefix(braced ? end + 1 : end);
    } else {
      out += rest.front();
      rest.remove_prefix(1);
    }
  }
  return out;
}

Result<Keys> parse_keys(std::string_view yaml, std::string_view file_name) {
  SFU_TRY(const auto root, read_yaml(yaml, file_name));
  return read_keys(Value(root, "", root.line, file_name));
}

Result<void> load_key_file(Settings& settings) {
  const std::string& path = settings.key_file;
  if (path.empty()) return {};
  SFU_TRY(const std::string yaml, read_secret_file(path, "key file"));
  SFU_TRY(settings.keys, parse_keys(yaml, path));
  warn_of_short_secrets(settings);
  return {};
}

Result<void> load_turn_secrets(Settings& settings) {
  for (const auto& [index, path] : settings.turn_secret_files) {
    SFU_TRY(std::string secret, read_secret_file(path, "secret file"));
    constexpr std::string_view kSpace = " \t\r\n";
    secret.erase(secret.find_last_not_of(kSpace) + 1);
    secret.erase(0, secret.find_first_not_of(kSpace));
    if (secret.empty()) return fail(Errc::kInvalidArgument, path + ": the secret file is blank");
    settings.ice_servers.turn[index].secret = std::move(secret);
  }
  return {};
}

}  // namespace sfu::config
