// SPDX-License-Identifier: Apache-2.0
// room.room_configurations: presets that tokens may name.
#include <algorithm>
#include <cctype>

#include "config/readers.hpp"

namespace sfu::config {
namespace {

// empty_timeout as emptyTimeout or emptytimeout: the protocol's JSON has one, Go's YAML another.
std::string plain_name(std::string_view key) {
  std::string name;
  for (const char c : key) {
    if (c != '_') name.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
  }
  return name;
}

bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = text.substr(0, point);
  const auto fraction = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  const auto all_digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return all_digits(whole) && all_digits(fraction) && (whole.size() == 1 || whole.front() != '0');
}

void append_text(std::string& json, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      json += "\\u00";
      json += kHex[static_cast<unsigned char>(c) >> 4];
      json += kHex[c & 15];
    } else {
      json += c;
    }
  }
  json += '"';
}

void append_json(std::string& json, const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull: json += "null"; return;
    case YamlNode::Kind::kScalar: {
      const bool is_word = node.scalar == "true" || node.scalar == "false";
      if (!node.is_quoted && (is_word || is_json_number(node.scalar))) {
        json += node.scalar;
      } else {
        append_text(json, node.scalar);
      }
      return;
    }
    case YamlNode::Kind::kList:
    case YamlNode::Kind::kMap: break;
  }
  const bool is_map = node.kind == YamlNode::Kind::kMap;
  json += is_map ? '{' : '[';
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) json += ',';
    if (is_map) {
      append_text(json, node.keys[i].scalar);
      json += ':';
    }
    append_json(json, node.children[i]);
  }
  json += is_map ? '}' : ']';
}

template <typename Unit>
Result<void> read_count(const Value& value, Duration& to) {
  SFU_TRY(const auto count, value.number(0, kMaxNumber));
  to = Unit(count);
  return {};
}

// What is carried for others, as it is.
Result<void> read_carried(const Value& value, YamlNode::Kind kind, std::string_view what, std::string& to) {
  if (value.node().kind != kind) return value.failure("must be " + std::string(what));
  append_json(to, value.node());
  return {};
}

Result<void> read_field(const Value& entry, RoomConfiguration& to) {
  const std::string name = plain_name(entry.key());
  if (name == "emptytimeout") return read_count<std::chrono::seconds>(entry, to.empty_timeout);
  if (name == "departuretimeout") return read_count<std::chrono::seconds>(entry, to.departure_timeout);
  if (name == "minplayoutdelay") return read_count<std::chrono::milliseconds>(entry, to.playout_delay.min);
  if (name == "maxplayoutdelay") return read_count<std::chrono::milliseconds>(entry, to.playout_delay.max);
  if (name == "agents") return read_carried(entry, YamlNode::Kind::kList, "a list", to.agents);
  if (name == "egress") return read_carried(entry, YamlNode::Kind::kMap, "a map of keys and values", to.egress);
  if (name == "maxparticipants") {
    SFU_TRY(const auto limit, entry.number(0, kMaxNumber));
    to.max_participants = static_cast<std::uint32_t>(limit);
    return {};
  }
  if (name == "metadata") {
    SFU_TRY(to.metadata, entry.text());
    return {};
  }
  if (name == "syncstreams") {
    SFU_TRY(to.sync_streams, entry.boolean());
    return {};
  }
  if (name == "tags") {
    SFU_TRY(const auto tags, entry.map());
    for (const Value& tag : tags) {
      SFU_TRY(to.tags[std::string(tag.key())], tag.text());
    }
    return {};
  }
  if (name == "name" || name == "replayenabled") return {};  // mean nothing in a preset
  return entry.failure("is unknown in a room configuration");
}

}  // namespace

Result<void> read_room_configurations(const Value& value, Draft& draft) {
  SFU_TRY(const auto presets, value.map());
  for (const Value& preset : presets) {
    RoomConfiguration configuration;
    SFU_TRY(const auto entries, preset.map());
    for (const Value& entry : entries) {
      if (!entry.is_null()) SFU_CHECK_OK(read_field(entry, configuration));
    }
    draft.settings.room_presets.insert_or_assign(std::string(preset.key()), std::move(configuration));
  }
  return {};
}

}  // namespace sfu::config
