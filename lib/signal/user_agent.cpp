// SPDX-License-Identifier: Apache-2.0
#include "signal/user_agent.hpp"

#include <algorithm>
#include <array>

namespace sfu::signal {
namespace {

struct BrowserToken {
  std::string_view token;  // what precedes the version
  std::string_view name;
};

// The first that is found wins: all claim to be their predecessors, so the most special stands first.
constexpr std::array<BrowserToken, 12> kBrowsers{{
    {"OBS-Studio/", "OBS Studio"},
    {"EdgiOS/", "Edge"},
    {"EdgA/", "Edge"},
    {"Edg/", "Edge"},
    {"OPR/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"FxiOS/", "Firefox iOS"},  // WebKit, so none of what holds for Firefox
    {"Firefox/", "Firefox"},
    {"CriOS/", "Chrome Mobile iOS"},
    {"HeadlessChrome/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Version/", "Safari"},
}};

// The text from `at` while it is digits and separators: "10_15_7" to "10.15.7".
std::string version_at(std::string_view text, std::size_t at) {
  std::string version;
  for (; at < text.size() && version.size() < 32; ++at) {
    const char c = text[at];
    if ((c < '0' || c > '9') && c != '.' && c != '_') break;
    version.push_back(c == '_' ? '.' : c);
  }
  while (version.ends_with('.')) version.pop_back();
  return version;
}

std::string version_after(std::string_view text, std::string_view token) {
  const auto at = text.find(token);
  return at == std::string_view::npos ? std::string() : version_at(text, at + token.size());
}

void parse_browser(std::string_view text, UserAgent& out) {
  for (const auto& [token, name] : kBrowsers) {
    if (!text.contains(token)) continue;
    if (name == "Safari" && !text.contains("Safari/")) continue;
    out.browser = name;
    out.browser_version = version_after(text, token);
    return;
  }
}

// "(Linux; Android 14; Pixel 8 Build/UD1A)": what follows the system's version. Firefox writes "Mobile" there.
std::string android_model(std::string_view text) {
  auto at = text.find("Android ");
  at = text.find(';', at);
  if (at == std::string_view::npos) return {};
  auto model = text.substr(at + 1);
  model = model.substr(0, model.find_first_of(";)"));
  model = model.substr(0, model.find(" Build/"));
  while (model.starts_with(' ')) model.remove_prefix(1);
  if (model == "Mobile" || model == "Tablet" || model.starts_with("rv:")) return {};
  return std::string(model.substr(0, 64));
}

void parse_system(std::string_view text, UserAgent& out) {
  if (text.contains("Android ")) {
    out.os = "Android";
    out.os_version = version_after(text, "Android ");
    out.device_model = android_model(text);
  } else if (text.contains("iPhone") || text.contains("iPad")) {
    out.os = "iOS";
    out.os_version = version_after(text, "OS ");
    out.device_model = text.contains("iPhone") ? "iPhone" : "iPad";
  } else if (text.contains("Windows")) {
    out.os = "Windows";
    out.os_version = version_after(text, "Windows NT ");
  } else if (text.contains("Mac OS X")) {
    out.os = "Mac OS X";
    out.os_version = version_after(text, "Mac OS X ");
    out.device_model = "Mac";
  } else if (text.contains("CrOS ")) {
    out.os = "Chrome OS";
  } else if (text.contains("Linux")) {
    out.os = "Linux";
  }
}

}  // namespace

UserAgent parse_user_agent(std::string_view header) {
  constexpr std::size_t kLongest = 1024;
  const std::string_view text = header.substr(0, kLongest);
  UserAgent out;
  parse_browser(text, out);
  parse_system(text, out);
  return out;
}

}  // namespace sfu::signal
