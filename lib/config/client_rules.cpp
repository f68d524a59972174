// SPDX-License-Identifier: Apache-2.0
// client_configuration: the operator's own rules for certain clients.
#include "clientconfig/clientconfig.hpp"
#include "config/readers.hpp"

namespace sfu::config {
namespace {

Result<void> read_setting(const Value& value, ClientSetting& to) {
  SFU_TRY(const auto written, value.text());
  if (written != "enabled" && written != "disabled")
    return value.failure("must be enabled or disabled, not " + written);
  to = written == "enabled" ? ClientSetting::kEnabled : ClientSetting::kDisabled;
  return {};
}

Result<void> read_codecs(const Value& value, std::vector<std::string>& to) {
  SFU_TRY(const auto items, value.list());
  for (const Value& item : items) {
    SFU_TRY(auto mime, item.text());
    if (mime.find('/') == std::string::npos) return item.failure("must be a mime such as video/AV1, not " + mime);
    to.push_back(std::move(mime));
  }
  return {};
}

Result<void> read_condition(const Value& value, std::string& to) {
  SFU_TRY(to, value.text());
  const auto checked = clientconfig::check(to);
  if (!checked) return value.failure("cannot be evaluated: " + checked.error().message);
  return {};
}

Result<void> read_field(const Value& entry, ClientConfigRule& to) {
  const std::string_view key = entry.key();
  if (key == "when") return read_condition(entry, to.when);
  if (key == "merge") return read_into(entry, to.merge);
  if (key == "disabled_codecs") return read_codecs(entry, to.then.disabled_codecs);
  if (key == "disabled_publish_codecs") return read_codecs(entry, to.then.disabled_publish_codecs);
  if (key == "video_hardware_encoder") return read_setting(entry, to.then.video_hardware_encoder);
  if (key == "screen_hardware_encoder") return read_setting(entry, to.then.screen_hardware_encoder);
  if (key == "resume_connection") return read_setting(entry, to.then.resume_connection);
  if (key == "force_relay") return read_setting(entry, to.then.force_relay);
  return entry.failure(
      "is unknown; a rule has when, merge, disabled_codecs, disabled_publish_codecs, video_hardware_encoder, "
      "screen_hardware_encoder, resume_connection and force_relay");
}

}  // namespace

Result<void> read_client_rules(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  for (const Value& item : items) {
    ClientConfigRule rule;
    SFU_TRY(const auto entries, item.map());
    for (const Value& entry : entries) SFU_CHECK_OK(read_field(entry, rule));
    if (rule.when.empty()) return item.failure("must have a condition, when");
    draft.settings.client_rules.push_back(std::move(rule));
  }
  return {};
}

}  // namespace sfu::config
