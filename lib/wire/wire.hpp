// SPDX-License-Identifier: Apache-2.0
// The protocol's messages as bytes and as JSON, found by reflection: no message is known here. Plain functions.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace sfu::wire {

// Parses without a word: protobuf would print a line for text that is not UTF-8, which any stranger can send.
bool parse_quietly(google::protobuf::Message& message, ByteView bytes);
// The JSON form; unknown fields are skipped.
bool parse_json_quietly(google::protobuf::Message& message, std::string_view json);
// The first JSON value of a text, as a reader of a stream takes it: what follows is not looked at. Empty if there is
// none.
std::string_view first_json_value(std::string_view text);

// The JSON form of Go's protojson with its original field names and unpopulated fields, as LiveKit's room API answers
// (control-plane spec 2.2): defaults are written, messages that are not set are null, members of a oneof and optional
// fields only if they are set, 64-bit numbers as strings. (Protobuf's own printer has no null.)
std::string to_full_json(const google::protobuf::Message& message);

}  // namespace sfu::wire
