// SPDX-License-Identifier: Apache-2.0
// What certain browsers must not be asked to do: a table of known faults, and the codecs that each takes away. Facts
// only; how they are told to the client (JoinResponse.client_configuration, signalling 2.3) is signal's matter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sfu::clientconfig {

// As the client or its User-Agent names them; compared without regard to case.
struct Client {
  std::string_view browser;
  std::string_view browser_version;
  std::string_view os;
  std::string_view device_model;
};

struct Rules {
  std::vector<std::string_view> disabled_codecs;          // neither sent nor received: "video/AV1"
  std::vector<std::string_view> disabled_publish_codecs;  // received, but not to be published

  bool empty() const { return disabled_codecs.empty() && disabled_publish_codecs.empty(); }
};

Rules rules_for(const Client& client);

}  // namespace sfu::clientconfig
