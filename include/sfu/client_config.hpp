// SPDX-License-Identifier: Apache-2.0
// What certain clients are told to do otherwise than others, because of faults that are known of their browser or
// device: codecs to leave alone, hardware encoders to avoid. LiveKit's client configuration.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sfu/result.hpp"

namespace sfu {

// Whoever joins, as it describes itself; in lower case but for the address and the versions.
struct ClientDescription {
  std::string sdk;  // "js", "swift", "android", "flutter", "go", "unity", "react_native", "rust", "python", ...
  std::string version;
  std::int64_t protocol = 0;
  std::string os;
  std::string os_version;
  std::string device_model;
  std::string browser;
  std::string browser_version;
  std::string address;
};

enum class ClientSetting { kUnset, kDisabled, kEnabled };

// What it is told; what is unset or empty is the client's own business.
struct ClientConfiguration {
  ClientSetting video_hardware_encoder = ClientSetting::kUnset;
  ClientSetting screen_hardware_encoder = ClientSetting::kUnset;
  ClientSetting resume_connection = ClientSetting::kUnset;
  ClientSetting force_relay = ClientSetting::kUnset;
  std::vector<std::string> disabled_codecs;          // neither sent nor received: "video/AV1"
  std::vector<std::string> disabled_publish_codecs;  // received, but not to be published

  friend bool operator==(const ClientConfiguration&, const ClientConfiguration&) = default;
};

// `when` is an expression over the fields of ClientDescription: c.browser == "safari" && c.browser_version > "18.3".
// It has && || ! ( ) == != < <= > >=, texts in double quotes, whole numbers, true and false. c.version and
// c.browser_version compare as versions ("2.16.10" < "2.17.1").
struct ClientConfigRule {
  std::string when{};
  ClientConfiguration then{};
  // False: a client that this rule fits gets nothing but `then`. True: what other rules say comes to it; lists grow,
  // and of settings the last rule's counts.
  bool merge = true;
};

// Implemented by a host that knows better. Called from worker threads, also at once; must not block.
class ClientConfigProvider {
 public:
  virtual ~ClientConfigProvider() = default;
  // Nullopt: there is nothing to tell.
  virtual std::optional<ClientConfiguration> configuration(const ClientDescription& client) const = 0;
};

// What is known of certain browsers, as in LiveKit's server.
std::vector<ClientConfigRule> known_client_rules();

// `own` rules, in order, and then the known ones, whose words count less. A rule of which something cannot be
// evaluated (an unknown field) fits nobody. Errors: kInvalidArgument (an expression that cannot be read).
Result<std::unique_ptr<ClientConfigProvider>> make_client_config(std::vector<ClientConfigRule> own = {});

}  // namespace sfu
