// SPDX-License-Identifier: Apache-2.0
#include "sfu/client_config.hpp"

namespace sfu {

std::vector<ClientConfigRule> known_client_rules() {
  std::vector<ClientConfigRule> rules(3);
  // Safari announces AV1 also on devices that cannot decode it in time.
  rules[0].when = R"(c.browser == "safari")";
  rules[0].then.disabled_codecs = {"video/AV1"};
  rules[1].when = R"(c.browser == "safari" && c.browser_version > "18.3")";
  rules[1].then.disabled_publish_codecs = {"video/VP9"};
  // Firefox takes OpenH264 there, which falls behind; one phone's hardware encoder makes a broken stream.
  rules[2].when = R"((c.device_model == "xiaomi 2201117ti" && c.os == "android") ||
      ((c.browser == "firefox" || c.browser == "firefox mobile") && (c.os == "linux" || c.os == "android")))";
  rules[2].then.disabled_publish_codecs = {"video/H264"};
  rules[2].merge = false;
  return rules;
}

}  // namespace sfu
