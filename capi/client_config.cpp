// SPDX-License-Identifier: Apache-2.0
#include "capi/client_config.hpp"

#include "capi/answer.hpp"
#include "capi/arena.hpp"
#include "capi/input.hpp"

namespace sfu::capi {
namespace {

ClientSetting to_client_setting(sfu_setting in, const char* what) {
  const auto made = setting(in, what);
  return !made ? ClientSetting::kUnset : *made ? ClientSetting::kEnabled : ClientSetting::kDisabled;
}

}  // namespace

ClientConfiguration from_c(const sfu_client_configuration* configuration) {
  const auto in = read(configuration);
  return {.video_hardware_encoder = to_client_setting(in.video_hardware_encoder, "video_hardware_encoder"),
          .screen_hardware_encoder = to_client_setting(in.screen_hardware_encoder, "screen_hardware_encoder"),
          .resume_connection = to_client_setting(in.resume_connection, "resume_connection"),
          .force_relay = to_client_setting(in.force_relay, "force_relay"),
          .disabled_codecs = texts(in.disabled_codecs, in.disabled_codec_count, "disabled_codecs"),
          .disabled_publish_codecs =
              texts(in.disabled_publish_codecs, in.disabled_publish_codec_count, "disabled_publish_codecs")};
}

ClientConfigRule from_c(const sfu_client_rule* rule) {
  const auto in = read(rule);
  ClientConfigRule made{.when = text(in.when, "when"), .then = from_c(in.then)};
  set(made.merge, in.merge, "merge");
  return made;
}

std::optional<ClientConfiguration> HostClientConfig::configuration(const ClientDescription& client) const {
  Arena arena;
  auto* made = arena.make<sfu_client_description>();
  made->sdk = arena.text(client.sdk);
  made->version = arena.text(client.version);
  made->protocol = client.protocol;
  made->os = arena.text(client.os);
  made->os_version = arena.text(client.os_version);
  made->device_model = arena.text(client.device_model);
  made->browser = arena.text(client.browser);
  made->browser_version = arena.text(client.browser_version);
  made->address = arena.text(client.address);
  sfu_answer answer(sfu_answer::Question::kConfigure);
  callbacks_(callbacks_->configure, made, &answer);
  if (!answer.accepted) return std::nullopt;
  return std::move(answer.configuration);
}

}  // namespace sfu::capi
