// SPDX-License-Identifier: Apache-2.0
#include "signal/room_settings.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <limits>

namespace sfu::signal {
namespace {

namespace json = boost::json;

// Each read(value, field) is false if the type is wrong. Null leaves the field as it is, as protobuf has it.
bool read(const json::value& value, std::uint32_t& field) {
  constexpr double kMax = std::numeric_limits<std::uint32_t>::max();
  if (value.is_null()) return true;
  if (value.is_string()) {  // numbers may be quoted
    const std::string_view text = value.as_string();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), field);
    return error == std::errc() && end == text.data() + text.size();
  }
  if (!value.is_number()) return false;
  const auto number = value.to_number<double>();
  const bool in_range = number >= 0 && number <= kMax;  // not so of NaN, which "0e999" gives
  if (!in_range || number != static_cast<double>(static_cast<std::uint32_t>(number))) return false;
  field = static_cast<std::uint32_t>(number);
  return true;
}

template <typename Unit>
bool read_time(const json::value& value, Duration& field) {
  std::uint32_t count = 0;
  if (!read(value, count)) return false;
  if (!value.is_null()) field = Unit(count);
  return true;
}

bool read(const json::value& value, std::string& field) {
  if (value.is_null()) return true;
  if (!value.is_string()) return false;
  field = std::string_view(value.as_string());
  return true;
}

bool read(const json::value& value, bool& field) {
  if (value.is_null()) return true;
  if (!value.is_bool()) return false;
  field = value.as_bool();
  return true;
}

bool read(const json::value& value, std::map<std::string, std::string>& field) {
  if (value.is_null()) return true;
  if (!value.is_object()) return false;
  return std::ranges::all_of(value.as_object(),
                             [&](const auto& entry) { return read(entry.value(), field[std::string(entry.key())]); });
}

// What is carried as it is.
bool read_carried(const json::value& value, bool right_type, std::string& field) {
  if (value.is_null()) return true;
  if (right_type) field = json::serialize(value);
  return right_type;
}

// camelCase and snake_case are both accepted.
bool read_field(std::string_view name, const json::value& value, RoomConfiguration& out) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  if (name == "emptyTimeout" || name == "empty_timeout") return read_time<seconds>(value, out.empty_timeout);
  if (name == "departureTimeout" || name == "departure_timeout") {
    return read_time<seconds>(value, out.departure_timeout);
  }
  if (name == "maxParticipants" || name == "max_participants") return read(value, out.max_participants);
  if (name == "metadata") return read(value, out.metadata);
  if (name == "syncStreams" || name == "sync_streams") return read(value, out.sync_streams);
  if (name == "minPlayoutDelay" || name == "min_playout_delay") {
    return read_time<milliseconds>(value, out.playout_delay.min);
  }
  if (name == "maxPlayoutDelay" || name == "max_playout_delay") {
    return read_time<milliseconds>(value, out.playout_delay.max);
  }
  if (name == "tags") return read(value, out.tags);
  if (name == "agents") return read_carried(value, value.is_array(), out.agents);
  if (name == "egress") return read_carried(value, value.is_object(), out.egress);
  return true;
}

bool read_field(std::string_view name, const json::value& value, AgentDispatch& out) {
  if (name == "agentName" || name == "agent_name") return read(value, out.agent_name);
  if (name == "metadata") return read(value, out.metadata);
  if (name == "attributes") return read(value, out.attributes);
  if (name == "deployment") return read(value, out.deployment);
  if (name == "restartPolicy" || name == "restart_policy") {
    out.restarts = value != "JRP_NEVER" && value != 1;
  }
  return true;
}

template <typename T>
void fill(T& field, const T& with) {
  if (field == T()) field = with;
}

template <typename T>
void overwrite(T& field, const T& with) {
  if (with != T()) field = with;
}

bool is_set(const PlayoutDelay& delay) {
  return delay.min != Duration() || delay.max != Duration();
}

}  // namespace

Result<RoomConfiguration> read_room_configuration(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return fail(Errc::kMalformed, "a room configuration must be a JSON object");
  RoomConfiguration configuration;
  for (const auto& [name, entry] : value.as_object()) {
    if (!read_field(name, entry, configuration)) {
      return fail(Errc::kMalformed, "field " + std::string(name) + " has a wrong type");
    }
  }
  return configuration;
}

std::vector<AgentDispatch> read_agent_dispatches(std::string_view text) {
  std::vector<AgentDispatch> dispatches;
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_array()) return dispatches;
  for (const json::value& entry : value.as_array()) {
    if (!entry.is_object()) continue;
    AgentDispatch dispatch;
    const auto& fields = entry.as_object();
    if (std::ranges::all_of(fields, [&](const auto& f) { return read_field(f.key(), f.value(), dispatch); })) {
      dispatches.push_back(std::move(dispatch));
    }
  }
  return dispatches;
}

void fill_from_preset(RoomConfiguration& wanted, const RoomConfiguration& preset) {
  fill(wanted.empty_timeout, preset.empty_timeout);
  fill(wanted.departure_timeout, preset.departure_timeout);
  fill(wanted.max_participants, preset.max_participants);
  fill(wanted.metadata, preset.metadata);
  fill(wanted.sync_streams, preset.sync_streams);
  fill(wanted.playout_delay.min, preset.playout_delay.min);
  fill(wanted.playout_delay.max, preset.playout_delay.max);
  fill(wanted.agents, preset.agents);
  fill(wanted.egress, preset.egress);
}

void apply_configuration(const RoomConfiguration& wanted, room::RoomOptions& options) {
  overwrite(options.empty_timeout, wanted.empty_timeout);
  overwrite(options.departure_timeout, wanted.departure_timeout);
  overwrite(options.max_participants, wanted.max_participants);
  overwrite(options.metadata, wanted.metadata);
  overwrite(options.sync_streams, wanted.sync_streams);
  if (is_set(wanted.playout_delay)) options.playout_delay = wanted.playout_delay;
  overwrite(options.agents, wanted.agents);
  overwrite(options.egress, wanted.egress);
  overwrite(options.tags, wanted.tags);
}

}  // namespace sfu::signal
