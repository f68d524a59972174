// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "clientconfig/clientconfig.hpp"
#include "clientconfig/expression.hpp"

namespace sfu {
namespace {

using clientconfig::Expression;

struct Rule {
  Expression when;
  ClientConfiguration then;
  bool merge;
};

struct Outcome {
  std::optional<ClientConfiguration> configuration;
  bool final = false;  // nothing is to be added
};

void merge_into(ClientConfiguration& to, const ClientConfiguration& from) {
  const auto take = [](ClientSetting& setting, ClientSetting other) {
    if (other != ClientSetting::kUnset) setting = other;
  };
  take(to.video_hardware_encoder, from.video_hardware_encoder);
  take(to.screen_hardware_encoder, from.screen_hardware_encoder);
  take(to.resume_connection, from.resume_connection);
  take(to.force_relay, from.force_relay);
  to.disabled_codecs.insert(to.disabled_codecs.end(), from.disabled_codecs.begin(), from.disabled_codecs.end());
  to.disabled_publish_codecs.insert(to.disabled_publish_codecs.end(), from.disabled_publish_codecs.begin(),
                                    from.disabled_publish_codecs.end());
}

Outcome apply(const std::vector<Rule>& rules, const ClientDescription& client) {
  Outcome outcome;
  for (const Rule& rule : rules) {
    const auto fits = rule.when.matches(client);
    if (!fits || !*fits) continue;
    if (!rule.merge) return {rule.then, true};
    if (!outcome.configuration) outcome.configuration.emplace();
    merge_into(*outcome.configuration, rule.then);
  }
  return outcome;
}

class Rules final : public ClientConfigProvider {
 public:
  Rules(std::vector<Rule> own, std::vector<Rule> known) : own_(std::move(own)), known_(std::move(known)) {}

  std::optional<ClientConfiguration> configuration(const ClientDescription& client) const override {
    const Outcome own = apply(own_, client);
    if (own.final) return own.configuration;
    Outcome known = apply(known_, client);
    if (!own.configuration) return known.configuration;
    if (!known.configuration) return own.configuration;
    merge_into(*known.configuration, *own.configuration);
    return known.configuration;
  }

 private:
  std::vector<Rule> own_;
  std::vector<Rule> known_;
};

Result<std::vector<Rule>> read(std::vector<ClientConfigRule> rules) {
  std::vector<Rule> out;
  for (ClientConfigRule& rule : rules) {
    SFU_TRY(Expression when, Expression::parse(rule.when));
    out.push_back({std::move(when), std::move(rule.then), rule.merge});
  }
  return out;
}

}  // namespace

Result<std::unique_ptr<ClientConfigProvider>> make_client_config(std::vector<ClientConfigRule> own) {
  SFU_TRY(std::vector<Rule> first, read(std::move(own)));
  SFU_TRY(std::vector<Rule> known, read(known_client_rules()));
  return std::unique_ptr<ClientConfigProvider>(std::make_unique<Rules>(std::move(first), std::move(known)));
}

namespace clientconfig {

Result<void> check(std::string_view expression) {
  SFU_TRY(const Expression read, Expression::parse(expression));
  if (read.unknown_field().empty()) return {};
  return fail(Errc::kInvalidArgument, "there is no field " + read.unknown_field());
}

}  // namespace clientconfig
}  // namespace sfu
