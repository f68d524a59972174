// SPDX-License-Identifier: Apache-2.0
#include "control/static_files.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

namespace sfu::control {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kContentTypes{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
}};

std::string_view content_type(std::string_view name) {
  for (const auto& [ending, type] : kContentTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace

Result<StaticFiles> StaticFiles::load(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return fail(Errc::kNotFound, "no such folder: " + folder);
  StaticFiles result;
  for (fs::recursive_directory_iterator it(folder, error), end; it != end; it.increment(error)) {
    if (error) break;
    if (!it->is_regular_file(error)) continue;
    std::ifstream file(it->path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    result.files_[fs::relative(it->path(), folder, error).generic_string()] = std::move(bytes).str();
  }
  return result;
}

http::Response StaticFiles::get(std::string_view name) const {
  const auto found = files_.find(name.empty() ? std::string_view("index.html") : name);
  http::Response response;
  if (found == files_.end()) {
    response.status = 404;
    response.body = "not found";
    return response;
  }
  response.body = found->second;
  response.content_type = content_type(found->first);
  return response;
}

}  // namespace sfu::control
